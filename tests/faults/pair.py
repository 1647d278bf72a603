"""Two real nodes without workers, driven step by step, under one clock that is moved by hand."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tests.nodes import DESK, Mode, free_port, request
from tests.peers import admit_entry
from tracer.canonical import b64url
from tracer.clock import Clock, FixedClock, SystemClock
from tracer.config import Config
from tracer.envelope.stream import encrypt_stream, new_attachment_key
from tracer.exchange.uploads import tidy
from tracer.model.attachments import Attachment, AttachmentKey
from tracer.model.messages import Request
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.node.serve import courier, listen
from tracer.node.setup import NewNode, set_up
from tracer.node.workers.bell import Bell, guarded
from tracer.store import OutboxRow, StoreLock
from tracer.transport.port import PeerLine

LEASE = timedelta(seconds=121)
"""Longer than a worker holds what it sends."""
Through = Callable[[PeerLine], PeerLine]


class StepError(Exception):
    """What a trap raises: none of the package's own errors."""


@dataclass(slots=True)
class Trap:
    """Notes the persistent steps of a node, and fails at the one it is set to."""

    steps: list[str] = field(default_factory=list)
    at: int | None = None
    sprung: str = ""
    wanted: str = ""
    fresh: bool = False

    def set(self, at: int | None) -> None:
        """Fail at the step of this number, counted from now; None: only take notes."""
        self.steps.clear()
        self.at, self.sprung, self.wanted, self.fresh = at, "", "", False

    def on(self, step: str) -> None:
        """Fail the next time this step is reached."""
        self.set(None)
        self.wanted = step

    def __call__(self, step: str) -> None:
        self.steps.append(step)
        if self.at == len(self.steps) - 1 or self.wanted == step:
            self.at, self.sprung, self.wanted, self.fresh = None, step, "", True
            raise StepError(step)


class SkewedClock:
    """The common clock as one node has it; `off` is how wrong that is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.off = timedelta(0)

    def now(self) -> datetime:
        """The instant this node believes in."""
        return self._clock.now() + self.off


@dataclass(slots=True)
class Side:
    """One node of a pair; `restart` opens it again from what is on disk."""

    home: Home
    config: Config
    clock: SkewedClock
    mode: Mode
    trap: Trap
    through: Through
    other: str
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    rooms: Rooms = field(init=False)
    arrived: Callable[[object], None] = lambda _: None
    crashes: bool = False
    """Whether a step that failed ends the process: what memory held is gone."""

    async def start(self) -> None:
        """Open it; it listens if it can be reached."""
        self.stack.enter_context(StoreLock.acquire(self.home.root, "a test"))
        self.rooms = await self.stack.enter_async_context(
            open_rooms(
                self.home,
                self.config,
                self.clock,
                faults=self.trap,
                through=self.through,
                arrived=self._arrived,
            )
        )
        if self.mode == "reached":
            await listen(self.rooms, Bell(), self.stack)

    def _arrived(self, threads: object) -> None:
        self.arrived(threads)

    async def stop(self) -> None:
        """Close it; nothing but the folder is left."""
        await self.stack.aclose()

    async def restart(self) -> None:
        """What only memory held is gone."""
        await self.stop()
        await self.start()

    async def mend(self) -> None:
        """After a step that failed: start again, if it crashes; else do what `Tidy` does later."""
        if self.trap.fresh and self.crashes:
            await self.restart()
        elif self.trap.fresh:
            await tidy(self.rooms.store, self.rooms.shelf)
        self.trap.fresh = False

    async def round(self) -> None:
        """What a worker does for the peer, once; an error ends the round, as it does there."""
        peer = self.rooms.cell.get().peer(self.other)
        work = courier(self.rooms)
        for verb in (work.round, work.carry):
            await guarded(lambda verb=verb: verb(peer), otherwise=5.0)  # type: ignore[misc]

    async def row(self, message_id: str) -> OutboxRow:
        """How the delivery of a message stands."""
        (found,) = await self.rooms.store.read(lambda tx: tx.outbox.rows(message_id=message_id))
        return found

    async def busy(self) -> bool:
        """Whether anything waits for the peer, or is to be fetched from it."""
        return await self.rooms.store.read(self._busy)

    def _busy(self, tx: Any) -> bool:
        fetches = self.mode == "collects"
        return bool(
            tx.outbox.rows(state="queued") or tx.attachments.pending(self.other, incoming=fetches)
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides and their clock."""

    a: Side
    b: Side
    clock: FixedClock

    async def drain(self, *, rounds: int = 60) -> None:
        """Let both work, and time pass, until nothing is on its way."""
        for _ in range(rounds):
            await self.a.round()
            await self.b.round()
            await self.a.mend()
            await self.b.mend()
            if not (await self.a.busy() or await self.b.busy()):
                return
            self.clock.advance(LEASE)
        raise AssertionError("the two nodes do not come to rest")


