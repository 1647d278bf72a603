"""The script played through real nodes: stores, keys, logs, sealed batches; one clock, no sockets.

What one node's outbox holds for another is carried by hand: `parcels.next`, `receive`, `settle`, as
a worker and a listener do it. Each node's tick runs at every instant that the tick before it named,
and when a message came or was receipted. Sealing keys are changed before their ninety days end.
"""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from tests.clocks.book import Done
from tests.clocks.script import EUROPEAN, START, Case, Said, Script, State
from tests.nodes import make_node
from tests.peers import admit_entry
from tracer.clock import FixedClock, instant, stamp
from tracer.exchange.clocks.tick import Acts, Look, Tick, Ticked
from tracer.model.clocks.schedule import Act, Policy
from tracer.model.messages import TYPES, AnyMessage
from tracer.model.terms import (
    OfficeHours,
    Offset,
    Terms,
    european_terms,
    starting_terms,
)
from tracer.node.custody import rotate
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.workers.clocks import reminding
from tracer.store import Tx
from tracer.trust.issue import Facts, issue_entry
from tracer.trust.keyring import Keyring

ROTATE = timedelta(days=80)
NONCE = "A" * 22


@dataclass(slots=True)
class Node:
    """One State's node, and when its clocks are looked at next."""

    state: State
    rooms: Rooms
    tick: Tick
    due: datetime | None = None


class Noted(NamedTuple):
    """An act as it was carried out, with its thread."""

    thread: str
    at: datetime
    side: str
    act: Act


class Recorder:
    """Carries acts out through another port, if there is one, and notes them."""

    def __init__(self, into: list[Noted], port: Acts | None = None) -> None:
        self._into = into
        self._port = port

    def do(self, tx: Tx, act: Act, look: Look) -> bool:
        """Note what was done."""
        done = self._port is None or self._port.do(tx, act, look)
        if done:
            self._into.append(Noted(look.thread.id, instant(tx.now), look.us, act))
        return done


