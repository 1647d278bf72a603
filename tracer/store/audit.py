"""The audit trail: who did what to what, when; each row with a leaf of the journal.

Append only. The detail is encrypted because people write in it, together with the 32 random bytes
without which the row's digest tells nothing. Erasing a row's detail destroys those bytes too: the
leaf stays, who did what and when stays as a note that proves nothing any more, and the erasure is
an act of its own.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from tracer.canonical import canonical_json
from tracer.errors import InputError, OperatorError
from tracer.evidence.journal import act_digest, new_act
from tracer.evidence.record import SALT_BYTES
from tracer.store.dialect import Prepared, adding, chunks, listed
from tracer.store.group import Group
from tracer.store.journal import Journal
from tracer.store.rows import ActRow, AuditRow
from tracer.store.tables.exchange import audit, log_origin
from tracer.store.vault import Vault

ERASE: Final = "audit-erase"
"""The act that says which row lost its detail; its subject is the row's number."""
OPENED: Final = "journal-open"
"""The act that says how many rows of before were entered when the journal was opened."""
CLOSED: Final = "journal-close"
"""The act that says where a journal was closed with its log; the next journal begins with it."""
BY: Final = "operator"
"""Who did it where the node was started and nobody was named."""
AuditRows = list[AuditRow]
ActRows = list[ActRow]

_COLUMNS: Final = ("at", "actor", "act", "subject", "detail", "log", "leaf")
_ADD: Final = adding(audit, _COLUMNS)
_NEWEST: Final = Prepared(
    select(audit.c.subject, audit.c.act, audit.c.at)
    .where(audit.c.subject.in_(listed("subjects")), audit.c.act.in_(listed("acts")))
    .order_by(audit.c.number)
)
_ROW: Final = (audit.c.number, *(audit.c[name] for name in _COLUMNS))


class Newest(NamedTuple):
    """The newest of some acts about a subject: which, and when."""

    act: str
    at: str


