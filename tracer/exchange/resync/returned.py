"""What a peer returns in a resync: judged like anything that comes, then put back or kept aside.

First, for each message alone (`examine`, steps of section 4): the seal, for us and from the
channel's peer (2, 3, 5); the signature by a key that we, or the peer, ever listed (6); strict
decode and parties (7); the peer's proof under its present checkpoint (8, 9): of its `sent` record
for its own message, of its `received` record, the receipt, for ours; disclosures, of which some may
be missing here and only here (11). Then inside one transaction (`put_back`):

1. our own log holds the record: `received` for the peer's message, `sent` for ours. That record
   says that the message has passed the clock, the key's validity and the thread rules before, and
   gives it its old time; the id binds the bytes. Nothing is appended, so returning makes no
   delivery, no clock and no receipt;
2. its thread is with this peer, and its parents are here;
3. rows, proofs, receipts, thread and case are stored.

A record that our log does not reach, under a checkpoint that we signed, proves that this node has
lost commits: it is `beyond`, and the node must be restored first. Once its log is closed and the
next one open, the way back with this peer begins (`Sides.reenter`): what was beyond is re-entered,
the same record with its old time appended to the open log, and a message of ours that came back
from a backup without its receipt gets the receipt that the peer gave. What fails in any other way
is quarantined: kept as it came, still sealed, as evidence for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from tracer.canonical import canonical_json
from tracer.clock import stamp
from tracer.envelope.jwe import SealedHeader
from tracer.envelope.jwk import VerifyKey
from tracer.envelope.jws import claimed_key
from tracer.envelope.sdjwt import TYP, VerifiedMessage, verify
from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, LogPublic, verify_checkpoint
from tracer.evidence.proof import Proof, check_proof, parse_proof
from tracer.evidence.record import Kind, Record, parse_record
from tracer.exchange.accuse import FaultKind, accuse
from tracer.exchange.checks import FUTURE, Desk, proved, unseal
from tracer.exchange.contradictions import keep_second
from tracer.exchange.log.peerlog import LogView, remember
from tracer.exchange.projection import Projection
from tracer.exchange.resync.form import ReturnedLine
from tracer.exchange.uploads import announced
from tracer.model.messages import OPENING, AnyMessage, type_of
from tracer.model.written import message_of
from tracer.store import Tx
from tracer.store.restore_rows import ReentryRow
from tracer.store.rows import Direction, NewMessage, Receipt, ThreadRow
from tracer.store.shared import ERASED, Restored

QUARANTINE = FaultKind.RETURNED
"""Kind of the fault under which evidence is kept."""
ASIDE = 256
"""Returned messages of one peer that are kept as evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two parties, and the keys each of them has ever signed with, by id."""

    us: str
    peer: str
    our_keys: Mapping[str, VerifyKey]
    peer_keys: Mapping[str, VerifyKey]
    our_logs: Mapping[str, LogPublic]
    """Verify checkpoints of our logs, closed ones included, by origin."""
    reenter: bool = False
    """Whether what a closed log of ours lost may be re-entered: a restore is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A returned message that is right in itself. Made by `examine` only."""

    line: ReturnedLine
    id: str
    direction: Direction
    message: AnyMessage
    verified: VerifiedMessage
    proof: Proof
    """In the peer's log, under `checkpoint`."""
    record: Record
    """The record it proves."""
    checkpoint: Checkpoint
    claim: Proof
    """In our log, as the peer was once given it."""

    @property
    def thread(self) -> str:
        """The thread it belongs to."""
        return self.message.thread if isinstance(self.message.thread, str) else self.id


@dataclass(frozen=True, slots=True)
class Aside:
    """A returned message that does not count, and why."""

    id: str
    line: ReturnedLine
    error: PeerError


@dataclass(slots=True)
class PutBack:
    """What became of one page of returned messages, by id."""

    fetched: list[str] = field(default_factory=list)
    """The peer's messages that are here again."""
    ours: list[str] = field(default_factory=list)
    """Our own that are here again."""
    beyond: list[str] = field(default_factory=list)
    """Proved by our own signature, and not in our log."""
    reentered: list[str] = field(default_factory=list)
    """Those that our log had lost and holds again; or whose receipt we had lost."""
    orphans: list[str] = field(default_factory=list)
    """Their parents are not here."""
    aside: list[Aside] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)


def examine(
    sealed: SealedHeader,
    line: ReturnedLine,
    *,
    sides: Sides,
    desk: Desk,
    log: LogView,
    now: datetime,
) -> Returned:
    """Check one returned message alone.

    Raises:
        PeerError: the code of the first check that fails.
    """
    signed, wire_proof = unseal(sealed, desk, now)
    kid, _ = claimed_key(signed.jws, typ=TYP)
    mine = kid in sides.our_keys
    keys = sides.our_keys if mine else sides.peer_keys
    verified = verify(signed, keys=keys, allow_missing=True)
    message = message_of(verified)
    parties = (sides.us, sides.peer) if mine else (sides.peer, sides.us)
    if (message.sender, message.recipient) != parties:
        raise PeerError("party-mismatch", "the message is not between the two, or of the other")
    kind = Kind.RECEIVED if mine else Kind.SENT
    proof = proved(wire_proof, log, kind=kind, message_id=signed.id, parties=parties)
    checkpoint = log.trusted()
    if checkpoint.at > now + FUTURE:
        raise PeerError("checkpoint-time", "the peer's checkpoint lies in our future")
    return Returned(
        line=line,
        id=signed.id,
        direction="out" if mine else "in",
        message=message,
        verified=verified,
        proof=proof,
        record=parse_record(proof.record),
        checkpoint=checkpoint,
        claim=parse_proof(line.yours),
    )


