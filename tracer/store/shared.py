"""What both sides of a thread hold, and putting back what one of them lost: the store of a resync.

A message is shared when both sides have committed it: what we received, and what we sent and hold
a receipt for. Nothing here appends to the log: a row that is put back points at the record that is
there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from tracer.store.dialect import Many, chunks, listed
from tracer.store.messages import Messages
from tracer.store.rows import NewMessage
from tracer.store.tables.exchange import message, receipt, thread

ERASED = "erased"
"""Flag of a message that has lost a disclosure."""

_SHARED = (
    select(message.c.thread, message.c.id, message.c.flags, thread.c.purged)
    .join(thread, thread.c.id == message.c.thread)
    .outerjoin(receipt, receipt.c.message == message.c.seq)
    .where(
        message.c.thread.in_(listed("threads")),
        or_(message.c.direction == "in", receipt.c.message.is_not(None)),
    )
    .order_by(message.c.log, message.c.leaf_index)
)
_ROWS = (
    select(message.c.thread, message.c.id, message.c.direction, message.c.flags)
    .where(message.c.thread.in_(listed("threads")))
    .order_by(message.c.log, message.c.leaf_index)
)
_TIPS = select(thread.c.id, thread.c.own_tip, thread.c.peer_tip).where(
    thread.c.id.in_(listed("threads"))
)
_SET = Many(
    lambda _insert: (
        update(thread)
        .where(thread.c.id == bindparam("the_thread"))
        .values(
            own_tip=bindparam("new_own_tip"),
            peer_tip=bindparam("new_peer_tip"),
            own_count=bindparam("new_own_count"),
            peer_count=bindparam("new_peer_count"),
        )
    ),
    ("the_thread", "new_own_tip", "new_peer_tip", "new_own_count", "new_peer_count"),
)


class Held(NamedTuple):
    """A shared message and what is left of it."""

    id: str
    state: Literal["held", "erased", "purged"]


class Restored(NamedTuple):
    """A message to be put back: its row, and where its record stands in which log of ours."""

    row: NewMessage
    leaf_index: int
    origin: str


class Shared:
    """`tx.shared`."""

    def __init__(self, conn: Connection, messages: Messages) -> None:
        self._conn = conn
        self._messages = messages

    def of(self, threads: Sequence[str]) -> dict[str, list[Held]]:
        """The shared messages of threads, in the order of our log; nothing is decrypted."""
        found: dict[str, list[Held]] = {name: [] for name in threads}
        for part in chunks(threads):
            for row in self._conn.execute(_SHARED, {"threads": part}):
                found[row.thread].append(Held(row.id, _state(row.flags, purged=row.purged)))
        return found

    def put_back(self, items: Iterable[Restored]) -> None:
        """Store messages whose records are in a log of ours, then count their threads again.

        Their threads exist and are not purged.
        """
        threads = set()
        for row, leaf_index, origin in items:
            self._messages.add_many(((row, leaf_index),), origin=origin)
            threads.add(row.thread)
        self._recount(sorted(threads))

    def _recount(self, threads: Sequence[str]) -> None:
        """Tips and counts from the rows; a tip whose own row is still missing stays the tip."""
        for part in chunks(threads):
            rows: dict[str, list[Row[*tuple[Any, ...]]]] = {name: [] for name in part}
            for row in self._conn.execute(_ROWS, {"threads": part}):
                if "refused" not in row.flags.split():
                    rows[row.thread].append(row)
            moves = []
            for name, *tips in self._conn.execute(_TIPS, {"threads": part}).all():
                own = [row.id for row in rows[name] if row.direction == "out"]
                peer = [row.id for row in rows[name] if row.direction == "in"]
                moves.append((name, _tip(tips[0], own), _tip(tips[1], peer), len(own), len(peer)))
            _SET.run(self._conn, moves)


def _state(flags: str, *, purged: bool) -> Literal["held", "erased", "purged"]:
    if purged:
        return "purged"
    return "erased" if ERASED in flags.split() else "held"


def _tip(before: str | None, held: Sequence[str]) -> str | None:
    if before is not None and before not in held:
        return before
    return held[-1] if held else None
