"""What travels by courier: which files went out and came in, and what each of them holds.

A load is what one file holds, by kind and name. Of a file of ours: `message` (ids of our messages),
`receipt` (ids of the peer's messages whose receipts it brings), `attachment` (digests), `held`
(digests of the peer's attachments it says are here), `witnessed` (the size of the head of our log
that it brings, if the quorum has signed it). Of a file of the peer's: `receipt` and `held` are what
we owe for it, `wanted` the sizes of our log that it has no witnessed head for. What is owed goes
into every file to that peer until it says that it has taken one of them in (`confirm`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import Connection, and_, delete, func, select, update

from tracer.store.dialect import chunks, upsert
from tracer.store.group import Group
from tracer.store.tables.courier import courier_file, courier_load
from tracer.store.tables.exchange import OPEN_OUTBOX, outbox

Kind = Literal["message", "receipt", "attachment", "held", "witnessed", "wanted"]
RECENT = 16
"""Files whose checkpoint the other side may have seen last."""

_f, _l, _o = courier_file.c, courier_load.c, outbox.c
_PUT = upsert(courier_file, ("id",), update=())
_LOAD = upsert(courier_load, ("file", "kind", "name"), update=())


class CourierFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `log_size`: leaves of our log that its checkpoint covers, or its writer knows."""

    id: str
    peer: str
    direction: Literal["out", "in"]
    number: int
    part: int
    parts: int
    at: str
    by: str
    log_size: int
    seen: bool = False
    """Of ours: the other side has said that it took it in."""


