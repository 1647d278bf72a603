"""`tracer serve`: open the ports, start the workers, stop in order.

Order of starting: lock, keys and store, restore check, listener, control socket, workers, hello.
Order of stopping: intake first, then workers, then the store: nothing committed is left unsaid.
"""

from __future__ import annotations

import asyncio
import random
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tracer.clock import Clock, stamp
from tracer.config import Config
from tracer.errors import LineError, PeerError
from tracer.exchange.greetings import AnswerHello, AnswerLog, AnswerPing
from tracer.exchange.questions import AnswerQuestions, GoQuestions, Verb
from tracer.exchange.resync.answer import AnswerResync
from tracer.exchange.succession.hearing import AnswerSuccession
from tracer.exchange.uploads import clear
from tracer.exchange.witness.to_witness import AnswerToWitness
from tracer.exchange.witness.witnessed import AnswerWitnessed
from tracer.log import get_logger
from tracer.node.collector import spare_collector
from tracer.node.desk import notices_of
from tracer.node.desk_site import desk_site
from tracer.node.home import Home
from tracer.node.journal import note_settings
from tracer.node.local import local
from tracer.node.opening import open_rooms
from tracer.node.restore.check import check_high_water, check_peers
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import Bell, guarded
from tracer.node.workers.clocks import CLOCKS, timekeeper
from tracer.node.workers.entries import ENTRIES, handing_on
from tracer.node.workers.journal import JournalWork
from tracer.node.workers.mail import mail_work
from tracer.node.workers.peers import Courier, Workers, freight
from tracer.node.workers.restoring import RESTORE
from tracer.node.workers.restoring import work as go_back
from tracer.node.workers.stamping import time_work
from tracer.node.workers.tidy import Tidy
from tracer.node.workers.witnessing import witnessing
from tracer.store import SERVES, FaultPoint, StoreLock, Tx
from tracer.transport.port import PeerLine
from tracer.trust.channel import add_anchors, server_context
from tracer.trust.directory import Directory
from tracer.web.peer import PeerLimits, PeerListener
from tracer.web.quota import Quota, RefusalCap
from tracer.web.site import SiteLimits, site

_log = get_logger("node.serve")


@dataclass(frozen=True, slots=True)
class Running:
    """A node that serves: its rooms, and the ports for peers and for people; None: not opened."""

    rooms: Rooms
    port: int | None
    desk: int | None = None


@asynccontextmanager
async def running(
    home: Home,
    config: Config,
    clock: Clock,
    *,
    faults: FaultPoint | None = None,
    through: Callable[[PeerLine], PeerLine] = lambda line: line,
) -> AsyncIterator[Running]:
    """Serve inside the context; used by `serve` and by tests, whose lines may fail (`through`)."""
    bell = Bell()
    ring = _from_any_thread(bell)
    async with AsyncExitStack() as stack:
        stack.enter_context(StoreLock.acquire(home.root, SERVES))
        rooms = await stack.enter_async_context(
            open_rooms(
                home,
                config,
                clock,
                wake=ring,
                marked=partial(ring, CLOCKS),
                faults=faults,
                through=through,
            )
        )
        clear(rooms.shelf)
        await rooms.store.write(lambda tx: _begin(tx, rooms))
        await check_high_water(rooms)
        port = None
        if rooms.entry.entry.mode == "reached":
            port = await listen(rooms, bell, stack)
        stack.push_async_callback(_carrying(rooms, bell).stop)
        await stack.enter_async_context(local(rooms))
        desk = await stack.enter_async_context(desk_site(rooms))
        tidy = Tidy(
            store=rooms.store,
            metrics=rooms.metrics,
            waiting=rooms.waiting,
            heard=rooms.heard,
            shelf=rooms.shelf,
        )
        stack.push_async_callback(guarded, tidy.flush, otherwise=0.0)
        clocks = timekeeper(rooms, bell, notices=notices_of(rooms))
        tasks = (
            mail_work(rooms),  # these first: they stop the start where their settings are wrong
            time_work(rooms),
            clocks.work(),
            tidy.work(),
            JournalWork(rooms.journal).work(),
            check_peers(rooms),
            go_back(rooms, bell),
            _say_hello(rooms),
            witnessing(rooms).work(),
            handing_on(rooms, bell).work(),
        )
        for task in tasks:
            stack.push_async_callback(_ended, asyncio.create_task(task))
        yield Running(rooms, port, desk)


def _carrying(rooms: Rooms, bell: Bell) -> Workers:
    """Tasks for each peer, now and as the directory changes, which is told to who hands it on."""
    work = courier(rooms, sent=lambda authority: bell.ring(freight(authority)))
    workers = Workers(courier=work, directory=rooms.cell.get, bell=bell)
    rooms.cell.changed.append(lambda _: workers.follow())
    rooms.cell.changed.append(lambda _: bell.ring(ENTRIES))
    rooms.issued.append(partial(bell.ring, ENTRIES))
    workers.follow()
    return workers


async def serve(home: Home, config: Config, clock: Clock, ready: Callable[[Running], None]) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(home, config, clock) as node:
        spare_collector()
        ready(node)
        _log.info("node.ready")
        await stop.wait()
        _log.info("node.stopping")


