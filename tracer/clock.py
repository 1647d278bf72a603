"""The one source of time.

Rules take `now` as an argument; verbs and workers ask a `Clock`. Tests pass a `FixedClock` and move
it by hand, so that no test waits for a wall clock.

Example:
    >>> FixedClock(instant("2026-03-01T12:00:00.000Z")).now().isoformat()
    '2026-03-01T12:00:00+00:00'
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time in UTC, to the millisecond."""

    def now(self) -> datetime:
        """The present instant, timezone-aware, in UTC, truncated to milliseconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant of the machine."""
        return truncate(datetime.now(UTC))


class FixedClock:
    """A clock that stands still until it is moved. For tests and simulations."""

    def __init__(self, start: datetime) -> None:
        self._now = truncate(start)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move by `step` and return the new instant."""
        self._now = truncate(self._now + step)
        return self._now


def truncate(moment: datetime) -> datetime:
    """Cut an aware instant to whole milliseconds in UTC, the resolution of the wire."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(moment: datetime) -> str:
    """Write an instant as the wire does: `2026-03-01T12:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


@lru_cache(maxsize=4096)
def instant(text: str) -> datetime:
    """Read an instant of the wire form.

    Raises:
        ValueError: the text is not exactly `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    """
    if not _FORM.fullmatch(text):
        raise ValueError("an instant has exactly three decimals and ends in Z")
    return datetime.fromisoformat(text)


_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
