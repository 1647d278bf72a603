"""Peers: their pinned entries, how the line is, what was seen of their logs, and their faults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, bindparam, func, insert, select, update

from tracer.errors import OperatorError
from tracer.store.dialect import Prepared, upsert
from tracer.store.group import Group
from tracer.store.rows import FaultRow, PeerRow, PeerStateRow, RefusalCount, RememberedRow
from tracer.store.tables.exchange import fault, peer, peer_entry, peer_state, refusal, remembered

_PUT = upsert(peer, ("authority",), update=("entry_file", "seq", "digest", "fingerprint"))
_ARCHIVE = upsert(peer_entry, ("authority", "digest"), update=())
_START = upsert(
    peer_state,
    ("authority",),
    columns=("authority", "failures", "last_error", "sent_size"),
    update=(),
)
_REMEMBER = upsert(remembered, ("authority", "origin"), newer="size")
_PEER = (
    peer.c.authority,
    peer.c.status,
    peer.c.entry_file,
    peer.c.seq,
    peer.c.fingerprint,
    peer.c.added_at,
    peer.c.added_by,
    peer.c.digest,
)
_STATE = Prepared(select(peer_state).where(peer_state.c.authority == bindparam("authority")))
_SEEN = select(remembered).where(remembered.c.authority == bindparam("authority"))
_SEEN_LAST = Prepared(
    _SEEN.order_by(remembered.c.seen_at.desc(), remembered.c.origin.desc()).limit(1)
)
_SEEN_OF = Prepared(_SEEN.where(remembered.c.origin == bindparam("origin")))


_CLEARED = frozenset(("breaker_until", "unproven_since"))


@cache
def _noting(names: tuple[str, ...]) -> Prepared:
    """UPDATE of these columns of a line's state; as many as there are kinds of contact."""
    return Prepared(
        update(peer_state)
        .where(peer_state.c.authority == bindparam("the_authority"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _new(values: Mapping[str, object]) -> dict[str, object]:
    return {f"new_{name}": value for name, value in values.items()}


class Peers:
    """`tx.peers`."""

    def __init__(self, conn: Connection, group: Group) -> None:
        self._conn = conn
        self._group = group

    def put_entry(
        self,
        authority: str,
        entry_file: bytes,
        *,
        seq: int,
        digest: str,
        fingerprint: str,
        by: str,
    ) -> None:
        """Pin a verified entry; earlier ones stay in the archive, a new peer is active."""
        now = self._group.now
        row = (authority, "active", entry_file, seq, digest, fingerprint, now, by)
        _PUT.run(self._conn, [row])
        self.archive(authority, entry_file, seq=seq, digest=digest, by=by)

    def archive(self, authority: str, entry_file: bytes, *, seq: int, digest: str, by: str) -> None:
        """Keep an entry for later readers, ours too; it counts for nothing by that."""
        row = (authority, digest, seq, entry_file, self._group.now, by)
        _ARCHIVE.run(self._conn, [row])

    def set_status(self, authority: str, status: str, by: str) -> None:
        """Activate, suspend or supersede a peer; peers are never deleted.

        Raises:
            OperatorError: `peer-missing`.
        """
        found = self._conn.execute(
            update(peer).where(peer.c.authority == authority).values(status=status)
        )
        if found.rowcount != 1:
            raise OperatorError("peer-missing", f"{authority}, named by {by}, is not a peer")

    def get(self, authority: str) -> PeerRow | None:
        """One peer."""
        row = self._conn.execute(select(*_PEER).where(peer.c.authority == authority)).first()
        return PeerRow(*row) if row else None

    def all(self) -> list[PeerRow]:
        """All peers, of any status."""
        return [
            PeerRow(*row) for row in self._conn.execute(select(*_PEER).order_by(peer.c.authority))
        ]

    def entries(self, authority: str) -> list[bytes]:
        """All entries ever pinned of an authority, or issued by us, oldest first."""
        found = self._conn.execute(
            select(peer_entry.c.entry_file)
            .where(peer_entry.c.authority == authority)
            .order_by(peer_entry.c.seq, peer_entry.c.added_at)
        )
        return list(found.scalars())

    def digests(self, authority: str) -> frozenset[str]:
        """What names all entries ever pinned of an authority, or issued by us."""
        found = select(peer_entry.c.digest).where(peer_entry.c.authority == authority)
        return frozenset(self._conn.execute(found).scalars())

    def archived(self, authority: str, *, by: str, since: str) -> int:
        """How many entries of an authority somebody took after an instant."""
        return self._conn.execute(
            select(func.count())
            .select_from(peer_entry)
            .where(
                peer_entry.c.authority == authority,
                peer_entry.c.added_by == by,
                peer_entry.c.added_at > since,
            )
        ).scalar_one()

    def state(self, authority: str) -> PeerStateRow:
        """How the line to a peer is; empty if there was no contact."""
        row = _STATE.first(self._conn, authority=authority)
        return PeerStateRow(*row) if row else PeerStateRow(authority)

    def states(self) -> dict[str, PeerStateRow]:
        """The lines to all peers there was contact with."""
        return {row[0]: PeerStateRow(*row) for row in self._conn.execute(select(peer_state))}

    def note_contact(
        self,
        authority: str,
        *,
        last_in: str | None = None,
        last_out_ok: str | None = None,
        last_out_fail: str | None = None,
        failures: int | None = None,
        breaker_until: str | None = None,
        last_error: str | None = None,
        last_hello_in: str | None = None,
        last_hello_out: str | None = None,
        sent_size: int | None = None,
        unproven_since: str | None = None,
        unproven_asked: int | None = None,
    ) -> None:
        """Note what happened on the line; None leaves a field, an empty instant clears it."""
        given = {
            "last_in": last_in,
            "last_out_ok": last_out_ok,
            "last_out_fail": last_out_fail,
            "failures": failures,
            "breaker_until": breaker_until,
            "last_error": last_error,
            "last_hello_in": last_hello_in,
            "last_hello_out": last_hello_out,
            "sent_size": sent_size,
            "unproven_since": unproven_since,
            "unproven_asked": unproven_asked,
        }
        values = {name: value for name, value in given.items() if value is not None}
        for name in _CLEARED & values.keys():
            values[name] = values[name] or None  # type: ignore[assignment]
        change = _noting(tuple(values))
        if not change.run(self._conn, the_authority=authority, **_new(values)):
            _START.run(self._conn, [(authority, 0, "", 0)])
            change.run(self._conn, the_authority=authority, **_new(values))

    def remember(self, authority: str, origin: str, size: int, root: bytes, note: str) -> bool:
        """Keep a peer's checkpoint if it is larger than the remembered one of its origin."""
        row = (authority, origin, size, root, note, self._group.now)
        return _REMEMBER.run(self._conn, [row]) == 1

    def remembered(self, authority: str, origin: str | None = None) -> RememberedRow | None:
        """The newest checkpoint seen of a peer, of one origin or of the origin seen last."""
        if origin is None:
            row = _SEEN_LAST.first(self._conn, authority=authority)
        else:
            row = _SEEN_OF.first(self._conn, authority=authority, origin=origin)
        return RememberedRow(*row) if row else None

    def put_fault(self, kind: str, authority: str, evidence: bytes) -> int:
        """Keep signed evidence against a peer's log; its number."""
        done = self._conn.execute(
            insert(fault).values(kind=kind, peer=authority, evidence=evidence, at=self._group.now)
        )
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def fault_count(self, authority: str, kind: str) -> int:
        """How many faults of one kind are kept of a peer."""
        return self._conn.execute(
            select(func.count())
            .select_from(fault)
            .where(fault.c.peer == authority, fault.c.kind == kind)
        ).scalar_one()

    def has_fault(self, kind: str, authority: str, evidence: bytes) -> bool:
        """Whether this very evidence is kept already."""
        same = (fault.c.peer == authority, fault.c.kind == kind, fault.c.evidence == evidence)
        return self._conn.execute(select(fault.c.number).where(*same).limit(1)).first() is not None

    def faults(self, authority: str | None = None, *, kind: str | None = None) -> list[FaultRow]:
        """All faults, or those of one peer and of one kind, oldest first."""
        query = select(fault).order_by(fault.c.number)
        if kind is not None:
            query = query.where(fault.c.kind == kind)
        if authority is not None:
            query = query.where(fault.c.peer == authority)
        return [FaultRow(*row) for row in self._conn.execute(query)]

    def count_refusal(self, peer_or_fingerprint: str, code: str, n: int = 1) -> None:
        """Add to the count of refusals of one code."""
        key = {"subject": peer_or_fingerprint, "code": code}
        where = (refusal.c.subject == peer_or_fingerprint) & (refusal.c.code == code)
        found = self._conn.execute(
            update(refusal).where(where).values(count=refusal.c.count + n, last_at=self._group.now)
        )
        if found.rowcount == 0:
            self._conn.execute(insert(refusal).values(**key, count=n, last_at=self._group.now))

    def refusals(self) -> list[RefusalCount]:
        """All counts, by subject and code."""
        query = select(refusal).order_by(refusal.c.subject, refusal.c.code)
        return [RefusalCount(*row) for row in self._conn.execute(query)]
