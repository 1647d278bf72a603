"""The logs in the database: records by index, complete subtrees by address, one head per origin.

Bodies append records; the head is computed once per group, when all bodies are done (`seal`).
`head` inside a body is therefore the head before the group. Two logs can be open, of two kinds: the
exchange log, which is meant wherever no origin is given, and the journal (`journal`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from msgspec.structs import astuple
from sqlalchemy import Connection, bindparam, insert, select, update

from tracer.errors import OperatorError
from tracer.evidence import merkle
from tracer.evidence.checkpoint import journal_origin
from tracer.evidence.merkle import Address
from tracer.evidence.record import leaf_hash
from tracer.store.dialect import Many, Prepared, adding, chunks, listed, upsert
from tracer.store.group import Group, Head, packed
from tracer.store.rows import CheckpointRow, HeadRow
from tracer.store.tables.exchange import checkpoint, log_node, log_origin, log_record

Kind = Literal["exchange", "journal"]
EXCHANGE: Final = "exchange"
JOURNAL: Final = "journal"
_ADD_RECORD = adding(log_record)
_ADD_NODE = adding(log_node)
_ADD_CHECKPOINT = upsert(checkpoint, ("origin", "size"), update=())
_HEAD = (
    log_origin.c.number,
    log_origin.c.origin,
    log_origin.c.size,
    log_origin.c.root,
    log_origin.c.at,
    log_origin.c.opened,
)
_OPEN = Prepared(
    select(*_HEAD).where(log_origin.c.closed.is_(None), log_origin.c.kind == bindparam("the_kind"))
)
_NAMED = Prepared(select(*_HEAD).where(log_origin.c.origin == bindparam("the_origin")))
_RECORDS = Prepared(
    select(log_record.c.index, log_record.c.record).where(
        log_record.c.log == bindparam("the_log"), log_record.c.index.in_(listed("indices"))
    )
)
_NODES = Prepared(
    select(log_node.c.address, log_node.c.hash).where(
        log_node.c.log == bindparam("the_log"), log_node.c.address.in_(listed("addresses"))
    )
)
_MOVE_HEAD = Many(
    lambda _insert: (
        update(log_origin)
        .where(log_origin.c.number == bindparam("the_log"))
        .values(size=bindparam("new_size"), root=bindparam("new_root"), at=bindparam("new_at"))
    ),
    ("new_size", "new_root", "new_at", "the_log"),
)


class Logs:
    """`tx.log`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def open_origin(self, origin: str) -> HeadRow:
        """Open a log, once at the start and once after each restore; the open one is closed.

        The first log of a database brings its journal with it.

        Raises:
            OperatorError: `log-busy`: the same group has already appended to the open one.
        """
        if self._group.leaves:
            raise OperatorError("log-busy", "a log cannot be opened while another is written")
        self.begin(origin, EXCHANGE)
        if self._group.journal is None and self.load_head(JOURNAL) is None:
            authority, _, number = origin.partition("/log/")
            self.begin(journal_origin(authority, int(number)), JOURNAL)
        self._group.head = None
        return self._head().row

    def begin(self, origin: str, kind: Kind) -> None:
        """Close the open log of a kind and begin another; for `open_origin` and the journal."""
        now = self._group.now
        this_kind = log_origin.c.kind == kind
        self._conn.execute(
            update(log_origin).where(log_origin.c.closed.is_(None), this_kind).values(closed=now)
        )
        empty = {"size": 0, "root": merkle.EMPTY_ROOT, "at": now}
        self._conn.execute(insert(log_origin).values(origin=origin, opened=now, kind=kind, **empty))

    def head(self, origin: str | None = None) -> HeadRow:
        """The committed head of the open log, or of a closed one.

        Raises:
            OperatorError: `log-missing`: no log was opened, or none of this name.
        """
        if origin is None:
            return self._head().row
        return self._find(origin).row

    def origins(self, kind: Kind = EXCHANGE) -> list[str]:
        """All origins of a kind, oldest first."""
        found = self._conn.execute(
            select(log_origin.c.origin)
            .where(log_origin.c.kind == kind)
            .order_by(log_origin.c.number)
        )
        return list(found.scalars())

    def append(self, record: bytes) -> int:
        """Append one record; its leaf index."""
        return self.append_many((record,))

    def append_many(self, records: Sequence[bytes]) -> int:
        """Append records in order; the leaf index of the first."""
        head = self._head()
        first = head.row.size + len(self._group.leaves)
        if records:
            self.put(head.log, first, records)
            self._group.leaves.extend(map(leaf_hash, records))
        return first

    def put(self, log: int, first: int, records: Sequence[bytes]) -> None:
        """Write records of a log, whose leaves the caller counts."""
        rows = [(log, index, record) for index, record in enumerate(records, first)]
        _ADD_RECORD.run(self._conn, rows)

    def record(self, index: int, *, origin: str | None = None) -> bytes:
        """One record.

        Raises:
            OperatorError: `log-missing`: the log has no such record.
        """
        found = self.records((index,), origin=origin)
        if index not in found:
            raise OperatorError("log-missing", f"the log has no record {index}")
        return found[index]

    def records(self, indices: Iterable[int], *, origin: str | None = None) -> dict[int, bytes]:
        """Records by index; those the log does not have are left out."""
        log = self._log(origin)
        found: dict[int, bytes] = {}
        for part in chunks(list(indices)):
            found.update(_RECORDS.rows(self._conn, the_log=log, indices=part))
        return found

    def nodes(self, addresses: Sequence[Address], *, origin: str | None = None) -> list[bytes]:
        """Hashes of complete subtrees, in the order asked for; a `merkle.NodeReader`.

        Raises:
            OperatorError: `log-missing`: an address beyond the head.
        """
        return self._nodes(self._log(origin), addresses) if addresses else []

    def _nodes(self, log: int, addresses: Sequence[Address]) -> list[bytes]:
        keys = [(log, packed(address)) for address in addresses]
        cache = self._group.shared.nodes
        held = {key: value for key in keys if (value := cache.get(key)) is not None}
        missing = [key[1] for key in keys if key not in held]
        if missing:
            loaded = self._load(log, missing)
            cache.put(loaded)
            held |= loaded
        try:
            return [held[key] for key in keys]
        except KeyError as error:
            raise OperatorError("log-missing", "the log has no such node") from error

    def save_checkpoint(
        self, origin: str, size: int, root: bytes, note: str, at: str, *, mine: bool
    ) -> None:
        """Keep a signed head; the first note of an (origin, size) stands."""
        row = CheckpointRow(origin, size, root, note, at, mine)
        self.save_checkpoints((row,))

    def save_checkpoints(self, rows: Sequence[CheckpointRow]) -> None:
        """Keep several signed heads."""
        _ADD_CHECKPOINT.run(self._conn, [astuple(row) for row in rows])

    def checkpoint(self, origin: str, size: int) -> str | None:
        """The note of a signed head."""
        return self._conn.execute(
            select(checkpoint.c.note).where(
                checkpoint.c.origin == origin, checkpoint.c.size == size
            )
        ).scalar_one_or_none()

    def signed(self, origin: str, size: int) -> CheckpointRow | None:
        """A signed head, ours or a peer's, as it is kept."""
        row = self._conn.execute(
            select(checkpoint).where(checkpoint.c.origin == origin, checkpoint.c.size == size)
        ).first()
        return CheckpointRow(*row) if row else None

    def newest_signed(self, origin: str) -> CheckpointRow | None:
        """The largest signed head of an origin."""
        row = self._conn.execute(
            select(checkpoint)
            .where(checkpoint.c.origin == origin)
            .order_by(checkpoint.c.size.desc())
            .limit(1)
        ).first()
        return CheckpointRow(*row) if row else None

    def first_signed(self, origin: str, covering: int) -> CheckpointRow | None:
        """The smallest signed head of an origin that covers so many leaves.

        It is the one that dates a record best: a later one only says more.
        """
        row = self._conn.execute(
            select(checkpoint)
            .where(checkpoint.c.origin == origin, checkpoint.c.size >= covering)
            .order_by(checkpoint.c.size)
            .limit(1)
        ).first()
        return CheckpointRow(*row) if row else None

    def seal(self) -> None:
        """Compute and store the head of each log the group has appended to. Called by the lane."""
        group = self._group
        if group.leaves:
            group.head = self._grown(self._head(), group.leaves)
        if group.acts:
            group.journal = self._grown(self.journal_head(), group.acts)

    def _grown(self, head: Head, leaves: Sequence[bytes]) -> Head:
        row = head.row
        grown = merkle.append(row.size, leaves, lambda asked: self._nodes(head.log, asked))
        nodes = {(head.log, packed(address)): value for address, value in grown.new_nodes.items()}
        self._group.nodes |= nodes
        _ADD_NODE.run(self._conn, [(*key, value) for key, value in nodes.items()])
        at = max(self._group.now, row.at)
        _MOVE_HEAD.run(self._conn, [(grown.new_size, grown.root, at, head.log)])
        grown_row = HeadRow(row.origin, grown.new_size, grown.root, at)
        return Head(head.log, grown_row, head.opened)

    def load_head(self, kind: Kind = EXCHANGE) -> Head | None:
        """The open log of a kind as the database has it."""
        row = _OPEN.first(self._conn, the_kind=kind)
        return _of_row(row) if row else None

    def journal_head(self) -> Head:
        """The open journal as it was committed; OperatorError `log-missing`."""
        head = self._group.journal
        if head is None:
            head = self._group.journal = self.load_head(JOURNAL)
        if head is None:
            raise OperatorError(
                "log-missing", "no journal was opened", advice="Initialise the node first."
            )
        return head

    @property
    def number(self) -> int:
        """The open log's number in the database, the value of `log` columns."""
        return self._head().log

    def number_of(self, origin: str) -> int:
        """The same of any log of ours; OperatorError `log-missing`."""
        return self._log(origin)

    def _head(self) -> Head:
        head = self._group.head
        if head is None:
            head = self._group.head = self.load_head()
        if head is None:
            raise OperatorError(
                "log-missing", "no log was opened", advice="Initialise the node first."
            )
        return head

    def _log(self, origin: str | None) -> int:
        head = self._group.head or self._group.shared.head or self._head()
        return head.log if origin in (None, head.row.origin) else self._find(origin or "").log

    def _find(self, origin: str) -> Head:
        row = _NAMED.first(self._conn, the_origin=origin)
        if row is None:
            raise OperatorError("log-missing", f"there is no log {origin}")
        return _of_row(row)

    def _load(self, log: int, keys: list[int]) -> dict[tuple[int, int], bytes]:
        found: dict[tuple[int, int], bytes] = {}
        for part in chunks(keys):
            rows = _NODES.rows(self._conn, the_log=log, addresses=part)
            found.update(((log, row[0]), row[1]) for row in rows)
        return found


def _of_row(row: Sequence[Any]) -> Head:
    *head, opened = row[1:]
    return Head(row[0], HeadRow(*head), opened)
