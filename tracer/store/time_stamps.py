"""Tokens of a time-stamp authority over our signed checkpoints: one row a stamped head."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tracer.store.dialect import upsert
from tracer.store.rows import TimeStampRow
from tracer.store.tables.exchange import time_stamp

_PUT = upsert(time_stamp, ("origin", "size"), update=())
_s = time_stamp.c


class TimeStamps:
    """`tx.time_stamps`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def put(self, row: TimeStampRow) -> None:
        """Keep a token; the first over a head stays, as it is the older one."""
        _PUT.run(self._conn, [(row.origin, row.size, row.note, row.token, row.at)])

    def newest(self, origin: str) -> TimeStampRow | None:
        """The token over the largest head of a log."""
        return self._first(origin, 0, newest=True)

    def covering(self, origin: str, size: int) -> TimeStampRow | None:
        """The first token over a head of at least `size` leaves: it dates all of them."""
        return self._first(origin, size, newest=False)

    def _first(self, origin: str, size: int, *, newest: bool) -> TimeStampRow | None:
        order = _s.size.desc() if newest else _s.size
        query = select(time_stamp).where(_s.origin == origin, _s.size >= size).order_by(order)
        row = self._conn.execute(query.limit(1)).first()
        return TimeStampRow(**row._mapping) if row else None  # noqa: SLF001 - public by documentation
