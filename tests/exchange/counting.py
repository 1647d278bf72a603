"""Nodes whose figures are looked at: what waits is looked at, and a desk reads what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from tests.examples import REQUEST
from tests.exchange.losing import A, B, receipted
from tests.nodes import network, reply, request, until
from tracer.canonical import unb64url
from tracer.casework.figures.cooperation import PeerFigures
from tracer.casework.figures.proving import Page, document
from tracer.clock import FixedClock, SystemClock
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind
from tracer.exchange.clocks.facts import facts_from, refresh
from tracer.exchange.projection import events_of
from tracer.node.desk import Desk, open_desk
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.clocks import Looked


@dataclass(frozen=True)
class Two:
    """Two nodes and their desks, under one clock that is moved by hand."""

    a: Rooms
    b: Rooms
    clock: FixedClock
    threads: dict[str, str]

    def desk(self, name: str) -> Desk:
        """The desk of a node."""
        return open_desk(self.a if name == A else self.b)

    async def figures(self, name: str) -> PeerFigures:
        """What a node shows of the other one."""
        return await self.desk(name).cooperation.show("officer", B if name == A else A)


@asynccontextmanager
async def two(root: Path, *, ago: timedelta = timedelta()) -> AsyncIterator[Two]:
    """Two nodes with nothing between them yet, whose clock stands so long ago."""
    clock = FixedClock(SystemClock().now() - ago)
    async with network(root, [(A, "reached"), (B, "reached")], clock=clock) as nodes:
        yield Two(nodes[A].rooms, nodes[B].rooms, clock, {})


STORIES = {
    "answered": ("acknowledgement", "result"),
    "refused": ("acknowledgement", "refused"),
    "asked-back": ("more-info",),
    "postponed": ("delayed",),
    "taken": ("acknowledgement",),
    "silent": (),
}
"""What becomes of the requests of each side, by name."""
ROUND = timedelta(hours=7, minutes=13)
"""After a request the first reply, and after that the second."""


async def converse(nodes: Two) -> None:
    """Requests from both sides, then everybody's first reply, then the second; one side at a time.

    Where both write at once a batch may have to go again later, and this clock stands.
    """
    sides = ((nodes.a, nodes.b), (nodes.b, nodes.a))
    for sender, recipient in sides:
        for name in STORIES:
            nodes.threads[f"{sender.authority} {name}"] = await submit(sender, recipient)
        await until(lambda sender=sender: _delivered(sender))  # type: ignore[misc]
    for place in range(2):
        nodes.clock.advance(ROUND)
        for sender, recipient in sides:
            for name, kinds in STORIES.items():
                thread = nodes.threads[f"{sender.authority} {name}"]
                for kind in kinds[place : place + 1]:
                    await submit(recipient, sender, kind, thread)
            await until(lambda recipient=recipient: _delivered(recipient))  # type: ignore[misc]


async def _delivered(rooms: Rooms) -> bool:
    return not await rooms.store.read(lambda tx: tx.outbox.rows(state="queued"))


def _whole(kind: str, sender: Rooms) -> dict[str, Any]:
    """What makes an example speak of the whole request, and of days that are still to come."""
    if kind == "delayed":
        return {"lines": (), "review": f"{sender.clock.now() + timedelta(days=60):%Y-%m-%d}"}
    if kind == "more-info":
        return {"lapses": msgspec.UNSET}
    return {"lines": ()} if kind in {"refused", "no-record", "withdraw"} else {}


async def send(sender: Rooms, recipient: Rooms, kind: str, thread: str) -> None:
    """Send a reply and wait for its receipt."""
    sent = await submit(sender, recipient, kind, thread)
    await until(lambda: receipted(sender, recipient.authority, sent))


async def submit(sender: Rooms, recipient: Rooms, kind: str = "", thread: str = "") -> str:
    """Send a request of one line that counts, or a reply; its id."""
    message = (
        reply(sender, kind, thread, recipient.authority)
        if kind
        else request(sender, recipient.authority, firearms=REQUEST.firearms[:1])
    )
    changes = {"test": False, **_whole(kind, sender)}
    return (await sender.submit(msgspec.structs.replace(message, **changes))).id


def same(one: PeerFigures, other: PeerFigures) -> None:
    """What one says of our requests, the other says of theirs, and the reverse."""
    assert one.ours == other.theirs
    assert one.theirs == other.ours


async def proof(desk: Desk, peer: str, **asked: Any) -> dict[str, Any]:
    """The document as the command makes it, through JSON."""
    pages: list[Page] = []
    for side in ("ours", "theirs"):
        at, after = (pages[0].at if pages else ""), ("", "")
        while True:
            page = await desk.proving.page(
                "officer",
                peer,
                side=side,
                at=at,
                after=after,
                **asked,
            )
            pages.append(page)
            if page.after is None:
                break
            at, after = page.at, page.after
    found = msgspec.json.decode(msgspec.json.encode(document(pages)))
    assert isinstance(found, dict)
    return found


async def look(*nodes: Rooms) -> None:
    """Every thread that something happened in is looked at, as the node's clock worker does."""
    for rooms in nodes:
        await rooms.store.write(_look)


def _look(tx: Tx) -> None:
    for thread in tx.threads.get_many(tx.clocks.due(10_000)).values():
        refresh(tx, thread, facts_from(tx, events_of(tx, thread)))
        tx.clocks.set({thread.id: Looked(None)})


def verified(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Check a document with the evidence room alone; the instant of each record, by kind and id.

    What does not hold raises.
    """
    logs = {
        one["origin"]: LogPublic(one["origin"], unb64url(one["ed25519"]), unb64url(one["mldsa44"]))
        for one in document["logs"]
    }
    heads = {
        (one["origin"], one["size"]): verify_checkpoint(
            one["note"], origin=one["origin"], public=logs[one["origin"]]
        )
        for one in document["checkpoints"]
    }
    found: dict[str, dict[str, str]] = {"received": {}, "sent": {}}
    for side in ("ours", "theirs"):
        for one in document.get(side, {"requests": ()})["requests"]:
            for message in one["messages"]:
                for kind in (Kind.RECEIVED, Kind.SENT):
                    shown = message[str(kind)]
                    record = check_proof(
                        Proof(
                            record=unb64url(shown["record"]),
                            index=shown["index"],
                            size=shown["size"],
                            path=tuple(unb64url(node) for node in shown["path"]),
                        ),
                        heads[shown["origin"], shown["size"]],
                        kind=kind,
                        id=message["id"],
                        sender=message["sender"],
                        recipient=message["recipient"],
                    )
                    log_of = record.recipient if kind is Kind.RECEIVED else record.sender
                    assert shown["origin"].startswith(f"{log_of}/")
                    found[str(kind)][message["id"]] = record.at.isoformat()
    return found
