"""Admit: the one transaction in which checked messages become part of our record.

Called by `receive` for a batch (and by the courier and resync for theirs). Inside the transaction:

1. whatever was committed meanwhile keeps its first record and leaf (idempotent by peer and id);
2. each candidate is placed in its thread, parents before children (`threads`);
3. whose parents are missing goes to the waiting room; what waited for one of these follows it in;
4. `received` records go to our log: their `at` is the time of receipt for every clock;
5. messages, the sender's proofs, the threads' tips and the case rows are stored;
6. the peer's checkpoint becomes the remembered one.

What it does not do: verify signatures (a `Candidate` is verified by construction).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracer.clock import instant
from tracer.errors import PeerError
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.exchange.checks import Candidate
from tracer.exchange.peerlog import remember
from tracer.exchange.projection import event, project
from tracer.exchange.threads import Accepted, Threads, Waits, order
from tracer.exchange.uploads import announced
from tracer.exchange.waiting import Waiting
from tracer.model.messages import type_of
from tracer.model.thread import Event
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


def admit(
    tx: Tx, *, us: str, peer: str, candidates: Sequence[Candidate], waiting: Waiting
) -> Admission:
    """Run the steps above; to be called inside `store.write`."""
    done = Admission()
    # 1. Committed meanwhile.
    done.known.update(tx.messages.known(peer, [candidate.id for candidate in candidates]))
    left = order([candidate for candidate in candidates if candidate.id not in done.known])
    # 2. and 3. Threads and the waiting room.
    accepted = _place(tx, peer, left, waiting, done)
    # 4. and 5. Log and rows.
    if accepted:
        _store(tx, us, peer, accepted, done)
    # 6. The peer's log.
    if candidates:
        newest = max((c.checkpoint for c in candidates), key=lambda c: c.size)
        remember(tx, peer, newest)
        done.remembers = newest.size
    return done


def _place(
    tx: Tx, peer: str, candidates: list[Candidate], waiting: Waiting, done: Admission
) -> list[Accepted]:
    accepted: list[Accepted] = []
    queue = list(candidates)
    threads = Threads(tx, peer)
    threads.load(queue)
    while queue:
        candidate = queue.pop(0)
        try:
            placed = threads.place(candidate)
        except PeerError as error:
            done.refused[candidate.id] = error
            continue
        if isinstance(placed, Waits):
            done.refused[candidate.id] = waiting.keep(tx, placed)
            continue
        accepted.append(placed)
        done.refused.pop(candidate.id, None)
        ready = waiting.ready(tx, peer, candidate.id)
        if ready:
            threads.load(ready)
            queue.extend(ready)
    return accepted


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
    rows = tx.threads.get_many(sorted(done.threads))
    project(tx, rows.values(), _fresh(accepted, rows, tx.now))


def _record(message_id: str, peer: str, us: str, now: str) -> bytes:
    return new_record(
        kind=Kind.RECEIVED,
        id=message_id,
        sender=peer,
        recipient=us,
        at=instant(now),
        salt=os.urandom(SALT_BYTES),
    )


def _fresh(
    accepted: Iterable[Accepted], rows: Mapping[str, ThreadRow], at: str
) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for one in accepted:
        opener = rows[one.thread].opener
        found.setdefault(one.thread, []).append(
            event(one.candidate.id, "in", opener, one.candidate.message, at)
        )
    return found


def _tips(accepted: Iterable[Accepted]) -> list[Advance]:
    tips: dict[str, Advance] = {}
    for one in accepted:
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
