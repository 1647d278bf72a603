"""One errand over the control socket: a line that asks, lines that report, a line that ends.

    {"name": "peer.list", "args": {}, "actor": "Officer One"}
    {"progress": ["verifying", 120, 4000]}
    {"answer": [...]}                       or  {"error": {"family": "InputError", "code": ...}}

An error keeps its family, so that whoever asked raises what the command raised. What the command
did not raise on purpose is `internal`: its text stays in the node's log.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tracer.errors import (
    REFUSALS,
    InputError,
    LineError,
    OperatorError,
    PeerError,
    TracerError,
)

MAX_LINE = 64 * 1024 * 1024
"""Longest line in bytes: the largest file a message may carry, in base64, and room."""
FAMILIES: dict[str, type[TracerError]] = {
    kind.__name__: kind for kind in (InputError, LineError, OperatorError, PeerError, TracerError)
}


class Errand(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked."""

    name: str
    args: dict[str, Any] = {}
    actor: str = ""


class Failure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An error as it travels."""

    family: str
    code: str
    message: str
    advice: str = ""
    field: str = ""
    hints: tuple[str, ...] = ()


class Report(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the node: progress, an answer, or a failure."""

    progress: tuple[str, int, int] | UnsetType = UNSET
    answer: Any = UNSET
    error: Failure | UnsetType = UNSET


def line(value: Errand | Report) -> bytes:
    """One line, with its end."""
    return msgspec.json.encode(value) + b"\n"


def read_errand(data: bytes) -> Errand:
    """Read what is asked.

    Raises:
        InputError: `arguments`.
    """
    try:
        return msgspec.json.decode(data, type=Errand)
    except msgspec.DecodeError as error:
        raise InputError("arguments", f"not an errand: {error}") from error


def failure(error: Exception) -> Failure:
    """An error as it travels; an unexpected one loses its text."""
    if not isinstance(error, TracerError):
        return Failure(
            "TracerError",
            "internal",
            "the node failed to do this",
            "Its log tells where; nothing was changed unless it says so.",
        )
    return Failure(
        family=type(error).__name__ if type(error).__name__ in FAMILIES else "TracerError",
        code=error.code,
        message=error.message,
        advice=error.advice,
        field=getattr(error, "field", ""),
        hints=getattr(error, "hints", ()),
    )


def error_of(failed: Failure) -> TracerError:
    """The error that a failure tells of."""
    kind = FAMILIES.get(failed.family, TracerError)
    if kind is InputError:
        return InputError(failed.code, failed.message, advice=failed.advice, field=failed.field)
    if kind is PeerError and failed.code in REFUSALS:
        return PeerError(failed.code, failed.message, advice=failed.advice, hints=failed.hints)
    if kind is PeerError:
        return TracerError(failed.code, failed.message, advice=failed.advice)
    return kind(failed.code, failed.message, advice=failed.advice)
