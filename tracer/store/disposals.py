"""What is to be erased or purged, which threads are held, and what stays of a purged one.

To erase is to give a thread a new key: all that stays is encrypted again, and the old key is
overwritten, so that neither a page that was freed nor a copy of one opens any more. Purging
destroys the key and keeps the case row as it was, with its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from tracer.store.agenda import Agenda
from tracer.store.attachments import DESTROYED
from tracer.store.dialect import upsert
from tracer.store.group import Group
from tracer.store.restore_rows import DisposalRow, FrozenRow, HoldRow
from tracer.store.rows import MessageRow
from tracer.store.tables.clocks import firearm, thread_link
from tracer.store.tables.exchange import attachment, case, draft, message, thread
from tracer.store.tables.restore import disposal, frozen, hold
from tracer.store.transcripts import Left, Transcripts
from tracer.store.vault import Vault
from tracer.store.work import CaseNotes

DisposalRows = list[DisposalRow]
HoldRows = list[HoldRow]
Names = list[str]
_FREEZE = upsert(frozen, ("thread",), update=())


class Disposals:
    """`tx.disposals`."""

    def __init__(
        self,
        conn: Connection,
        group: Group,
        vault: Vault,
        notes: CaseNotes,
        transcripts: Transcripts,
    ) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault
        self._notes = notes
        self._transcripts = transcripts

    def ask(self, row: DisposalRow) -> int:
        """Put on record what a person wants to go; its number."""
        values = asdict(row)
        del values["number"]
        place = f"disposal:{row.thread}:{row.asked_at}"
        values |= {
            "groups": " ".join(row.groups),
            "reason": self._vault.seal(row.reason.encode(), place),
        }
        done = self._conn.execute(insert(disposal).values(**values))
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def get(self, number: int) -> DisposalRow | None:
        """One of them."""
        found = self._conn.execute(select(disposal).where(disposal.c.number == number)).first()
        return self._open(found) if found else None

    def list(self, *, state: str | None = None, thread_id: str | None = None) -> DisposalRows:
        """All of them, oldest first."""
        query = select(disposal).order_by(disposal.c.number)
        if state is not None:
            query = query.where(disposal.c.state == state)
        if thread_id is not None:
            query = query.where(disposal.c.thread == thread_id)
        return [self._open(row) for row in self._conn.execute(query)]

    def end(self, number: int, state: str, by: str) -> None:
        """Note that it is done, or dropped, and who decided so."""
        self._conn.execute(
            update(disposal)
            .where(disposal.c.number == number)
            .values(state=state, approved_by=by, done_at=self._group.now)
        )

    def hold(self, thread_id: str, by: str, reason: str) -> None:
        """Nothing of this thread may go from now on; the first reason stands."""
        if self.held(thread_id) is None:
            sealed = self._vault.seal(reason.encode(), f"hold:{thread_id}")
            values = {"thread": thread_id, "at": self._group.now, "by": by, "reason": sealed}
            self._conn.execute(insert(hold).values(**values))

    def unhold(self, thread_id: str) -> bool:
        """Let it go its way again; False if it was not held."""
        done = self._conn.execute(delete(hold).where(hold.c.thread == thread_id))
        return done.rowcount == 1

    def held(self, thread_id: str) -> HoldRow | None:
        """Why nothing of a thread may go; None if it may."""
        row = self._conn.execute(select(hold).where(hold.c.thread == thread_id)).first()
        return self._held(row) if row else None

    def holds(self) -> HoldRows:
        """All threads of which nothing may go."""
        return [self._held(row) for row in self._conn.execute(select(hold).order_by(hold.c.at))]

    def due(self, before: str, states: Sequence[str], limit: int) -> Names:
        """Threads of which nothing moved since an instant, in one of these states, not held."""
        found = self._conn.execute(
            select(case.c.thread)
            .join(thread, thread.c.id == case.c.thread)
            .outerjoin(hold, hold.c.thread == case.c.thread)
            .where(
                case.c.updated < before,
                case.c.state.in_(states),
                thread.c.purged.is_(False),
                hold.c.thread.is_(None),
            )
            .order_by(case.c.updated)
            .limit(limit)
        )
        return list(found.scalars())

    def rekey(
        self,
        thread_id: str,
        kept: Iterable[MessageRow],
        left: Left = lambda row: row.disclosures,
    ) -> None:
        """Encrypt what stays of a thread under a new key; the old one is overwritten.

        `kept` are all messages of the thread, each with the disclosures that stay; `left` says
        which stay of what came by another way.
        """
        notes, entered = self._notes.of(thread_id), self._transcripts.held(thread_id)
        wrapped = self._vault.new_key(thread_id)
        key = self._vault.keys((thread_id,))[thread_id]
        self._conn.execute(update(thread).where(thread.c.id == thread_id).values(key=wrapped))
        for row in kept:
            if row.jws is not None:
                jws, shown = self._vault.seal_message(key, row.id, row.jws, row.disclosures)
                self._conn.execute(
                    update(message)
                    .where(message.c.peer == row.peer, message.c.id == row.id)
                    .values(jws=jws, disclosures=shown, flags=row.flags)
                )
        self._notes.rewrite(notes, key)
        self._transcripts.rewrite(entered, key, left)

    def freeze(self, row: FrozenRow) -> None:
        """Keep what is left of a purged thread; what was kept first stands."""
        _FREEZE.run(self._conn, [(row.thread, row.state, row.digest, row.at)])

    def frozen(self, thread_id: str) -> FrozenRow | None:
        """What was kept of a purged thread."""
        row = self._conn.execute(select(frozen).where(frozen.c.thread == thread_id)).first()
        return FrozenRow(*row) if row else None

    def forget(self, thread_id: str) -> None:
        """Destroy what is kept of a thread beside messages: drafts, notes, links, what finds it."""
        for row in self._conn.execute(select(draft.c.id).where(draft.c.thread == thread_id)).all():
            blank = {
                name: self._vault.seal(b"", f"draft:{row.id}:{name}") for name in ("body", "reason")
            }
            self._conn.execute(update(draft).where(draft.c.id == row.id).values(**blank))
        self._notes.forget(thread_id)
        self._transcripts.forget(thread_id)
        Agenda(self._conn).forget(thread_id)
        self._conn.execute(delete(firearm).where(firearm.c.thread == thread_id))
        linked = or_(thread_link.c.one == thread_id, thread_link.c.other == thread_id)
        self._conn.execute(delete(thread_link).where(linked))

    def end_files(self, thread_id: str, numbers: Mapping[str, Iterable[int]] | None) -> Names:
        """Mark files of a thread as gone: of these messages and numbers, or all (None).

        Returns:
            The names on the shelf that no other file stands for.
        """
        rows = self._conn.execute(select(attachment).where(attachment.c.thread == thread_id)).all()
        gone = [
            row for row in rows if numbers is None or row.n in set(numbers.get(row.message_id, ()))
        ]
        for row in gone:
            self._conn.execute(
                update(attachment)
                .where(attachment.c.digest == row.digest, attachment.c.peer == row.peer)
                .values(state="failed", error=DESTROYED)
            )
        names = {row.digest for row in gone}
        kept = self._conn.execute(
            select(attachment.c.digest).where(
                attachment.c.digest.in_(names), attachment.c.error != DESTROYED
            )
        ).scalars()
        return sorted(names - set(kept))

    def _open(self, row: Row[Any]) -> DisposalRow:
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        place = f"disposal:{values['thread']}:{values['asked_at']}"
        values["reason"] = self._vault.open(values["reason"], place).decode()
        values["groups"] = tuple(values["groups"].split())
        return DisposalRow(**values)

    def _held(self, row: Row[Any]) -> HoldRow:
        reason = self._vault.open(row.reason, f"hold:{row.thread}").decode()
        return HoldRow(row.thread, row.at, row.by, reason)