@asynccontextmanager
async def pair(
    root: Path,
    *,
    modes: Sequence[Mode] = ("reached", "reached"),
    settings: str = "",
    through: Through = lambda line: line,
) -> AsyncIterator[Pair]:
    """Make two nodes that know each other; `settings` is added to both configurations."""
    clock = FixedClock(SystemClock().now())
    names = ("XA-NPOC", "XB-NPOC")
    sides = []
    for name, other, mode in zip(names, reversed(names), modes, strict=True):
        home, config = await make(root / name, name, clock=clock, mode=mode, settings=settings)
        sides.append(Side(home, config, SkewedClock(clock), mode, Trap(), through, other))
    a, b = sides
    try:
        for side in sides:
            await side.start()
        await admit_entry(a.rooms, b.home.entry.read_bytes(), by="officer")
        await admit_entry(b.rooms, a.home.entry.read_bytes(), by="officer")
        for side in sides:
            side.trap.set(None)
        yield Pair(a, b, clock)
    finally:
        for side in sides:
            await side.stop()


@asynccontextmanager
async def third(root: Path, two: Pair, through: Through = lambda line: line) -> AsyncIterator[Side]:
    """A third node, which knows the second of the pair and is known by both."""
    clock = SkewedClock(two.clock)
    home, config = await make(root, "XC-NPOC", clock=clock)
    side = Side(home, config, clock, "reached", Trap(), through, two.b.rooms.authority)
    await side.start()
    try:
        await admit_entry(side.rooms, two.b.home.entry.read_bytes(), by="officer")
        for known in (two.a, two.b):
            await admit_entry(known.rooms, home.entry.read_bytes(), by="officer")
        yield side
    finally:
        await side.stop()


async def make(
    root: Path,
    authority: str,
    *,
    clock: Clock,
    mode: Mode = "reached",
    port: int | None = None,
    shown: int | None = None,
    settings: str = "",
) -> tuple[Home, Config]:
    """Make a node that listens on `port` and tells its peers `shown` (a proxy's)."""
    port = free_port() if port is None else port
    new = NewNode(
        authority=authority,
        name=f"Authority {authority}",
        mode=mode,
        endpoint=f"https://127.0.0.1:{shown or port}" if mode == "reached" else "",
        listen_host="127.0.0.1",
        listen_port=port,
        contacts=(DESK,),
        people=(("officer", ("officer",)),),
    )
    await set_up(root, new, clock)
    extra = root / "conf.d"
    extra.mkdir()
    (extra / "test.toml").write_text("[limits]\ndisk_reserve_bytes = 0\n" + settings)
    return Home(root), Config.load(root, environ={})


def photos(rooms: Rooms, count: int, size: int) -> dict[str, Any]:
    """Attachments of random bytes on the shelf, as the fields that announce them."""
    described, keys = [], {}
    for n in range(1, count + 1):
        plain = hashlib.shake_256(f"{n} {rooms.clock.now()}".encode()).digest(size)
        made = new_attachment_key()
        cipher = b"".join(encrypt_stream([plain], made.key, made.prefix))
        digest = b64url(hashlib.sha256(cipher).digest())
        try:
            rooms.shelf.put(digest, _chunks(cipher))
        except StepError:  # the officer adds the same file again
            rooms.shelf.put(digest, _chunks(cipher))
        described.append(
            Attachment(
                n=n,
                media_type="image/jpeg",
                size=size,
                digest=b64url(hashlib.sha256(plain).digest()),
                cipher_size=len(cipher),
                cipher_digest=digest,
            )
        )
        keys[str(n)] = AttachmentKey(key=b64url(made.key), prefix=b64url(made.prefix))
    return {"attachments": tuple(described), "attachment_keys": keys}


def with_photos(rooms: Rooms, recipient: str, count: int, size: int) -> Request:
    """A request that announces photos."""
    return msgspec.structs.replace(request(rooms, recipient), **photos(rooms, count, size))


def _chunks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 16_384):
        yield data[start : start + 16_384]