class Abroad(msgspec.Struct, frozen=True, kw_only=True):
    """A file of ours that is out: how many messages it holds, and how many of them wait still."""

    file: CourierFile
    messages: int
    open: int


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What of our log a peer got by courier, by sizes of it; the newest files count."""

    under: tuple[int, ...]
    """Of checkpoints that messages and receipts stand under."""
    witnessed: tuple[int, ...]
    """Of heads that the quorum of our witnesses has signed."""
    confirmed: int
    """The largest of those heads that it has said it took in; 0 if none."""
    wanted: tuple[int, ...]
    """Those that it had no witnessed head for when it wrote its newest file that came."""

    def waits(self, head: int) -> bool:
        """Whether a witnessed head of this size is news for what it holds."""
        return any(self.confirmed < size <= head for size in self.under)


class Courier:
    """`tx.courier`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def put(self, file: CourierFile, load: Mapping[Kind, Sequence[str]]) -> None:
        """Note a file and what it holds; a second time adds nothing."""
        row = [getattr(file, name) for name in courier_file.c.keys()]  # noqa: SIM118 - columns
        _PUT.run(self._conn, [row])
        rows = [(file.id, kind, name) for kind, names in load.items() for name in names]
        _LOAD.run(self._conn, rows)

    def next_number(self, peer: str) -> int:
        """The number of the next file to a peer."""
        last: int | None = self._conn.execute(
            select(func.max(_f.number)).where(_f.peer == peer, _f.direction == "out")
        ).scalar_one()
        return (last or 0) + 1

    def taken(self, peer: str, limit: int) -> list[str]:
        """Ids of the newest files of a peer that were taken in here."""
        found = self._conn.execute(
            select(_f.id)
            .where(_f.peer == peer, _f.direction == "in")
            .order_by(_f.number.desc(), _f.at.desc())
            .limit(limit)
        )
        return list(found.scalars())

    def sizes(self, peer: str) -> list[int]:
        """Sizes of our log that a peer may have seen last, by its files and ours."""
        found: list[int] = []
        for direction in ("out", "in"):
            query = (
                select(_f.log_size)
                .where(_f.peer == peer, _f.direction == direction)
                .order_by(_f.number.desc(), _f.at.desc())
                .limit(RECENT)
            )
            found.extend(self._conn.execute(query).scalars())
        return sorted(set(found))

    def carried(self, peer: str) -> Carried:
        """What of our log a peer got by courier, and what it wants of it."""
        heads = self._of(peer, "witnessed")
        newest = (
            select(_f.id)
            .where(_f.peer == peer, _f.direction == "in")
            .order_by(_f.number.desc(), _f.at.desc())
            .limit(1)
        )
        wanted = select(_l.name).where(_l.kind == "wanted", _l.file == newest.scalar_subquery())
        return Carried(
            under=tuple(sorted({size for size, _, _ in self._of(peer, "message", "receipt")})),
            witnessed=tuple(sorted({int(name) for _, name, _ in heads})),
            confirmed=max((int(name) for _, name, seen in heads if seen), default=0),
            wanted=tuple(sorted(map(int, self._conn.execute(wanted).scalars()))),
        )

    def _of(self, peer: str, *kinds: Kind) -> list[tuple[int, str, bool]]:
        """Log size, one name and whether it was confirmed, of our newest files that hold these."""
        found = self._conn.execute(
            select(_f.log_size, func.max(_l.name), _f.seen)
            .join(courier_load, _l.file == _f.id)
            .where(_f.peer == peer, _f.direction == "out", _l.kind.in_(kinds))
            .group_by(_f.id)
            .order_by(_f.number.desc())
            .limit(RECENT)
        )
        return [(row[0], row[1], row[2]) for row in found]

    def want(self, file: CourierFile, sizes: Sequence[int]) -> None:
        """Note what the writer of a file wants of our log; earlier wants are over."""
        earlier = select(_f.id).where(
            _f.peer == file.peer, _f.direction == "in", _f.number < file.number
        )
        self._conn.execute(delete(courier_load).where(_l.kind == "wanted", _l.file.in_(earlier)))
        _LOAD.run(self._conn, [(file.id, "wanted", str(size)) for size in sizes])

    def owed(self, peer: str, kind: Kind) -> list[str]:
        """What of a peer's files was taken in and has not been confirmed by it."""
        found = self._conn.execute(
            select(_l.name)
            .distinct()
            .join(courier_file, _f.id == _l.file)
            .where(_f.peer == peer, _f.direction == "in", _l.kind == kind)
            .order_by(_l.name)
        )
        return list(found.scalars())

    def confirm(self, peer: str, ids: Sequence[str]) -> None:
        """The peer has taken in these files of ours: what they brought it is owed no more."""
        for part in chunks(ids):
            ours = and_(_f.id.in_(part), _f.peer == peer, _f.direction == "out")
            self._conn.execute(update(courier_file).where(ours).values(seen=True))
            for kind in ("receipt", "held"):
                brought = (
                    select(_l.name)
                    .join(courier_file, _f.id == _l.file)
                    .where(ours, _l.kind == kind)
                )
                theirs = select(_f.id).where(_f.peer == peer, _f.direction == "in")
                self._conn.execute(
                    delete(courier_load).where(
                        _l.kind == kind,
                        _l.file.in_(theirs),
                        _l.name.in_(brought.scalar_subquery()),
                    )
                )

    def since(self, message_ids: Sequence[str]) -> dict[str, str]:
        """When those of our messages that are with the courier were first given to it."""
        found: dict[str, str] = {}
        for part in chunks(message_ids):
            rows = self._conn.execute(
                select(_l.name, func.min(_f.at))
                .join(courier_file, _f.id == _l.file)
                .where(
                    _l.kind == "message",
                    _l.name.in_(part),
                    _f.direction == "out",
                    _f.seen.is_(False),
                )
                .group_by(_l.name)
            )
            found.update((row[0], row[1]) for row in rows)
        return found

    def abroad(self, *, peer: str | None = None, every: bool = False) -> list[Abroad]:
        """Files of ours with messages that wait for a receipt, oldest first; or every file."""
        waits = select(_o.message_id).where(OPEN_OUTBOX, _o.peer == _f.peer)
        query = (
            select(
                courier_file,
                func.count(_l.name),
                func.count(_l.name).filter(_l.name.in_(waits)),
            )
            .outerjoin(courier_load, and_(_l.file == _f.id, _l.kind == "message"))
            .where(_f.direction == "out")
            .group_by(_f.id)
            .order_by(_f.at, _f.peer, _f.number)
        )
        if peer is not None:
            query = query.where(_f.peer == peer)
        found = []
        for row in self._conn.execute(query):
            names = courier_file.c.keys()
            file = CourierFile(**dict(zip(names, row[: len(names)], strict=True)))
            messages, waiting = row[len(names) :]
            if every or (waiting and not file.seen):
                found.append(Abroad(file=file, messages=messages, open=waiting))
        return found
