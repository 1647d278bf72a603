"""How many threads a peer may have open here: a bound on what it can make us keep.

A thread is open until its case is settled (`model.thread`) or it is purged. Counting them takes a
scan, so an upper estimate is kept in memory: it grows with each thread the peer opens, and only
when it reaches the limit are the threads counted again. Used inside the write lane only.
"""

from __future__ import annotations

from tracer.model.thread.state import SETTLED
from tracer.store import Tx

OPEN_THREADS = 10_000
"""Threads of one peer that may be open at once, if nothing else is set."""


class Allowance:
    """The rule over the store's counts."""

    def __init__(self, limit: int = OPEN_THREADS) -> None:
        self._limit = limit
        self._estimate: dict[str, int] = {}

    def left(self, tx: Tx, peer: str, wanted: int) -> int:
        """How many threads the peer may open now, if it wants so many."""
        count = self._estimate.get(peer, self._limit)
        if count + wanted > self._limit:
            count = self._estimate[peer] = tx.threads.opened_by(peer, settled=SETTLED)
        return max(self._limit - count, 0)

    def opened(self, peer: str, count: int) -> None:
        """Note that the peer has opened threads."""
        self._estimate[peer] = self._estimate.get(peer, 0) + count
