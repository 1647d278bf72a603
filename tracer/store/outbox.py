"""The outbox: what is to be delivered, in order, by any number of workers.

A row is enqueued in the transaction that stores its message. A worker claims rows (lease), sends
with no transaction open, and reports in another transaction. A lease that ran out, because the
worker died, makes its rows claimable again; the same message id is sent again.

Order: of one peer, rows are claimed by `seq`, and not while an earlier row is leased, except by the
holder of that lease, who sends them after those; of one thread, no row overtakes an earlier one
that is held or waits for its next attempt.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from tracer.store.dialect import Prepared, adding, chunks, listed
from tracer.store.group import Group
from tracer.store.rows import OutboxRow, OutboxStats, UndeliveredRow
from tracer.store.tables.exchange import OPEN_OUTBOX, message, outbox

OutboxRows = list[OutboxRow]

_ADD = adding(
    outbox,
    (
        "peer",
        "message_id",
        "thread",
        "state",
        "attempts",
        "next_attempt",
        "last_error",
        "created",
    ),
)
_o = outbox.c
_message = message.c
_earlier = outbox.alias("earlier").c
_queued = and_(OPEN_OUTBOX, _o.state == "queued")
_due_at = case((_o.lease_until > _o.next_attempt, _o.lease_until), else_=_o.next_attempt)
_LEASED = Prepared(
    select(_o.seq)
    .where(_queued, _o.peer == bindparam("peer"), _o.lease_until > bindparam("now"))
    .limit(1)
)


def _behind(instant: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an earlier row of the same thread is held, or waits beyond an instant."""
    return exists().where(
        _earlier.thread == _o.thread,
        _earlier.seq < _o.seq,
        _earlier.state != "delivered",
        or_(
            _earlier.state == "held",
            and_(_earlier.state == "queued", _earlier.next_attempt > instant),
        ),
    )


_CLAIM = Prepared(
    select(outbox)
    .where(
        _queued,
        _o.peer == bindparam("peer"),
        _o.next_attempt <= bindparam("now"),
        or_(_o.lease_until.is_(None), _o.lease_until <= bindparam("now")),
        ~_behind(bindparam("now")),
    )
    .order_by(_o.seq)
    .limit(bindparam("how_many"))
    .with_for_update(skip_locked=True, of=outbox)
)
_LEASE = Prepared(
    update(outbox)
    .where(_o.seq.in_(listed("seqs")))
    .values(
        lease_until=bindparam("until"),
        attempts=_o.attempts + 1,
        first_attempt=func.coalesce(_o.first_attempt, bindparam("first")),
    )
)
_UNCLAIM = Prepared(
    update(outbox)
    .where(_queued, _o.seq.in_(listed("seqs")))
    .values(
        lease_until=None,
        attempts=_o.attempts - 1,
        first_attempt=case((_o.attempts > 1, _o.first_attempt), else_=None),
    )
)
_RELEASE = Prepared(
    update(outbox)
    .where(_o.seq.in_(listed("seqs")))
    .values(lease_until=None, next_attempt=bindparam("next"), last_error=bindparam("error"))
)
_END = Prepared(
    update(outbox)
    .where(_o.seq.in_(listed("seqs")))
    .values(state=bindparam("state"), lease_until=None, last_error=bindparam("error"))
)
_STATES = Prepared(select(_o.seq, _o.state).where(_o.seq.in_(listed("seqs"))))
_NEXT_DUE_OF = Prepared(
    select(func.min(_due_at)).where(
        _queued, _o.peer == bindparam("peer"), ~_behind(_o.next_attempt)
    )
)


