"""Attachments: which ciphertext belongs to which message and how much of it has arrived.

The bytes are files; only their names and sizes are here. A digest is looked up with its peer: that
a peer announces somebody else's digest changes nothing of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import astuple
from sqlalchemy import Connection, bindparam, exists, or_, select, update

from tracer.store.dialect import Prepared, upsert
from tracer.store.rows import AttachmentRow
from tracer.store.tables.exchange import attachment, message, receipt

_ADD = upsert(attachment, ("digest", "peer"), update=())
_OPEN_STATES = ("announced", "partial")
DESTROYED = "erased"
"""The error of a file whose bytes were destroyed; what was under way for it changes nothing."""
_NEVER = "9999"
"""Later than every instant of the wire."""
_NAMES = [column.name for column in attachment.c]
_OURS = (attachment.c.direction == "out") & exists().where(
    message.c.peer == attachment.c.peer,
    message.c.id == attachment.c.message_id,
    receipt.c.message == message.c.seq,
)
_PENDING = Prepared(
    select(attachment)
    .where(
        attachment.c.peer == bindparam("peer"),
        attachment.c.state.in_(_OPEN_STATES),
        attachment.c.next_attempt <= bindparam("now"),
        or_(_OURS, attachment.c.direction == bindparam("fetching")),
    )
    .order_by(attachment.c.next_attempt, attachment.c.n)
)


class Attachments:
    """`tx.attachments`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def add(self, row: AttachmentRow) -> None:
        """Note an announced attachment; the first announcement of a digest by a peer stands."""
        self.add_many((row,))

    def add_many(self, rows: Sequence[AttachmentRow]) -> None:
        """Note announced attachments."""
        _ADD.run(self._conn, [astuple(row) for row in rows])

    def get(self, digest: str, *, peer: str | None = None) -> AttachmentRow | None:
        """One attachment by the digest of its ciphertext."""
        query = select(attachment).where(attachment.c.digest == digest).limit(1)
        if peer is not None:
            query = query.where(attachment.c.peer == peer)
        row = self._conn.execute(query.order_by(attachment.c.peer)).mappings().first()
        return AttachmentRow(**row) if row else None

    def for_message(self, message_id: str) -> list[AttachmentRow]:
        """The attachments of a message, by number."""
        rows = self._conn.execute(
            select(attachment).where(attachment.c.message_id == message_id).order_by(attachment.c.n)
        )
        return [AttachmentRow(**row) for row in rows.mappings()]

    def pending_uploads(
        self, peer: str | None = None, *, now: str | None = None
    ) -> list[AttachmentRow]:
        """What is still to be sent, to one peer or to all; `now` leaves out what is not yet due."""
        query = (
            select(attachment)
            .where(attachment.c.direction == "out", attachment.c.state.in_(_OPEN_STATES))
            .order_by(attachment.c.next_attempt, attachment.c.digest)
        )
        if peer is not None:
            query = query.where(attachment.c.peer == peer)
        if now is not None:
            query = query.where(attachment.c.next_attempt <= now)
        return [AttachmentRow(**row) for row in self._conn.execute(query).mappings()]

    def pending(self, peer: str, *, now: str | None = None, incoming: bool) -> list[AttachmentRow]:
        """What is due to travel between us and a peer: uploads of messages that have a receipt.

        In order of when it is due; without `now` also what is due later. `incoming` adds what we
        have to fetch ourselves.
        """
        rows = _PENDING.rows(
            self._conn,
            peer=peer,
            now=_NEVER if now is None else now,
            fetching="in" if incoming else "",
        )
        return [AttachmentRow(**dict(zip(_NAMES, row, strict=True))) for row in rows]

    def set_offset(self, digest: str, offset: int, *, peer: str | None = None) -> None:
        """Note how many bytes of the ciphertext are there."""
        self._set(digest, peer, offset=offset, state="partial", error="")

    def complete(self, digest: str, *, peer: str | None = None) -> None:
        """All bytes are there and their digest is right."""
        self._set(digest, peer, offset=attachment.c.size, state="complete", error="")

    def fail(
        self, digest: str, error: str, *, peer: str | None = None, next_attempt: str | None = None
    ) -> None:
        """Note a failure: to be tried again at `next_attempt`, or for good."""
        if next_attempt is None:
            self._set(digest, peer, state="failed", error=error)
        else:
            self._set(digest, peer, next_attempt=next_attempt, error=error)

    def _set(self, digest: str, peer: str | None, **values: Any) -> None:
        query = update(attachment).where(attachment.c.digest == digest)
        query = query.where(attachment.c.error != DESTROYED)
        if peer is not None:
            query = query.where(attachment.c.peer == peer)
        self._conn.execute(query.values(**values))