class World:
    """All nodes, the lines between them, and what they do."""

    def __init__(self, script: Script, root: Path) -> None:
        self.script = script
        self.clock = FixedClock(START - timedelta(days=1))
        self.noted: list[Noted] = []
        self.nodes: dict[str, Node] = {}
        self.threads: dict[int, str] = {}
        self.looked = 0
        self.carried = 0
        self._root = root
        self._agenda: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._places = 0
        self._questions: dict[int, str] = {}

    # -- making it

    @asynccontextmanager
    async def open(self) -> AsyncIterator[World]:
        """Make the nodes, let them know each other, and keep them open."""
        async with AsyncExitStack() as stack:
            for number, state in enumerate(self.script.states):
                await self._make(stack, state, 20_000 + number)
            files = {name: self._entry(name) for name in self.nodes}
            for name, node in self.nodes.items():
                for other, data in files.items():
                    if other != name:
                        await admit_entry(node.rooms, data, by="officer")
            yield self

    async def _make(self, stack: AsyncExitStack, state: State, port: int) -> None:
        made = await make_node(
            self._root / state.name,
            state.name,
            port=port,
            clock=self.clock,
            limits={"disk_reserve_bytes": 0},
        )
        self._promise(made.home, state)
        rooms = await stack.enter_async_context(
            open_rooms(made.home, made.config, self.clock, wake=self._wake(state.name))
        )
        tick = Tick(
            store=rooms.store,
            projection=rooms.projection,
            policy=Policy(),
            notices=Recorder(self.noted),
            peers=Recorder(self.noted, reminding(rooms)),
            wake=rooms.wake,
            monotonic=lambda: 0.0,
        )
        self.nodes[state.name] = Node(state, rooms, tick)

    def _promise(self, home: Home, state: State) -> None:
        """Put the State's own terms into its first entry."""
        before = own_entry(home).entry
        names = [name for name in Facts.__dataclass_fields__ if name != "terms"]
        facts = Facts(terms=terms_of(state), **{name: getattr(before, name) for name in names})
        ring = Keyring.open(home.root / "keyring.json", f"file:{home.root / 'keyring.kek'}")
        home.entry.write_bytes(issue_entry(ring, facts, previous=None, now=self.clock.now()))

    def _entry(self, name: str) -> bytes:
        return self.nodes[name].rooms.home.entry.read_bytes()

    # -- playing it

    async def play(self, told: Callable[[str], None] = lambda _: None) -> None:
        """From the first request to the end."""
        for case in self.script.cases:
            for said in case.said:
                self._on(said.sent, partial(self._say, case, said))
        for days in range(ROTATE.days, (self.script.end - START).days, ROTATE.days):
            self._on(START + timedelta(days=days), self._rotate)
        month = ""
        while (now := self._next()) is not None and now <= self.script.end:
            self.clock.advance(now - self.clock.now())
            if month != f"{now:%Y-%m}":
                month = f"{now:%Y-%m}"
                told(f"{month}: {self.carried:,} messages, {self.looked:,} looks")
            while self._agenda and self._agenda[0][0] <= now:
                await heapq.heappop(self._agenda)[2]()
            await self._ticks(now)
        self.clock.advance(max(self.script.end - self.clock.now(), timedelta()))

    def _next(self) -> datetime | None:
        times = [node.due for node in self.nodes.values() if node.due is not None]
        if self._agenda:
            times.append(self._agenda[0][0])
        return min(times, default=None)

    async def _ticks(self, now: datetime) -> None:
        for node in self.nodes.values():
            while node.due is not None and node.due <= now:
                done = await node.tick()
                self.looked += done.looked
                node.due = self._then(done, now)

    def _then(self, done: Ticked, now: datetime) -> datetime | None:
        return None if done.pause is None else now + timedelta(seconds=done.pause)

    def _on(self, at: datetime, what: Callable[[], Any]) -> None:
        self._places += 1
        heapq.heappush(self._agenda, (at, self._places, what))

    def _wake(self, sender: str) -> Callable[[str], None]:
        """A node has something for a peer: carried at once, or when the line is up again."""

        def wake(recipient: str) -> None:
            now = self.clock.now()
            at = self.script.arrives(sender, recipient, now)
            self._on(at, partial(self._carry, sender, recipient))

        return wake

    async def _carry(self, sender: str, recipient: str) -> None:
        """What waits for one peer goes over, and its receipts come back."""
        ours, theirs = self.nodes[sender], self.nodes[recipient]
        peer = ours.rooms.cell.get().peer(recipient)
        parcels, settle = ours.rooms.deliver._parcels, ours.rooms.deliver._settle  # noqa: SLF001
        while (parcel := await parcels.next(peer)) is not None:
            us = theirs.rooms.cell.get().peer(sender)
            answer = await theirs.rooms.receive(us, parcel.body)
            done = await settle(peer, parcel.rows, answer)
            assert done.error in ("", "log-proof-needed"), done  # said once, then it is shown
            self.carried += done.delivered
            ours.due = theirs.due = self.clock.now()

    async def _say(self, case: Case, said: Said) -> None:
        parties = (case.opener.name, case.other.name)
        sender, recipient = parties if said.side == "opener" else parties[::-1]
        rooms = self.nodes[sender].rooms
        message = self._message(case, said, rooms, recipient)
        sent = await rooms.submit(message)
        self.threads.setdefault(case.number, sent.thread)
        if said.type == "more-info":
            self._questions[case.number] = sent.id

    def _message(self, case: Case, said: Said, rooms: Rooms, recipient: str) -> AnyMessage:
        fields = {
            "v": 1,
            "type": said.type,
            "sender": rooms.authority,
            "recipient": recipient,
            "issued": stamp(said.sent),
            "nonce": NONCE,
            "handling": {"code": code("handling-code", "H1")},
            "language": "en",
            "test": case.number % 50 == 0,
            **({} if said.type == "request" else self._place(case)),
            **self._content(case, said, rooms, recipient),
        }
        return cast("AnyMessage", msgspec.convert(fields, TYPES[said.type]))

    def _place(self, case: Case) -> dict[str, Any]:
        thread = self.threads[case.number]
        return {"thread": thread, "follows": [thread]}

    def _content(self, case: Case, said: Said, rooms: Rooms, recipient: str) -> dict[str, Any]:
        content: dict[str, Any] = {"lines": list(said.lines)} if said.lines else {}
        if said.type == "request":
            content = {
                "terms": rooms.cell.get().peer(recipient).terms_digest,
                "reference": f"{rooms.authority[:2]}-{said.sent.year}-{case.number + 1:06}",
                "firearms": [{"line": line} for line in case.lines],
                "urgency": {"level": code("urgency-level", case.level)},
            }
        elif said.type == "acknowledgement":
            content = {"received": stamp(case.said[0].at)}
        elif said.type == "amend":
            content = {"about": self._questions[case.number]}
        elif said.type in ("result", "interim"):
            content = {"answers": [{"line": line} for line in said.lines or case.lines]}
        elif said.day is not None:
            name = "review" if said.type == "delayed" else "lapses"
            content = {name: said.day.isoformat()}
        return content

    async def _rotate(self) -> None:
        """Every node makes a new sealing key; all others get the entry that lists it."""
        for name, node in self.nodes.items():
            await rotate(node.rooms, Keyring.rotate_seal, actor="officer", act="key-rotate")
            data = self._entry(name)
            for other, known in self.nodes.items():
                if other != name:
                    await admit_entry(known.rooms, data, by="officer")

    # -- what came of it

    def done(self) -> list[Done]:
        """Every act, in the form of the book."""
        numbers = {thread: number for number, thread in self.threads.items()}
        return [
            Done(
                numbers[one.thread],
                one.at,
                one.side,
                str(one.act.kind),
                one.act.number,
                str(one.act.target.kind),
                one.act.target.lines,
                instant(one.act.target.due),
            )
            for one in self.noted
        ]


def terms_of(state: State) -> Terms:
    """The signed terms of a State of the script."""
    office = state.office
    base = starting_terms(
        state.name,
        covers_until="2027-12-31",
        weekend=tuple(sorted(office.weekend)),
        non_working=tuple(sorted(day.isoformat() for day in office.holidays)),
    )
    promised = european_terms(base) if state.promises is EUROPEAN else base
    return msgspec.structs.replace(
        promised,
        office=OfficeHours(office.opens.strftime("%H:%M"), office.closes.strftime("%H:%M")),
        offsets=tuple(Offset(stamp(at), minutes) for at, minutes in office.shifts),
    )


def code(list_: str, value: str) -> dict[str, Any]:
    """A code of version 1."""
    return {"list": list_, "version": 1, "value": value}
