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

from aiohttp import web

from tracer.clock import Clock
from tracer.config import Config
from tracer.errors import LineError, PeerError
from tracer.exchange.greetings import AnswerHello, AnswerLog, AnswerPing
from tracer.log import get_logger
from tracer.node.gate import Gate
from tracer.node.home import Home
from tracer.node.local import local
from tracer.node.rooms import Rooms, open_rooms
from tracer.node.workers import Bell, Courier, Workers
from tracer.store import FaultPoint, StoreLock
from tracer.trust.channel import add_anchors, server_context
from tracer.trust.directory import Directory
from tracer.web.peer import PeerLimits, PeerListener
from tracer.web.quota import Quota

_log = get_logger("node.serve")


@dataclass(frozen=True, slots=True)
class Running:
    """A node that serves: its rooms, and the port peers reach (None if it only collects)."""

    rooms: Rooms
    port: int | None


@asynccontextmanager
async def running(
    home: Home, config: Config, clock: Clock, *, faults: FaultPoint | None = None
) -> AsyncIterator[Running]:
    """Serve inside the context; used by `serve` and by tests."""
    bell = Bell()
    async with AsyncExitStack() as stack:
        stack.enter_context(StoreLock.acquire(home.root, "tracer serve"))
        rooms = await stack.enter_async_context(
            open_rooms(home, config, clock, wake=bell.ring, faults=faults)
        )
        gate = Gate(home=home, reserve=config.limits.disk_reserve_bytes)
        port = None
        if rooms.entry.entry.mode == "reached":
            port = await listen(rooms, gate, bell, stack)
        workers = Workers(courier=courier(rooms), directory=rooms.cell.get, bell=bell)
        rooms.cell.changed.append(lambda _: workers.follow())
        workers.follow()
        stack.push_async_callback(workers.stop)
        await stack.enter_async_context(local(rooms))
        greeting = asyncio.create_task(_say_hello(rooms))
        stack.callback(greeting.cancel)
        yield Running(rooms, port)


async def serve(home: Home, config: Config, clock: Clock, ready: Callable[[Running], None]) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(home, config, clock) as node:
        ready(node)
        _log.info("node.ready")
        await stop.wait()
        _log.info("node.stopping")


async def listen(rooms: Rooms, gate: Gate, bell: Bell, stack: AsyncExitStack) -> int:
    """Open the port for peers until `stack` ends; the port."""
    context = server_context(rooms.keyring.channel(), anchors=rooms.cell.get().anchors_der())
    rooms.cell.changed.append(lambda d: _trust(context, d))
    runner = web.AppRunner(
        _listener(rooms, gate, bell).application(),
        access_log=None,
        keepalive_timeout=300,
        shutdown_timeout=5,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    listen = rooms.config.listen
    site = web.TCPSite(runner, listen.host, listen.port, ssl_context=context)
    await site.start()
    return int(runner.addresses[0][1])


def _trust(context: ssl.SSLContext, directory: Directory) -> None:
    add_anchors(context, directory.anchors_der())


def _listener(rooms: Rooms, gate: Gate, bell: Bell) -> PeerListener:
    limits = rooms.config.limits
    return PeerListener(
        directory=rooms.cell.get,
        receive=rooms.receive,
        counter=rooms.counter,
        intake=rooms.intake,
        shelf=rooms.shelf,
        small={
            "ping": AnswerPing(authority=rooms.authority, clock=rooms.clock),
            "hello": AnswerHello(
                store=rooms.store,
                clock=rooms.clock,
                chance=random.SystemRandom(),
                wake=bell.ring,
            ),
            "log": AnswerLog(store=rooms.store, ledger=rooms.ledger),
        },
        quota=Quota(
            clock=rooms.clock,
            bytes_a_day=limits.peer_bytes_a_day,
            batches_at_once=limits.peer_connections,
        ),
        gate=gate.check,
        metrics=rooms.metrics,
        limits=PeerLimits(batch_bytes=limits.batch_bytes),
    )


def courier(rooms: Rooms) -> Courier:
    """What the workers of these rooms do for one peer."""
    delivery, collects = rooms.config.delivery, rooms.entry.entry.mode == "collects"
    return Courier(
        store=rooms.store,
        clock=rooms.clock,
        deliver=rooms.deliver,
        collect=rooms.collect,
        upload=rooms.upload,
        download=rooms.download,
        collects=collects,
        every=delivery.collect_seconds if collects else delivery.poll_seconds,
    )


async def _say_hello(rooms: Rooms) -> None:
    """Tell the peers that we are back, so that their next try comes soon."""
    for peer in rooms.cell.get():
        if peer.mode == "reached":
            try:
                await rooms.greet.hello(peer)
            except (LineError, PeerError) as error:
                _log.info("hello.failed", peer=peer.authority, code=error.code)
