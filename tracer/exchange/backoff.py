"""How long to wait after a failure: exponential, with jitter, never more than an hour.

Deadlines run while a peer is down, so the wait is capped at an hour, not at days; and since a peer
that comes back says hello, the cap is rarely reached. The random source is handed in.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Limits of trying again."""

    base: timedelta = timedelta(seconds=2)
    """Wait after the first failure, before jitter."""
    cap: timedelta = timedelta(hours=1)
    """Longest wait between two attempts."""
    horizon: timedelta = timedelta(days=14)
    """After this long without a receipt a message is shown as undeliverable."""
    breaker_after: int = 5
    """Failures of the line in a row after which the peer is left alone for the whole pause."""
    lease: timedelta = timedelta(seconds=120)
    """How long a claimed row is left alone; longer than the longest request."""

    def pause(self, failures: int, chance: random.Random) -> timedelta:
        """The wait after the n-th failure: between half and all of base * 2^(n-1), capped."""
        whole = min(self.base * 2 ** min(failures - 1, 20), self.cap) if failures else self.base
        return whole * (0.5 + chance.random() / 2)

    def exhausted(self, first_attempt: datetime, now: datetime) -> bool:
        """Tell whether the horizon is over."""
        return now - first_attempt >= self.horizon
