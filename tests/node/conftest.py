"""The fixtures of the node's tests."""

from tests.cli.house import resting

__all__ = ["resting"]
