"""The one place where an error becomes an exit code and a sentence.

Codes follow sysexits where scripts need to tell cases apart: 65 wrong data, 69 not available,
75 try again, 77 not permitted, 78 configuration. `deploy/OPERATE.md` lists them for operators.
"""

from __future__ import annotations

from enum import IntEnum

from tracer.errors import InputError, LineError, OperatorError, PeerError, TracerError


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    DATA = 65
    UNAVAILABLE = 69
    RETRY = 75
    PERMISSION = 77
    CONFIG = 78
    INTERRUPTED = 130


BY_CODE: dict[str, Exit] = {
    "not-permitted": Exit.PERMISSION,
    "four-eyes": Exit.PERMISSION,
    "four-eyes-account": Exit.PERMISSION,
    "confirm-hand": Exit.PERMISSION,
    "actor-missing": Exit.PERMISSION,
    "actor-unknown": Exit.PERMISSION,
    "private-file-permissions": Exit.PERMISSION,
    "role-missing": Exit.PERMISSION,
    "agency-act": Exit.PERMISSION,
    "person-unknown": Exit.PERMISSION,
    "person-disabled": Exit.PERMISSION,
    "store-locked": Exit.RETRY,
    "restore-mode": Exit.RETRY,
    "restore-open": Exit.RETRY,
    "internal": Exit.FAILURE,
    "keyring-locked": Exit.RETRY,
    "log-busy": Exit.RETRY,
    "command-missing": Exit.UNAVAILABLE,
    "backup-exists": Exit.DATA,
}
"""Codes that say more than their family does."""

BY_FAMILY: tuple[tuple[type[TracerError], Exit], ...] = (
    (InputError, Exit.DATA),
    (LineError, Exit.UNAVAILABLE),
    (OperatorError, Exit.CONFIG),
)


def exit_code(error: TracerError) -> Exit:
    """The exit code of an error: by its code, else by its family."""
    if error.code in BY_CODE:
        return BY_CODE[error.code]
    if isinstance(error, PeerError):
        return Exit.RETRY if error.retryable else Exit.DATA
    return next((code for family, code in BY_FAMILY if isinstance(error, family)), Exit.FAILURE)


def sentence(error: TracerError) -> str:
    """What a person reads: what happened, where, what to do, and the stable code."""
    where = f"{error.field}: " if isinstance(error, InputError) and error.field else ""
    lines = [f"tracer: {where}{error.message} [{error.code}]"]
    if error.advice:
        lines.append(f"  {error.advice}")
    return "\n".join(lines)
