"""Counters of one running node: small, in memory, handed in, never global.

An instance is made by the composition root and passed to whoever counts. Peers are labels because
there are few of them and the directory bounds them; users, cases and message ids never are.
Counting is safe from any thread. What must survive a restart is a row of the store, not a counter.

Example:
    >>> metrics = Metrics()
    >>> metrics.refused("jwe-form", "XB-NPOC")
    >>> metrics.snapshot().refusals[("jwe-form", "XB-NPOC")]
    1
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from threading import Lock

from msgspec import Struct

GROUP_BOUNDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Upper bounds of the histogram of group sizes; a last bucket takes what is larger."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """The counters at one instant; a copy that does not change."""

    refusals: dict[tuple[str, str], int]
    """How often a peer (second) was refused with a code (first)."""
    delivered: dict[str, int]
    """Messages a peer gave a receipt for."""
    received: dict[str, int]
    """Messages of a peer that were committed here."""
    groups: int
    """Transactions of the write lane."""
    grouped: int
    """Writes committed by them; `grouped / groups` is the mean group."""
    largest_group: int
    group_sizes: tuple[int, ...]
    """Groups per bucket of `GROUP_BOUNDS`, and one more for those beyond."""


class Metrics:
    """What one node counts since it started."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._refusals: Counter[tuple[str, str]] = Counter()
        self._by_peer: Counter[str] = Counter()
        self._delivered: Counter[str] = Counter()
        self._received: Counter[str] = Counter()
        self._grouped = 0
        self._largest = 0
        self._sizes = [0] * (len(GROUP_BOUNDS) + 1)

    def refused(self, code: str, peer: str, count: int = 1) -> None:
        """Count refusals of `peer` (its authority id, `-` when it is not known) with `code`."""
        with self._lock:
            self._refusals[code, peer] += count
            self._by_peer[peer] += count

    def refusals_of(self, peer: str) -> int:
        """How often `peer` was refused, with any code."""
        with self._lock:
            return self._by_peer[peer]

    def delivered(self, peer: str, count: int = 1) -> None:
        """Count messages that `peer` gave a receipt for."""
        with self._lock:
            self._delivered[peer] += count

    def received(self, peer: str, count: int = 1) -> None:
        """Count messages of `peer` that were committed."""
        with self._lock:
            self._received[peer] += count

    def committed(self, group: int) -> None:
        """Count one transaction that committed `group` writes together."""
        with self._lock:
            self._grouped += group
            self._largest = max(self._largest, group)
            self._sizes[bisect_left(GROUP_BOUNDS, group)] += 1

    def snapshot(self) -> Snapshot:
        """Copy all counters at one instant."""
        with self._lock:
            return Snapshot(
                refusals=dict(self._refusals),
                delivered=dict(self._delivered),
                received=dict(self._received),
                groups=sum(self._sizes),
                grouped=self._grouped,
                largest_group=self._largest,
                group_sizes=tuple(self._sizes),
            )
