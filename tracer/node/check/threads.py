"""Threads: their messages, the proofs of them, and everything that follows from messages.

For each message: its signature and id, its row against what was signed, its receipt or the sender's
proof under a head (whose signatures are checked once for all, `log.head_fault`; its record in our
log is checked with the log), its delivery, its files. For each thread: tips
and counts, and the rows that are computed from its messages, computed again.

What was accepted stays accepted: whether a key counted then is not judged a second time ([V-4]).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracer.canonical import b64url, canonical_json
from tracer.clock import stamp
from tracer.envelope.sdjwt import SignedMessage, verify
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint
from tracer.evidence.proof import Proof, check_proof
from tracer.evidence.record import Kind
from tracer.exchange.outside import course
from tracer.exchange.reading import case_at, event
from tracer.exchange.uploads import announced
from tracer.model.cooperation import Facts, facts_in
from tracer.model.fingerprint import fingerprints
from tracer.model.ids import is_outside
from tracer.model.messages import OPENING, AnyMessage, type_of
from tracer.model.terms import Terms
from tracer.model.thread import CaseState, closed, fold
from tracer.model.thread.course import Judged, judged
from tracer.model.thread.fold import state_in
from tracer.model.thread.fresh import fresh
from tracer.model.written import message_of
from tracer.node.check.closings import Case, Timed, Told, judge, told_of
from tracer.node.check.entered import begun, counted_in, entered_in
from tracer.node.check.findings import Faults, Keys
from tracer.store import Tx
from tracer.store.rows import (
    AttachmentRow,
    CaseRow,
    Direction,
    MessageRow,
    OutboxRow,
    Receipt,
    ThreadRow,
)
from tracer.store.survey_threads import Lying, ThreadPage

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Tally:
    """How much was checked."""

    messages: int = 0
    receipts: int = 0
    proofs: int = 0
    heads: int = 0
    waiting: int = 0
    """Threads of which what is found by and counted was not compared: the clocks will look."""


class Opened(NamedTuple):
    """A log of ours that was opened after a restore."""

    at: str
    carried_from: str
    carried: int
    """Records that were carried over, behind the first."""


def put_back(one: MessageRow, logs: Mapping[str, Opened]) -> bool:
    """Whether a message was lost once and came back: its record is older than the log it is in."""
    origin, leaf = one.origin, one.leaf_index
    while (log := logs.get(origin)) is not None:
        if leaf > log.carried:
            return one.at < log.at
        origin, leaf = log.carried_from, leaf - 1
    return False


class _Heard(NamedTuple):
    """The messages of a thread, those that could be read, and when ours were received."""

    held: Sequence[MessageRow]
    read: Mapping[str, AnyMessage]
    times: Mapping[str, str]
    entered: Sequence[course.Entry] = ()


class _Folded(NamedTuple):
    """A thread judged and folded, and the terms its request names."""

    thread: Judged | None
    """None: what the clocks bring up of it may lag."""
    state: CaseState
    named: object


@dataclass(slots=True)
class ThreadsCheck:
    """Checks threads in one process."""

    us: str
    keys: Keys
    shelf: Path
    restored: Mapping[str, Opened] = field(default_factory=dict)
    """Our logs that were opened after a restore: what was put back into them has no delivery."""
    faults: Faults = field(default_factory=Faults)
    tally: Tally = field(default_factory=Tally)
    _files: dict[str, str] = field(default_factory=dict)
    _known_terms: dict[str, Terms | None] = field(default_factory=dict)
    _told: Told = field(default_factory=Told)
    """Which of the threads of the page are closed, as acts tell."""

    def page(self, tx: Tx, after: str, upto: str) -> None:
        """Check the threads behind one and up to another in one snapshot."""
        threads = tx.survey.thread_span(after, upto)
        rows, page = tx.threads.get_many(threads), tx.survey.threads(threads)
        page.transcripts = tx.transcripts.of_many(threads)
        self._told = told_of(tx, threads)
        for name in threads:
            if name in rows:
                with self.faults.unreadable(name):
                    self._thread(tx, rows[name], page)

    def _thread(self, tx: Tx, row: ThreadRow, page: ThreadPage) -> None:
        lying = page.messages.get(row.id, [])
        if any(one.row.peer != row.peer for one in lying):
            self.faults.add(row.id, "its peer is another than that of its messages")
        queue = {item.message_id: item for item in page.outbox.get(row.id, [])}
        read: dict[str, AnyMessage] = {}
        times: dict[str, str] = {}
        for one in lying:
            self.tally.messages += 1
            place = one.row.peer, one.row.id
            found = list(self._message(row, one, read))
            receipt = page.receipts.get(place)
            out = one.row.direction == "out"
            proof, kind = (receipt, Kind.RECEIVED) if out else (page.sent.get(place), Kind.SENT)
            found += self._proof(one.row, proof, kind, page.roots)
            item = queue.pop(one.row.id, None)
            if item is None and is_outside(row.peer):
                pass  # it is printed and sent by hand
            elif item is not None or receipt is None or not put_back(one.row, self.restored):
                found += _delivery(one.row, receipt, item)
            if receipt is not None:
                times[one.row.id] = receipt.at
            self.faults.add_all(one.row.id, found)
        for name in queue:
            self.faults.add(name, "it is to be delivered and is not among our messages")
        held = [one.row for one in lying]
        self._files_of(row, held, read, page)
        entered = entered_in(tx, row, page.transcripts.get(row.id, ()), self.keys, self.faults)
        counted = counted_in(row, entered)
        self.faults.add_all(
            row.id, [*_ends(row, held, read, counted), *_opened(row, held), *begun(row, entered)]
        )
        if row.purged:
            self.faults.add_all(row.id, _frozen(row, page))
        elif all(one.opens for one in lying):
            heard = _Heard(held, read, times, entered)
            with self.faults.unreadable(row.id):
                self.faults.add_all(row.id, self._derived(tx, row, heard, page))

    def _message(self, row: ThreadRow, lying: Lying, read: dict[str, AnyMessage]) -> Iterator[str]:
        one = lying.row
        if not lying.opens:
            yield "its content does not open: it was changed, or its key"
            return
        if one.jws is None:
            if not row.purged:
                yield "its content is gone, and the thread was not deleted"
            return
        try:
            signed = SignedMessage.of(one.jws, one.disclosures)
            verified = verify(signed, keys=self.keys.verify, allow_missing=True)
            message = message_of(verified)
        except PeerError as error:
            yield f"it does not verify: {error.message}"
            return
        if signed.id != one.id:
            yield "the message is not the one its name says"
        if verified.missing and not {"erased", "refused"} & set(one.flags.split()):
            yield f"{verified.missing} of its groups are missing, and it is not marked as erased"
        read[one.id] = message
        yield from self._row(row, one, message, verified.kid)

    def _row(self, row: ThreadRow, one: MessageRow, message: AnyMessage, kid: str) -> Iterator[str]:
        """The columns of a message against what was signed."""
        author = self.us if one.direction == "out" else one.peer
        other = one.peer if one.direction == "out" else self.us
        signed = {
            "author": (author, self.keys.signing[kid][0]),
            "sender": (author, message.sender),
            "recipient": (other, message.recipient),
            "key": (one.kid, kid),
            "type": (one.type, type_of(message)),
            "time of writing": (one.issued, message.issued),
            "predecessors": (one.follows, tuple(message.follows or ())),
            "thread": (one.thread, message.thread or one.id),
            "peer": (one.peer, row.peer),
        }
        for name, (stored, found) in signed.items():
            if stored != found:
                yield f"its {name} is kept as {stored!r} and was signed as {found!r}"

    def _proof(
        self,
        one: MessageRow,
        proof: Receipt | None,
        kind: Kind,
        roots: Mapping[tuple[str, int], bytes],
    ) -> Iterator[str]:
        """A proof under its head; that the root is what was signed is checked with all heads."""
        if proof is None:
            if kind is Kind.SENT:
                yield "the proof that its sender logged it is missing"
            return
        if kind is Kind.RECEIVED:
            self.tally.receipts += 1
            sender, recipient = self.us, proof.peer
        else:
            self.tally.proofs += 1
            sender, recipient = proof.peer, self.us
        origin, size = proof.origin, proof.size
        root = roots.get((origin, size))
        if root is None:
            yield f"the checkpoint {origin} {size} of its proof is missing"
            return
        head = Checkpoint(origin=origin, size=size, root=root, at=_NEVER, note="")
        shown = Proof(record=proof.record, index=proof.index, size=proof.size, path=proof.path)
        try:
            record = check_proof(
                shown, head, kind=kind, id=one.id, sender=sender, recipient=recipient
            )
        except PeerError as error:
            yield f"{kind} by {recipient}: {error.message}"
            return
        if proof.at != (stamp(record.at) if kind is Kind.RECEIVED else ""):
            yield f"{kind} by {recipient}: the time beside it is another than in the record"

    def _files_of(
        self,
        row: ThreadRow,
        held: Sequence[MessageRow],
        read: Mapping[str, AnyMessage],
        page: ThreadPage,
    ) -> None:
        """What messages announce against the rows of files, and whole files against digests."""
        wanted: dict[str, AttachmentRow] = {}
        erased = {one.id for one in held if "erased" in one.flags.split()}
        for one in held:
            if (message := read.get(one.id)) is not None:
                way: Direction = "out" if one.direction == "out" else "in"
                for item in announced(message, one.id, row.id, row.peer, way):
                    wanted.setdefault(item.digest, item)
        for digest, item in wanted.items():
            kept = page.files.get((row.peer, digest))
            where = f"file {item.n} of {item.message_id}"
            if kept is None:
                self.faults.add(where, "a file that it announces is not on record")
                continue
            if _file_facts(kept) != _file_facts(item):
                self.faults.add(where, "what is on record of it is not what the message announces")
            whole = kept.state == "complete" or item.direction == "out"
            if item.message_id in erased and kept.error == "erased":
                continue
            if whole and (wrong := self._file(digest, item.size)):
                self.faults.add(where, wrong)

    def _file(self, digest: str, size: int) -> str:
        if digest not in self._files:
            path = self.shelf / digest
            try:
                with path.open("rb") as file:
                    found = b64url(file_digest(file, "sha256").digest())
                    right = (found, file.tell()) == (digest, size)
                self._files[digest] = "" if right else "its bytes are not those announced"
            except OSError:
                self._files[digest] = "its bytes are not here"
        return self._files[digest]

    def _derived(self, tx: Tx, row: ThreadRow, heard: _Heard, page: ThreadPage) -> Iterator[str]:
        """Case, facts, fingerprints and clock against what follows from the messages."""
        if is_outside(row.peer):
            yield from self._outside(tx, row, heard, page)
            return
        events = closed(
            event(one.id, one.direction, row.opener, heard.read[one.id], at)
            for one in heard.held
            if one.id in heard.read
            and (at := one.at if one.direction == "in" else heard.times.get(one.id)) is not None
        )
        case = page.cases.get(row.id)
        if not events:
            if case is not None and case.state != "SENT":
                yield "its case stands at something, and nothing of it was receipted"
            return
        known = {one.id for one in events}
        logged = max(one.at for one in heard.held if one.id in known)
        lags = _lags(page.clocks.get(row.id), logged, tx.now)
        self.tally.waiting += lags
        thread = None if lags else judged(events)
        if thread is None:
            state = fold(events)
        else:
            state = fresh(events) or state_in(thread.view, thread.objections)
        if case is None:
            yield "its case is missing"
        else:
            yield from _differing(case, case_at(row, events, state))
        named = next((getattr(e.message, "terms", "") for e in events if e.id == row.id), "")
        folded = _Folded(thread, state, named)
        yield from self._kept(tx, row, folded, page)
        yield from self._closings(tx, row, heard, folded, Timed(events, logged, lags))

    def _outside(self, tx: Tx, row: ThreadRow, heard: _Heard, page: ThreadPage) -> Iterator[str]:
        """The same of a State that has no node: no terms, no figures."""
        ours = {one.id: heard.read[one.id] for one in heard.held if one.id in heard.read}
        events = course.events_in(row, ours, heard.entered)
        case, computed = page.cases.get(row.id), course.case_in(row, events, ours.get(row.id))
        if case is None:
            yield "its case is missing"
            return
        yield from _differing(case, computed)
        if any(one.id == row.id for one in events):
            newest = max(one.at for one in events)
            lags = _lags(page.clocks.get(row.id), newest, tx.now)
            self.tally.waiting += lags
            folded = _Folded(None if lags else judged(events), fold(events), "")
            yield from self._kept(tx, row, folded, page)
            yield from self._closings(tx, row, heard, folded, Timed(events, newest, lags))

    def _closings(
        self, tx: Tx, row: ThreadRow, heard: _Heard, folded: _Folded, timed: Timed
    ) -> Iterator[str]:
        """Whether it is closed where an act says so, and the other way round."""
        named = folded.named
        entered = {entry.row.id for entry in heard.entered}
        case = Case(
            thread=row.id,
            state=folded.state,
            terms=self._terms(tx, named) if isinstance(named, str) and named else None,
            timed=timed,
            held=entered | {one.id for one in heard.held},
        )
        yield from judge(self._told, case, tx.now)

    def _kept(self, tx: Tx, row: ThreadRow, folded: _Folded, page: ThreadPage) -> Iterator[str]:
        """What is brought up when the clocks are looked at, and may lag until then."""
        if row.id not in page.clocks:
            yield "its clock is missing"
            return
        thread, state, named = folded
        terms = self._terms(tx, named) if isinstance(named, str) and named else None
        if named and terms is None:
            yield "the terms it was written under are not here"
        if thread is None:
            return
        kept = page.facts.get(row.id)
        facts = facts_in(thread, terms, state)
        if kept is None or facts is None:
            wrong = kept is not None or facts is not None
        else:
            wrong = (kept.peer, kept.opener, kept.month) != (row.peer, row.opener, facts.month)
            wrong = wrong or msgspec.json.decode(kept.facts, type=Facts) != facts
        if wrong:
            yield "the facts that figures are counted from do not follow from its messages"
        prints = [one for line in state.firearms for one in fingerprints(line)]
        unique = {(one.line, one.serial): one for one in prints}
        if sorted(unique.values()) != sorted(page.firearms.get(row.id, [])):
            yield "what it is found by (its firearms) does not follow from its messages"

    def _terms(self, tx: Tx, digest: str) -> Terms | None:
        if digest not in self._known_terms:
            self._known_terms[digest] = tx.terms.get(digest)
        return self._known_terms[digest]


def _differing(case: CaseRow, computed: CaseRow) -> Iterator[str]:
    # The one field that follows from the outbox and the clock, not from messages.
    wanted = msgspec.structs.replace(computed, undelivered_since=case.undelivered_since)
    if case == wanted:
        return
    for name in wanted.__struct_fields__:
        if getattr(case, name) != getattr(wanted, name):
            yield f"its case says {name} {getattr(case, name)!r}: not what messages say"


def _lags(due: str | None, logged: str, now: str) -> bool:
    """Whether a look at the clocks may not have come since the newest message was logged here.

    The thread is marked when a message or receipt comes, so a mark from before the newest of them
    is none, unless our own clock has run back since.
    """
    return due is not None and due <= now and (due >= logged or logged > now)


def _file_facts(row: AttachmentRow) -> tuple[str, int, str, int]:
    return row.message_id, row.n, row.direction, row.size


def _delivery(one: MessageRow, receipt: Receipt | None, item: OutboxRow | None) -> Iterator[str]:
    if one.direction == "in":
        if item is not None:
            yield "it came to us and is to be delivered"
        return
    if item is None:
        yield "nothing is on record of its delivery"
    elif (item.peer, item.thread) != (one.peer, one.thread):
        yield f"it is to be delivered to {item.peer} in thread {item.thread}"
    elif (item.state == "delivered") != (receipt is not None):
        yield f"its delivery is {item.state}, and {'a' if receipt else 'no'} receipt is here"


def _opened(row: ThreadRow, held: Sequence[MessageRow]) -> Iterator[str]:
    """When and by whom a thread was opened, also where its content is gone."""
    first = next((one for one in held if one.id == row.id), None)
    if first is None:
        return
    if row.created != first.at:
        yield f"it was opened at {first.at}, and is kept as of {row.created}"
    if row.opener != ("us" if first.direction == "out" else "peer"):
        yield "it was opened by the other side"


def _frozen(row: ThreadRow, page: ThreadPage) -> Iterator[str]:
    """The case of a purged thread against what was kept of it; that has its digest in an act."""
    case, state = page.cases.get(row.id), page.frozen.get(row.id)
    if state is None:
        return
    if case is None or canonical_json(msgspec.to_builtins(case)) != state:
        yield "its case is another than when its content was destroyed"
    elif case.test != row.test:
        yield "whether it is a test is not what its case says"


def _ends(
    row: ThreadRow,
    held: Sequence[MessageRow],
    read: Mapping[str, AnyMessage],
    entered: Sequence[str],
) -> Iterator[str]:
    """Tips, counts and what else a thread's row says, against its messages."""
    own = [o.id for o in held if o.direction == "out" and "refused" not in o.flags.split()]
    peer = [*(one.id for one in held if one.direction == "in"), *entered]
    if (row.own_count, row.peer_count) != (len(own), len(peer)):
        yield (
            f"it counts {row.own_count} and {row.peer_count} messages and holds "
            f"{len(own)} and {len(peer)}"
        )
    for tip, ids in ((row.own_tip, own), (row.peer_tip, peer)):
        if tip not in {ids[-1] if ids else None, *ids} or (tip is None) != (not ids):
            yield f"its newest message {tip} is not among those it holds"
    opening = read.get(row.id)
    if opening is not None:
        opener = "us" if next(o for o in held if o.id == row.id).direction == "out" else "peer"
        if (row.opener, row.test) != (opener, opening.test) or type_of(opening) not in OPENING:
            yield "who opened it, or whether it is a test, is another than was signed"
    elif not row.purged and row.id not in entered:
        yield "the message that opened it is not here"
