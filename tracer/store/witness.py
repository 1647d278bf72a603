"""Witnesses in the database: heads we have cosigned, lines of others, links between checkpoints.

A leaf of a log is witnessed by whoever has cosigned a head that provably holds it. Of our own log
every larger head does. Of a peer's, a stored checkpoint is *linked* to the next one that was
witnessed by a consistency proof that was verified; witnessed heads are linked to one another in the
same way, so that from a link on every larger witnessed head holds what the checkpoint held.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from tracer.evidence.merkle import HASH_BYTES
from tracer.store.dialect import Prepared, chunks, listed, upsert
from tracer.store.group import Group
from tracer.store.tables.exchange import checkpoint
from tracer.store.tables.witness import cosignature, log_link, witness_head, witness_state

_FIRST = upsert(witness_head, ("origin",), update=())
_MOVE = Prepared(
    update(witness_head)
    .where(
        witness_head.c.origin == bindparam("the_origin"),
        witness_head.c.size == bindparam("old_size"),
        witness_head.c.root == bindparam("old_root"),
    )
    .values(
        size=bindparam("new_size"),
        root=bindparam("new_root"),
        note=bindparam("new_note"),
        witness=bindparam("new_witness"),
        at=bindparam("new_at"),
    )
)
_ADD = upsert(cosignature, ("origin", "size", "witness"), update=())
_STATE = upsert(witness_state, ("witness",))
_LINK = upsert(log_link, ("origin", "old"), update=())
_SIGNED_FROM = Prepared(
    select(cosignature.c.witness, func.min(cosignature.c.at))
    .where(
        cosignature.c.origin == bindparam("the_origin"),
        cosignature.c.size >= bindparam("least"),
    )
    .group_by(cosignature.c.witness)
)
_LINKED = Prepared(
    select(log_link.c.old, log_link.c.new).where(
        log_link.c.origin == bindparam("the_origin"), log_link.c.old.in_(listed("sizes"))
    )
)
_SIGNED = Prepared(
    select(cosignature.c.size)
    .where(cosignature.c.origin == bindparam("the_origin"), cosignature.c.size.in_(listed("sizes")))
    .distinct()
)
_LARGEST = Prepared(
    select(cosignature.c.witness, func.max(cosignature.c.size), func.max(cosignature.c.at))
    .where(cosignature.c.origin == bindparam("the_origin"))
    .group_by(cosignature.c.witness)
)


class WitnessHeadRow(msgspec.Struct, frozen=True):
    """The newest head of another's log that this node has cosigned."""

    origin: str
    size: int
    root: bytes
    note: str
    witness: str
    at: str


class CosignatureRow(msgspec.Struct, frozen=True):
    """A verified line of a witness under a head."""

    origin: str
    size: int
    witness: str
    line: str
    at: str


class WitnessStateRow(msgspec.Struct, frozen=True):
    """How asking a witness goes; `error` is empty if the last answer was good."""

    witness: str
    origin: str = ""
    known: int = 0
    asked_at: str | None = None
    ok_at: str | None = None
    failures: int = 0
    next_attempt: str = ""
    error: str = ""


class Signed(NamedTuple):
    """The largest head that a witness has cosigned, and its latest time."""

    size: int
    at: str


