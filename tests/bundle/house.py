"""A case between two nodes, a third as witness, and a time-stamp authority made for the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.cli.house import staff
from tests.evidence.authority import Authority, make
from tests.exchange.counting import submit
from tests.exchange.losing import receipted
from tests.exchange.witnessing import A, B, C, turn, watched
from tests.nodes import until
from tracer.casework.evidence.renewal import Renewal
from tracer.clock import FixedClock, SystemClock
from tracer.evidence.timestamp import Roots, roots_of
from tracer.exchange.renew import Authority as Asked
from tracer.exchange.renew import Renew
from tracer.node.desk import open_desk
from tracer.node.rooms import Rooms
from tracer.node.workers.stamping import stamping

HOUR = timedelta(hours=1, seconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """The port to the authority, answered by openssl."""

    authority: Authority

    async def ask(self, request: bytes, *, limit: int) -> bytes:
        """One answer."""
        found = self.authority.answer(request)
        assert len(found) <= limit
        return found


@dataclass(frozen=True, slots=True)
class House:
    """Three nodes, of which two wrote to one another, and the authority that A asks."""

    a: Rooms
    b: Rooms
    c: Rooms
    authority: Authority
    thread: str

    @property
    def roots(self) -> Roots:
        """What a reader must trust."""
        return roots_of(self.authority.root_pem)

    async def exported(
        self, rooms: Rooms | None = None, *, offline: bool = False, without: tuple[str, ...] = ()
    ) -> bytes:
        """The evidence of the case, as one side exports it."""
        desk = open_desk(rooms or self.a)
        found = await desk.evidence.export(
            "officer.one", self.thread, without=without, pdf=False, offline=offline
        )
        return found.data

    def renewal(self, *, asked: bool = True) -> Renewal:
        """The verb, with the authority behind it or none."""
        time = Asked(Line(self.authority), self.roots) if asked else None
        renew = Renew(
            store=self.a.store,
            ledger=self.a.ledger,
            authority=self.a.authority,
            time=lambda: time,
        )
        return Renewal(store=self.a.store, renew=renew, entry=self.a.home.entry.read_bytes)


@asynccontextmanager
async def house(root: Path, *, quorum: int = 2) -> AsyncIterator[House]:
    """A request, acknowledged and answered; witnessed on all sides; stamped at A."""
    authority = make(root / "authority")
    clock = FixedClock(SystemClock().now() - 5 * HOUR)
    async with watched(root / "nodes", quorum=quorum, clock=clock) as rooms:
        a, b, c = rooms[A], rooms[B], rooms[C]
        for one in (a, b):
            await staff(one)
        thread = ""
        for sender, other, kind in ((a, b, ""), (b, a, "acknowledgement"), (b, a, "result")):
            sent = await submit(sender, other, kind, thread)
            await until(lambda s=sender, o=other, n=sent: receipted(s, o.authority, n))  # type: ignore[misc]
            thread = thread or sent
            clock.advance(HOUR)
            await turn(a, b, c)
        clock.advance(HOUR)
        await turn(a, b, c)
        (a.home.root / "time-roots.pem").write_bytes(authority.root_pem)
        assert await stamping(a, Line(authority))()
        yield House(a, b, c, authority, thread)
