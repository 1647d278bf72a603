"""Every table as it lies there, page by page, for a check that trusts none (`node.check`).

`JUDGED` says of each table what a change of it runs against; one that is not in it fails a test.
Rows are given as stored; what is encrypted is opened to see that it still belongs to its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, func, select, text
from sqlalchemy.sql import Select

from tracer.errors import OperatorError
from tracer.store.audit import audit_place, written_detail
from tracer.store.clock_tables import contact, mail, terms, thread_link
from tracer.store.columns import metadata
from tracer.store.logs import EXCHANGE
from tracer.store.rows import CheckpointRow, RememberedRow
from tracer.store.survey_threads import ThreadPage, note_of, thread_page
from tracer.store.tables import (
    approval,
    audit,
    checkpoint,
    draft,
    fault,
    log_node,
    log_origin,
    log_record,
    message,
    peer_entry,
    remembered,
    thread,
    waiting,
    waiting_parent,
)
from tracer.store.vault import Vault

PAGE: Final = 5000
"""Rows read at once."""

JUDGED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "log_origin": "proved: hashed again from its records",
        "log_record": "proved: each record is a leaf under a signed root",
        "log_node": "proved: hashed again from the records",
        "checkpoint": "proved: both signatures, and our own against our records",
        "message": "proved: its signature, its id, its record in our log",
        "receipt": "proved: the record and path under the peer's signed head",
        "sender_proof": "proved: the record and path under the peer's signed head",
        "peer": "proved: the entry's signature, and the archive of entries",
        "peer_entry": "proved: signatures, and the chain they stand in",
        "remembered": "proved: both signatures, and no receipt under a later head",
        "terms": "proved: by their digest, and both signatures where they were agreed",
        "thread": "derived: computed again from its messages",
        "case": "derived: computed again from the messages",
        "cooperation": "derived: computed again from the messages",
        "tally": "derived: added up again from the facts",
        "firearm": "derived: computed again from the messages",
        "attachment": "derived: what the messages announce, and the bytes by their digest",
        "outbox": "held together: each message of ours has its delivery, and the other way round",
        "clock": "held together: each thread that is followed has its clock",
        "clock_act": "not evidence: which reminders were given",
        "audit": "proved: each act is a leaf of the journal under a signed head",
        "journal_entry": "proved: each head is a record of our log, and hashed again from the acts",
        "approval": "held together: each act stands in the audit trail at its instant; numbered",
        "draft": "held together: numbered, each version has its writer, content opens in its place",
        "person": "held together: what the audit trail says of them last",
        "fault": "held together: numbered, time never runs back",
        "thread_link": "held together: encrypted with its two threads and its instant",
        "contact": "held together: encrypted with its person",
        "mail": "held together: encrypted with its person and occasion",
        "waiting": "held together: encrypted with its peer and id",
        "waiting_parent": "held together: by what waits",
        "notice": "not evidence: made again by the clocks",
        "declared": "not evidence: what people said, in the audit trail too",
        "peer_state": "not evidence: how the line was",
        "refusal": "not evidence: counts",
        "meta": "not evidence: marks and counters",
        "courier_file": "not evidence: which files were carried; each act is in the audit trail",
        "courier_load": "not evidence: what a file carried",
        "restoring": "not evidence: how far a restore is with each peer",
        "time_stamp": "not judged yet: a token proves itself to who holds the authority's root",
        "succession": "not judged yet: its record is in the log, and in the entry",
        "reentry": "not judged yet: where a record of a closed log stands in the next one",
        "hold": "not judged yet: the act is in the audit trail",
        "account": "not judged yet: encrypted with its person; the acts are in the audit trail",
        "recovery_code": "not evidence: digests of codes that are left",
        "session": "not evidence: who is signed in; each beginning is in the audit trail",
        "sign_in_try": "not evidence: counts",
        "team": "not judged yet: the acts are in the audit trail",
        "team_member": "not judged yet: the acts are in the audit trail",
        "case_team": "not judged yet: the acts are in the audit trail",
        "assignment": "not judged yet: the acts are in the audit trail",
        "case_note": "not judged yet: encrypted under its thread's key with its author and instant",
        "last_seen": "not evidence: who looked when; each reading is in the audit trail",
        "disposal": "not judged yet: the acts are in the audit trail",
        "witness_head": "not judged yet: heads that were cosigned here, in a file beside it too",
        "cosignature": "not judged yet: lines of witnesses, verified when they were kept",
        "log_link": "not judged yet: proofs to witnessed heads, verified when they were kept",
        "witness_state": "not evidence: how asking witnesses goes",
        "frozen": "not judged yet: the state of a purged thread, beside its digest",
    }
)
"""What a change of each table runs against."""


class Origin(NamedTuple):
    """One log of ours."""

    number: int
    origin: str
    size: int
    root: bytes
    at: str
    opened: str
    closed: str | None


class Act(NamedTuple):
    """A row of the audit trail; `detail` is None if it does not open where it stands."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    detail: dict[str, Any] | None


