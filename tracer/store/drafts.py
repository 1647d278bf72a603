"""Drafts: messages in the making, with optimistic versions and the acts of people on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from tracer.store.dialect import chunks
from tracer.store.group import Group
from tracer.store.rows import ApprovalRow, DraftRow
from tracer.store.tables.exchange import approval, draft
from tracer.store.vault import Vault

DraftRows = list[DraftRow]
_WRITTEN: Final = ("body", "reason", "sent_back")
"""What people wrote, which is encrypted."""


class Drafts:
    """`tx.drafts`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def put(self, row: DraftRow) -> bool:
        """Write a draft; False if the stored version is not `row.version - 1`.

        A new draft has version 1.
        """
        values = asdict(row) | {
            "body": self._vault.seal(row.body, _place(row.id, "body")),
            "reason": self._vault.seal(row.reason.encode(), _place(row.id, "reason")),
            "sent_back": self._kept(row.id, row.sent_back),
        }
        if row.version == 1:
            if self._conn.execute(select(draft.c.id).where(draft.c.id == row.id)).first():
                return False
            self._conn.execute(insert(draft).values(**values))
            return True
        found = self._conn.execute(
            update(draft)
            .where(draft.c.id == row.id, draft.c.version == row.version - 1)
            .values(**values)
        )
        return found.rowcount == 1

    def get(self, draft_id: str) -> DraftRow | None:
        """One draft, decrypted."""
        row = self._conn.execute(select(draft).where(draft.c.id == draft_id)).mappings().first()
        return self._open(dict(row)) if row else None

    def list(
        self,
        state: str | None = None,
        *,
        author: str | None = None,
        thread: str | None = None,
        review: bool | None = None,
        states: Sequence[str] = (),
        limit: int | None = None,
    ) -> DraftRows:
        """Drafts, longest untouched first; `states`: in one of these.

        Every one unless there is a `limit`: what waits must not hide what waits behind it.
        """
        query = select(draft).order_by(draft.c.updated, draft.c.id).limit(limit)
        filters = {"state": state, "author": author, "thread": thread, "review": review}
        for name, value in filters.items():
            if value is not None:
                query = query.where(draft.c[name] == value)
        if states:
            query = query.where(draft.c.state.in_(states))
        return [self._open(dict(row)) for row in self._conn.execute(query).mappings()]

    def own(self, author: str, state: str, *, limit: int) -> DraftRows:
        """Drafts of a person in a state, the last touched first."""
        query = self._own(draft.c, author, state).order_by(draft.c.updated.desc()).limit(limit)
        return [self._open(dict(row)) for row in self._conn.execute(query).mappings()]

    def count_own(self, author: str, state: str, *, most: int) -> int:
        """How many those are, counted up to `most`."""
        found = self._own([draft.c.id], author, state).limit(most).subquery()
        return self._conn.execute(select(func.count()).select_from(found)).scalar_one()

    def _own(self, columns: Iterable[ColumnElement[Any]], author: str, state: str) -> Select[Any]:
        """By their state: what a person ever wrote grows, what is being written does not."""
        whose = func.coalesce(draft.c.author, "")  # so that the index of authors is not taken
        return select(*columns).where(draft.c.state == state, whose == author)

    def bare(self, names: Sequence[str]) -> DraftRows:
        """These drafts without anything that people wrote; unknown ones are left out."""
        columns = [one for one in draft.c if one.name not in _WRITTEN]
        found: DraftRows = []
        for part in chunks(names):
            rows = self._conn.execute(select(*columns).where(draft.c.id.in_(part))).mappings()
            found += [DraftRow(**row, body=b"") for row in rows]
        return found

    def set_state(
        self,
        draft_id: str,
        state: str,
        *,
        expect: Sequence[str] = (),
        version: int | None = None,
        submitted_by: str | None = None,
        released_by: str | None = None,
        reason: str | None = None,
        review: bool | None = None,
        message_id: str | None = None,
    ) -> bool:
        """Move a draft on; False if it is not in one of the states (and the version) expected.

        None leaves a field as it is.
        """
        given = {
            "submitted_by": submitted_by,
            "released_by": released_by,
            "review": review,
            "message_id": message_id,
        }
        values: dict[str, Any] = {name: item for name, item in given.items() if item is not None}
        if reason is not None:
            values["reason"] = self._vault.seal(reason.encode(), _place(draft_id, "reason"))
        query = update(draft).where(draft.c.id == draft_id)
        if expect:
            query = query.where(draft.c.state.in_(expect))
        if version is not None:
            query = query.where(draft.c.version == version)
        found = self._conn.execute(query.values(state=state, updated=self._group.now, **values))
        return found.rowcount == 1

    def send_back(self, draft_id: str, kept: bytes) -> None:
        """Keep beside a draft the version that is sent back, in the place of an earlier one."""
        query = update(draft).where(draft.c.id == draft_id)
        self._conn.execute(query.values(sent_back=self._kept(draft_id, kept)))

    def wipe(self, draft_id: str) -> None:
        """Destroy the content of a draft, and of what was sent back; who did what stays."""
        self._conn.execute(
            update(draft)
            .where(draft.c.id == draft_id)
            .values(
                state="deleted",
                body=self._vault.seal(b"", _place(draft_id, "body")),
                sent_back=None,
                updated=self._group.now,
            )
        )

    def approve(self, draft_id: str, version: int, person: str, act: str) -> None:
        """Note one person's act (submit, release, reject, ...) on one version."""
        self._conn.execute(
            insert(approval).values(
                draft=draft_id, version=version, person=person, act=act, at=self._group.now
            )
        )

    def approvals(self, draft_id: str) -> tuple[ApprovalRow, ...]:
        """All acts on a draft, oldest first."""
        rows = self._conn.execute(
            select(
                approval.c.draft,
                approval.c.version,
                approval.c.person,
                approval.c.act,
                approval.c.at,
            )
            .where(approval.c.draft == draft_id)
            .order_by(approval.c.number)
        )
        return tuple(ApprovalRow(*row) for row in rows)

    def _open(self, values: dict[str, Any]) -> DraftRow:
        name = values["id"]
        values["body"] = self._vault.open(values["body"], _place(name, "body"))
        values["reason"] = self._vault.open(values["reason"], _place(name, "reason")).decode()
        kept = values["sent_back"]
        values["sent_back"] = self._vault.open(kept, _place(name, "sent_back")) if kept else b""
        return DraftRow(**values)

    def _kept(self, draft_id: str, kept: bytes) -> bytes | None:
        return self._vault.seal(kept, _place(draft_id, "sent_back")) if kept else None


def _place(draft_id: str, column: str) -> str:
    return f"draft:{draft_id}:{column}"
