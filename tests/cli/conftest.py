"""The fixtures of the command line's tests."""

from tests.cli.house import resting

__all__ = ["resting"]
