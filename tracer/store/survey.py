"""Every table as it lies there, page by page, for a check that trusts none (`node.check`).

`judged.JUDGED` says of each table what a change of it runs against.
Rows are given as stored; what is encrypted is opened to see that it still belongs to its row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, func, select, text, tuple_
from sqlalchemy.sql import Select

from tracer.errors import OperatorError
from tracer.store.audit import audit_place, written_detail
from tracer.store.logs import EXCHANGE
from tracer.store.rows import CheckpointRow, RememberedRow
from tracer.store.survey_threads import ThreadPage, thread_page
from tracer.store.tables.clocks import mail, terms
from tracer.store.tables.columns import metadata
from tracer.store.tables.exchange import (
    audit,
    checkpoint,
    draft,
    journal_entry,
    log_node,
    log_origin,
    log_record,
    message,
    peer_entry,
    remembered,
    thread,
    time_stamp,
    waiting,
    waiting_parent,
)
from tracer.store.vault import Vault
from tracer.store.work import note_place

PAGE: Final = 5000
"""Rows read at once."""


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


class Stated(NamedTuple):
    """Terms as they lie there."""

    digest: str
    authority: str
    counterpart: str | None
    state: str
    body: bytes
    agreement: bytes | None
    at: str


class Leaf(NamedTuple):
    """The message that stands for a leaf of our log."""

    id: str
    peer: str
    direction: str
    at: str


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

    def rows(self, name: str, after: Sequence[Any] = (), limit: int = PAGE) -> list[dict[str, Any]]:
        """Rows of a table as they are stored, by their key, beginning behind `after`."""
        table = metadata.tables[name]
        keys = list(table.primary_key.columns)
        query = select(table).order_by(*keys).limit(limit)
        if after:
            query = query.where(tuple_(*keys) > tuple_(*after))
        return [dict(row) for row in self._conn.execute(query).mappings()]

    def key(self, name: str) -> list[str]:
        """Columns of the key of a table."""
        return [column.name for column in metadata.tables[name].primary_key.columns]

    def drafts(self) -> int:
        """How many drafts there are."""
        return self._conn.execute(select(func.count()).select_from(draft)).scalar_one()

    def matching(self, name: str, /, **values: Collection[Any]) -> list[dict[str, Any]]:
        """Rows of a table in which each of these columns has one of the values; by their key."""
        table = metadata.tables[name]
        query = select(table).order_by(*table.primary_key.columns)
        query = query.where(*(table.c[column].in_(found) for column, found in values.items()))
        return [dict(row) for row in self._conn.execute(query).mappings()]

    def opened(self, blob: bytes, place: str) -> str | None:
        """What is encrypted for a place; None if it does not open there."""
        try:
            return self._vault.open(blob, place).decode()
        except (OperatorError, UnicodeError):
            return None

    def note_opens(self, row: Mapping[str, Any]) -> bool:
        """Whether a local note opens under the key of its case, with its author and instant."""
        key = self._vault.keys((row["thread"],)).get(row["thread"])
        if key is None:
            return False
        try:
            place = note_place(row["thread"], row["author"], row["at"])
            self._vault.open_under(key, row["body"], place)
        except OperatorError:
            return False
        return True

    def about(
        self, subjects: Collection[str], acts: Collection[str], *, at: Collection[str] = ()
    ) -> list[Act]:
        """Acts about these subjects, oldest first; of these kinds and instants, if given."""
        query = select(audit).where(audit.c.subject.in_(subjects))
        if acts:
            query = query.where(audit.c.act.in_(acts))
        if at:
            query = query.where(audit.c.at.in_(at))
        return [self._act(row) for row in self._conn.execute(query.order_by(audit.c.number))]

    def held_back(self, number: int, at: str) -> bool:
        """Whether an act was dated later than its instant, because what stood before it was.

        The clock had run back: the act has the instant of an act before it, or of an hour that was
        entered.
        """
        before = select(audit.c.number).where(audit.c.number < number, audit.c.at == at)
        entered = select(journal_entry.c.hour).where(journal_entry.c.at == at)
        return any(self._conn.execute(query.limit(1)).first() for query in (before, entered))

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
        return {row[0]: row[1] for row in rows.all()}

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
        return {row[0]: row[1] for row in rows.all()}

    def node_count(self, log: int) -> int:
        """How many hashes of a log are kept."""
        query = select(func.count()).where(log_node.c.log == log)
        return self._conn.execute(query).scalar_one()

    def checkpoints(self, after: tuple[str, int], limit: int = PAGE) -> list[CheckpointRow]:
        """Signed heads of anybody, by origin and size."""
        place = tuple_(checkpoint.c.origin, checkpoint.c.size)
        rows = self._conn.execute(
            select(checkpoint).where(place > after).order_by(*place.clauses).limit(limit)
        )
        return [CheckpointRow(*row) for row in rows.all()]

    def leaves(self, log: int, start: int, stop: int) -> dict[int, list[Leaf]]:
        """The messages at a span of leaves of a log, by index."""
        found: dict[int, list[Leaf]] = {}
        columns = (message.c.leaf_index, message.c.id, message.c.peer)
        rows = self._conn.execute(
            select(*columns, message.c.direction, message.c.at).where(
                message.c.log == log, message.c.leaf_index >= start, message.c.leaf_index < stop
            )
        )
        for index, *leaf in rows.all():
            found.setdefault(index, []).append(Leaf(*leaf))
        return found

    def unlogged(self) -> Iterator[str]:
        """Messages whose record is in no log."""
        record = (log_record.c.log == message.c.log) & (log_record.c.index == message.c.leaf_index)
        query = select(message.c.id).outerjoin(log_record, record).where(log_record.c.log.is_(None))
        yield from self._conn.execute(query).scalars()

    def thread_marks(self, every: int) -> list[str]:
        """Every so many threads the id of one, and that of the last; by id."""
        found, after, last = [], "", ""
        ids = select(thread.c.id).order_by(thread.c.id).limit(every)
        while page := list(self._conn.execute(ids.where(thread.c.id > after)).scalars()):
            after = last = page[-1]
            found.append(last)
        return found

    def thread_span(self, after: str, upto: str) -> list[str]:
        """Ids of threads behind one and up to another."""
        ids = select(thread.c.id).where(thread.c.id > after, thread.c.id <= upto)
        return list(self._conn.execute(ids.order_by(thread.c.id)).scalars())

    def head_marks(self, every: int) -> list[tuple[str, int]]:
        """Every so many signed heads the place of one, and that of the last."""
        found: list[tuple[str, int]] = []
        place = tuple_(checkpoint.c.origin, checkpoint.c.size)
        after: tuple[str, int] = ("", -1)
        columns = select(checkpoint.c.origin, checkpoint.c.size).order_by(*place.clauses)
        while page := self._conn.execute(columns.where(place > after).limit(every)).all():
            after = (page[-1][0], page[-1][1])
            found.append(after)
        return found

    def signed_roots(self, origin: str, after: int, upto: int) -> dict[int, bytes]:
        """Roots beside the signed heads of a log in a span of sizes."""
        query = select(checkpoint.c.size, checkpoint.c.root).where(
            checkpoint.c.origin == origin, checkpoint.c.size > after, checkpoint.c.size <= upto
        )
        return {row[0]: row[1] for row in self._conn.execute(query).all()}

    def largest_signed(self, origin: str) -> int:
        """Size of the largest signed head of a log; 0 if there is none."""
        query = select(func.max(checkpoint.c.size)).where(checkpoint.c.origin == origin)
        return self._conn.execute(query).scalar_one() or 0

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

    def of_kind(self, act: str) -> list[Act]:
        """All acts of one kind that is rare, oldest first."""
        query = select(audit).where(audit.c.act == act).order_by(audit.c.number)
        return [self._act(row) for row in self._conn.execute(query)]

    def instants_of_stamps(self) -> Iterator[tuple[str, int, str]]:
        """Log, size and instant of every time-stamp, by size."""
        columns = (time_stamp.c.origin, time_stamp.c.size, time_stamp.c.at)
        query = select(*columns).order_by(time_stamp.c.origin, time_stamp.c.size)
        for row in self._conn.execute(query):
            yield row[0], row[1], row[2]

    def threads(self, names: Sequence[str]) -> ThreadPage:
        """Threads with everything that hangs on them; at most `dialect.IN_LIST` of them."""
        return thread_page(self._conn, self._vault, names)

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

    def patient(self) -> list[str]:
        """Messages that wait for nothing."""
        rows = self._conn.execute(
            select(waiting.c.id).where(
                ~select(waiting_parent.c.id)
                .where(waiting_parent.c.peer == waiting.c.peer, waiting_parent.c.id == waiting.c.id)
                .exists()
            )
        )
        return sorted(set(rows.scalars()))

    def homeless(self) -> list[tuple[str, str]]:
        """Messages whose thread is not here: thread and id."""
        rows = self._conn.execute(
            select(message.c.thread, message.c.id).where(
                ~select(thread.c.id).where(thread.c.id == message.c.thread).exists()
            )
        )
        return [(row[0], row[1]) for row in rows]

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
    ("mail", select(mail.c.person, mail.c.key, mail.c.body), lambda n: f"mail\n{n[0]}\n{n[1]}"),
    (
        "waiting",
        select(waiting.c.peer, waiting.c.id, waiting.c.blob),
        lambda names: f"waiting:{names[0]}:{names[1]}",
    ),
)
