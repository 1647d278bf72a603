"""Quotas of a peer at the listener: bytes a day, requests at a time, signed refusals a minute.

Counted in memory: a restart forgives, the database is not written for a flood. What a peer may keep
here (open threads, messages a thread, what waits) is bounded in the exchange.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from tracer.clock import Clock
from tracer.errors import PeerError
from tracer.metrics import Metrics

MINUTE = timedelta(minutes=1)


class Quota:
    """Counts what each peer uses; raises `quota` when it is too much."""

    def __init__(self, *, clock: Clock, bytes_a_day: int, at_once: int = 1) -> None:
        self._clock = clock
        self._bytes_a_day = bytes_a_day
        self._at_once = at_once
        self._day = date.min
        self._bytes: dict[str, int] = {}
        self._unfinished: dict[str, int] = {}

    def bytes(self, account: str, count: int) -> None:
        """Count `count` bytes of a peer: what it sends, and apart from it what it fetches.

        Raises:
            PeerError: `quota` when the day's bytes are used up.
        """
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._bytes = today, {}
        used = self._bytes.get(account, 0) + count
        self._bytes[account] = used
        if used > self._bytes_a_day:
            raise PeerError("quota", f"{account}: more than {self._bytes_a_day} bytes today")

    @contextmanager
    def request(self, account: str) -> Iterator[None]:
        """Hold a place for one request of a peer, at one kind of endpoint, until it is answered.

        Raises:
            PeerError: `quota` when as many requests are unfinished as are allowed.
        """
        if self._unfinished.get(account, 0) >= self._at_once:
            raise PeerError("quota", f"{account}: {self._at_once} requests are unfinished")
        self._unfinished[account] = self._unfinished.get(account, 0) + 1
        try:
            yield
        finally:
            self._unfinished[account] -= 1


class RefusalCap:
    """Bounds what a peer makes us sign: above so many refusals a minute it gets an unsigned one.

    What was refused is counted where it happens (`metrics`); here are only each peer's minute and
    its count at the start of it. A batch that was let in is answered to its end.
    """

    def __init__(self, *, clock: Clock, metrics: Metrics, a_minute: int) -> None:
        self._clock = clock
        self._metrics = metrics
        self._a_minute = a_minute
        self._minutes: dict[str, tuple[datetime, int]] = {}

    def check(self, authority: str) -> None:
        """Let the peer's next request in.

        Raises:
            PeerError: `quota` until the peer's minute is over.
        """
        now, count = self._clock.now(), self._metrics.refusals_of(authority)
        began, before = self._minutes.get(authority, (now - MINUTE, 0))
        if not began <= now < began + MINUTE:
            self._minutes[authority] = (now, count)
        elif count - before >= self._a_minute:
            raise PeerError("quota", f"{authority} was refused {count - before} times in a minute")
