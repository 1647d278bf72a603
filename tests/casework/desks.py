"""A national authority's desk for tests: real store, real keys, the real submit, no network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from tests.examples import EXAMPLES, THREAD
from tests.trust.makers import NOW, signing, terms, verified
from tracer.canonical import b64url
from tracer.casework.accounts.policy import AccountPolicy
from tracer.casework.accounts.roster import Roster
from tracer.casework.assigning import Assigning
from tracer.casework.attach import Attach
from tracer.casework.authorities import Authorities
from tracer.casework.changes import Changes
from tracer.casework.drafts import Drafts
from tracer.casework.duplicates import Duplicates
from tracer.casework.figures.cooperation import Cooperation
from tracer.casework.figures.proving import Proving
from tracer.casework.figures.report import Reports
from tracer.casework.figures.statement import Statements
from tracer.casework.follow_on import Following
from tracer.casework.guided import Guided
from tracer.casework.lists import Lists
from tracer.casework.notes import Notes
from tracer.casework.notices import Notices
from tracer.casework.overview import Overview
from tracer.casework.pace import Pace, Pause
from tracer.casework.papers.documents import to_document
from tracer.casework.peers import Peers
from tracer.casework.people import People
from tracer.casework.reads import Reads
from tracer.casework.release import Release, Released
from tracer.casework.roles import Policy
from tracer.casework.teams import Teams
from tracer.casework.terms.work import TermsWork
from tracer.casework.trail import Trail
from tracer.casework.transcribing import Transcribing
from tracer.casework.upkeep import Health, Journalled, KeyLine, SettingLine, Upkeep
from tracer.casework.witnessed import Witnesses
from tracer.clock import FixedClock, instant
from tracer.envelope.sdjwt import issue
from tracer.evidence.checkpoint import LogKey
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.exchange.clocks.fingerprints import refresh
from tracer.exchange.inforce import TermsBook, in_force
from tracer.exchange.log.ledger import HighWater, Ledger
from tracer.exchange.projection import Projection, events_of
from tracer.exchange.submit import Submit
from tracer.exchange.uploads import Shelf
from tracer.exchange.witness.view import own_log
from tracer.media import Photo, sniff
from tracer.model.messages import AnyMessage, type_of
from tracer.model.terms import terms_digest
from tracer.model.thread import fold
from tracer.model.wire import to_wire
from tracer.store import FaultPoint, Store, Tx
from tracer.store.rows import NewMessage, Receipt, ThreadRow
from tracer.transport.scan import Scanner
from tracer.trust.directory import Directory, Listing

US, THEM, THIRD = "XA-NPOC", "XB-NPOC", "XC-NPOC"
PEOPLE = {
    "ada": ("investigator",),
    "ben": ("officer",),
    "eve": ("officer",),
    "sam": ("supervisor",),
    "aud": ("auditor",),
    "opa": ("operator",),
}
JPEG = b"\xff\xd8\xff\xe0" + b"a left side, say " * 100


@dataclass
class Cell:
    """Holds the directory."""

    directory: Directory

    def get(self) -> Directory:
        return self.directory

    def set(self, directory: Directory) -> None:
        self.directory = directory


@dataclass
class Desk:
    """Everything that casework offers, and what the tests look at."""

    store: Store
    clock: FixedClock
    cell: Cell
    shelf: Shelf
    drafts: Drafts
    attach: Attach
    release: Release
    following: Following
    guided: Guided
    reads: Reads
    lists: Lists
    authorities: Authorities
    overview: Overview
    roster: Roster
    upkeep: Upkeep
    trail: Trail
    duplicates: Duplicates
    reports: Reports
    statements: Statements
    cooperation: Cooperation
    proving: Proving
    people: People
    peers: Peers
    terms: TermsWork
    book: TermsBook
    notices: Notices
    teams: Teams
    assigning: Assigning
    notes: Notes
    transcribing: Transcribing
    changes: Changes
    woken: list[str] = field(default_factory=list)

    async def outbox(self) -> int:
        """How many messages were ever queued."""
        return len(await self.store.read(lambda tx: tx.outbox.rows()))

    async def released(self, document: dict[str, Any] | None = None, peer: str = THEM) -> Released:
        """A request of ours, written by ada and released by ben."""
        draft = await self.drafts.new("ada", document or request_document(), peer)
        await self.release.submit_for_release("ada", draft.id)
        return await self.release.release("ben", draft.id)

    async def receipted(self, sent: Released) -> None:
        """The peer's receipt has come."""

        def body(tx: Tx) -> None:
            at = tx.now
            record = new_record(
                kind=Kind.RECEIVED,
                id=sent.message_id,
                sender=US,
                recipient=sent.peer,
                at=instant(at),
                salt=b"s" * SALT_BYTES,
            )
            receipt = Receipt(sent.message_id, sent.peer, record, 0, 1, (), "log", at)
            tx.messages.save_receipts([receipt])
            seqs = [row.seq for row in tx.outbox.rows(message_id=sent.message_id)]
            tx.outbox.delivered(seqs)
            Projection().write(tx, tx.threads.get_many([sent.thread]).values())

        await self.store.write(body)

    async def looked_at(self, thread: str) -> None:
        """What is searched of a thread is up to its messages, as after the worker has looked."""

        def body(tx: Tx) -> None:
            row = tx.threads.get(thread)
            assert row is not None
            refresh(tx, thread, fold(events_of(tx, row)))

        await self.store.write(body)

    async def asked(self, peer: str = THEM, **changes: Any) -> str:
        """A request of the peer has come, under the terms of our entry; its thread."""
        terms = terms_digest(verified(US).entry.terms)
        message = msgspec.structs.replace(
            EXAMPLES["request"],
            **{"sender": peer, "recipient": US, "terms": terms, "attachments": ()}
            | {"attachment_keys": msgspec.UNSET}
            | changes,
        )
        return await self._stands(message, None)

    async def arrives(self, thread: str, kind: str, **changes: Any) -> str:
        """A message of the peer stands in the thread, signed by its key; its id."""
        row = (await self.store.read(lambda tx: tx.threads.get_many([thread])))[thread]
        follows = tuple(sorted(filter(None, (row.own_tip, row.peer_tip))))
        message = msgspec.structs.replace(
            EXAMPLES[kind], sender=row.peer, recipient=US, thread=thread, follows=follows, **changes
        )
        return await self._stands(message, thread)

    async def _stands(self, message: AnyMessage, thread: str | None) -> str:
        """The message is signed by its sender, logged and stored here; its id."""
        clear, groups = to_wire(message)
        signed, peer = issue(clear, groups, key=signing(message.sender)), message.sender
        within = thread or signed.id

        def body(tx: Tx) -> None:
            record = new_record(
                kind=Kind.RECEIVED,
                id=signed.id,
                sender=peer,
                recipient=US,
                at=instant(tx.now),
                salt=sha256(signed.id.encode()).digest()[:SALT_BYTES],
            )
            new = NewMessage(
                peer=peer,
                id=signed.id,
                thread=within,
                direction="in",
                type=type_of(message),
                follows=message.follows,
                issued=message.issued,
                at=tx.now,
                kid=signing(peer).kid,
                jws=signed.jws,
                disclosures=signed.disclosures,
                record=record,
            )
            if thread is None:
                opened = ThreadRow(within, peer, "peer", tx.now, test=message.test)
                tx.threads.create(opened)
            tx.messages.add(new, tx.log.append(record))
            tx.threads.advance(within, peer_tip=signed.id, peer_delta=1)
            Projection().write(tx, tx.threads.get_many([within]).values())

        await self.store.write(body)
        return signed.id


