"""Values as people read them: instants, ages, short ids, counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tracer.wording import counted

SHORT = 10
"""Characters of an id that people see; commands take them for the whole."""
NEWS: Final[Mapping[str, str]] = {
    "first": "This authority is new here.",
    "next": "It follows from the entry we hold; a key we know has signed it.",
    "new-log": "A key we know has signed it, but it closes their log and begins another.",
    "same": "We hold this entry already.",
    "new-identity": "It does NOT follow from the entry we hold: a new identity.",
}
"""What an entry file is to us."""


def when(instant: str | None) -> str:
    """`2026-03-01T12:00:00.000Z` as `2026-03-01 12:00 UTC`; nothing stays nothing."""
    return f"{instant[:10]} {instant[11:16]} UTC" if instant else ""


def ago(instant: str | None, *, now: datetime | None = None) -> str:
    """How long an instant lies back, in the largest unit that fits."""
    if not instant:
        return ""
    then = datetime.fromisoformat(instant)
    seconds = int(((now or datetime.now(UTC)) - then).total_seconds())
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{counted(seconds // length, unit)} ago"
    return "just now"


def short(identifier: str | None) -> str:
    """The beginning of an id, enough to name it."""
    return (identifier or "")[:SHORT]


def code_words(value: str) -> str:
    """`INFO_REQUESTED` as `info requested`."""
    return value.replace("_", " ").replace("-", " ").lower()
