"""The worker of witnesses: shows our log to those we chose, and does what others chose us for.

One task. A round: (1) the head of this hour goes to the witnesses that are due (`cosign`); (2) each
peer that is reached is asked for the newest witnessed head of its log, if checkpoints of it are
kept here that no witnessed head is known to hold (`witnessed`); (3) a node that opens no port goes
to its peers to cosign (`to_witness`). A peer without such an endpoint is asked again once a day;
which ones those are is known to the process only, a restart asks once more.

When records wait longer for the quorum than `witness.late_hours`, the operator's log says so once a
day; `tracer status` says it all the time. Nothing else waits. A node that restores, or whose
authority has no line (mode `courier`), does none of this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from tracer.clock import Clock
from tracer.errors import TracerError
from tracer.exchange.witness.cosign import RARELY, Cosign
from tracer.exchange.witness.to_witness import GoWitness
from tracer.exchange.witness.view import own_log
from tracer.exchange.witness.witnessed import AskWitnessed, Taking
from tracer.log import get_logger
from tracer.node.gate import Gate
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import guarded
from tracer.store import Store
from tracer.trust.directory import Directory, Peer, Standing
from tracer.trust.nouns import Entry

_log = get_logger("node.witnessing")
ABSENT: Final = "http-404"
TOLD_EVERY: Final = timedelta(days=1)
"""From one line about late witnesses to the next."""


class Witnessing:
    """The work, and the task that repeats it."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        directory: Callable[[], Directory],
        entry: Callable[[], Entry],
        gate: Gate,
        cosign: Cosign,
        ask: AskWitnessed,
        taking: Taking,
        go: GoWitness,
        every: timedelta,
        late: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._directory = directory
        self._entry = entry
        self._gate = gate
        self._cosign = cosign
        self._ask = ask
        self._taking = taking
        self._go = go
        self._every = every
        self._late = late
        self._again: dict[tuple[str, str], datetime] = {}
        self._told: datetime | None = None

    async def round(self) -> float:
        """Do what is due; the seconds until more is."""
        every = self._every.total_seconds()
        if self._gate.restoring or self._entry().mode == "courier":
            return every
        pause = await self._cosign.round()  # 1
        peers = [peer for peer in self._directory() if _reached(peer)]
        await asyncio.gather(*(self._visit(peer) for peer in peers))  # 2, 3
        await self._tell()
        return min(pause, every)

    async def work(self) -> None:
        """Repeat it until cancelled."""
        while True:
            pause = await guarded(self.round, otherwise=self._every.total_seconds())
            await asyncio.sleep(pause)

    async def _visit(self, peer: Peer) -> None:
        collects = self._entry().mode == "collects"
        if collects or await self._taking.wanted(peer):
            await self._due(peer, "witnessed", lambda: self._ask(peer))
        if collects:
            await self._due(peer, "to-witness", lambda: self._go(peer))

    async def _due(self, peer: Peer, what: str, work: Callable[[], Awaitable[int]]) -> None:
        now, key = self._clock.now(), (peer.authority, what)
        if now < self._again.get(key, now):
            return
        pause = self._every
        try:
            await work()
        except TracerError as error:
            pause = max(RARELY, pause) if error.code == ABSENT else pause
            _log.info("witnessing.failed", peer=peer.authority, code=error.code, step=what)
        self._again[key] = now + pause

    async def _tell(self) -> None:
        now, entry = self._clock.now(), self._entry()
        if self._told is not None and now - self._told < TOLD_EVERY:
            return
        seen = await self._store.read(lambda tx: own_log(tx, entry))
        if seen.late(now, self._late):
            self._told = now
            _log.warning("witnessing.late", count=seen.size - seen.covered)


def _reached(peer: Peer) -> bool:
    return peer.mode == "reached" and peer.standing is Standing.ACTIVE


def witnessing(rooms: Rooms) -> Witnessing:
    """The worker of a node."""
    settings = rooms.config.witness
    return Witnessing(
        store=rooms.store,
        clock=rooms.clock,
        directory=rooms.cell.get,
        entry=rooms.own,
        gate=rooms.gate,
        cosign=rooms.cosign,
        ask=AskWitnessed(showing=rooms.showing, taking=rooms.taking, line=rooms.line),
        taking=rooms.taking,
        go=GoWitness(
            line=rooms.line,
            answer=rooms.witness,
            serves=lambda: rooms.keyring.witness_key() is not None,
        ),
        every=timedelta(seconds=settings.every_seconds),
        late=timedelta(hours=settings.late_hours),
    )
