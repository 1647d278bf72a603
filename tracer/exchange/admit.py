"""Admit: the one transaction in which checked messages become part of our record.

Called by `receive` for a batch, whichever way it came. Inside the transaction:

1. whatever was committed meanwhile keeps its first record and leaf (idempotent by peer and id);
   what waits and came again is looked at in the waiting room;
2. no more new threads than the peer may have open (`allowance`): the others are refused `quota`;
3. each candidate is placed in its thread, parents before children (`threads`); one that shows that
   its author wrote two histories is kept as evidence (`contradictions`);
4. whose parents are missing goes to the waiting room; what waited for one of these follows it in;
5. `received` records go to our log: their `at` is the time of receipt for every clock;
6. messages, the sender's proofs, the threads' tips and the case rows are stored;
7. the peer's checkpoint becomes the remembered one.

What it does not do: verify signatures (a `Candidate` is verified by construction).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tracer.clock import instant
from tracer.errors import PeerError
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.exchange.allowance import Allowance
from tracer.exchange.checks import Candidate
from tracer.exchange.contradictions import keep_equivocation
from tracer.exchange.log.peerlog import remember
from tracer.exchange.projection import Projection
from tracer.exchange.reading import event
from tracer.exchange.threads import Accepted, Threads, Waits, order
from tracer.exchange.uploads import announced
from tracer.exchange.waiting import Waiting
from tracer.model.messages import OPENING, type_of
from tracer.store import Tx
from tracer.store.rows import (
    Advance,
    AttachmentRow,
    Known,
    NewMessage,
    Receipt,
    ThreadRow,
)


@dataclass(slots=True)
class Admission:
    """What became of each message, by id, and which threads changed."""

    known: dict[str, Known] = field(default_factory=dict)
    refused: dict[str, PeerError] = field(default_factory=dict)
    threads: set[str] = field(default_factory=set)
    remembers: int = 0
    """Size of the peer's log that this transaction stored as seen."""
    forked: list[Candidate] = field(default_factory=list)
    """Refused, as their author wrote others in their place."""


def admit(
    tx: Tx,
    *,
    us: str,
    peer: str,
    candidates: Sequence[Candidate],
    waiting: Waiting,
    allowance: Allowance,
    projection: Projection,
    again: Collection[str] = (),
) -> Admission:
    """Run the steps above; to be called inside `store.write`.

    `again` are messages in the waiting room of which another copy came.
    """
    done = Admission()
    # 1. Committed meanwhile; what waited, and whose parents are here by now, comes along.
    released, done.refused = waiting.again(tx, peer, again)
    came = [*candidates, *released]
    done.known.update(tx.messages.known(peer, [*(one.id for one in came), *again]))
    left = order([one for one in came if one.id not in done.known])
    for name in [*done.known, *(one.id for one in left)]:
        done.refused.pop(name, None)
    # 2. The quota of open threads.
    left = _within(tx, peer, left, allowance, done)
    # 3. and 4. Threads and the waiting room.
    accepted = _place(tx, peer, left, waiting, done)
    allowance.opened(peer, sum(one.opens for one in accepted))
    # 5. and 6. Log and rows.
    if accepted:
        _store(tx, us, peer, accepted, done)
        for one in accepted:
            projection.remember(one.candidate.id, one.candidate.message)
        _project(tx, accepted, projection)
    for candidate in done.forked:  # beside what was stored just now
        keep_equivocation(tx, candidate)
    # 7. The peer's log.
    if candidates:
        newest = max((c.checkpoint for c in candidates), key=lambda c: c.size)
        remember(tx, peer, newest)
        done.remembers = newest.size
    return done


def _within(
    tx: Tx, peer: str, candidates: list[Candidate], allowance: Allowance, done: Admission
) -> list[Candidate]:
    opening = [one.id for one in candidates if type_of(one.message) in OPENING]
    left = allowance.left(tx, peer, len(opening)) if opening else 0
    over = set(opening[left:])
    for name in over:
        done.refused[name] = PeerError("quota", "the peer has as many open threads as it may")
    return [one for one in candidates if one.id not in over]


