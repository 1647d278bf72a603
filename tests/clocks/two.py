"""Two real nodes that know each other, each with its tick; time is moved by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.faults.pair import Pair, Side, pair
from tests.nodes import reply, request
from tracer.clock import instant
from tracer.exchange.clocks.tick import Acts, Kept, Look, Tick, Ticked
from tracer.exchange.submit import Submitted
from tracer.model.clocks.schedule import Act, Policy
from tracer.model.codes import UrgencyLevel, code
from tracer.model.messages import AnyMessage
from tracer.model.values import Urgency
from tracer.node.workers.clocks import reminding
from tracer.store import Tx

A, B = "XA-NPOC", "XB-NPOC"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = "told"
"""What the people of a node were told, as acts in its audit trail."""


class Board:
    """The port for our own people as rows of the store, so that what is undone is not told."""

    def __init__(self, *, able: bool = True) -> None:
        self.able = able

    def do(self, tx: Tx, act: Act, look: Look) -> bool:
        """Write it down."""
        if self.able:
            detail = {"kind": act.kind, "clock": act.target.kind, "test": look.thread.test}
            tx.audit.write(TOLD, act.key, look.thread.id, detail)
        return self.able


@dataclass(slots=True)
class House:
    """One node: what its tick uses, and what came of it."""

    side: Side
    board: Acts = field(default_factory=Board)
    woken: list[str] = field(default_factory=list)
    kept: Sequence[Kept] = ()
    policy: Policy = field(default_factory=Policy)
    group: int = 16
    monotonic: Callable[[], float] = lambda: 0.0
    """A group takes no time unless a test lets it."""

    async def tick(self) -> Ticked:
        """Look at one group of threads, by a tick that remembers nothing."""
        rooms = self.side.rooms
        verb = Tick(
            store=rooms.store,
            projection=rooms.projection,
            policy=self.policy,
            notices=self.board,
            peers=reminding(rooms),
            kept=self.kept,
            wake=self.woken.append,
            group=self.group,
            monotonic=self.monotonic,
        )
        return await verb()

    async def told(self, thread: str | None = None) -> list[str]:
        """Keys of what people were told, in order."""
        rows = await self.side.rooms.store.read(lambda tx: tx.audit.list(100_000, subject=thread))
        return [row.act for row in reversed(rows) if row.actor == TOLD]

    async def kinds(self, thread: str | None = None) -> list[str]:
        """The same as clock and act."""
        parts = [key.split("/") for key in await self.told(thread)]
        return [f"{part[0]} {part[3]}" for part in parts]

    async def sent(self, thread: str) -> list[AnyMessage]:
        """What this node has said in a thread after its first message."""
        store, projection = self.side.rooms.store, self.side.rooms.projection

        def body(tx: Tx) -> list[AnyMessage]:
            row = tx.threads.get(thread)
            assert row is not None
            events = projection.events(
                tx, row, tx.messages.heads([thread])[thread], tx.messages.receipted([thread])
            )
            ours = "opener" if row.opener == "us" else "other"
            return [one.message for one in events if one.author == ours and one.id != thread]

        return await store.read(body)

    async def say(self, kind: str, thread: str, **changes: Any) -> Submitted:
        """Say something in a thread."""
        message = reply(self.side.rooms, kind, thread, self.side.other)
        return await self.side.rooms.submit(replace(message, **changes))

    def sql(self, statement: str, *values: object) -> list[Any]:
        """Read or change the database behind the node's back."""
        with closing(sqlite3.connect(self.side.home.database)) as conn, conn:
            return conn.execute(statement, values).fetchall()


@dataclass(slots=True)
class Two:
    """Both, and their clock."""

    pair: Pair
    a: House
    b: House

    async def ask(self, level: str = "ROUTINE", **changes: Any) -> str:
        """A asks B, and B has it; the thread."""
        sent = await self.a.side.rooms.submit(asked(self.a, level, **changes))
        await self.pair.drain()
        return sent.thread

    async def settle(self) -> None:
        """Both look until nothing is due, and what is sent arrives."""
        for _ in range(8):
            looked = 0
            for house in (self.a, self.b):
                while (done := await house.tick()).looked:
                    looked += done.looked
            if not looked:
                return
            if await self.a.side.busy() or await self.b.side.busy():
                await self.pair.drain()
        raise AssertionError("the clocks do not come to rest")

    async def follow(self, until: timedelta) -> None:
        """Let time pass from one due instant to the next."""
        clock = self.pair.clock
        end = clock.now() + until
        while True:
            await self.settle()
            dues = [
                await house.side.rooms.store.read(lambda tx: tx.clocks.next())
                for house in (self.a, self.b)
            ]
            coming = min((instant(due) for due in dues if due), default=end)
            clock.advance(min(max(coming, clock.now()), end) - clock.now())
            if coming >= end:
                return


def asked(house: House, level: str = "ROUTINE", **changes: Any) -> AnyMessage:
    """A request of this urgency from a node to the other."""
    rooms = house.side.rooms
    urgency = Urgency(level=code(UrgencyLevel[level]))
    return request(rooms, house.side.other, urgency=urgency, **changes)


@asynccontextmanager
async def two(root: Path) -> AsyncIterator[Two]:
    """Make both."""
    async with pair(root) as made:
        yield Two(made, House(made.a), House(made.b))
