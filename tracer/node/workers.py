"""The workers of a running node: deliver, collect, upload, download, tidy.

One task per peer delivers, so that a slow peer delays nobody; each is woken by a submit, a hello or
its own next due time. State is in the database only: a worker that crashes is started again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tracer.clock import Clock, instant, stamp
from tracer.errors import LineError, PeerError, TracerError
from tracer.exchange.collect import Collect
from tracer.exchange.deliver import Deliver
from tracer.exchange.uploads import Download, Upload
from tracer.log import get_logger
from tracer.node.gate import Gate
from tracer.store import AttachmentRow, Store
from tracer.trust.directory import Directory, Peer, Standing

_log = get_logger("node.workers")
ATTACHMENT_PAUSE = 2.0
"""Seconds before a broken upload goes on where it stopped."""


COLLECT_ROUNDS = 100
"""Batches fetched in one visit; a peer that always has one more is left until the next."""


class Bell:
    """Wakes the worker of a peer; ringing before it waits is not lost."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def ring(self, authority: str) -> None:
        """Wake the worker of `authority`."""
        self._event(authority).set()

    async def wait(self, authority: str, seconds: float) -> None:
        """Return when rung, or after `seconds`."""
        event = self._event(authority)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            event.clear()

    def _event(self, authority: str) -> asyncio.Event:
        return self._events.setdefault(authority, asyncio.Event())


class Courier:
    """Everything that one peer needs done: messages first, then attachments, then collecting."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        deliver: Deliver,
        collect: Collect,
        upload: Upload,
        download: Download,
        collects: bool,
        every: float,
        gate: Gate,
    ) -> None:
        self._store = store
        self._clock = clock
        self._deliver = deliver
        self._collect = collect
        self._upload = upload
        self._download = download
        self._collects = collects
        self._every = every
        self._gate = gate

    async def round(self, peer: Peer) -> float:
        """Do what is due for `peer`; return the seconds until the next thing is due."""
        idle = self._gate.restoring or peer.standing is not Standing.ACTIVE
        if idle or peer.mode == "collects":
            return self._every
        if (pause := await self._breaker(peer)) > 0:
            return min(pause, self._every)
        sent = await self._messages(peer)
        if self._collects:
            await self._fetch(peer)
        carried = await self._attachments(peer)
        if sent or carried:
            return 0.0
        return await self._rest(peer)

    async def _breaker(self, peer: Peer) -> float:
        """Seconds for which the peer is still left alone after failures in a row."""
        state = await self._store.read(lambda tx: tx.peers.state(peer.authority))
        if state.breaker_until is None:
            return 0.0
        return (instant(state.breaker_until) - self._clock.now()).total_seconds()

    async def _messages(self, peer: Peer) -> bool:
        done = await self._deliver(peer)
        if done.error:
            _log.info("delivery.waits", peer=peer.authority, code=done.error)
        return done.delivered > 0

    async def _fetch(self, peer: Peer) -> None:
        try:
            for _ in range(COLLECT_ROUNDS):
                self._gate.check()
                if await self._collect(peer) <= 0:
                    return
        except (LineError, PeerError) as error:
            _log.info("collect.failed", peer=peer.authority, code=error.code)

    async def _attachments(self, peer: Peer) -> bool:
        now = stamp(self._clock.now())
        rows = await self._store.read(
            lambda tx: tx.attachments.pending(peer.authority, now=now, incoming=self._collects)
        )
        carried = False
        for row in rows:
            verb = self._upload if row.direction == "out" else self._download
            try:
                carried = await verb(peer, row) or carried
            except (LineError, PeerError) as error:
                await self._postpone(row, error.code)
                return carried
        return carried

    async def _postpone(self, row: AttachmentRow, code: str) -> None:
        pause = timedelta(seconds=ATTACHMENT_PAUSE)
        later = stamp(self._clock.now() + pause)
        await self._store.write(
            lambda tx: tx.attachments.fail(row.digest, code, peer=row.peer, next_attempt=later)
        )

    async def _rest(self, peer: Peer) -> float:
        due = await self._store.read(lambda tx: tx.outbox.next_due_of(peer.authority))
        if due is None:
            return self._every
        left = (instant(due) - self._clock.now()).total_seconds()
        return min(max(left, 0.05), self._every)


class Workers:
    """Starts and stops one task per peer as the directory changes."""

    def __init__(self, *, courier: Courier, directory: Callable[[], Directory], bell: Bell) -> None:
        self._courier = courier
        self._directory = directory
        self._bell = bell
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def follow(self) -> None:
        """Have a task for every peer of the directory as it is now."""
        for peer in self._directory():
            if peer.authority not in self._tasks:
                self._tasks[peer.authority] = asyncio.create_task(
                    self._work(peer.authority), name=f"peer {peer.authority}"
                )

    async def stop(self) -> None:
        """End all tasks; what they had claimed goes again when its lease runs out."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    async def _work(self, authority: str) -> None:
        while True:
            pause = await guarded(lambda: self._round(authority), otherwise=5.0)
            if pause > 0:
                await self._bell.wait(authority, pause)

    async def _round(self, authority: str) -> float:
        peer = self._directory().find(authority)
        return 5.0 if peer is None else await self._courier.round(peer)


async def guarded(work: Callable[[], Awaitable[float]], *, otherwise: float) -> float:
    """Run one round; an error is logged and the round tried again after `otherwise` seconds."""
    try:
        return await work()
    except TracerError as error:
        _log.warning("worker.failed", code=error.code)
    except Exception:  # noqa: BLE001 - a worker is started again whatever it died of
        _log.error("worker.crashed", exc_info=True)
    return otherwise
