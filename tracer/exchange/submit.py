"""Submit: sign a message, log it, store it and queue it, in one transaction.

The steps, all inside the caller's transaction:

1. the node is not restoring, the recipient is an active peer, the thread is read under the write
   lock;
2. the message gets its place: thread, `follows`, the instant it is issued, a nonce;
3. it is signed (Ed25519, SD-JWT); its id is the hash of the signed bytes;
4. its `sent` record is appended to our log, before it is ever sent;
5. the message, its queue row and the thread's new tip are stored.

To a State that has no node nothing is queued: it is printed and sent by hand (`outside`).

Sealing and sending are `deliver`'s work: sealed at delivery time, to the recipient's then current
key. Delivery is woken before the commit, not after it: it can claim nothing that is not written, as
its claim is another body of the one write lane, and sends nothing before that claim is committed.
What it does not do: check who may send (`casework` does, in the same transaction).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from tracer.canonical import b64url
from tracer.clock import instant
from tracer.envelope.jwk import SigningKey
from tracer.envelope.sdjwt import Pieces, SignedMessage, issue_written
from tracer.errors import InputError
from tracer.evidence.record import SALT_BYTES, Kind, new_record
from tracer.exchange.partner import active
from tracer.exchange.projection import Projection, case_from
from tracer.exchange.threads import MAX_MESSAGES
from tracer.exchange.uploads import announced
from tracer.model.ids import is_outside
from tracer.model.messages import OPENING, ROLES, AnyMessage, type_of
from tracer.model.written import write
from tracer.store import Store, Tx
from tracer.store.rows import NewMessage, ThreadRow
from tracer.trust.directory import Directory


@dataclass(frozen=True, slots=True)
class Submitted:
    """Where a submitted message stands: its id, its thread, its leaf in our log."""

    id: str
    thread: str
    leaf: int


class Submit:
    """The verb.

    `wake` is called with the recipient as the write is queued, so that delivery makes ready at
    once: its claim stands behind the write in the lane and shares its commit, if it is in time.
    `gate` raises while nothing may be released to it.
    """

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        key: Callable[[], SigningKey],
        projection: Projection,
        wake: Callable[[str], None],
        gate: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._key = key
        self._projection = projection
        self._wake = wake
        self._gate = gate

    async def __call__(self, message: AnyMessage) -> Submitted:
        """Submit in a transaction of its own.

        Raises:
            InputError: `peer-unknown`, `thread-unknown`, `thread-purged`, `thread-role` or
                `thread-full`.
            OperatorError: `restore-mode`.
        """
        self._wake(message.recipient)
        return await self._store.write(lambda tx: self.within(tx, message))

    def within(self, tx: Tx, message: AnyMessage) -> Submitted:
        """Submit in the caller's transaction; the caller wakes delivery."""
        # 1. The gate, the recipient, and the thread under its lock.
        self._gate(message.recipient)
        outside = is_outside(message.recipient)
        if not outside:
            active(self._directory(), message.recipient)
        thread = None if type_of(message) in OPENING else _thread(tx, message)
        # 2. Its place.
        placed = _place(message, thread, tx.now)
        # 3. The signature.
        signed = issue_written(Pieces(*write(placed)), key=self._key())
        # 4. The record in our log.
        record = new_record(
            kind=Kind.SENT,
            id=signed.id,
            sender=placed.sender,
            recipient=placed.recipient,
            at=instant(tx.now),
            salt=os.urandom(SALT_BYTES),
        )
        leaf = tx.log.append(record)
        # 5. The rows.
        opened = thread or _opened(placed, signed.id, tx.now)
        if thread is None:
            tx.threads.create(opened)
        else:
            tx.threads.advance(opened.id, own_tip=signed.id, own_delta=1)
        new = self._row(placed, signed, thread=opened.id, now=tx.now, record=record)
        tx.messages.add(new, leaf)
        tx.attachments.add_many(announced(placed, signed.id, opened.id, placed.recipient, "out"))
        if thread is None:
            tx.cases.put_many([case_from(tx, opened, ())])
        if not outside:
            tx.outbox.enqueue([(placed.recipient, signed.id, opened.id)])
        self._projection.remember(signed.id, placed)
        return Submitted(signed.id, opened.id, leaf)

    def _row(
        self, message: AnyMessage, signed: SignedMessage, *, thread: str, now: str, record: bytes
    ) -> NewMessage:
        return NewMessage(
            peer=message.recipient,
            id=signed.id,
            thread=thread,
            direction="out",
            type=type_of(message),
            follows=message.follows,
            issued=message.issued,
            at=now,
            kid=self._key().kid,
            jws=signed.jws,
            disclosures=signed.disclosures,
            record=record,
        )


def _opened(message: AnyMessage, message_id: str, now: str) -> ThreadRow:
    return ThreadRow(
        id=message_id,
        peer=message.recipient,
        opener="us",
        created=now,
        test=message.test,
        own_tip=message_id,
        own_count=1,
    )


def _thread(tx: Tx, message: AnyMessage) -> ThreadRow:
    thread = tx.threads.get(message.thread) if isinstance(message.thread, str) else None
    if thread is None or thread.peer != message.recipient:
        raise InputError("thread-unknown", "there is no such thread with this authority")
    if thread.purged:
        raise InputError("thread-purged", "this thread has been deleted after its retention")
    role = "opener" if thread.opener == "us" else "other"
    if role not in ROLES[type_of(message)]:
        raise InputError(
            "thread-role",
            f"the {role} of a thread does not send a message of type {type_of(message)}",
        )
    if thread.own_count + thread.peer_count >= MAX_MESSAGES:
        raise InputError(
            "thread-full",
            f"a thread holds at most {MAX_MESSAGES} messages",
            advice="Open a new request that names this one.",
        )
    return thread


def _place(message: AnyMessage, thread: ThreadRow | None, now: str) -> AnyMessage:
    fresh = {"issued": now, "nonce": b64url(os.urandom(16))}
    if thread is None:
        return msgspec.structs.replace(message, **fresh)
    tips = (thread.own_tip, thread.peer_tip)
    follows = tuple(sorted(tip for tip in tips if tip is not None))
    return msgspec.structs.replace(message, thread=thread.id, follows=follows, **fresh)
