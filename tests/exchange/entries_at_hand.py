"""Nodes and entries for the tests of handing them on: right ones, and those that are not taken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.faults.pair import Pair, Side, pair, third
from tests.nodes import Mode
from tracer.canonical import b64url
from tracer.clock import stamp
from tracer.errors import LineError
from tracer.exchange.entries.form import Holds, handed, held, read_answered
from tracer.node import custody
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.status.whole import status
from tracer.store import PeerRow
from tracer.trust.entry import VerifiedEntry, sign_entry
from tracer.trust.keyring import Keyring
from tracer.trust.nouns import Entry, Succession

A, B, C = "XA-NPOC", "XB-NPOC", "XC-NPOC"
BOTH: Final[list[tuple[str, Mode]]] = [(A, "reached"), (B, "reached")]


async def rotated(rooms: Rooms) -> VerifiedEntry:
    """Make a new signing key, as the operator does; the entry that lists it."""
    make: Callable[[Keyring, Any], str] = lambda ring, now: ring.rotate_signing(now)  # noqa: E731
    await custody.rotate(rooms, make, actor="officer", act="key-rotate-signing")
    return own_entry(rooms.home)


def believed(rooms: Rooms, authority: str) -> VerifiedEntry:
    """The entry of an authority that counts at a node."""
    return rooms.cell.get().peer(authority).verified


async def row_of(rooms: Rooms, authority: str) -> PeerRow:
    """The same as it is stored."""
    found = await rooms.store.read(lambda tx: tx.peers.get(authority))
    assert found is not None
    return found


async def kept(rooms: Rooms, authority: str) -> tuple[list[bytes], list[str], list[str]]:
    """All entries of an authority on record, who took them, and what is held against it."""

    def body(tx: Any) -> tuple[list[bytes], list[str], list[str]]:
        acts = [row.actor for row in tx.audit.list(50, subject=authority) if row.act == "peer-add"]
        faults = [row.kind for row in tx.peers.faults(authority)]
        return tx.peers.entries(authority), acts, faults

    return await rooms.store.read(body)


async def told_of(rooms: Rooms) -> dict[str, str]:
    """What `tracer status` says of entries."""
    found = await status(rooms, running=True)
    return {one.what: one.code for one in found.checks if one.what.startswith("entry ")}


@dataclass(frozen=True)
class World:
    """Two nodes, and what a third says of itself."""

    two: Pair
    third: Side

    @property
    def sender(self) -> Rooms:
        """Whose channel it comes by."""
        return self.two.a.rooms

    @property
    def reader(self) -> Rooms:
        """Who judges it."""
        return self.two.b.rooms

    async def post(self, *files: bytes) -> tuple[str, Holds | None]:
        """What the reader answers to these entries: the code, and what it holds."""
        body = handed(held(believed(self.sender, B)), files)
        return await self.say(body)

    async def say(self, body: bytes) -> tuple[str, Holds | None]:
        """The same for any bytes."""
        try:
            answer = await self.sender.line.post(self.sender.cell.get().peer(B), "entry", body)
        except LineError as error:
            return error.code, None
        found = read_answered(answer)
        return found.refused, found.holds


@asynccontextmanager
async def made(root: Path) -> AsyncIterator[World]:
    async with pair(root) as two, third(root / C, two) as other:
        yield World(two, other)


def following(rooms: Rooms, **changes: Any) -> bytes:
    """The next entry of a node with changes, signed by its key, that nobody has issued."""
    before = own_entry(rooms.home)
    seq, now = before.entry.seq + 1, stamp(rooms.clock.now())
    facts = {"seq": seq, "prev": before.digest, "issued": now, **changes}
    entry: Entry = msgspec.structs.replace(before.entry, **facts)
    return sign_entry(entry, key=rooms.keyring.signing_key())


def broken(world: World) -> bytes:
    """It names a predecessor that nobody knows."""
    return following(world.sender, prev=b64url(bytes(32)))


def gap(world: World) -> bytes:
    """It leaves one out."""
    seq = own_entry(world.sender.home).entry.seq + 2
    return following(world.sender, seq=seq)


def fork(world: World) -> bytes:
    """Another entry with the number of the one that is held."""
    return following(world.sender, seq=1, prev="", name="Another name")


def shared(world: World) -> bytes:
    """It lists a signing key of another authority."""
    theirs = own_entry(world.third.rooms.home).entry.listed("sign")
    ours = own_entry(world.sender.home).entry.keys
    return following(world.sender, keys=(*ours, *theirs))


def new_log(world: World) -> bytes:
    """It names another log and the one that this closes."""
    facts = own_entry(world.sender.home).entry
    log = msgspec.structs.replace(facts.log, origin=f"{A}/log/2", ed25519=b64url(bytes(range(32))))
    closed = Succession(
        origin=facts.log.origin, size=0, root=b64url(bytes(32)), highest="", cause="keys"
    )
    return following(world.sender, log=log, succession=closed)