class Audit:
    """`tx.audit`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault, journal: Journal) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault
        self._journal = journal

    def write(
        self, actor: str, act: str, subject: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write who did what to what, and its leaf in the journal."""
        at, given, salt = self._journal.instant(), dict(detail or {}), os.urandom(SALT_BYTES)
        raw = new_act(at=at, actor=actor, act=act, subject=subject, detail=given, salt=salt)
        log, leaf = self._journal.append(act_digest(raw))
        plain = salt + canonical_json(given)
        blob = self._vault.seal(plain, audit_place(at, actor, act, subject))
        _ADD.run(self._conn, [(at, actor, act, subject, blob, log, leaf)])

    def adopt(self) -> int:
        """Give every row of before there was a journal a leaf, oldest first; how many there were.

        Their order and content count from now on; what was done to them before cannot be known.
        """
        query = select(*_ROW).where(audit.c.leaf.is_(None)).order_by(audit.c.number)
        rows = self._conn.execute(query).all()
        for number, at, actor, act, subject, blob, *_ in rows:
            place, salt = audit_place(at, actor, act, subject), os.urandom(SALT_BYTES)
            written = self._vault.open(blob, place)
            detail = msgspec.json.decode(written)
            raw = new_act(at=at, actor=actor, act=act, subject=subject, detail=detail, salt=salt)
            log, leaf = self._journal.append(act_digest(raw))
            sealed = self._vault.seal(salt + written, place)
            self._conn.execute(
                update(audit)
                .where(audit.c.number == number)
                .values(detail=sealed, log=log, leaf=leaf)
            )
        return len(rows)

    def erase(self, number: int, *, actor: str, reason: str) -> None:
        """Destroy the detail of a row; its digest stays in the journal, and this act says why.

        Raises:
            InputError: `act-unknown`: no such row, or nothing left of it to erase.
        """
        gone = update(audit).where(audit.c.number == number, func.length(audit.c.detail) > 0)
        if self._conn.execute(gone.values(detail=b"")).rowcount != 1:
            raise InputError("act-unknown", f"there is no act {number}, or it is erased")
        self.write(actor, ERASE, str(number), {"reason": reason})

    def list(
        self,
        limit: int = 100,
        *,
        subject: str | tuple[str, ...] | None = None,
        before: int | None = None,
        actor: str | None = None,
        act: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> AuditRows:
        """Acts, newest first; `before` is the number of the last row of the page before.

        `since` is included, `until` is not; both are instants of the wire, or the beginning of one.
        Newest is by the instant, then by the number, so that every filter has its index.
        """
        wanted = [subject] if isinstance(subject, str) else subject
        conditions: tuple[tuple[object, ColumnElement[bool]], ...] = (
            (subject, audit.c.subject.in_(wanted or ())),
            (before, audit.c.number > 0 if before is None else self._before(before)),
            (actor, audit.c.actor == actor),
            (act, audit.c.act == act),
            (since, audit.c.at >= (since or "")),
            (until, audit.c.at < (until or "")),
        )
        query = select(*_ROW).order_by(audit.c.at.desc(), audit.c.number.desc()).limit(limit)
        query = query.where(*(one for given, one in conditions if given is not None))
        return [self._open(row) for row in self._conn.execute(query)]

    def _before(self, number: int) -> ColumnElement[bool]:
        """What comes after a row in a list; nothing after one that is not there."""
        query = select(audit.c.at).where(audit.c.number == number)
        at = self._conn.execute(query).scalar_one_or_none() or ""
        earlier = or_(audit.c.at < at, and_(audit.c.at == at, audit.c.number < number))
        return and_(audit.c.at <= at, earlier)

    def acts(self, journal: int, first: int, count: int) -> ActRows:
        """The rows of some leaves of a journal, by leaf, with the bytes that each stands for."""
        within = audit.c.leaf.between(first, first + count - 1)
        query = select(*_ROW).where(audit.c.log == journal, within).order_by(audit.c.leaf)
        return [self._act(row) for row in self._conn.execute(query)]

    def about(self, subjects: tuple[str, ...]) -> ActRows:
        """All rows about these, oldest first, with the bytes that each stands for."""
        query = select(*_ROW).where(audit.c.subject.in_(subjects)).order_by(audit.c.number)
        return [self._act(row) for row in self._conn.execute(query)]

    def newest(self, acts: Collection[str], subjects: Sequence[str]) -> dict[str, Newest]:
        """Which of these acts was written last about each subject; those with none are left out."""
        found: dict[str, Newest] = {}
        for part in chunks(subjects):
            rows = _NEWEST.rows(self._conn, subjects=part, acts=tuple(acts))
            for subject, act, at in rows:
                found[subject] = Newest(act, at)
        return found

    def began(self, act: str) -> str | None:
        """When the first act of this name was written; None: none ever was."""
        query = select(audit.c.at).where(audit.c.act == act).order_by(audit.c.at).limit(1)
        return self._conn.execute(query).scalar_one_or_none()

    def strays(self, heads: Mapping[int, int]) -> ActRows:
        """Rows with no leaf in any of these journals, by number and size."""
        inside = [(audit.c.log == log) & (audit.c.leaf < size) for log, size in heads.items()]
        query = select(*_ROW).order_by(audit.c.number)
        for one in inside:
            query = query.where(func.coalesce(~one, True))
        return [self._act(row) for row in self._conn.execute(query)]

    def dated(self, journal: str, leaf: int) -> str | None:
        """The instant of one act of a journal; None if its row is not there."""
        query = select(audit.c.at).join(log_origin, log_origin.c.number == audit.c.log)
        wanted = (log_origin.c.origin == journal, audit.c.leaf == leaf)
        return self._conn.execute(query.where(*wanted)).scalar_one_or_none()

    def count(self) -> int:
        """Number of acts."""
        return self._conn.execute(select(func.count()).select_from(audit)).scalar_one()

    def _open(self, row: Any) -> AuditRow:
        number, at, actor, act, subject, blob, _log, leaf = row
        plain = self._vault.open(blob, audit_place(at, actor, act, subject)) if blob else b""
        detail = written_detail(plain, leaf) or b"{}"
        return AuditRow(number, at, actor, act, subject, msgspec.json.decode(detail))

    def _act(self, row: Any) -> ActRow:
        number, at, actor, act, subject, blob, log, leaf = row
        raw: bytes | None = b""
        if blob:
            try:
                plain = self._vault.open(blob, audit_place(at, actor, act, subject))
                detail = msgspec.json.decode(plain[SALT_BYTES:])
                salt = plain[:SALT_BYTES]
                raw = new_act(
                    at=at, actor=actor, act=act, subject=subject, detail=detail, salt=salt
                )
            except (OperatorError, ValueError, TypeError):
                raw = None
        return ActRow(number, at, actor, act, subject, log, leaf, raw)


def audit_place(at: str, actor: str, act: str, subject: str) -> str:
    """Where the detail of an act stands: it opens with these facts and no others."""
    return f"audit\n{at}\n{actor}\n{act}\n{subject}"


def written_detail(plain: bytes, leaf: int | None) -> bytes:
    """The detail in what was encrypted: after the salt, which a row with a leaf has."""
    return plain if leaf is None else plain[SALT_BYTES:]