@dataclass(frozen=True, slots=True)
class Quiet:
    """A node with nothing to tell of itself."""

    store: Store

    async def health(self) -> Health:
        log = await self.store.read(lambda tx: own_log(tx, verified(US).entry))
        return Health(
            version="", at="", mode="reached", fingerprint="", restoring="", findings=(),
            backup="", log=log, refusals=(),
        )  # fmt: skip

    def keys(self) -> tuple[KeyLine, ...]:
        return ()

    def settings(self) -> tuple[SettingLine, ...]:
        return ()

    async def journalled(self) -> Journalled:
        return Journalled(journals=0, acts=0, erased=0, entries=0, faults=())


class AsTheyCome:
    """Photos that need no drawing: the picture is the file, and the small one says so."""

    def __init__(self) -> None:
        self.developed = 0

    async def develop(self, data: bytes) -> Photo:
        """The picture as it came."""
        self.developed += 1
        return Photo(
            media_type=sniff(data),
            data=data,
            thumb=JPEG + b"small",
            width=2,
            height=1,
            original=b64url(sha256(data).digest()),
        )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the verbs of a desk stand on."""

    store: Store
    clock: FixedClock
    cell: Cell
    shelf: Shelf
    book: TermsBook
    proving: Proving
    pace: Pace | None
    scanner: Scanner | None
    woken: list[str]

    @property
    def common(self) -> dict[str, Any]:
        """What a verb takes that knows its peers."""
        return {"store": self.store, "directory": self.cell.get, "authority": US}


@asynccontextmanager
async def open_desk(
    root: Path,
    policy: Policy = "two-persons",
    *,
    faults: FaultPoint | None = None,
    scanner: Scanner | None = None,
    bound: int = 0,
    pause: Pause = asyncio.sleep,
) -> AsyncIterator[Desk]:
    """A desk of XA that knows XB and XC, with one person of each role and a second officer."""
    clock = FixedClock(NOW)
    shelf = Shelf(root / "attachments", faults)
    (root / "attachments").mkdir()
    store = await Store.open(root / "tracer.db", rest_key=b"r" * 32, clock=clock, faults=faults)
    async with store:
        await store.write(_fill)
        book = TermsBook(await store.read(lambda tx: in_force(tx, verified(US).entry.terms)))
        key = LogKey.generate(f"{US}/log/1")
        ledger = Ledger(store, key, HighWater(root / "high-water.json"))
        pace = None
        if bound:
            pace = Pace(store=store, clock=clock, cases=bound, drafts=bound, pause=pause)
        ground = Ground(
            store=store,
            clock=clock,
            cell=Cell(Directory.of([Listing(verified(name)) for name in (THEM, THIRD)])),
            shelf=shelf,
            book=book,
            proving=Proving(store=store, authority=US, prover=ledger, log=lambda: key.public),
            pace=pace,
            scanner=scanner,
            woken=[],
        )
        yield Desk(
            store=store,
            clock=clock,
            cell=ground.cell,
            shelf=shelf,
            book=book,
            proving=ground.proving,
            woken=ground.woken,
            **_writing(ground, policy),
            **_reading(ground),
            **_keeping(ground),
        )


def _writing(on: Ground, policy: Policy) -> dict[str, Any]:
    """The verbs that write a case: drafts and their files, release, what follows."""
    submit = Submit(
        store=on.store,
        directory=on.cell.get,
        key=lambda: signing(US),
        projection=Projection(),
        wake=on.woken.append,
    )
    drafts = Drafts(**on.common, shelf=on.shelf, pace=on.pace)
    attach = Attach(
        store=on.store, shelf=on.shelf, photos=AsTheyCome(), scanner=on.scanner, pace=on.pace
    )
    duplicates = Duplicates(**on.common)
    return {
        "drafts": drafts,
        "attach": attach,
        "release": Release(
            **on.common, submit=submit, shelf=on.shelf, policy=policy, wake=on.woken.append
        ),
        "following": Following(**on.common, drafts=drafts, attach=attach),
        "guided": Guided(**on.common, drafts=drafts, duplicates=duplicates),
        "duplicates": duplicates,
        "notes": Notes(store=on.store, pace=on.pace),
        "transcribing": Transcribing(
            store=on.store,
            authority=US,
            key=lambda: signing(US),
            projection=Projection(),
            photos=AsTheyCome(),
            scanner=on.scanner,
            pace=on.pace,
        ),
    }


def _reading(on: Ground) -> dict[str, Any]:
    """The verbs that show: cases, lists, what is on record, figures."""
    reads = Reads(
        store=on.store,
        authority=US,
        witnesses=Witnesses(authority=US, entry=lambda _: None),
        scanned=on.scanner is not None,
        pace=on.pace,
    )
    lists = Lists(store=on.store, reads=reads)
    return {
        "reads": reads,
        "lists": lists,
        "authorities": Authorities(
            store=on.store, directory=on.cell.get, mode=lambda: verified(US).entry.mode
        ),
        "overview": Overview(store=on.store, lists=lists),
        "trail": Trail(store=on.store, authority=US, proving=on.proving),
        "reports": Reports(store=on.store, authority=US),
        "statements": Statements(
            **on.common, entry=lambda: verified(US), key=lambda: signing(US), proving=on.proving
        ),
        "cooperation": Cooperation(store=on.store, authority=US),
        "notices": Notices(store=on.store, authority=US, terms=lambda: terms(US)),
        "changes": Changes(store=on.store),
    }


def _keeping(on: Ground) -> dict[str, Any]:
    """The verbs that keep the house: its people, peers, terms and machines."""
    return {
        "roster": Roster(store=on.store, policy=AccountPolicy()),
        "upkeep": Upkeep(store=on.store, watch=Quiet(on.store), wake=on.woken.append),
        "people": People(store=on.store, policy=AccountPolicy()),
        "peers": Peers(**on.common, set_directory=on.cell.set, changing=asyncio.Lock()),
        "terms": TermsWork(
            store=on.store,
            directory=on.cell.get,
            entry=lambda: verified(US),
            key=lambda: signing(US),
            stands=on.book.set,
        ),
        "teams": Teams(store=on.store),
        "assigning": Assigning(store=on.store),
    }


def _fill(tx: Tx) -> None:
    tx.log.open_origin(f"{US}/log/1")
    tx.terms.put_entry(verified(US).entry.terms)
    for name, roles in PEOPLE.items():
        tx.people.add(name, roles, by="test")
    for name in (THEM, THIRD):
        entry = verified(name)
        tx.terms.put_entry(entry.entry.terms)
        tx.peers.put_entry(name, entry.file, seq=1, digest=entry.digest, fingerprint="", by="test")
        tx.terms.put_entry(entry.entry.terms)


def request_document(**changes: Any) -> dict[str, Any]:
    """A request about the pistol of the example, without files; the linter finds no error."""
    written = document("request")
    pistol = written["firearms"][0]
    del pistol["photos"]
    for mark in pistol["marks"]:
        mark.pop("photos", None)
    for person in written["persons"]:
        person["lines"] = [1]
    return written | {"firearms": [pistol]} | changes


def document(kind: str, **changes: Any) -> dict[str, Any]:
    """The example message of a type as its writer would write it."""
    return to_document(EXAMPLES[kind]) | changes


def message_of(kind: str) -> AnyMessage:
    """The example message of a type."""
    return EXAMPLES[kind]


__all__ = ["JPEG", "PEOPLE", "THEM", "THIRD", "THREAD", "US", "Desk", "document", "open_desk"]