def _begin(tx: Tx, rooms: Rooms) -> None:
    """Nobody else works here, so what a process before this one held or put off is free."""
    cap = timedelta(seconds=rooms.config.delivery.backoff_cap_seconds)
    tx.outbox.free(stamp(rooms.clock.now() + cap))
    for authority in tx.peers.states():
        tx.peers.note_contact(authority, breaker_until="")
    note_settings(tx, rooms.config, rooms.authority)


def _from_any_thread(bell: Bell) -> Callable[[str], None]:
    """Rung from the write lane, too, which ends before the loop does."""
    loop = asyncio.get_running_loop()

    def ring(name: str) -> None:
        loop.call_soon_threadsafe(bell.ring, name)

    return ring


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def listen(rooms: Rooms, bell: Bell, stack: AsyncExitStack) -> int:
    """Open the port for peers until `stack` ends; the port."""
    context = server_context(rooms.keyring.channel(), anchors=rooms.cell.get().anchors_der())
    rooms.cell.changed.append(lambda d: _trust(context, d))
    where, limits = rooms.config.listen, rooms.config.limits
    return await stack.enter_async_context(
        site(
            listener(rooms, bell).application(),
            host=where.host,
            port=where.port,
            context=context,
            limits=SiteLimits(
                header_bytes=limits.header_bytes,
                handshake=limits.handshake_seconds,
                idle=limits.idle_seconds,
                drain=limits.drain_seconds,
            ),
        )
    )


def _trust(context: ssl.SSLContext, directory: Directory) -> None:
    add_anchors(context, directory.anchors_der())


def listener(rooms: Rooms, bell: Bell) -> PeerListener:
    """What answers peers at the port."""
    limits = rooms.config.limits
    return PeerListener(
        directory=rooms.cell.get,
        receive=rooms.receive,
        counter=rooms.counter,
        intake=rooms.intake,
        shelf=rooms.shelf,
        small=asked(rooms)
        | {
            "ping": AnswerPing(authority=rooms.authority, clock=rooms.clock),
            "hello": AnswerHello(
                store=rooms.store,
                clock=rooms.clock,
                chance=random.SystemRandom(),
                wake=bell.ring,
            ),
            "questions": AnswerQuestions(
                questions=rooms.questions, due=rooms.gate.waits, came=partial(bell.ring, RESTORE)
            ),
            "witnessed": AnswerWitnessed(showing=rooms.showing, taking=rooms.taking),
            "to-witness": AnswerToWitness(cosign=rooms.cosign),
            "entry": rooms.entries,
        },
        witness=rooms.witness,
        quota=Quota(
            clock=rooms.clock,
            bytes_a_day=limits.peer_bytes_a_day,
            at_once=limits.peer_connections,
        ),
        refusals=RefusalCap(
            clock=rooms.clock, metrics=rooms.metrics, a_minute=limits.peer_refusals_a_minute
        ),
        gate=rooms.gate.check,
        sending=rooms.gate.sending,
        metrics=rooms.metrics,
        heard=rooms.heard.note,
        limits=PeerLimits(batch_bytes=limits.batch_bytes, body_seconds=limits.body_seconds),
    )


def asked(rooms: Rooms) -> dict[str, Verb]:
    """What a peer may ask at our port, or when we come by."""
    limits = rooms.config.limits
    return {
        "log": AnswerLog(store=rooms.store, ledger=rooms.ledger),
        "resync": AnswerResync(
            authority=rooms.authority,
            store=rooms.store,
            ledger=rooms.ledger,
            clock=rooms.clock,
            page=limits.resync_page,
            batch_limit=limits.batch_messages,
        ),
        "succession": AnswerSuccession(
            store=rooms.store,
            clock=rooms.clock,
            directory=rooms.cell.get,
            adopt=rooms.cell.set,
            changing=rooms.cell.changing,
        ),
    }


def courier(rooms: Rooms, *, sent: Callable[[str], None] = lambda _: None) -> Courier:
    """What the workers of these rooms do for one peer; `sent` is told whose messages went."""
    delivery, collects = rooms.config.delivery, rooms.entry.entry.mode == "collects"
    return Courier(
        store=rooms.store,
        clock=rooms.clock,
        directory=rooms.cell.get,
        deliver=rooms.deliver,
        collect=rooms.collect,
        upload=rooms.upload,
        download=rooms.download,
        collects=collects,
        connects=rooms.entry.entry.mode != "courier",
        every=delivery.collect_seconds if collects else delivery.poll_seconds,
        gate=rooms.gate,
        questions=GoQuestions(line=rooms.line, verbs=asked(rooms), directory=rooms.cell.get),
        sent=sent,
    )


async def _say_hello(rooms: Rooms) -> None:
    """Tell the peers that we are back, so that their next try comes soon."""
    if rooms.gate.restoring or rooms.entry.entry.mode == "courier":
        return
    for peer in rooms.cell.get():
        if peer.mode == "reached":
            try:
                await rooms.greet.hello(peer)
            except (LineError, PeerError) as error:
                _log.info("hello.failed", peer=peer.authority, code=error.code)