class _Beyond(Exception):  # noqa: N818 - not an error of the message
    """Our own signature proves a record that our log does not hold."""


@dataclass(frozen=True, slots=True)
class _Covered:
    """A returned message and the record of our log that it is put back under.

    `lost` is its place in a closed log that lost it; then `leaf` is where it stood there.
    """

    returned: Returned
    origin: str
    leaf: int
    at: str
    record: bytes
    lost: bool = False


def put_back(tx: Tx, sides: Sides, found: Sequence[Returned], projection: Projection) -> PutBack:
    """Run the steps above for one page; to be called inside `store.write`."""
    done = PutBack()
    here = {place.id for place in tx.messages.places(sides.peer, [one.id for one in found])}
    covered = []
    for one in found:
        if one.id in here:
            continue
        try:
            covered.append(_covered(tx, one, sides))  # 1.
        except _Beyond:
            done.beyond.append(one.id)
        except PeerError as error:
            done.aside.append(Aside(one.id, one.line, error))
    placed = list(_placed(tx, sides.peer, covered, done))  # 2.
    placed = _reentered(tx, sides.peer, placed, done)
    _store(tx, sides.peer, placed, projection)  # 3.
    for returned in (item.returned for item in placed):
        kept = done.ours if returned.direction == "out" else done.fetched
        kept.append(returned.id)
        done.threads.add(returned.thread)
    if sides.reenter:
        _receipts(tx, sides.peer, [one for one in found if one.id in here], projection, done)
    return done


def keep_aside(tx: Tx, peer: str, asides: Iterable[Aside], head: str, *, known: set[str]) -> None:
    """Keep what does not count as it came, once per id; `head` is the checkpoint it came under.

    The peer names the ids: some show what it does, and it cannot fill the disk with more.
    """
    left = ASIDE - tx.peers.fault_count(peer, QUARANTINE)
    fresh = {one.id: one for one in asides if one.id not in known}
    for one in islice(fresh.values(), max(left, 0)):
        evidence = {
            "id": one.id,
            "code": one.error.code,
            "jwe": one.line.jwe,
            "yours": one.line.yours,
            "note": one.line.note,
            "checkpoint": head,
        }
        accuse(tx, QUARANTINE, peer, canonical_json(evidence))


def _covered(tx: Tx, one: Returned, sides: Sides) -> _Covered:
    """Find our own record of a returned message.

    Raises:
        _Beyond: our signature proves it, our log does not hold it.
        PeerError: `proof-invalid` or what is wrong with the checkpoint shown.
    """
    kind = Kind.SENT if one.direction == "out" else Kind.RECEIVED
    parties = (one.message.sender, one.message.recipient)
    named = _origin(tx, one.line.note, sides)
    origin, index = tx.restores.present(named, one.claim.index) or (named, one.claim.index)
    held = tx.log.records((index,), origin=origin).get(index) if _ours(tx, origin) else None
    record = None if held is None else parse_record(held)
    if held is not None and record is not None and _is(record, kind, one.id, parties):
        _in_order(one, record)
        return _Covered(one, origin, index, stamp(record.at), held)
    shown = verify_checkpoint(one.line.note, origin=named, public=sides.our_logs[named])
    sender, recipient = parties
    record = check_proof(one.claim, shown, kind=kind, id=one.id, sender=sender, recipient=recipient)
    if not sides.reenter or held is not None or named == tx.log.head().origin:
        raise _Beyond
    _in_order(one, record)
    return _Covered(one, named, one.claim.index, stamp(record.at), one.claim.record, lost=True)


def _origin(tx: Tx, note: str, sides: Sides) -> str:
    named = note.partition("\n")[0]
    return named if named in sides.our_logs else tx.log.head().origin


def _ours(tx: Tx, origin: str) -> bool:
    return origin in tx.log.origins()


def _reentered(tx: Tx, peer: str, placed: Sequence[_Covered], done: PutBack) -> list[_Covered]:
    """Append what a closed log had lost to the open one, in its old order, and say where it is."""
    lost = [one for one in placed if one.lost]
    if not lost:
        return list(placed)
    origin = tx.log.head().origin
    first = tx.log.append_many([one.record for one in lost])
    again = {}
    for leaf, one in enumerate(lost, first):
        name = one.returned.id
        tx.restores.note_reentry(ReentryRow(one.origin, one.leaf, origin, leaf, peer, name))
        again[name] = replace(one, origin=origin, leaf=leaf)
        done.reentered.append(name)
    return [again.get(one.returned.id, one) for one in placed]