class Approval(NamedTuple):
    """A row of the acts on drafts."""

    number: int
    draft: str
    version: int
    person: str
    act: str
    at: str


class Paper(NamedTuple):
    """A draft without its content."""

    id: str
    version: int
    state: str
    author: str
    submitted_by: str | None
    released_by: str | None
    message_id: str | None


class Stated(NamedTuple):
    """Terms as they lie there."""

    digest: str
    authority: str
    counterpart: str | None
    state: str
    body: bytes
    agreement: bytes | None


class Sealed(NamedTuple):
    """Something encrypted that does not open where it stands."""

    table: str
    row: str


class Survey:
    """`tx.survey`."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault

    def counts(self) -> dict[str, int]:
        """Rows of every table."""
        return {
            name: self._conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in sorted(metadata.tables.items())
        }

    def origins(self) -> list[Origin]:
        """Our exchange logs, oldest first; journals are not among them."""
        columns = [log_origin.c[name] for name in Origin._fields]
        rows = self._conn.execute(
            select(*columns).where(log_origin.c.kind == EXCHANGE).order_by(log_origin.c.number)
        )
        return [Origin(**dict(row)) for row in rows.mappings()]

    def records(self, log: int, start: int, stop: int) -> dict[int, bytes]:
        """Records of a span of a log."""
        rows = self._conn.execute(
            select(log_record.c.index, log_record.c.record).where(
                log_record.c.log == log, log_record.c.index >= start, log_record.c.index < stop
            )
        )
        return {row[0]: row[1] for row in rows}

    def beyond(self, log: int, size: int) -> int:
        """How many records of a log lie outside its head."""
        query = select(func.count()).where(
            log_record.c.log == log, (log_record.c.index >= size) | (log_record.c.index < 0)
        )
        return self._conn.execute(query).scalar_one()

    def nodes(self, log: int, first: int, last: int) -> dict[int, bytes]:
        """Hashes of a span of packed addresses, both ends included."""
        rows = self._conn.execute(
            select(log_node.c.address, log_node.c.hash).where(
                log_node.c.log == log, log_node.c.address.between(first, last)
            )
        )
        return {row[0]: row[1] for row in rows}

    def node_count(self, log: int) -> int:
        """How many hashes of a log are kept."""
        query = select(func.count()).where(log_node.c.log == log)
        return self._conn.execute(query).scalar_one()

    def checkpoints(self, after: tuple[str, int], limit: int = PAGE) -> list[CheckpointRow]:
        """Signed heads of anybody, by origin and size."""
        origin, size = after
        rows = self._conn.execute(
            select(checkpoint)
            .where(
                (checkpoint.c.origin > origin)
                | ((checkpoint.c.origin == origin) & (checkpoint.c.size > size))
            )
            .order_by(checkpoint.c.origin, checkpoint.c.size)
            .limit(limit)
        )
        return [CheckpointRow(*row) for row in rows]

    def leaves(self, log: int, start: int, stop: int) -> dict[int, list[tuple[str, str]]]:
        """The messages at a span of leaves of a log: (id, peer) by index."""
        found: dict[int, list[tuple[str, str]]] = {}
        rows = self._conn.execute(
            select(message.c.leaf_index, message.c.id, message.c.peer).where(
                message.c.log == log, message.c.leaf_index >= start, message.c.leaf_index < stop
            )
        )
        for index, name, peer in rows:
            found.setdefault(index, []).append((name, peer))
        return found

    def entries(self) -> list[tuple[str, str, int, bytes]]:
        """The archive of entries: authority, digest, number, file; oldest first."""
        columns = (peer_entry.c.authority, peer_entry.c.digest, peer_entry.c.seq)
        rows = self._conn.execute(
            select(*columns, peer_entry.c.entry_file).order_by(
                peer_entry.c.authority, peer_entry.c.seq, peer_entry.c.added_at
            )
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def remembered(self) -> list[RememberedRow]:
        """The newest head seen of each peer's logs."""
        rows = self._conn.execute(
            select(remembered).order_by(remembered.c.authority, remembered.c.origin)
        )
        return [RememberedRow(*row) for row in rows]

    def proven(self) -> dict[str, int]:
        """The largest size of each peer's log under which a proof is kept."""
        found: dict[str, int] = {}
        for name in ("receipt", "sender_proof"):
            table = metadata.tables[name]
            query = select(table.c.origin, func.max(table.c.size)).group_by(table.c.origin)
            for origin, size in self._conn.execute(query):
                found[origin] = max(size, found.get(origin, 0))
        return found

    def terms(self) -> list[Stated]:
        """All terms."""
        columns = [terms.c[name] for name in Stated._fields]
        return [Stated(*row) for row in self._conn.execute(select(*columns))]

    def acts(self, after: int, limit: int = PAGE) -> list[Act]:
        """The audit trail from a number on."""
        rows = self._conn.execute(
            select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(limit)
        )
        return [self._act(row) for row in rows]

    def approvals(self) -> list[Approval]:
        """All acts on drafts, by number."""
        rows = self._conn.execute(select(approval).order_by(approval.c.number))
        return [Approval(**dict(row)) for row in rows.mappings()]

    def papers(self) -> list[Paper]:
        """All drafts."""
        columns = [draft.c[name] for name in Paper._fields]
        return [Paper(*row) for row in self._conn.execute(select(*columns).order_by(draft.c.id))]

    def faults(self) -> list[tuple[int, str]]:
        """Numbers and instants of the faults that are kept."""
        rows = self._conn.execute(select(fault.c.number, fault.c.at).order_by(fault.c.number))
        return [(row[0], row[1]) for row in rows]

    def threads(self, names: Sequence[str]) -> ThreadPage:
        """Threads with everything that hangs on them; at most `dialect.IN_LIST` of them."""
        return thread_page(self._conn, self._vault, names)

    def note(self, origin: str, size: int) -> str | None:
        """The note of a signed head."""
        return note_of(self._conn, origin, size)

    def stray_parents(self) -> list[str]:
        """Missing parents of messages that do not wait."""
        rows = self._conn.execute(
            select(waiting_parent.c.id).where(
                ~select(waiting.c.id)
                .where(waiting.c.peer == waiting_parent.c.peer, waiting.c.id == waiting_parent.c.id)
                .exists()
            )
        )
        return sorted(set(rows.scalars()))

    def sealed(self) -> Iterator[Sealed]:
        """What is encrypted outside messages and does not open in its place."""
        for table, query, place in _SEALED:
            for row in self._conn.execute(query):
                names: list[Any] = list(row[:-1])
                blob = row[-1]
                if not self._opens(blob, place(names)):
                    yield Sealed(table, " ".join(map(str, names)))

    def missing_keys(self) -> list[str]:
        """Threads whose key does not fit what is said of them: purged with one, or not without."""
        rows = self._conn.execute(
            select(thread.c.id).where(thread.c.purged == thread.c.key.is_not(text("NULL")))
        )
        return list(rows.scalars())

    def _act(self, row: Sequence[Any]) -> Act:
        number, at, actor, act, subject, detail, _log, leaf = row
        if detail == b"":
            return Act(number, at, actor, act, subject, {})  # erased: the journal says by whom
        try:
            plain = self._vault.open(detail, audit_place(at, actor, act, subject))
            written = written_detail(plain, leaf)
            return Act(number, at, actor, act, subject, msgspec.json.decode(written))
        except (OperatorError, msgspec.DecodeError):
            return Act(number, at, actor, act, subject, None)

    def _opens(self, blob: bytes, place: str) -> bool:
        try:
            self._vault.open(blob, place)
        except OperatorError:
            return False
        return True


_Query = tuple[str, Select[Any], Callable[[list[Any]], str]]
_SEALED: Final[tuple[_Query, ...]] = (
    ("draft", select(draft.c.id, draft.c.body), lambda names: f"draft:{names[0]}:body"),
    ("draft", select(draft.c.id, draft.c.reason), lambda names: f"draft:{names[0]}:reason"),
    ("contact", select(contact.c.person, contact.c.mail), lambda n: f"contact:{n[0]}:mail"),
    ("mail", select(mail.c.person, mail.c.key, mail.c.body), lambda n: f"mail\n{n[0]}\n{n[1]}"),
    (
        "thread_link",
        select(thread_link.c.one, thread_link.c.other, thread_link.c.at, thread_link.c.reason),
        lambda names: f"link\n{names[0]}\n{names[1]}\n{names[2]}",
    ),
    (
        "waiting",
        select(waiting.c.peer, waiting.c.id, waiting.c.blob),
        lambda names: f"waiting:{names[0]}:{names[1]}",
    ),
)
