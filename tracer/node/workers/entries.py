"""The worker of entries: hands ours on to every peer with a port, and takes theirs.

One task. A round visits, several at once, the peers that are due: all of them when the node starts,
whenever our entry has changed, and once in a while otherwise; a node that opens no port looks more
often, since nobody can hand it anything. A visit that fails is tried again as messages are
(`Patience`). A peer of an older version knows no such endpoint: it is asked again a day later, and
that is no failure. What a peer holds of ours is known to the process only; a restart asks again.

A node that restores, a peer with which the way back is not gone, and an authority without a line
(mode `courier`) do none of this.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracer.clock import Clock
from tracer.errors import LineError, TracerError
from tracer.exchange.backoff import Patience
from tracer.exchange.entries.form import Holds
from tracer.exchange.entries.handing import HandEntries, Told
from tracer.log import get_logger
from tracer.node.gate import Gate
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import Bell, guarded
from tracer.trust.directory import Directory, Peer, Standing
from tracer.trust.entry import VerifiedEntry

_log = get_logger("node.entries")
ENTRIES: Final = "entries"
"""The name under which the bell calls this worker."""
ABSENT: Final = "http-404"
EVERY: Final = timedelta(days=1)
"""From one visit to the next while nothing has changed here."""
FETCHED_EVERY: Final = timedelta(hours=1)
"""The same for a node that opens no port: so long a revocation may take to reach it."""
LOOK: Final = 300.0
"""Most seconds until the next look at who is due: a clock may be set, a way back be gone."""
LEAST: Final = 1.0
"""Fewest, whatever the clock says."""
AT_ONCE: Final = 8
"""Peers that are visited at once."""
PATIENCE_OF_ONE: Final = 60.0
"""Seconds that one visit may take."""


@dataclass(slots=True)
class _Visited:
    """How the last visit of a peer went."""

    ours: str = ""
    """The digest of our entry at that time."""
    holds: Holds | None = None
    failures: int = 0
    again: datetime | None = None


class HandingOn:
    """The work, and the task that repeats it."""

    def __init__(
        self,
        *,
        clock: Clock,
        directory: Callable[[], Directory],
        own: Callable[[], VerifiedEntry],
        gate: Gate,
        hand: HandEntries,
        patience: Patience,
        chance: random.Random,
        bell: Bell,
    ) -> None:
        self._clock = clock
        self._directory = directory
        self._own = own
        self._gate = gate
        self._hand = hand
        self._patience = patience
        self._chance = chance
        self._bell = bell
        self._visits: dict[str, _Visited] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def round(self) -> float:
        """Visit who is due; the seconds until more may be."""
        if self._gate.restoring or self._own().entry.mode == "courier":
            return LOOK
        peers = [peer for peer in self._directory() if self._may(peer)]
        await asyncio.gather(*(self._visit(peer) for peer in peers if self._due(peer)))
        now, visits = self._clock.now(), [self._visits[peer.authority] for peer in peers]
        waits = [(one.again - now).total_seconds() for one in visits if one.again]
        return min(max(min(waits, default=LOOK), LEAST), LOOK)

    async def work(self) -> None:
        """Repeat it until cancelled, at once when the bell rings."""
        while True:
            pause = await guarded(self.round, otherwise=LOOK)
            await self._bell.wait(ENTRIES, pause)

    def _may(self, peer: Peer) -> bool:
        calls = peer.mode == "reached" and peer.standing is Standing.ACTIVE
        return calls and not self._gate.waits(peer.authority)

    def _due(self, peer: Peer) -> bool:
        last = self._visits.setdefault(peer.authority, _Visited())
        if last.again is None or last.again <= self._clock.now():
            return True
        return not last.failures and last.ours != self._own().digest

    async def _visit(self, peer: Peer) -> None:
        last, ours = self._visits[peer.authority], self._own()
        async with self._places:
            try:
                async with asyncio.timeout(PATIENCE_OF_ONE):
                    told = await self._hand(peer, last.holds)
            except TimeoutError:
                error = LineError("line-timeout", f"{peer.authority} does not answer in time")
                self._failed(peer, last, error)
            except TracerError as error:
                self._failed(peer, last, error)
            else:
                self._told(peer, last, told)
        last.ours = ours.digest

    def _told(self, peer: Peer, last: _Visited, told: Told) -> None:
        every = FETCHED_EVERY if self._own().entry.mode == "collects" else EVERY
        last.holds, last.failures, last.again = told.holds, 0, self._clock.now() + every
        if told.apart:
            _log.warning("entries.apart", peer=peer.authority, code=told.refused)

    def _failed(self, peer: Peer, last: _Visited, error: TracerError) -> None:
        if error.code == ABSENT:
            last.failures, pause = 0, EVERY
        else:
            last.failures += 1
            pause = self._patience.pause(last.failures, self._chance)
        last.again = self._clock.now() + pause
        _log.info("entries.failed", peer=peer.authority, code=error.code)


def handing_on(rooms: Rooms, bell: Bell) -> HandingOn:
    """The worker of a node."""
    delivery = rooms.config.delivery
    return HandingOn(
        clock=rooms.clock,
        directory=rooms.cell.get,
        own=lambda: own_entry(rooms.home),
        gate=rooms.gate,
        hand=rooms.hand,
        patience=Patience(
            base=timedelta(seconds=delivery.backoff_base_seconds),
            cap=timedelta(seconds=delivery.backoff_cap_seconds),
        ),
        chance=random.SystemRandom(),
        bell=bell,
    )
