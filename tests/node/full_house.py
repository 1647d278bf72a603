"""Two nodes whose databases hold a row in every table that is judged.

The first has witnesses and is one, asks a time-stamp authority, has people with everything they do,
threads that are held, erased from and purged, and was put back from an older copy: its log has a
successor, and what was lost was entered again. The second has heard of all that.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tests.casework.desks import request_document
from tests.casework.people import put_on_record
from tests.cli.house import staff
from tests.cli.test_story import PNG
from tests.desk.accounts import cheap_accounts
from tests.evidence.authority import Authority, make
from tests.exchange.counting import submit
from tests.exchange.losing import dialogue, receipted, send
from tests.exchange.witnessing import choose, turn
from tests.node.test_agreed_terms import agree
from tests.nodes import Made, reply, until
from tests.peers import admit_entry
from tests.restore.world import A, B, all_up, copied, made, put_back, restored, way_back
from tracer.canonical import canonical_json
from tracer.casework.transcribing import Paper
from tracer.clock import FixedClock
from tracer.config import Config
from tracer.evidence.timestamp import roots_of
from tracer.exchange.accuse import FaultKind, accuse
from tracer.exchange.log.time_stamp import StampTime
from tracer.model.ids import outside
from tracer.node.custody import rotate
from tracer.node.desk import Desk, open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.trust import totp

ONE, TWO = "officer.one", "officer.two"
WHY = "order of the court of 3 March"


@dataclass(frozen=True, slots=True)
class House:
    """The folders of the two nodes, at rest."""

    ours: Path
    theirs: Path


@dataclass(frozen=True, slots=True)
class Line:
    """To an authority that is in the same process."""

    authority: Authority

    async def ask(self, request: bytes, *, limit: int) -> bytes:
        """Its answer."""
        answer = self.authority.answer(request)
        assert len(answer) <= limit
        return answer


async def build(root: Path) -> House:
    """Make both nodes and let all of it happen."""
    a, b = await made(root)
    async with all_up(a, b) as (ours, theirs):
        await _watch(ours, theirs)
        await staff(ours)
        await _work(ours, theirs)
        await _stamp(ours, theirs, make(root / "tsa"))
        await turn(ours, theirs, ours, theirs)
    copy = await copied(a, root / "copy")
    async with all_up(a, b) as (ours, theirs):
        gone = await send(ours, theirs)
        await send(theirs, ours, "acknowledgement", gone)
        await send(ours, theirs)
    again = await put_back(a, copy, root / "again")
    (again.home.root / "time-roots.pem").write_bytes((root / "tsa" / "root.pem").read_bytes())
    await _back(again, b)
    for one in (again, b):
        await _later(one)
    return House(again.home.root, b.home.root)


async def _watch(ours: Rooms, theirs: Rooms) -> None:
    """Each chooses the other as its witness."""
    await choose(ours, [theirs])
    await choose(theirs, [ours])
    await _acquaint(ours, theirs)


async def _acquaint(ours: Rooms, theirs: Rooms) -> None:
    await admit_entry(ours, theirs.home.entry.read_bytes(), by="officer")
    await admit_entry(theirs, ours.home.entry.read_bytes(), by="officer")


async def _work(ours: Rooms, theirs: Rooms) -> None:
    """What people do in a year, in a second."""
    desk = open_desk(ours)
    first, second = await submit(ours, theirs), await send(ours, theirs)
    await until(lambda: receipted(ours, B, first))
    answer = await submit(theirs, ours, "acknowledgement", first)
    await until(lambda: receipted(theirs, A, answer))
    third = await send(ours, theirs)
    held = await send(ours, theirs)
    await send(theirs, ours)
    await _people(ours, first, second)
    await _teams(desk, first, second)
    await _accounts(ours)
    await _papers(desk, first)
    await agree(ours, theirs)
    await _drafts(ours, desk)
    await desk.disposing.hold(TWO, held, WHY)
    await desk.disposing.hold(TWO, second, WHY)
    await desk.disposing.unhold(TWO, second, WHY)
    asked = await desk.disposing.erase(ONE, second, ["narrative"], WHY)
    await desk.disposing.approve(TWO, asked.number)
    dropped = await desk.disposing.erase(ONE, second, ["persons"], WHY)
    await desk.disposing.drop(TWO, dropped.number, WHY)
    withdrawn = msgspec.structs.replace(reply(ours, "withdraw", third, B), lines=())
    over = await ours.submit(withdrawn)
    await until(lambda: receipted(ours, B, over.id))
    asked = await desk.disposing.purge(ONE, third, WHY)
    await desk.disposing.approve(TWO, asked.number)
    await desk.disposing.erase(ONE, first, ["narrative"], WHY)
    await until(lambda: _looked(ours, first))
    await ours.store.write(_more)
    await ours.store.write(_faults)


async def _people(rooms: Rooms, first: str, second: str) -> None:
    desk = open_desk(rooms)
    for name in ("new.one", "new.two"):
        await put_on_record(rooms.store, ONE, name, ("officer",))
    await desk.people.disable(ONE, "new.one")
    await desk.people.set_roles(ONE, "new.two", ("investigator",))
    for name in (ONE, TWO):
        await desk.people.set_contact(name, name, mail=f"{name}@xa.example")
    await desk.duplicates.say(ONE, first, second, kind="linked", reason="the same raid")
    await desk.reports.declare(TWO, 2025, {"seized": 4, "found": 2})


async def _teams(desk: Desk, first: str, second: str) -> None:
    """Teams, one of them closed; whose cases they are; what is noted on them."""
    for team, agency in (("north", ""), ("south", "customs")):
        await desk.teams.add(ONE, team, name=f"Team {team}", agency=agency)
        await desk.teams.join(ONE, team, "investigator.one")
    await desk.teams.join(ONE, "north", TWO)
    await desk.teams.leave(ONE, "south", "investigator.one")
    await desk.teams.close(ONE, "south")
    await desk.assigning.give(ONE, first, "north")
    await desk.assigning.give(ONE, second, "north")
    await desk.assigning.restrict(TWO, first, restricted=True, reason=WHY)
    for name in (ONE, TWO, "investigator.one"):
        await desk.assigning.assign(TWO, first, name)
    await desk.assigning.unassign(TWO, first, "investigator.one")
    for said in ("ask the registry again", "the dealer has answered"):
        await desk.notes.add(TWO, first, said)


async def _papers(desk: Desk, thread: str) -> None:
    """What came by post and by telephone; a request from, and one to, a State without a node."""
    transcribing = desk.transcribing
    post = Paper(way="POST", day="2026-02-27", number="12/2026", original=PNG, words="As asked.")
    call = Paper(way="TELEPHONE", day="2026-02-28", words="They found nothing.")
    one = await transcribing.came(ONE, thread, post)
    await transcribing.came(ONE, thread, call)
    await transcribing.compared(TWO, thread, one.number)
    mark = {"kind": "SERIAL", "text": "C 7718", "reading": "CLEAR", "identity": True}
    await transcribing.opened(ONE, "XQ", post, {"firearms": [{"line": 1, "marks": [mark]}]})
    draft = await desk.drafts.new(ONE, request_document(), outside("XR"))
    await desk.release.submit_for_release(ONE, draft.id)
    sent = await desk.release.release(TWO, draft.id)
    await transcribing.sent(ONE, sent.thread, sent.message_id, post)


async def _accounts(rooms: Rooms) -> None:
    """One with a password of their own and a second factor, one that begins it, one given only."""
    accounts = cheap_accounts(rooms)
    for name in (TWO, "new.two", "investigator.one"):
        given = await accounts.passwords.give(ONE, name, command=True)
        if name == "investigator.one":
            break
        opened = await accounts.sign_in.begin(name, given.password, address="::1", agent="test")
        opened = await accounts.passwords.choose(opened.token, f"a long way to {name} and back")
        begun = await accounts.factor.begin(opened.token)
        if name == TWO:
            secret = base64.b32decode(begun.secret.replace(" ", ""))
            step = int(rooms.clock.now().timestamp()) // totp.STEP
            await accounts.factor.confirm(opened.token, totp.code_at(secret, step))


async def _drafts(ours: Rooms, desk: Desk) -> None:
    mark = {"kind": "SERIAL", "text": "B7 48162", "reading": "CLEAR", "identity": True}
    written = request_document()
    written |= {"firearms": [written["firearms"][0] | {"marks": [mark]}]}
    draft = await desk.drafts.new(ONE, written, B)
    await desk.attach.add(ONE, draft.id, PNG, caption="Left")
    await desk.release.submit_for_release(ONE, draft.id)
    released = await desk.release.release(TWO, draft.id)
    await until(lambda: receipted(ours, B, released.message_id))
    await until(lambda: _looked(ours, released.thread))
    rejected = await desk.drafts.new(ONE, request_document(), B)
    await desk.release.submit_for_release(ONE, rejected.id)
    await desk.release.reject(TWO, rejected.id, "the photo is missing")


def _more(tx: Tx) -> None:
    """Something in tables that stay empty in so short a time."""
    tx.mail.add(ONE, "key", b"a letter")
    tx.mail.add(TWO, "key", b"another letter")
    for name in "vw":
        tx.waiting.put(B, name * 42 + "A", ["p" * 42 + "A"], b"{}", tx.now)


def _faults(tx: Tx) -> None:
    """Two heads of a peer kept as if they contradicted each other."""
    heads = [row.note for row in tx.survey.checkpoints((f"{B}/log/1", 0))[:2]]
    for _ in range(2):
        evidence = {"remembered": heads[0], "shown": heads[1]}
        accuse(tx, FaultKind.LOG_FORK, B, canonical_json(evidence))


async def _looked(rooms: Rooms, thread: str) -> bool:
    """The clock worker has looked at it and kept what follows from its messages."""
    return await rooms.store.read(
        lambda tx: not tx.clocks.is_due(thread) and tx.clocks.targets([thread]) != {}
    )


async def _stamp(rooms: Rooms, theirs: Rooms, authority: Authority) -> None:
    """Have two heads dated."""
    for _ in range(2):
        verb = StampTime(
            store=rooms.store,
            ledger=rooms.ledger,
            clock=rooms.clock,
            line=Line(authority),
            roots=roots_of(authority.root_pem),
            every=timedelta(0),
        )
        await send(rooms, theirs)
        assert await verb()


async def _back(again: Made, b: Made) -> None:
    """The first node goes on after it was put back, and is a witness under a new name."""
    async with all_up(again, b) as (ours, theirs):
        assert ours.gate.restoring
        await restored(ours)
        await way_back(ours)
        await rotate(
            ours, lambda ring, now: ring.rotate_witness(now), actor="officer", act="key-rotate"
        )
        await _acquaint(ours, theirs)
        await choose(theirs, [ours])
        await _acquaint(ours, theirs)
        await dialogue(ours, theirs)
        await turn(ours, theirs, ours, theirs)
        for rooms in (ours, theirs):
            await until(lambda rooms=rooms: _at_rest(rooms))  # type: ignore[misc]


async def _at_rest(rooms: Rooms) -> bool:
    """Nothing waits for the clocks: all that is kept of threads follows from their messages."""
    return await rooms.store.read(lambda tx: tx.clocks.due(1)) == []


async def _later(node: Made) -> None:
    """An hour later the head of the journal is entered and all is signed."""
    clock = FixedClock(datetime.now(UTC) + timedelta(hours=1))
    config = Config.load(node.home.root, environ={})
    async with open_rooms(Home(node.home.root), config, clock) as rooms:
        await rooms.store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale()))
        await rooms.journal()
        await rooms.ledger.checkpoint(covering=rooms.store.head.size)
        await rooms.store.write(rooms.ledger.flush)