class Witness:
    """`tx.witness`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    # -- we are the witness -----------------------------------------------------------------------

    def head(self, origin: str) -> WitnessHeadRow | None:
        """The newest head of a log that we have cosigned."""
        row = self._conn.execute(
            select(witness_head).where(witness_head.c.origin == origin)
        ).first()
        return WitnessHeadRow(*row) if row else None

    def heads(self) -> list[WitnessHeadRow]:
        """All of them, by origin."""
        rows = self._conn.execute(select(witness_head).order_by(witness_head.c.origin))
        return [WitnessHeadRow(*row) for row in rows]

    def set_head(self, row: WitnessHeadRow, *, before: WitnessHeadRow | None) -> bool:
        """Replace the head `before` by `row`; False if another is held by now."""
        if before is None:
            values = (row.origin, row.size, row.root, row.note, row.witness, row.at)
            return _FIRST.run(self._conn, [values]) == 1
        moved = _MOVE.run(
            self._conn,
            the_origin=row.origin,
            old_size=before.size,
            old_root=before.root,
            new_size=row.size,
            new_root=row.root,
            new_note=row.note,
            new_witness=row.witness,
            new_at=row.at,
        )
        return moved == 1

    # -- what others have signed ------------------------------------------------------------------

    def add(self, rows: Sequence[CosignatureRow]) -> int:
        """Keep lines; the first of a witness under a head stands. How many were new."""
        return _ADD.run(self._conn, [msgspec.structs.astuple(row) for row in rows])

    def lines(self, origin: str, size: int) -> list[CosignatureRow]:
        """The lines under one head, by witness."""
        rows = self._conn.execute(
            select(cosignature)
            .where(cosignature.c.origin == origin, cosignature.c.size == size)
            .order_by(cosignature.c.witness)
        )
        return [CosignatureRow(*row) for row in rows]

    def signed_from(self, origin: str, least: int) -> list[tuple[str, str]]:
        """Who has cosigned a head of at least so many leaves, and when first."""
        rows = _SIGNED_FROM.rows(self._conn, the_origin=origin, least=least)
        return [(row[0], row[1]) for row in rows]

    def largest(self, origin: str) -> dict[str, Signed]:
        """The largest head that each witness has cosigned."""
        rows = _LARGEST.rows(self._conn, the_origin=origin)
        return {row[0]: Signed(row[1], row[2]) for row in rows}

    def sizes(self, origin: str, *, most: int = 1) -> list[tuple[int, int]]:
        """The newest witnessed sizes of a log, each with the number of its lines."""
        rows = self._conn.execute(
            select(cosignature.c.size, func.count())
            .where(cosignature.c.origin == origin)
            .group_by(cosignature.c.size)
            .order_by(cosignature.c.size.desc())
            .limit(most)
        )
        return [(row[0], row[1]) for row in rows]

    def sizes_from(self, origin: str, least: int, *, most: int) -> list[int]:
        """The smallest witnessed sizes of a log that hold so many leaves, ascending."""
        found = self._conn.execute(
            select(cosignature.c.size)
            .where(cosignature.c.origin == origin, cosignature.c.size >= least)
            .distinct()
            .order_by(cosignature.c.size)
            .limit(most)
        )
        return list(found.scalars())

    # -- how asking goes --------------------------------------------------------------------------

    def state(self, witness: str) -> WitnessStateRow:
        """How asking one witness goes; empty if it was never asked."""
        row = self._conn.execute(
            select(witness_state).where(witness_state.c.witness == witness)
        ).first()
        return WitnessStateRow(*row) if row else WitnessStateRow(witness)

    def put_state(self, row: WitnessStateRow) -> None:
        """Note how it went."""
        _STATE.run(self._conn, [msgspec.structs.astuple(row)])

    # -- checkpoints of a peer's log --------------------------------------------------------------

    def unlinked(self, origin: str, *, most: int) -> list[int]:
        """Sizes of stored checkpoints of a log that no witnessed head is known to hold."""
        linked = select(log_link.c.old).where(
            log_link.c.origin == checkpoint.c.origin, log_link.c.old == checkpoint.c.size
        )
        signed = select(cosignature.c.size).where(
            cosignature.c.origin == checkpoint.c.origin, cosignature.c.size == checkpoint.c.size
        )
        found = self._conn.execute(
            select(checkpoint.c.size)
            .where(
                checkpoint.c.origin == origin,
                checkpoint.c.size > 0,
                ~linked.exists(),
                ~signed.exists(),
            )
            .order_by(checkpoint.c.size)
            .limit(most)
        )
        return list(found.scalars())

    def link(self, origin: str, old: int, new: int, path: Sequence[bytes]) -> None:
        """Keep the verified proof from a stored checkpoint to a witnessed one; the first stands."""
        _LINK.run(self._conn, [(origin, old, new, b"".join(path))])

    def held(self, origin: str, sizes: Collection[int]) -> dict[int, int]:
        """From which witnessed head on each stored checkpoint of a log is held.

        By the sizes of the checkpoints; one that no witnessed head is known to hold is left out.
        """
        found: dict[int, int] = {}
        for part in chunks(sorted(sizes)):
            signed = _SIGNED.rows(self._conn, the_origin=origin, sizes=part)
            found |= {size: size for (size,) in signed}
            found |= dict(_LINKED.rows(self._conn, the_origin=origin, sizes=part))
        return found

    def linked(self, origin: str, old: int) -> tuple[int, tuple[bytes, ...]] | None:
        """The witnessed size that holds a stored checkpoint, and the proof; None if none does."""
        row = self._conn.execute(
            select(log_link.c.new, log_link.c.path).where(
                log_link.c.origin == origin, log_link.c.old == old
            )
        ).first()
        if row is None:
            return None
        blob = row[1]
        path = tuple(blob[at : at + HASH_BYTES] for at in range(0, len(blob), HASH_BYTES))
        return row[0], path
