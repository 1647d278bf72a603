"""A desk with cases whose clocks run, notices about them, and the way from there to a mailbox."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from tests.casework.desks import THEM, US, Desk, open_desk, request_document
from tests.trust.makers import terms
from tracer.casework.mail.post import Post
from tracer.casework.mail.writing import Office, Writing
from tracer.casework.notices import Notices
from tracer.clock import instant
from tracer.errors import TracerError
from tracer.exchange.backoff import Patience
from tracer.exchange.projection import events_of
from tracer.model.clocks import ClockKind, Target, targets
from tracer.model.terms import Offset
from tracer.store import FaultPoint, MailRow, Tx
from tracer.transport.letter import Letter, MailLine
from tracer.transport.mail import MailServer, SmtpLine

SENDER = "tracer@xa.example"
LEASE = timedelta(minutes=5)
BERLIN_LIKE = (
    Offset("2000-01-01T00:00:00.000Z", 60),
    Offset("2026-03-29T01:00:00.000Z", 120),
    Offset("2026-10-25T01:00:00.000Z", 60),
)
"""A place whose clocks go forward and back in 2026."""


@dataclass(frozen=True, slots=True)
class Acted:
    """An act as the tick hands it over."""

    key: str
    kind: str
    target: Target


@dataclass(slots=True)
class Sent:
    """A mail line that keeps what it is given, or raises what it is told to."""

    letters: list[tuple[str, Letter]] = field(default_factory=list)
    raises: list[TracerError | None] = field(default_factory=list)

    async def send(self, letter: Letter, *, to: str) -> None:
        """Keep it."""
        error = self.raises.pop(0) if self.raises else None
        if error is not None:
            raise error
        self.letters.append((to, letter))


@dataclass(slots=True)
class World:
    """All of it."""

    desk: Desk
    notices: Notices
    writing: Writing
    kept: Sent

    async def case(self, level: str = "PRIORITY", **changes: Any) -> str:
        """A request of ours that XB has receipted; its thread."""
        urgency: dict[str, Any] = {"level": level}
        if level != "ROUTINE":
            urgency["reason"] = "LIFE_AT_RISK"
        sent = await self.desk.released(request_document(urgency=urgency, **changes))
        await self.desk.receipted(sent)
        return sent.thread

    async def target(self, thread: str, kind: ClockKind = ClockKind.ACKNOWLEDGE) -> Target:
        """The clock of this kind in a thread."""

        def body(tx: Tx) -> Target:
            row = tx.threads.get(thread)
            assert row is not None
            found = targets(events_of(tx, row), terms(THEM), instant(tx.now))
            return next(one for one in found if one.kind is kind)

        return await self.desk.store.read(body)

    async def tell(
        self,
        thread: str,
        kind: str = "notice-before",
        clock: ClockKind = ClockKind.ACKNOWLEDGE,
        key: str = "",
    ) -> None:
        """Hand over an act about a clock, as the tick does."""
        target = await self.target(thread, clock)
        act = Acted(key or f"{clock}/{target.about[:12]}//{kind}", kind, target)

        def body(tx: Tx) -> None:
            row = tx.threads.get(thread)
            assert row is not None
            self.notices.tell(tx, row, act)

        await self.desk.store.write(body)

    async def reach(self, *names: str, language: str = "en", digest: bool = True) -> None:
        """Give people addresses."""
        for name in names:
            await self.desk.people.set_contact(
                "sam", name, mail=f"{name}@xa.example", language=language, digest=digest
            )

    def post(self, line: MailLine | None = None) -> Post:
        """What carries letters, over this line or into `kept`."""
        return Post(
            store=self.desk.store,
            clock=self.desk.clock,
            line=line or self.kept,
            patience=Patience(
                base=timedelta(seconds=30),
                cap=timedelta(minutes=30),
                horizon=timedelta(hours=48),
                lease=LEASE,
            ),
            chance=random.Random(1),  # noqa: S311 - seeded jitter
        )

    async def rows(self) -> list[MailRow]:
        """Every letter there is."""
        return await self.desk.store.read(lambda tx: tx.mail.rows())

    async def letters(self) -> list[tuple[str, Letter]]:
        """Every letter there is, with whom it is for."""
        return [
            (row.person, msgspec.json.decode(row.body, type=Letter)) for row in await self.rows()
        ]

    async def day(self) -> list[tuple[str, Letter]]:
        """Write digests; the letters that came of it."""
        before = len(await self.rows())
        await self.writing.digests()
        return (await self.letters())[before:]


def smtp(port: int, **changes: Any) -> SmtpLine:
    """The real line to a server on loopback, unencrypted unless changed."""
    given: dict[str, Any] = {
        "host": "localhost",
        "port": port,
        "encryption": "none",
        "sender": SENDER,
    }
    return SmtpLine(MailServer(**given | changes))


@asynccontextmanager
async def world(
    root: Path,
    *,
    heads: tuple[str, ...] = (),
    offsets: tuple[Offset, ...] = (),
    faults: FaultPoint | None = None,
    where: str = "",
) -> AsyncIterator[World]:
    """Open one; nobody has an address yet."""
    async with open_desk(root, faults=faults) as desk:
        ours = terms(US)
        if offsets:
            ours = msgspec.structs.replace(ours, offsets=offsets)
        office = Office(
            authority=US, domain="xa.example", terms=lambda: ours, where=where, digest_hour=7
        )
        yield World(
            desk=desk,
            notices=Notices(store=desk.store, authority=US, terms=lambda: ours, heads=heads),
            writing=Writing(store=desk.store, clock=desk.clock, office=office),
            kept=Sent(),
        )