class Outbox:
    """`tx.outbox`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def enqueue(self, items: Sequence[tuple[str, str, str]]) -> None:
        """Queue (peer, message id, thread) for delivery at once."""
        now = self._group.now
        _ADD.run(self._conn, [(*item, "queued", 0, now, "", now) for item in items])

    def claim(
        self, peer: str, *, now: str, lease_until: str, limit: int, ahead: bool = False
    ) -> OutboxRows:
        """Lease the next rows of a peer and count the attempt; empty while a lease runs.

        Whoever holds the lease that runs may claim `ahead`, what comes after its rows; it sends
        those when the first have their outcome.

        Rows that went out before and got no answer go in a smaller batch, half as many each time:
        a line that is cut every so often lets a small one through.
        """
        if not ahead and _LEASED.first(self._conn, peer=peer, now=now):
            return []
        found = _CLAIM.rows(self._conn, peer=peer, now=now, how_many=limit)
        rows = [OutboxRow(*row) for row in found]
        del rows[_share(rows, limit) :]
        for part in chunks([row.seq for row in rows]):
            _LEASE.run(self._conn, seqs=part, until=lease_until, first=now)
        return [_claimed(row, now, lease_until) for row in rows]

    def delivered(self, seqs: Sequence[int]) -> None:
        """The peer's receipt is stored."""
        self._end(seqs, "delivered", "")

    def release(self, seqs: Sequence[int], *, next_attempt: str, error: str) -> None:
        """Give back leased rows to be tried again."""
        for part in chunks(seqs):
            _RELEASE.run(self._conn, seqs=part, next=next_attempt, error=error)

    def unclaim(self, seqs: Sequence[int]) -> None:
        """Give back leased rows that were not sent; the attempt does not count."""
        for part in chunks(seqs):
            _UNCLAIM.run(self._conn, seqs=part)

    def give_up(self, seqs: Sequence[int], error: str) -> None:
        """The peer refused for good; a person decides."""
        self._end(seqs, "undeliverable", error)

    def hold(self, seqs: Sequence[int], error: str) -> None:
        """Stop delivery until somebody retries."""
        self._end(seqs, "held", error)

    def retry(self, message_id: str) -> int:
        """Queue a held or undeliverable message again, as from now; the number of rows.

        Its first attempt stays, for the time of a receipt that may be under way; `created` begins
        anew, for the horizon.
        """
        return self._conn.execute(
            update(outbox)
            .where(_o.message_id == message_id, _o.state.in_(("held", "undeliverable", "queued")))
            .values(
                state="queued",
                next_attempt=self._group.now,
                lease_until=None,
                created=self._group.now,
            )
        ).rowcount

    def carry(self, peer: str) -> OutboxRows:
        """What a courier may take: what is queued, and what was given up but never refused."""
        refused = exists().where(
            _message.peer == _o.peer,
            _message.id == _o.message_id,
            (" " + _message.flags + " ").like("% refused %"),
        )
        held = exists().where(
            _earlier.thread == _o.thread, _earlier.seq < _o.seq, _earlier.state == "held"
        )
        found = self._conn.execute(
            select(outbox)
            .where(
                OPEN_OUTBOX,
                _o.peer == peer,
                or_(_o.state == "queued", and_(_o.state == "undeliverable", ~refused)),
                ~held,
            )
            .order_by(_o.seq)
        )
        return [OutboxRow(*row) for row in found]

    def carried(self, seqs: Sequence[int]) -> None:
        """These are with the courier from now on; the line may go on trying.

        The first attempt stands for the time of a receipt, whichever way it comes; giving up
        begins anew. What was given up is queued again.
        """
        now = self._group.now
        for part in chunks(seqs):
            self._conn.execute(
                update(outbox)
                .where(_o.seq.in_(part), _o.state == "undeliverable")
                .values(state="queued", next_attempt=now, last_error="")
            )
            self._conn.execute(
                update(outbox)
                .where(_o.seq.in_(part))
                .values(
                    attempts=case((_o.attempts == 0, 1), else_=_o.attempts),
                    first_attempt=func.coalesce(_o.first_attempt, now),
                    created=now,
                )
            )

    def free(self, latest: str) -> None:
        """End all leases, and let no attempt wait beyond `latest`: for a node that starts.

        Whoever held a lease is gone, and a clock that was wrong may have set instants far ahead.
        """
        late = _o.next_attempt > latest
        self._conn.execute(
            update(outbox)
            .where(_queued, or_(_o.lease_until.is_not(None), late))
            .values(lease_until=None, next_attempt=case((late, latest), else_=_o.next_attempt))
        )

    def hasten(self, peer: str, next_attempt: str) -> int:
        """Move later attempts of a peer forward to an instant (after its hello)."""
        return self._conn.execute(
            update(outbox)
            .where(_queued, _o.peer == peer, _o.next_attempt > next_attempt)
            .values(next_attempt=next_attempt)
        ).rowcount

    def due_peers(self, now: str) -> list[str]:
        """Peers with something to claim now."""
        found = self._conn.execute(
            select(_o.peer).where(_queued, _due_at <= now).group_by(_o.peer).order_by(_o.peer)
        )
        return list(found.scalars())

    def under_way(self, peer: str) -> OutboxRows:
        """Rows of a peer that were claimed and have no outcome yet."""
        return [
            OutboxRow(*row)
            for row in self._conn.execute(
                select(outbox).where(_queued, _o.peer == peer, _o.attempts > 0).order_by(_o.seq)
            )
        ]

    def states(self, seqs: Sequence[int]) -> dict[int, str]:
        """The state of rows as it is now."""
        found: dict[int, str] = {}
        for part in chunks(seqs):
            found.update(_STATES.rows(self._conn, seqs=part))
        return found

    def next_due_of(self, peer: str) -> str | None:
        """When a row of a peer can be claimed next; None if nothing is queued.

        A row behind a held or later one of its thread does not count: it goes with that one.
        """
        due: str | None = _NEXT_DUE_OF.first(self._conn, peer=peer)[0]
        return due

    def next_due(self) -> str | None:
        """The next instant at which something may be claimed."""
        found: str | None = self._conn.execute(
            select(func.min(_due_at)).where(_queued)
        ).scalar_one()
        return found

    def stats(self) -> dict[str, OutboxStats]:
        """What is not delivered, by peer."""
        rows = self._conn.execute(
            select(
                _o.peer,
                _number(_o.state == "queued"),
                _number(_o.state == "held"),
                _number(_o.state == "undeliverable"),
                func.min(_o.created),
            )
            .where(OPEN_OUTBOX)
            .group_by(_o.peer)
        )
        return {row[0]: OutboxStats(*row) for row in rows}

    def undelivered(self, peer: str) -> UndeliveredRow:
        """What has no receipt of a peer."""
        answered = and_(_o.last_error != "", _o.last_error.not_like("line-%"))
        messages, requests, since, refused = self._conn.execute(
            select(
                func.count(),
                _number(_o.message_id == _o.thread),
                func.min(_o.first_attempt),
                _number(answered),
            ).where(OPEN_OUTBOX, _o.peer == peer)
        ).one()
        return UndeliveredRow(messages, requests or 0, since, refused or 0)

    def rows(
        self,
        *,
        state: str | None = None,
        peer: str | None = None,
        thread: str | None = None,
        message_id: str | None = None,
        after: int = 0,
        limit: int = 1000,
    ) -> OutboxRows:
        """Rows in order, `after` a seq."""
        query = select(outbox).where(_o.seq > after).order_by(_o.seq).limit(limit)
        filters = {"state": state, "peer": peer, "thread": thread, "message_id": message_id}
        for name, value in filters.items():
            if value is not None:
                query = query.where(_o[name] == value)
        return [OutboxRow(*row) for row in self._conn.execute(query)]

    def _end(self, seqs: Sequence[int], state: str, error: str) -> None:
        for part in chunks(seqs):
            _END.run(self._conn, seqs=part, state=state, error=error)


def _share(rows: Sequence[OutboxRow], limit: int) -> int:
    """How many of these rows go together: fewer, the more often the first got no answer."""
    if not rows or (rows[0].last_error and not rows[0].last_error.startswith("line-")):
        return limit
    return max(limit >> min(rows[0].attempts, limit.bit_length()), 1)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _claimed(row: OutboxRow, now: str, lease_until: str) -> OutboxRow:
    return OutboxRow(
        seq=row.seq,
        peer=row.peer,
        message_id=row.message_id,
        thread=row.thread,
        state=row.state,
        attempts=row.attempts + 1,
        first_attempt=row.first_attempt or now,
        next_attempt=row.next_attempt,
        lease_until=lease_until,
        last_error=row.last_error,
        created=row.created,
    )
