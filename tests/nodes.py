"""Real nodes for tests: own folder, keys, TLS and database each, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from tests.examples import EXAMPLES
from tests.peers import admit_entry
from tracer.canonical import b64url
from tracer.clock import Clock, SystemClock, stamp
from tracer.config import Config
from tracer.model.messages import AnyMessage, Request
from tracer.node.home import Home
from tracer.node.rooms import Rooms
from tracer.node.serve import Running, running
from tracer.node.setup import NewNode, set_up
from tracer.trust.nouns import Contact

T = TypeVar("T")
DESK = Contact(name="Duty desk", role="desk", phone="", mail="desk@xa.example", hours="24 h")
Mode = Literal["reached", "collects", "courier"]
PORTS = range(12_000, 32_000)
"""Where the kernel takes no port for a connection (by its default, 32768 and above)."""


@dataclass(frozen=True, slots=True)
class Made:
    """A node on disk: its home, configuration and entry file."""

    authority: str
    home: Home
    config: Config

    @property
    def entry_file(self) -> bytes:
        """What peers are given."""
        return self.home.entry.read_bytes()


async def make_node(
    root: Path,
    authority: str,
    *,
    port: int,
    mode: Mode = "reached",
    clock: Clock | None = None,
    limits: Mapping[str, int] | None = None,
    settings: Mapping[str, Mapping[str, str | int]] | None = None,
    people: Mapping[str, tuple[str, ...]] | None = None,
) -> Made:
    """Make a node on disk that will listen on `port`; `settings` are further ones by section."""
    new = NewNode(
        authority=authority,
        name=f"Authority {authority}",
        mode=mode,
        endpoint=f"https://127.0.0.1:{port}" if mode == "reached" else "",
        listen_host="127.0.0.1",
        listen_port=port,
        contacts=(DESK,),
        people=tuple((people or {"officer": ("officer",)}).items()),
    )
    await set_up(root, new, clock or SystemClock())
    config = Config.load(
        root, environ={}, explicit={"limits": dict(limits or {}), **(settings or {})}
    )
    return Made(authority, Home(root), config)


@asynccontextmanager
async def network(
    root: Path,
    authorities: Sequence[tuple[str, Mode]],
    *,
    clock: Clock | None = None,
    limits: Mapping[str, int] | None = None,
    settings: Mapping[str, Mapping[str, str | int]] | None = None,
    people: Mapping[str, tuple[str, ...]] | None = None,
) -> AsyncIterator[dict[str, Running]]:
    """Running nodes that know each other; limits, settings and people are those of all of them."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        made = [
            await make_node(
                root / name,
                name,
                port=free_port(),
                mode=mode,
                clock=clock,
                limits=limits,
                settings=settings,
                people=people,
            )
            for name, mode in authorities
        ]
        nodes = {
            one.authority: await stack.enter_async_context(running(one.home, one.config, clock))
            for one in made
        }
        for node in nodes.values():
            for other in made:
                if other.authority != node.rooms.authority:
                    await admit_entry(node.rooms, other.entry_file, by="officer")
        yield nodes


def free_port() -> int:
    """A TCP port of loopback that nothing listens on.

    From below those that the kernel gives to connections: until the node listens, any connection
    of this machine could take one of these.
    """
    import socket  # noqa: PLC0415 - the one place that opens a raw socket

    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def request(sender: Rooms, recipient: str, **changes: object) -> Request:
    """The example request, from this node to that authority."""
    template = EXAMPLES["request"]
    assert isinstance(template, Request)
    peer = sender.cell.get().peer(recipient)
    return msgspec.structs.replace(
        template,
        sender=sender.authority,
        recipient=recipient,
        terms=peer.terms_digest,
        attachments=(),
        attachment_keys=msgspec.UNSET,
        nonce=b64url(os.urandom(16)),
        issued=stamp(sender.clock.now()),
        **changes,
    )


def reply(sender: Rooms, kind: str, thread: str, recipient: str) -> AnyMessage:
    """The example message of a type, as a message of this thread."""
    return msgspec.structs.replace(
        EXAMPLES[kind], sender=sender.authority, recipient=recipient, thread=thread
    )


async def until(question: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait for a condition, looking again each time the loop is idle."""
    async with asyncio.timeout(seconds):
        while True:
            found = question()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.005)
