"""A page of threads with everything that hangs on them, for a check: one statement a table.

Asking for each message by itself costs a check five times what its signatures do; a page of a
hundred threads costs ten statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, select

from tracer.errors import OperatorError
from tracer.model.fingerprint import Fingerprint
from tracer.store.account_rows import TranscriptRow
from tracer.store.dialect import Prepared, listed
from tracer.store.messages import split_path
from tracer.store.rows import AttachmentRow, CaseRow, MessageRow, OutboxRow, Receipt
from tracer.store.tables.clocks import clock, cooperation, firearm
from tracer.store.tables.exchange import (
    attachment,
    case,
    checkpoint,
    log_origin,
    message,
    outbox,
    receipt,
    sender_proof,
)
from tracer.store.tables.restore import frozen
from tracer.store.vault import Vault

_IDS: Final = listed("threads")
_MESSAGES = Prepared(
    select(
        message.c.peer,
        message.c.id,
        message.c.thread,
        message.c.direction,
        message.c.type,
        message.c.follows,
        message.c.issued,
        message.c.at,
        message.c.kid,
        message.c.leaf_index,
        message.c.flags,
        message.c.jws,
        message.c.disclosures,
        message.c.log,
    )
    .where(message.c.thread.in_(_IDS))
    .order_by(message.c.log, message.c.leaf_index)
)


def _proofs(table: Table) -> Prepared:
    return Prepared(
        select(
            message.c.id,
            message.c.peer,
            table.c.record,
            table.c["index"],
            table.c.size,
            table.c.path,
            table.c.origin,
            table.c.at,
            checkpoint.c.root,
        )
        .join(table, table.c.message == message.c.seq)
        .outerjoin(
            checkpoint,
            (checkpoint.c.origin == table.c.origin) & (checkpoint.c.size == table.c.size),
        )
        .where(message.c.thread.in_(_IDS))
    )


_ORIGINS = Prepared(select(log_origin.c.number, log_origin.c.origin))
_RECEIPTS, _SENT = _proofs(receipt), _proofs(sender_proof)
_OUTBOX = Prepared(select(outbox).where(outbox.c.thread.in_(_IDS)))
_CASES = Prepared(select(case).where(case.c.thread.in_(_IDS)))
_FACTS = Prepared(select(cooperation).where(cooperation.c.thread.in_(_IDS)))
_CLOCKS = Prepared(select(clock.c.thread, clock.c.at).where(clock.c.thread.in_(_IDS)))
_FIREARMS = Prepared(select(firearm).where(firearm.c.thread.in_(_IDS)))
_FROZEN = Prepared(select(frozen.c.thread, frozen.c.state).where(frozen.c.thread.in_(_IDS)))
_FILES = Prepared(select(attachment).where(attachment.c.thread.in_(_IDS)))


@dataclass(frozen=True, slots=True)
class Lying:
    """A message as it lies there; `opens` is false if its content does not."""

    row: MessageRow
    opens: bool = True


class Kept(NamedTuple):
    """The facts of a thread, and where they are counted."""

    thread: str
    peer: str
    opener: str
    month: str
    facts: bytes


@dataclass(slots=True)
class ThreadPage:
    """What hangs on some threads, by thread."""

    messages: dict[str, list[Lying]] = field(default_factory=dict)
    receipts: dict[tuple[str, str], Receipt] = field(default_factory=dict)
    """By peer and id of the message, as the other proofs."""
    sent: dict[tuple[str, str], Receipt] = field(default_factory=dict)
    roots: dict[tuple[str, int], bytes] = field(default_factory=dict)
    """Of the signed heads that the proofs stand under, by origin and size."""
    outbox: dict[str, list[OutboxRow]] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)
    facts: dict[str, Kept] = field(default_factory=dict)
    clocks: dict[str, str | None] = field(default_factory=dict)
    firearms: dict[str, list[Fingerprint]] = field(default_factory=dict)
    files: dict[tuple[str, str], AttachmentRow] = field(default_factory=dict)
    """By peer and digest."""
    transcripts: dict[str, list[TranscriptRow]] = field(default_factory=dict)
    """What came by another way; read by `tx.transcripts`."""
    frozen: dict[str, bytes] = field(default_factory=dict)
    """Cases of purged threads as they stood."""


def thread_page(conn: Connection, vault: Vault, threads: Sequence[str]) -> ThreadPage:
    """Read a page; at most `dialect.IN_LIST` threads."""
    given = {"threads": list(threads)}
    keys = vault.opening(threads)
    origins = {row[0]: row[1] for row in _ORIGINS.rows(conn)}
    page = ThreadPage()
    for row in _MESSAGES.rows(conn, **given):
        page.messages.setdefault(row[2], []).append(_lying(row, keys, origins, vault))
    for rows, into in ((_RECEIPTS, page.receipts), (_SENT, page.sent)):
        for row in rows.rows(conn, **given):
            message_id, peer, record, index, size, blob, origin, at, root = row
            if root is not None:
                page.roots[origin, size] = root
            path = split_path(blob)
            into[peer, message_id] = Receipt(
                message_id, peer, record, index, size, path, origin, at
            )
    for row in _OUTBOX.rows(conn, **given):
        page.outbox.setdefault(row[3], []).append(OutboxRow(*row))
    for row in _CASES.rows(conn, **given):
        found = CaseRow(**dict(zip(_CASE, row, strict=True)))
        page.cases[found.thread] = found
    page.facts = {row[0]: Kept(*row) for row in _FACTS.rows(conn, **given)}
    page.frozen = {row[0]: row[1] for row in _FROZEN.rows(conn, **given)}
    page.clocks = {row[0]: row[1] for row in _CLOCKS.rows(conn, **given)}
    for row in _FIREARMS.rows(conn, **given):
        page.firearms.setdefault(row[0], []).append(Fingerprint(*row[1:]))
    for row in _FILES.rows(conn, **given):
        file = AttachmentRow(**dict(zip(_FILE, row, strict=True)))
        page.files[file.peer, file.digest] = file
    return page


_CASE: Final = [column.name for column in case.c]
_FILE: Final = [column.name for column in attachment.c]


def _lying(
    row: Sequence[Any], keys: Mapping[str, bytes], origins: Mapping[int, str], vault: Vault
) -> Lying:
    *head, jws, disclosures, log = row
    head[5] = tuple(head[5].split())
    content: tuple[str | None, tuple[str, ...]] = (None, ())
    opens = True
    try:
        content = vault.open_message(keys.get(row[2]), row[1], jws, disclosures)
    except (OperatorError, UnicodeError):
        opens = False
    values: list[Any] = [*head, *content, origins.get(log, "")]
    return Lying(MessageRow(*values), opens)
