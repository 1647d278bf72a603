"""The workers of peers: deliver, collect, upload, download.

Two tasks per peer, so that a slow peer delays nobody: one carries messages, woken by a submit, a
hello or its own next due time; one carries attachments, woken when messages went through and files
wait, so that no message waits behind a photo. State is in the database only: a worker that crashes
is started again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tracer.clock import Clock, instant, stamp
from tracer.errors import LineError, PeerError
from tracer.exchange.collect import Collect
from tracer.exchange.deliver import Deliver
from tracer.exchange.questions import GoQuestions
from tracer.exchange.settle import Delivery
from tracer.exchange.uploads import Download, Upload
from tracer.log import get_logger
from tracer.node.gate import Gate
from tracer.node.workers.bell import Bell, guarded
from tracer.store import AttachmentRow, Store, Tx
from tracer.trust.directory import Directory, Peer, Standing

_log = get_logger("node.workers")
RESTORING = "restore-mode"
"""What a peer answers while the way back with us is not gone."""
ATTACHMENT_PAUSE = 2.0
"""Seconds before a broken upload goes on where it stopped; doubled while nothing gets through."""
ATTACHMENT_CAP = 300.0
"""Longest such pause in seconds."""


class Courier:
    """Everything that one peer needs done: messages (`round`) and attachments (`carry`).

    `sent` is told of whom messages went through and files wait. Nothing is done by an authority
    that has no line (`connects`), nor for a peer that fetches or has none.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        directory: Callable[[], Directory],
        deliver: Deliver,
        collect: Collect,
        upload: Upload,
        download: Download,
        collects: bool,
        connects: bool,
        every: float,
        gate: Gate,
        questions: GoQuestions,
        sent: Callable[[str], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._directory = directory
        self._deliver = deliver
        self._collect = collect
        self._upload = upload
        self._download = download
        self._collects = collects
        self._connects = connects
        self._every = every
        self._gate = gate
        self._questions = questions
        self._sent = sent
        self._stalled: dict[str, tuple[int, int]] = {}
        """Per attachment: how much the peer held when it last broke, and how often in a row."""

    async def round(self, peer: Peer) -> float:
        """Carry the messages that are due; return the seconds until the next are."""
        if (pause := self._idle(peer)) > 0:
            return pause
        sent = await self._messages(peer)
        fetched = self._collects and await self._fetch(peer)
        due, files = self._store.glance(
            lambda tx: (tx.outbox.next_due_of(peer.authority), self._freight(tx, peer))
        )
        if files and (sent.delivered or fetched):
            self._sent(peer.authority)
        if fetched or (sent.delivered and sent.full):
            return 0.0
        return self._every if due is None else self._until(due)

    async def carry(self, peer: Peer) -> float:
        """Carry the attachments that are due; return the seconds until the next are."""
        if (pause := self._idle(peer)) > 0:
            return pause
        if not self._pending(peer):
            return self._every
        await self._attachments(peer)
        left = self._pending(peer)
        if not left:
            return self._every
        return self._until(left[0].next_attempt) if left[0].next_attempt else 0.0

    def _pending(self, peer: Peer) -> list[AttachmentRow]:
        return self._store.glance(lambda tx: self._freight(tx, peer))

    def _freight(self, tx: Tx, peer: Peer) -> list[AttachmentRow]:
        return tx.attachments.pending(peer.authority, incoming=self._collects)

    def _may(self, peer: Peer) -> bool:
        """Whether `peer` is still what the directory says, and may be sent more."""
        return self._directory().find(peer.authority) is peer and self._idle(peer) <= 0

    def _idle(self, peer: Peer) -> float:
        """Seconds for which there is nothing to do for `peer`, whatever is queued."""
        closed = self._gate.restoring or self._gate.waits(peer.authority)
        idle = closed or peer.standing is not Standing.ACTIVE
        if idle or not self._connects or peer.mode != "reached":
            return self._every
        return min(max(self._breaker(peer), 0.0), self._every)

    def _breaker(self, peer: Peer) -> float:
        """Seconds for which the peer is still left alone after failures in a row."""
        state = self._store.glance(lambda tx: tx.peers.state(peer.authority))
        if state.breaker_until is None:
            return 0.0
        return (instant(state.breaker_until) - self._clock.now()).total_seconds()

    async def _messages(self, peer: Peer) -> Delivery:
        done = await self._deliver(peer, more=lambda: self._may(peer))
        if done.error:
            _log.info("delivery.waits", peer=peer.authority, code=done.error)
        return done

    async def _fetch(self, peer: Peer) -> bool:
        try:
            self._gate.check(peer.authority)
            return await self._collect(peer) > 0
        except (LineError, PeerError) as error:
            _log.info("collect.failed", peer=peer.authority, code=error.code)
            return error.code == RESTORING and await self._answer(peer)

    async def _answer(self, peer: Peer) -> bool:
        """A peer that restores may have something to tell and to ask; whether it had."""
        try:
            return await self._questions(peer) > 0
        except (LineError, PeerError) as error:
            _log.info("questions.failed", peer=peer.authority, code=error.code)
            return False

    async def _attachments(self, peer: Peer) -> None:
        now = stamp(self._clock.now())
        rows = self._store.glance(
            lambda tx: tx.attachments.pending(peer.authority, now=now, incoming=self._collects)
        )
        for row in rows:
            verb = self._upload if row.direction == "out" else self._download
            try:
                whole = await verb(peer, row)
            except (LineError, PeerError) as error:
                await self._postpone(row, error.code)
                return
            if whole:
                self._stalled.pop(row.digest, None)
            else:
                await self._postpone(row, "attachment-incomplete")

    async def _postpone(self, row: AttachmentRow, code: str) -> None:
        held, times = self._stalled.get(row.digest, (0, 0))
        times = 0 if row.offset > held else times + 1
        self._stalled[row.digest] = (row.offset, times)
        pause = min(ATTACHMENT_PAUSE * 2 ** max(times - 1, 0), ATTACHMENT_CAP)
        later = stamp(self._clock.now() + timedelta(seconds=pause))
        await self._store.write(
            lambda tx: tx.attachments.fail(row.digest, code, peer=row.peer, next_attempt=later)
        )

    def _until(self, due: str) -> float:
        left = (instant(due) - self._clock.now()).total_seconds()
        return min(max(left, 0.05), self._every)


class Workers:
    """Starts and stops the two tasks per peer as the directory changes."""

    def __init__(self, *, courier: Courier, directory: Callable[[], Directory], bell: Bell) -> None:
        self._courier = courier
        self._directory = directory
        self._bell = bell
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def follow(self) -> None:
        """Have a task for every peer of the directory as it is now."""
        for peer in self._directory():
            for name, work in (
                (peer.authority, self._work),
                (freight(peer.authority), self._haul),
            ):
                if name not in self._tasks:
                    self._tasks[name] = asyncio.create_task(
                        work(peer.authority), name=f"peer {name}"
                    )

    async def stop(self) -> None:
        """End all tasks; what they had claimed goes again when its lease runs out."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    async def _work(self, authority: str) -> None:
        while True:
            pause = await guarded(lambda: self._do(authority, self._courier.round), otherwise=5.0)
            if pause > 0:
                await self._bell.wait(authority, pause)

    async def _haul(self, authority: str) -> None:
        while True:
            pause = await guarded(lambda: self._do(authority, self._courier.carry), otherwise=5.0)
            if pause > 0:
                await self._bell.wait(freight(authority), pause)

    async def _do(self, authority: str, verb: Callable[[Peer], Awaitable[float]]) -> float:
        peer = self._directory().find(authority)
        return 5.0 if peer is None else await verb(peer)


def freight(authority: str) -> str:
    """The name under which the bell calls the task for a peer's attachments."""
    return f"{authority} attachments"
