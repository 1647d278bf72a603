"""The journal in the database: the node's second log, one leaf for each row of the audit trail.

Its records are the 32-byte digests of acts (`evidence.journal`); the acts themselves are rows of
`audit`, which say where their leaf is. Both are written in one transaction, and the journal's head
is computed with that of the exchange log, once a group. `head` inside a body is the committed one.

A row of before there was a journal has no place in it until `adopt` gives it one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert, select, update

from tracer.errors import OperatorError
from tracer.evidence.checkpoint import journal_origin
from tracer.evidence.record import stub_hash
from tracer.store.dialect import Prepared
from tracer.store.group import Group
from tracer.store.logs import EXCHANGE, JOURNAL, Logs
from tracer.store.rows import EntryRow, HeadRow
from tracer.store.tables.exchange import journal_entry, log_origin

_OURS: Final = log_origin.alias("journals")
_THEIRS: Final = log_origin.alias("logs")
_ENTRIES: Final = (
    select(
        journal_entry.c.hour,
        _OURS.c.origin,
        journal_entry.c.size,
        journal_entry.c.root,
        journal_entry.c.at,
        _THEIRS.c.origin,
        journal_entry.c.leaf_index,
    )
    .join(_OURS, _OURS.c.number == journal_entry.c.journal)
    .join(_THEIRS, _THEIRS.c.number == journal_entry.c.log)
)
_NEWEST: Final = Prepared(_ENTRIES.order_by(journal_entry.c.at.desc()).limit(1))


class Journal:
    """`tx.journal`."""

    def __init__(self, conn: Connection, group: Group, logs: Logs) -> None:
        self._conn = conn
        self._group = group
        self._logs = logs

    def is_open(self) -> bool:
        """Whether there is a journal to write in."""
        return self._group.journal is not None or self._logs.load_head(JOURNAL) is not None

    def open(self, origin: str) -> HeadRow:
        """Open a journal; the open one is closed.

        Raises:
            OperatorError: `log-busy`: the same group has already written in the open one.
        """
        if self._group.acts:
            raise OperatorError("log-busy", "a journal cannot be opened while another is written")
        self._logs.begin(origin, JOURNAL)
        self._group.journal = None
        return self.head()

    def next_origin(self, *, beyond: int = 0) -> str:
        """The name of the next journal: its number is above all before it, and above `beyond`.

        It is at least the number of the exchange log, so that a node made anew from its keys does
        not use the name of a journal that is lost.
        """
        authority, _, number = self._logs.head().origin.partition("/log/")
        used = [int(name.rpartition("/")[2]) for name in self.origins()]
        return journal_origin(authority, max(int(number), *(one + 1 for one in (*used, beyond))))

    def head(self, origin: str | None = None) -> HeadRow:
        """The committed head of the open journal, or of a closed one; `log-missing`."""
        return self._logs.journal_head().row if origin is None else self._logs.head(origin)

    def origins(self) -> list[str]:
        """All journals of this node, oldest first."""
        return self._logs.origins(JOURNAL)

    def beside(self, origin: str) -> str:
        """The exchange log that was open when this journal began: its keys sign the journal."""
        query = (
            select(log_origin.c.origin)
            .where(
                log_origin.c.kind == EXCHANGE,
                log_origin.c.number < self._logs.number_of(origin),
            )
            .order_by(log_origin.c.number.desc())
            .limit(1)
        )
        return str(self._conn.execute(query).scalar_one())

    def instant(self) -> str:
        """The instant of what is written now: no act is dated before the act before it."""
        return max(self._group.now, self.head().at)

    def append(self, digest: bytes) -> tuple[int, int]:
        """Append the digest of an act; the journal's number and the leaf."""
        head = self._logs.journal_head()
        leaf = head.row.size + len(self._group.acts)
        self._logs.put(head.log, leaf, (digest,))
        self._group.acts.append(stub_hash(digest))
        return head.log, leaf

    def entry_of(self, hour: str) -> EntryRow | None:
        """The head that was entered in the exchange log in this hour."""
        row = self._conn.execute(_ENTRIES.where(journal_entry.c.hour == hour)).first()
        return EntryRow(*row) if row else None

    def newest_entry(self) -> EntryRow | None:
        """The head that was entered last."""
        row = _NEWEST.first(self._conn)
        return EntryRow(*row) if row else None

    def entries(self, origin: str) -> list[EntryRow]:
        """All heads of a journal that were entered, smallest first."""
        query = _ENTRIES.where(_OURS.c.origin == origin).order_by(
            journal_entry.c.size, journal_entry.c.at
        )
        return [EntryRow(*row) for row in self._conn.execute(query)]

    def entered(self, hour: str, head: HeadRow, at: str, leaf_index: int) -> None:
        """Note that a head was entered as this record of the open exchange log.

        Nothing is dated before `at` from now on, whatever the clock says.

        Raises:
            OperatorError: `store-conflict`: this hour has been entered.
        """
        number = self._logs.number_of(head.origin)
        self._conn.execute(update(log_origin).where(log_origin.c.number == number).values(at=at))
        self._conn.execute(
            insert(journal_entry).values(
                hour=hour,
                journal=number,
                size=head.size,
                root=head.root,
                at=at,
                log=self._logs.number,
                leaf_index=leaf_index,
            )
        )