def _receipts(
    tx: Tx, peer: str, found: Sequence[Returned], projection: Projection, done: PutBack
) -> None:
    """Messages of ours that are here and whose receipts are not: the peer has shown them."""
    bare = []
    for one in found:
        if one.direction == "out" and tx.messages.receipt(peer, one.id) is None:
            bare.append(one)
        elif one.direction == "out":
            keep_second(tx, _peer_proof(one, peer), LogView(one.checkpoint))
    if not bare:
        return
    tx.messages.save_receipts([_peer_proof(one, peer) for one in bare])
    for one in bare:
        rows = tx.outbox.rows(message_id=one.id, peer=peer)
        tx.outbox.delivered([row.seq for row in rows if row.state != "delivered"])
        done.reentered.append(one.id)
    threads = sorted({one.thread for one in bare})
    projection.write(tx, tx.threads.get_many(threads).values())
    remember(tx, peer, bare[0].checkpoint)
    done.threads.update(threads)


def _is(record: Record, kind: Kind, message_id: str, parties: tuple[str, str]) -> bool:
    return (record.kind, record.id, (record.sender, record.recipient)) == (
        kind,
        message_id,
        parties,
    )


def _in_order(one: Returned, ours: Record) -> None:
    """Nothing is received before it was sent, but for clocks that differ."""
    sent, received = (ours, one.record) if one.direction == "out" else (one.record, ours)
    if received.at < sent.at - FUTURE:
        raise PeerError("proof-invalid", "the record says it was received before it was sent")


def _placed(tx: Tx, peer: str, covered: Sequence[_Covered], done: PutBack) -> Iterator[_Covered]:
    """Those whose thread is with the peer and whose parents are here or come with them."""
    threads = tx.threads.get_many(sorted({one.returned.thread for one in covered}))
    follows = {parent for one in covered for parent in one.returned.message.follows}
    here = {place.id: place.thread for place in tx.messages.places(peer, sorted(follows))}
    for one in sorted(covered, key=lambda one: (one.lost, one.origin, one.leaf)):
        returned, thread = one.returned, one.returned.thread
        row = threads.get(thread)
        if row is None and type_of(returned.message) in OPENING:
            row = threads[thread] = _thread(one, peer)
            tx.threads.create(row)
        if any(here.get(parent) != thread for parent in returned.message.follows) or row is None:
            done.orphans.append(returned.id)
        elif row.peer != peer or row.purged:
            error = PeerError("resync-scope", "its thread is with another peer, or purged here")
            done.aside.append(Aside(returned.id, returned.line, error))
        else:
            here[returned.id] = thread
            yield one


def _store(tx: Tx, peer: str, placed: Sequence[_Covered], projection: Projection) -> None:
    if not placed:
        return
    tx.shared.put_back(Restored(_row(one, peer), one.leaf, one.origin) for one in placed)
    tx.waiting.remove(peer, [one.returned.id for one in placed])
    sides: dict[Direction, list[Receipt]] = {"out": [], "in": []}
    for one in placed:
        sides[one.returned.direction].append(_peer_proof(one.returned, peer))
    tx.messages.save_receipts(sides["out"])
    tx.messages.save_sender_proofs(sides["in"])
    tx.attachments.add_many(
        [
            row
            for one in (item.returned for item in placed)
            for row in announced(one.message, one.id, one.thread, peer, one.direction)
        ]
    )
    for one in placed:
        projection.remember(one.returned.id, one.returned.message)
    threads = sorted({one.returned.thread for one in placed})
    projection.write(tx, tx.threads.get_many(threads).values())
    remember(tx, peer, placed[0].returned.checkpoint)


def _thread(one: _Covered, peer: str) -> ThreadRow:
    returned = one.returned
    return ThreadRow(
        id=returned.id,
        peer=peer,
        opener="us" if returned.direction == "out" else "peer",
        created=one.at,
        test=returned.message.test,
    )


def _row(one: _Covered, peer: str) -> NewMessage:
    returned, signed = one.returned, one.returned.verified.signed
    return NewMessage(
        peer=peer,
        id=returned.id,
        thread=returned.thread,
        direction=returned.direction,
        type=type_of(returned.message),
        follows=returned.message.follows,
        issued=returned.message.issued,
        at=one.at,
        kid=returned.verified.kid,
        jws=signed.jws,
        disclosures=signed.disclosures,
        record=one.record,
        flags=ERASED if returned.verified.missing else "",
    )


def _peer_proof(returned: Returned, peer: str) -> Receipt:
    """The peer's side of it: its receipt for our message, or the sender's proof of its own."""
    proof = returned.proof
    return Receipt(
        message_id=returned.id,
        peer=peer,
        record=proof.record,
        index=proof.index,
        size=proof.size,
        path=proof.path,
        origin=returned.checkpoint.origin,
        at=stamp(returned.record.at) if returned.direction == "out" else "",
    )
