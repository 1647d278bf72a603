"""Messages, their receipts, and the proofs of the sender's log that came with them.

Content is encrypted under the thread's key. Duplicates, chains and counts are answered without
decrypting anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update
from sqlalchemy.sql import Select
from sqlalchemy.sql.dml import UpdateBase

from tracer.errors import OperatorError
from tracer.evidence.merkle import HASH_BYTES
from tracer.store.dialect import Many, Prepared, adding, chunks, listed
from tracer.store.group import Group
from tracer.store.logs import Logs
from tracer.store.rows import (
    Known,
    MessageHead,
    MessageRow,
    NewMessage,
    Outgoing,
    Place,
    Receipt,
)
from tracer.store.tables.exchange import log_origin, log_record, message, receipt, sender_proof
from tracer.store.vault import Vault

_ADD = adding(message, [column.name for column in message.c if column.name != "seq"])
_HEAD = (
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
    log_origin.c.origin,
)
_FULL = (*_HEAD, message.c.jws, message.c.disclosures)
_ORIGIN = message.join(log_origin, log_origin.c.number == message.c.log)


def _saving(table: Table) -> Many:
    """INSERT of a proof beside its message; nothing if there is no such message, or a proof."""
    names = [column.name for column in table.c][1:]
    values = [bindparam(name, type_=table.c[name].type) for name in names]
    source = select(message.c.seq, *values).where(
        message.c.peer == bindparam("the_peer"), message.c.id == bindparam("the_id")
    )

    def build(insert: Callable[[Table], Any]) -> UpdateBase:
        statement = insert(table).from_select(["message", *names], source)
        done: UpdateBase = statement.on_conflict_do_nothing(index_elements=["message"])
        return done

    return Many(build, [*names, "the_peer", "the_id"])


def _reading(table: Table) -> Select[Any]:
    """SELECT in the order of a `Receipt`."""
    return select(
        message.c.id,
        message.c.peer,
        table.c.record,
        table.c["index"],
        table.c.size,
        table.c.path,
        table.c.origin,
        table.c.at,
    ).join(table, table.c.message == message.c.seq)


_LEAF = (log_record.c.log == message.c.log) & (log_record.c.index == message.c.leaf_index)
_KNOWN = Prepared(
    select(message.c.id, message.c.leaf_index, log_record.c.record, message.c.at)
    .join(log_record, _LEAF)
    .where(message.c.peer == bindparam("the_peer"), message.c.id.in_(listed("ids")))
)
_PLACES = Prepared(
    select(message.c.id, message.c.thread, message.c.direction).where(
        message.c.peer == bindparam("the_peer"), message.c.id.in_(listed("ids"))
    )
)
_OUTGOING = Prepared(
    select(
        message.c.id,
        message.c.thread,
        message.c.leaf_index,
        message.c.jws,
        message.c.disclosures,
        log_record.c.record,
    )
    .join(log_record, _LEAF)
    .where(message.c.peer == bindparam("the_peer"), message.c.id.in_(listed("ids")))
)
_HEADS = Prepared(
    select(*_HEAD)
    .select_from(_ORIGIN)
    .where(message.c.thread.in_(listed("threads")))
    .order_by(message.c.log, message.c.leaf_index)
)
_RECEIPTED = Prepared(
    select(message.c.id, receipt.c.at)
    .join(receipt, receipt.c.message == message.c.seq)
    .where(message.c.thread.in_(listed("threads")))
)
_FIND = Prepared(
    select(*_FULL)
    .select_from(_ORIGIN)
    .where(message.c.peer == bindparam("the_peer"), message.c.id == bindparam("the_id"))
)
_OF_THREAD = Prepared(
    select(*_FULL)
    .select_from(_ORIGIN)
    .where(message.c.thread == bindparam("the_thread"))
    .order_by(message.c.log, message.c.leaf_index)
)
_SAVE_RECEIPT = _saving(receipt)
_SAVE_PROOF = _saving(sender_proof)


class Messages:
    """`tx.messages`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault, log: Logs) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault
        self._log = log

    def add(self, new: NewMessage, leaf_index: int) -> None:
        """Store one message whose record has been appended at `leaf_index`."""
        self.add_many(((new, leaf_index),))

    def add_many(
        self, items: Sequence[tuple[NewMessage, int]], *, origin: str | None = None
    ) -> None:
        """Store messages, encrypted, in the order of their commit.

        Args:
            items: Messages, each with the index of its record.
            origin: The log of those records; the open one if None.

        Raises:
            OperatorError: `thread-missing`: a thread was not created, or is purged.
        """
        if not items:
            return
        log = self._log.number if origin is None else self._log.number_of(origin)
        keys = self._vault.keys(new.thread for new, _ in items)
        seal = self._vault.seal_message
        rows = []
        for new, leaf_index in items:
            if (key := keys.get(new.thread)) is None:
                raise OperatorError("thread-missing", f"no key for thread {new.thread}")
            rows.append(
                (
                    new.peer,
                    new.id,
                    new.thread,
                    new.direction,
                    new.type,
                    " ".join(new.follows),
                    new.issued,
                    new.at,
                    new.kid,
                    log,
                    leaf_index,
                    new.flags,
                    *seal(key, new.id, new.jws, new.disclosures),
                )
            )
        _ADD.run(self._conn, rows)

    def find(self, peer: str, message_id: str) -> MessageRow | None:
        """One message, decrypted."""
        found = self._full(_FIND, the_peer=peer, the_id=message_id)
        return found[0] if found else None

    def known(self, peer: str, ids: Sequence[str]) -> dict[str, Known]:
        """Which of these are committed or purged, with what their receipts need."""
        found: dict[str, Known] = {}
        for part in chunks(ids):
            rows = _KNOWN.rows(self._conn, the_peer=peer, ids=part)
            found.update((row[0], Known(row[1], row[2], row[3])) for row in rows)
        return found

    def places(self, peer: str, ids: Sequence[str]) -> list[Place]:
        """Where messages stand: their thread and direction; those not held are left out."""
        found: list[Place] = []
        for part in chunks(ids):
            rows = _PLACES.rows(self._conn, the_peer=peer, ids=part)
            found.extend(Place(*row) for row in rows)
        return found

    def outgoing(self, peer: str, ids: Sequence[str]) -> list[Outgoing]:
        """Messages of ours with their log records, decrypted, in the order of `ids`."""
        found: dict[str, Outgoing] = {}
        for part in chunks(ids):
            rows = _OUTGOING.rows(self._conn, the_peer=peer, ids=part)
            keys = self._vault.keys({row[1] for row in rows})
            for name, thread, leaf_index, jws, disclosures, record in rows:
                token, shown = self._vault.open_message(keys.get(thread), name, jws, disclosures)
                found[name] = Outgoing(name, leaf_index, record, token or "", shown)
        return [found[name] for name in ids]

    def of_thread(self, thread_id: str) -> list[MessageRow]:
        """All messages of a thread, decrypted, in the order of their commit."""
        return self._full(_OF_THREAD, the_thread=thread_id)

    def heads(self, threads: Sequence[str]) -> dict[str, list[MessageHead]]:
        """All messages of threads without content, in the order of their commit."""
        found: dict[str, list[MessageHead]] = {thread_id: [] for thread_id in threads}
        for part in chunks(threads):
            for row in _HEADS.rows(self._conn, threads=part):
                found[row[2]].append(MessageHead(*_split_follows(row)))
        return found

    def since(self, seq: int, limit: int = 1000) -> list[tuple[int, MessageHead]]:
        """Messages committed after a position, with their positions: for followers of the store."""
        rows = self._conn.execute(
            select(*_HEAD, message.c.seq)
            .select_from(_ORIGIN)
            .where(message.c.seq > seq)
            .order_by(message.c.seq)
            .limit(limit)
        )
        return [(row.seq, MessageHead(*_split_follows(row[:-1]))) for row in rows]

    def flag(self, peer: str, message_id: str, flags: str) -> None:
        """Set the flags of a message."""
        self._conn.execute(
            update(message)
            .where(message.c.peer == peer, message.c.id == message_id)
            .values(flags=flags)
        )

    def erase(self, peer: str, message_id: str, *, keep: tuple[str, ...]) -> None:
        """Destroy all disclosures of a message but those to `keep` (encoded as stored).

        The message is flagged `erased`.
        """
        row = self.find(peer, message_id)
        if row is None or row.jws is None:
            return
        left = tuple(item for item in row.disclosures if item in keep)
        key = self._vault.keys((row.thread,))[row.thread]
        blob = self._vault.seal_disclosures(key, message_id, left)
        self._conn.execute(
            update(message)
            .where(message.c.peer == peer, message.c.id == message_id)
            .values(disclosures=blob, flags=" ".join(sorted({*row.flags.split(), "erased"})))
        )

    def save_receipts(self, receipts: Sequence[Receipt]) -> int:
        """Store receipts of what we sent; the first stands. Returns how many were new."""
        return _SAVE_RECEIPT.run(self._conn, _proof_rows(receipts))

    def receipt(self, peer: str, message_id: str) -> Receipt | None:
        """The peer's receipt for what we sent."""
        return self._proof(receipt, peer, message_id)

    def receipts_of(self, thread_id: str) -> dict[str, Receipt]:
        """The receipts of a thread's messages, by message id."""
        return self._proofs_of(receipt, thread_id)

    def receipted(self, threads: Sequence[str]) -> dict[str, str]:
        """The receipt's instant of each message of ours in these threads that has one."""
        found: dict[str, str] = {}
        for part in chunks(threads):
            found.update(_RECEIPTED.rows(self._conn, threads=part))
        return found

    def save_sender_proofs(self, proofs: Sequence[Receipt]) -> int:
        """Store the sender's log proofs of what we received; the first stands."""
        return _SAVE_PROOF.run(self._conn, _proof_rows(proofs))

    def sender_proof(self, peer: str, message_id: str) -> Receipt | None:
        """The proof of the sender's log that came with a message."""
        return self._proof(sender_proof, peer, message_id)

    def sender_proofs_of(self, thread_id: str) -> dict[str, Receipt]:
        """The sender's proofs of a thread's messages, by message id."""
        return self._proofs_of(sender_proof, thread_id)

    def _full(self, query: Prepared, **binds: str) -> list[MessageRow]:
        rows = query.rows(self._conn, **binds)
        keys = self._vault.keys({row[2] for row in rows})
        found = []
        for row in rows:
            values = _split_follows(row)
            origin, jws, disclosures = values[-3:]
            content = self._vault.open_message(keys.get(row[2]), row[1], jws, disclosures)
            values[-3:] = (*content, origin)
            found.append(MessageRow(*values))
        return found

    def _proof(self, table: Table, peer: str, message_id: str) -> Receipt | None:
        row = self._conn.execute(
            _reading(table).where(message.c.id == message_id, message.c.peer == peer)
        ).first()
        return _receipt(row) if row else None

    def _proofs_of(self, table: Table, thread_id: str) -> dict[str, Receipt]:
        rows = self._conn.execute(_reading(table).where(message.c.thread == thread_id))
        return {row[0]: _receipt(row) for row in rows}


def _split_follows(row: Iterable[Any]) -> list[Any]:
    values = list(row)
    values[5] = tuple(values[5].split())
    return values


def _proof_rows(proofs: Sequence[Receipt]) -> list[tuple[Any, ...]]:
    """Paths become one blob: the hashes one after another."""
    return [
        (
            proof.record,
            proof.index,
            proof.size,
            b"".join(proof.path),
            proof.origin,
            proof.at,
            proof.peer,
            proof.message_id,
        )
        for proof in proofs
    ]


def _receipt(row: Sequence[Any]) -> Receipt:
    message_id, peer, record, index, size, blob, origin, at = row
    return Receipt(message_id, peer, record, index, size, split_path(blob), origin, at)


def split_path(blob: bytes) -> tuple[bytes, ...]:
    """The hashes of a stored path."""
    return tuple(blob[start : start + HASH_BYTES] for start in range(0, len(blob), HASH_BYTES))
