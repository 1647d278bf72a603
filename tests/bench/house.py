"""A node on disk with as many cases as are wanted, and people at its desk.

The cases are copies of real ones (`courses`) and stand in every table that a case of a node that
runs has a row in: thread with its key, messages encrypted under it with their records in the log,
receipts, proofs, case row, clock, agenda, words, firearms, facts of cooperation; drafts that were
released, acts in the journal, whose case it is, who looked at it.

Peers, people and teams are the same whatever the number of cases; what lies with a person and what
they have looked at grows with them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.bench import bulk, stage
from tests.bench.courses import COURSES, Copy, Planted, copies, patterns, planted
from tests.desk.accounts import cheap_accounts
from tests.nodes import Made, free_port, make_node
from tests.peers import admit_entry
from tracer.clock import instant
from tracer.config.load import DROP_INS
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.model.terms import terms_digest
from tracer.node.rooms import Rooms
from tracer.store import NewMessage, Receipt, Tx
from tracer.store.account_rows import TeamRow
from tracer.store.clocks import Looked

US: Final = "XA-NPOC"
PEERS: Final = tuple(f"X{letter}-NPOC" for letter in "BCDEFGHI")
SOUGHT: Final = Planted(24, "refused", PEERS[2], "FLASH", (100, 200), alone=True)
"""What several filters leave, each of which fits many."""
RUNNING: Final = Planted(52, "answered", PEERS[2], "ROUTINE", (45, 50), alone=False)
"""A page of answered cases in which a clock still runs, with words and a peer that many have."""
TEAMS: Final = ("north", "south", "harbour")
OFFICERS: Final = ("ben", "eve", "ola", "kim")
INVESTIGATORS: Final = ("ada", "ian", "lea", "tom")
OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "sam": ("supervisor",),
    "aud": ("auditor",),
    "opa": ("operator",),
}
PASSWORD: Final = "the tide is high at half past six"
HERE: Final = "127.0.0.1"
WORKED_ON: Final = ("fresh", "taken", "question", "silent", "late")
"""Courses of cases that are worked on."""
PLANTED: Final = (SOUGHT, RUNNING)
PATTERNS: Final = 600
GROUP: Final = 250
"""Cases of one transaction."""
SETTINGS: Final = """\
[limits]
peer_open_threads = 1_000_000

[desk]
host = "{here}"
port = {port}
timing = true