def _place(
    tx: Tx, peer: str, candidates: list[Candidate], waiting: Waiting, done: Admission
) -> list[Accepted]:
    accepted: list[Accepted] = []
    threads = Threads(tx, peer)
    while candidates:
        threads.load(candidates)
        placed = [
            one for candidate in candidates if (one := _one(tx, candidate, threads, waiting, done))
        ]
        accepted.extend(placed)
        candidates = waiting.ready(tx, peer, [one.candidate.id for one in placed])
    return accepted


def _one(
    tx: Tx, candidate: Candidate, threads: Threads, waiting: Waiting, done: Admission
) -> Accepted | None:
    try:
        placed = threads.place(candidate)
    except PeerError as error:
        done.refused[candidate.id] = error
        if error.code == "thread-forked":
            done.forked.append(candidate)
        return None
    if isinstance(placed, Waits):
        done.refused[candidate.id] = waiting.keep(tx, placed)
        return None
    done.refused.pop(candidate.id, None)
    return placed


def _store(tx: Tx, us: str, peer: str, accepted: Sequence[Accepted], done: Admission) -> None:
    records = [_record(a.candidate.id, peer, us, tx.now) for a in accepted]
    first = tx.log.append_many(records)
    tx.threads.create_many([_thread(one, tx.now) for one in accepted if one.opens])
    tx.messages.add_many(
        [
            (_row(one, tx.now, record), first + offset)
            for offset, (one, record) in enumerate(zip(accepted, records, strict=True))
        ]
    )
    tx.messages.save_sender_proofs([_sender_proof(one.candidate) for one in accepted])
    tx.threads.advance_many(_tips(accepted))
    for offset, (one, record) in enumerate(zip(accepted, records, strict=True)):
        done.known[one.candidate.id] = Known(first + offset, record, tx.now)
        done.threads.add(one.thread)
    tx.attachments.add_many([row for one in accepted for row in _attachments(one)])


def _project(tx: Tx, accepted: Sequence[Accepted], projection: Projection) -> None:
    """Write the case rows; of a thread that has nothing but its opening nothing need be read."""
    count = Counter(one.thread for one in accepted)
    opened = [one for one in accepted if one.opens and count[one.thread] == 1]
    others = count.keys() - {one.thread for one in opened}
    projection.write(
        tx,
        tx.threads.get_many(sorted(others)).values(),
        opened=[
            (
                _thread(one, tx.now),
                event(one.thread, "in", "peer", one.candidate.message, tx.now),
            )
            for one in opened
        ],
    )


def _record(message_id: str, peer: str, us: str, now: str) -> bytes:
    return new_record(
        kind=Kind.RECEIVED,
        id=message_id,
        sender=peer,
        recipient=us,
        at=instant(now),
        salt=os.urandom(SALT_BYTES),
    )


def _tips(accepted: Iterable[Accepted]) -> list[Advance]:
    """How far the threads that were there moved on, or moved since they were opened here."""
    tips: dict[str, Advance] = {}
    for one in accepted:
        if one.opens:
            continue
        count = tips[one.thread].peer_delta if one.thread in tips else 0
        tips[one.thread] = Advance(one.thread, peer_tip=one.candidate.id, peer_delta=count + 1)
    return list(tips.values())


def _thread(one: Accepted, now: str) -> ThreadRow:
    return ThreadRow(
        id=one.thread,
        peer=one.candidate.peer,
        opener="peer",
        created=now,
        test=one.candidate.message.test,
        peer_tip=one.candidate.id,
        peer_count=1,
    )


def _row(one: Accepted, now: str, record: bytes) -> NewMessage:
    message, signed = one.candidate.message, one.candidate.verified.signed
    return NewMessage(
        peer=one.candidate.peer,
        id=one.candidate.id,
        thread=one.thread,
        direction="in",
        type=type_of(message),
        follows=message.follows,
        issued=message.issued,
        at=now,
        kid=one.candidate.verified.kid,
        jws=signed.jws,
        disclosures=signed.disclosures,
        record=record,
    )


def _attachments(one: Accepted) -> list[AttachmentRow]:
    candidate = one.candidate
    return announced(candidate.message, candidate.id, one.thread, candidate.peer, "in")


def _sender_proof(candidate: Candidate) -> Receipt:
    proof = candidate.proof
    return Receipt(
        message_id=candidate.id,
        peer=candidate.peer,
        record=proof.record,
        index=proof.index,
        size=proof.size,
        path=proof.path,
        origin=candidate.checkpoint.origin,
        at="",
    )
