"""The waiting room: verified messages whose parents have not arrived, encrypted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, exists, func, select

from tracer.store.dialect import Prepared, chunks, listed, upsert
from tracer.store.rows import WaitingRow
from tracer.store.tables.exchange import waiting, waiting_parent
from tracer.store.vault import Vault

_PUT = upsert(waiting, ("peer", "id"), update=())
_PUT_PARENT = upsert(waiting_parent, ("peer", "parent", "id"), update=())
_NAMED = (waiting_parent.c.peer == bindparam("peer")) & waiting_parent.c.parent.in_(
    listed("parents")
)
_WAIT_FOR = Prepared(select(waiting_parent.c.id).where(_NAMED))
_ARRIVED = Prepared(delete(waiting_parent).where(_NAMED))
_HELD = Prepared(
    select(waiting.c.id).where(waiting.c.peer == bindparam("peer"), waiting.c.id.in_(listed("ids")))
)
_LACKED = Prepared(
    select(waiting_parent.c.id, waiting_parent.c.parent)
    .where(waiting_parent.c.peer == bindparam("peer"), waiting_parent.c.id.in_(listed("ids")))
    .order_by(waiting_parent.c.parent)
)


class Waiting:
    """`tx.waiting`."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault

    def put(
        self, peer: str, message_id: str, parents: Iterable[str], blob: bytes, arrived: str
    ) -> None:
        """Let a message wait for its missing parents; the first arrival stands."""
        sealed = self._vault.seal(blob, _place(peer, message_id))
        _PUT.run(self._conn, [(peer, message_id, sealed, arrived)])
        _PUT_PARENT.run(self._conn, [(peer, parent, message_id) for parent in parents])

    def get(self, peer: str, message_id: str) -> WaitingRow | None:
        """One waiting message, decrypted."""
        row = self._conn.execute(
            select(waiting).where(waiting.c.peer == peer, waiting.c.id == message_id)
        ).first()
        return self._open(*row) if row else None

    def lacking(self, peer: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """Which of these wait, and for which parents, sorted."""
        found: dict[str, list[str]] = {}
        for part in chunks(ids):
            found |= {row[0]: [] for row in _HELD.rows(self._conn, peer=peer, ids=part)}
        for part in chunks(list(found)):
            for message_id, parent in _LACKED.rows(self._conn, peer=peer, ids=part):
                found[message_id].append(parent)
        return found

    def ready(self, peer: str, arrived_ids: Sequence[str]) -> list[WaitingRow]:
        """Note that messages have arrived; those that waited for nothing else, oldest first.

        They stay until `remove`.
        """
        touched: set[str] = set()
        for part in chunks(arrived_ids):
            found = _WAIT_FOR.rows(self._conn, peer=peer, parents=part)
            touched.update(row[0] for row in found)
            if found:
                _ARRIVED.run(self._conn, peer=peer, parents=part)
        free: list[WaitingRow] = []
        for part in chunks(sorted(touched)):
            rows = self._conn.execute(
                select(waiting)
                .where(
                    waiting.c.peer == peer,
                    waiting.c.id.in_(part),
                    ~exists().where(
                        waiting_parent.c.peer == peer, waiting_parent.c.id == waiting.c.id
                    ),
                )
                .order_by(waiting.c.arrived, waiting.c.id)
            )
            free.extend(self._open(*row) for row in rows)
        return free

    def remove(self, peer: str, ids: Sequence[str]) -> None:
        """They are committed, or refused after all."""
        for part in chunks(ids):
            for table in (waiting_parent, waiting):
                self._conn.execute(delete(table).where(table.c.peer == peer, table.c.id.in_(part)))

    def count(self, peer: str) -> int:
        """How many wait (quota)."""
        return self._conn.execute(
            select(func.count()).select_from(waiting).where(waiting.c.peer == peer)
        ).scalar_one()

    def expire(self, before: str) -> int:
        """Remove what arrived before an instant; how many."""
        old = self._conn.execute(
            select(waiting.c.peer, waiting.c.id).where(waiting.c.arrived < before)
        ).all()
        by_peer: dict[str, list[str]] = {}
        for peer, message_id in old:
            by_peer.setdefault(peer, []).append(message_id)
        for peer, ids in by_peer.items():
            self.remove(peer, ids)
        return len(old)

    def _open(self, peer: str, message_id: str, blob: bytes, arrived: str) -> WaitingRow:
        plain = self._vault.open(blob, _place(peer, message_id))
        return WaitingRow(peer, message_id, plain, arrived)


def _place(peer: str, message_id: str) -> str:
    return f"waiting:{peer}:{message_id}"