[accounts]
second_factor = "optional"
"""
LOOKED_AT: Final = 50
"""A person has looked at one case in so many, the newest, at most `MOST_LOOKED_AT`."""
MOST_LOOKED_AT: Final = 1500


class House(msgspec.Struct, frozen=True):
    """The node, and where its desk will listen."""

    made: Made
    port: int
    cases: int
    long: str
    """A request with many messages."""
    usual: str
    """A request with as many as most have: asked, taken, answered, told what became of it."""

    @property
    def url(self) -> str:
        """The desk."""
        return f"http://{HERE}:{self.port}"


async def build(root: Path, count: int) -> House:
    """Make the node, its peers, its people and its cases."""
    people = dict.fromkeys(OFFICERS, ("officer",))
    people |= dict.fromkeys(INVESTIGATORS, ("investigator",))
    port = free_port()
    made = await make_node(root / US, US, port=free_port(), people=people | dict(OTHERS))
    drop_ins = made.home.root / DROP_INS
    drop_ins.mkdir(mode=0o700)
    (drop_ins / "bench.toml").write_text(SETTINGS.format(here=HERE, port=port), "utf-8")
    async with stage.rooms_of(made.home.root) as rooms:
        for name in PEERS:
            peer = await make_node(root / name, name, port=free_port(), mode="courier")
            await admit_entry(rooms, peer.entry_file, by="sam")
        await _people(rooms)
        long, usual = await _cases(rooms, count)
    return House(made, port, count, long, usual)


async def _people(rooms: Rooms) -> None:
    """Everybody has a password of their own; three teams, and each investigator in one."""
    accounts = cheap_accounts(rooms)
    for name in (*OFFICERS, *INVESTIGATORS, *OTHERS):
        keeper = "opa" if name == "sam" else "sam"
        given = await accounts.passwords.give(keeper, name, command=True)
        opened = await accounts.sign_in.begin(name, given.password, address=HERE)
        await accounts.passwords.choose(opened.token, PASSWORD)

    def body(tx: Tx) -> None:
        for name in TEAMS:
            tx.teams.put(TeamRow(name, name.title(), agency="", closed=False), by="sam")
        for place, name in enumerate((*INVESTIGATORS, *OFFICERS)):
            tx.teams.join(TEAMS[place % len(TEAMS)], name, by="sam")

    await rooms.store.write(body)


async def _cases(rooms: Rooms, count: int) -> tuple[str, str]:
    """Every case, then who has looked at what; a long one and a usual that the readers may see."""
    every = patterns(rooms, PEERS[0], min(count, PATTERNS))
    groups = list(zip(PLANTED, planted(rooms, PEERS[0], PLANTED), strict=True))
    peers = {name: rooms.cell.get().peer(name).terms_digest for name in PEERS}
    ours = terms_digest(rooms.entry.entry.terms)
    made = copies(every, groups, peers, ours, count=count)
    newest: list[Copy] = []
    found: dict[str, str] = {}
    while part := list(islice(made, GROUP)):
        await rooms.store.write(lambda tx, part=part: _put(tx, part, rooms))  # type: ignore[misc]
        newest = sorted([*newest, *part], key=lambda one: one.case.updated)[-2 * MOST_LOOKED_AT :]
        found |= {one.course: one.thread.id for one in part if _is_read(one)}
    await rooms.store.write(
        lambda tx: _looked_at(tx, newest, min(count // LOOKED_AT, MOST_LOOKED_AT))
    )
    await rooms.store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale()))
    return found["long"], found["closed"]


def _is_read(one: Copy) -> bool:
    """One of those whose page is read: everybody with the authority's reach sees it.

    The usual one is ours in any house: the page of a request of ours that was answered has more on
    it than that of one we answered.
    """
    usual = one.course == "closed" and one.thread.opener == "us"
    return (usual or one.course == "long") and not _restricted(one)


def _restricted(one: Copy) -> bool:
    return one.number % 50 == 1


def _put(tx: Tx, part: Sequence[Copy], rooms: Rooms) -> None:
    tx.threads.create_many([one.thread for one in part])
    _messages(tx, part, rooms.keyring.signing_key().kid)
    tx.cases.put_many([one.case for one in part])
    tx.clocks.set({one.thread.id: Looked(one.next, one.targets) for one in part})
    tx.cooperation.put_many(
        [(one.thread.id, one.thread.peer, one.thread.opener, one.facts) for one in part]
    )
    ends = ((one.thread.id, *one.ends) for one in part)
    bulk.put(
        tx,
        "agenda",
        [(name, min(filter(None, both), default=None), *both) for name, *both in ends],
    )
    for one in part:
        tx.agenda.say(one.thread.id, *one.words)
    bulk.put(tx, "firearm", [(one.thread.id, *found) for one in part for found in one.prints])
    _work(tx, part, rooms.keyring.rest_key)
    for one in part:
        _acts(tx, one)


def _messages(tx: Tx, part: Sequence[Copy], kid: str) -> None:
    """Messages with their records, a receipt for each of ours, a proof for each of theirs."""
    news = []
    for one in part:
        peer = one.thread.peer
        for said in one.said:
            record = _record(said.id, peer, mine=said.mine, at=said.at)
            news.append(
                NewMessage(
                    peer=peer,
                    id=said.id,
                    thread=one.thread.id,
                    direction="out" if said.mine else "in",
                    type=said.type,
                    follows=said.follows,
                    issued=said.at,
                    at=said.at,
                    kid=kid,
                    jws=said.jws,
                    disclosures=said.disclosures,
                    record=record,
                )
            )
    first = tx.log.append_many([new.record for new in news])
    tx.messages.add_many([(new, first + place) for place, new in enumerate(news)])
    proofs = [(new.direction, _proof(new)) for new in news]
    tx.messages.save_receipts([proof for way, proof in proofs if way == "out"])
    tx.messages.save_sender_proofs([proof for way, proof in proofs if way == "in"])


def _record(name: str, peer: str, *, mine: bool, at: str) -> bytes:
    sender, recipient = (US, peer) if mine else (peer, US)
    kind = Kind.SENT if mine else Kind.RECEIVED
    salt = os.urandom(SALT_BYTES)
    return new_record(
        kind=kind, id=name, sender=sender, recipient=recipient, at=instant(at), salt=salt
    )


def _proof(new: NewMessage) -> Receipt:
    """A proof of the size of a real one in a log of a hundred thousand."""
    path = tuple(os.urandom(32) for _ in range(17))
    return Receipt(new.id, new.peer, new.record, 70_000, 100_000, path, f"{new.peer}/log/1", new.at)


def _work(tx: Tx, part: Sequence[Copy], rest_key: bytes) -> None:
    """Drafts that became our messages; the team of four in five; who works on what is open."""
    drafts = [
        _draft(one, place) for one in part for place, said in enumerate(one.said) if said.mine
    ]
    bulk.put(tx, "draft", [bulk.sealed_draft(row, rest_key) for row in drafts])
    given = [one for one in part if one.number % 5]
    bulk.put(
        tx,
        "team",
        [(one.thread.id, TEAMS[one.number % 7 % 3], _restricted(one)) for one in given],
    )
    everybody = (*OFFICERS, *INVESTIGATORS)
    worked = [one for one in part if one.course in WORKED_ON and one.number % 2]
    bulk.put(
        tx,
        "assignment",
        [(one.thread.id, everybody[one.number % 31 % 8], tx.now, "sam") for one in worked],
    )


def _draft(one: Copy, place: int) -> dict[str, Any]:
    author, said = INVESTIGATORS[one.number % 4], one.said[place]
    return {
        "id": f"d{one.number}-{place}", "thread": one.thread.id if place else None,
        "peer": one.thread.peer, "type": said.type, "author": author, "state": "released",
        "body": b"{}", "version": 1, "submitted_by": author,
        "released_by": OFFICERS[one.number % 4], "reason": b"", "review": False,
        "message_id": said.id, "created": said.at, "updated": said.at,
    }  # fmt: skip


def _acts(tx: Tx, one: Copy) -> None:
    """What people did, on record: each message of ours was let go, the case was read."""
    thread = one.thread.id
    officer = OFFICERS[one.number % len(OFFICERS)]
    for place, said in enumerate(one.said[:4]):
        if said.mine:
            tx.audit.write(officer, "release", thread, {"draft": f"d{one.number}-{place}"})
    tx.audit.write(officer, "read-case", thread, {"groups": ["narrative", "persons"]})


def _looked_at(tx: Tx, newest: Sequence[Copy], each: int) -> None:
    """Everybody has looked at some of the newest; in one of ten something is new since."""
    for place, name in enumerate((*OFFICERS, *INVESTIGATORS)):
        for one in newest[place % 2 :: 2][:each]:
            tx.seen.see(name, one.thread.id)
    for one in newest[::10]:
        tx.case_notes.add(one.thread.id, "sam", "Seen.")


assert set(WORKED_ON) < set(COURSES)
