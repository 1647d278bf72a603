"""Threads: who writes with whom, how far each side is, and the key of what they wrote."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import astuple
from sqlalchemy import Connection, bindparam, func, or_, select, update

from tracer.store.dialect import Many, Prepared, adding, chunks, listed
from tracer.store.rows import Advance, ThreadRow
from tracer.store.tables.exchange import case, message, thread
from tracer.store.vault import Vault

_COLUMNS = [column for column in thread.c if column.name != "key"]
_ADD = adding(thread)
_ADVANCE = Many(
    lambda _insert: (
        update(thread)
        .where(thread.c.id == bindparam("the_thread"))
        .values(
            own_tip=func.coalesce(bindparam("new_own_tip"), thread.c.own_tip),
            peer_tip=func.coalesce(bindparam("new_peer_tip"), thread.c.peer_tip),
            own_count=thread.c.own_count + bindparam("own_delta"),
            peer_count=thread.c.peer_count + bindparam("peer_delta"),
        )
    ),
    ("the_thread", "new_own_tip", "new_peer_tip", "own_delta", "peer_delta"),
)
_GET = Prepared(select(*_COLUMNS).where(thread.c.id.in_(listed("ids"))))

ThreadRows = list[ThreadRow]


class Threads:
    """`tx.threads`."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault

    def create(self, row: ThreadRow) -> None:
        """Open a thread and make its key."""
        self.create_many((row,))

    def create_many(self, rows: Sequence[ThreadRow]) -> None:
        """Open threads and make their keys."""
        _ADD.run(self._conn, [(*astuple(row), self._vault.new_key(row.id)) for row in rows])

    def get(self, thread_id: str) -> ThreadRow | None:
        """One thread."""
        return self.get_many((thread_id,)).get(thread_id)

    def get_many(self, ids: Sequence[str]) -> dict[str, ThreadRow]:
        """Threads by id; unknown ones are left out."""
        found: dict[str, ThreadRow] = {}
        for part in chunks(ids):
            for row in _GET.rows(self._conn, ids=part):
                found[row[0]] = ThreadRow(*row)
        return found

    def advance(
        self,
        thread_id: str,
        *,
        own_tip: str | None = None,
        peer_tip: str | None = None,
        own_delta: int = 0,
        peer_delta: int = 0,
    ) -> None:
        """Move the tips and counts of a thread; None leaves a tip as it is."""
        self.advance_many((Advance(thread_id, own_tip, peer_tip, own_delta, peer_delta),))

    def advance_many(self, moves: Sequence[Advance]) -> None:
        """Move several threads, in order; plain tuples in the order of `Advance` do too."""
        _ADVANCE.run(self._conn, moves)

    def retract(self, thread_id: str) -> None:
        """Set our tip back to our newest message not flagged `refused`; those do not count."""
        own = self._conn.execute(
            select(message.c.id, message.c.flags)
            .where(message.c.thread == thread_id, message.c.direction == "out")
            .order_by(message.c.log, message.c.leaf_index)
        )
        alive = [row.id for row in own if "refused" not in row.flags.split()]
        self._conn.execute(
            update(thread)
            .where(thread.c.id == thread_id)
            .values(own_tip=alive[-1] if alive else None, own_count=len(alive))
        )

    def list(
        self,
        *,
        peer: str | None = None,
        purged: bool | None = None,
        after: str = "",
        limit: int = 1000,
    ) -> ThreadRows:
        """Threads ordered by id, `after` an id: pages for resync and retention."""
        query = select(*_COLUMNS).where(thread.c.id > after).order_by(thread.c.id).limit(limit)
        if peer is not None:
            query = query.where(thread.c.peer == peer)
        if purged is not None:
            query = query.where(thread.c.purged.is_(purged))
        return [ThreadRow(*row) for row in self._conn.execute(query)]

    def open_count(self, peer: str) -> int:
        """Number of threads with a peer that are not purged (quota)."""
        return self._conn.execute(
            select(func.count()).where(thread.c.peer == peer, thread.c.purged.is_(False))
        ).scalar_one()

    def opened_by(self, peer: str, *, settled: Collection[str]) -> int:
        """Number of threads a peer opened that are not purged and in none of these case states."""
        return self._conn.execute(
            select(func.count())
            .select_from(thread.outerjoin(case, case.c.thread == thread.c.id))
            .where(
                thread.c.peer == peer,
                thread.c.opener == "peer",
                thread.c.purged.is_(False),
                or_(case.c.state.is_(None), case.c.state.not_in(settled)),
            )
        ).scalar_one()

    def check_key(self) -> None:
        """Unwrap the key of any one thread.

        Raises:
            OperatorError: `rest-open`: the keyring is not the one this was written with.
        """
        found = self._conn.execute(
            select(thread.c.id).where(thread.c.key.is_not(None)).limit(1)
        ).scalar_one_or_none()
        if found is not None:
            self._vault.keys((found,))

    def seal(self, thread_id: str, plain: bytes, place: str) -> bytes:
        """Encrypt what belongs to a thread and lies elsewhere; it goes when the thread is purged.

        Raises:
            KeyError: there is no such thread, or it is purged.
        """
        return self._vault.seal_under(self._vault.keys((thread_id,))[thread_id], plain, place)

    def open(self, thread_id: str, blob: bytes, place: str) -> bytes | None:
        """Decrypt what `seal` made for the same place; None if the thread is purged."""
        key = self._vault.keys((thread_id,)).get(thread_id)
        return None if key is None else self._vault.open_under(key, blob, place)

    def purge(self, thread_id: str) -> None:
        """Destroy the key and the content of a thread; ids, proofs and records stay."""
        self._conn.execute(
            update(message).where(message.c.thread == thread_id).values(jws=None, disclosures=None)
        )
        self._conn.execute(
            update(thread).where(thread.c.id == thread_id).values(purged=True, key=None)
        )
        self._vault.drop_key(thread_id)
