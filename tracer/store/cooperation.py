"""Cooperation in the database: the facts of each request that counts, and their sum by month.

Facts change only when a message comes; then the tally of their month is stale. A stale month is
added up anew from its facts when it is read, and kept by `renew`: one month's requests, whatever
their number in all. Both hold codes, instants and ids, nothing personal, and stay when a thread is
purged, so that figures of past years stand.

The opener is `us` for our requests to the peer, `peer` for its requests to us.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, tuple_

from tracer.canonical import canonical_json
from tracer.model.cooperation import Facts, Tally
from tracer.store.dialect import Prepared, chunks, listed, upsert
from tracer.store.rows import Opener
from tracer.store.tables.clocks import cooperation, tally

_PUT = upsert(cooperation, ("thread",))
_TALLY = upsert(tally, ("peer", "opener", "month"))
_STALE = upsert(tally, ("peer", "opener", "month"), update=("stale",))
_GET = Prepared(select(cooperation).where(cooperation.c.thread.in_(listed("threads"))))
_OF_MONTH = select(cooperation.c.facts).where(
    cooperation.c.peer == bindparam("the_peer"),
    cooperation.c.opener == bindparam("the_opener"),
    cooperation.c.month == bindparam("the_month"),
)
_MONTHS = (
    select(tally.c.month, tally.c.figures, tally.c.stale)
    .where(
        tally.c.peer == bindparam("the_peer"),
        tally.c.opener == bindparam("the_opener"),
        tally.c.month >= bindparam("since"),
    )
    .order_by(tally.c.month)
)
_decoder = msgspec.json.Decoder(Facts)
_tally_decoder = msgspec.msgpack.Decoder(Tally)
_encode_tally = msgspec.msgpack.Encoder().encode


class SideMonth(NamedTuple):
    """One month of the requests of one side to the other."""

    peer: str
    opener: Opener
    month: str


class Cooperation:
    """`tx.cooperation`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def put(self, thread: str, peer: str, opener: str, facts: Facts | None) -> bool:
        """Keep the facts of a thread, None if it does not count; whether they have changed.

        The months concerned become stale.
        """
        return self.put_many(((thread, peer, opener, facts),)) == 1

    def put_many(self, items: Sequence[tuple[str, str, str, Facts | None]]) -> int:
        """The same for several threads; how many have changed."""
        held = self._rows([item[0] for item in items])
        gone, rows, side_months = [], [], set()
        for thread, peer, opener, facts in items:
            before = held.get(thread)
            row = None
            if facts is not None:
                row = (thread, peer, opener, facts.month, canonical_json(facts))
            if row == before:
                continue
            side_months |= {found[1:4] for found in (before, row) if found is not None}
            if row is None:
                gone.append(thread)
            else:
                rows.append(row)
        for part in chunks(gone):
            self._conn.execute(delete(cooperation).where(cooperation.c.thread.in_(part)))
        _PUT.run(self._conn, rows)
        _STALE.run(self._conn, [(*which, True, b"") for which in sorted(side_months)])
        return len(gone) + len(rows)

    def get(self, thread: str) -> Facts | None:
        """The facts of a thread as they are kept."""
        held = self._rows((thread,))
        return _decoder.decode(held[thread][-1]) if held else None

    def facts(
        self,
        peer: str,
        opener: str,
        *,
        since: str = "",
        until: str = "9999-12",
        after: tuple[str, str] = ("", ""),
        limit: int = 1000,
    ) -> list[Facts]:
        """The facts of requests, by month and thread.

        Args:
            peer: The other authority.
            opener: Whose requests.
            since: First month, `2026-03`.
            until: Last month.
            after: (month, thread) of the last one of the page before.
            limit: Most of them.
        """
        place = tuple_(cooperation.c.month, cooperation.c.thread)
        rows = self._conn.execute(
            select(cooperation.c.facts)
            .where(
                cooperation.c.peer == peer,
                cooperation.c.opener == opener,
                cooperation.c.month >= since,
                cooperation.c.month <= until,
                place > after,
            )
            .order_by(cooperation.c.month, cooperation.c.thread)
            .limit(limit)
        )
        return [_decoder.decode(row[0]) for row in rows]

    def tallies(self, peer: str, opener: str, *, since: str = "") -> dict[str, Tally]:
        """The tally of each month from `since` on; a stale one is added up, not kept."""
        given = {"the_peer": peer, "the_opener": opener, "since": since}
        return {
            month: self.added_up(SideMonth(peer, opener, month))  # type: ignore[arg-type]
            if stale
            else _tally_decoder.decode(figures)
            for month, figures, stale in self._conn.execute(_MONTHS, given).all()
        }

    def peers(self) -> list[str]:
        """The authorities there are figures of, by name."""
        found = self._conn.execute(select(tally.c.peer).distinct().order_by(tally.c.peer))
        return list(found.scalars())

    def stale(self, *, peer: str | None = None) -> list[SideMonth]:
        """The months whose tally does not follow from their facts any more."""
        query = select(tally.c.peer, tally.c.opener, tally.c.month).where(tally.c.stale)
        if peer is not None:
            query = query.where(tally.c.peer == peer)
        return [SideMonth(*row) for row in self._conn.execute(query)]

    def renew(self, side_months: list[SideMonth]) -> None:
        """Add these months up anew and keep what comes out."""
        rows = [(*which, False, _encode_tally(self.added_up(which))) for which in side_months]
        _TALLY.run(self._conn, rows)

    def added_up(self, which: SideMonth) -> Tally:
        """The tally of a month as it follows from its facts."""
        return Tally.of(self._month(which))

    def kept(self, which: SideMonth) -> Tally | None:
        """The tally of a month as it is kept; None: there is none, or it is stale."""
        found = self._conn.execute(
            select(tally.c.figures).where(
                tally.c.peer == which.peer,
                tally.c.opener == which.opener,
                tally.c.month == which.month,
                tally.c.stale.is_(False),
            )
        ).scalar_one_or_none()
        return None if found is None else _tally_decoder.decode(found)

    def side_months(self) -> list[SideMonth]:
        """Every month there are facts or a tally of."""
        found = {
            SideMonth(*row)
            for table in (cooperation, tally)
            for row in self._conn.execute(
                select(table.c.peer, table.c.opener, table.c.month).distinct()
            )
        }
        return sorted(found)

    def _rows(self, threads: Sequence[str]) -> dict[str, tuple[str, str, str, str, bytes]]:
        found: dict[str, tuple[str, str, str, str, bytes]] = {}
        for part in chunks(threads):
            for row in _GET.rows(self._conn, threads=part):
                found[row[0]] = row
        return found

    def _month(self, which: SideMonth) -> Iterator[Facts]:
        given = {
            "the_peer": which.peer,
            "the_opener": which.opener,
            "the_month": which.month,
        }
        for row in self._conn.execute(_OF_MONTH, given):
            yield _decoder.decode(row[0])
