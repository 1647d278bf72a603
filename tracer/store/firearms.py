"""Firearms that were asked about, so that the same one is found again; and links between threads.

A row holds what `model.fingerprint` compares: coded, in the clear, so that it can be searched. A
link is what a person said about two threads, with a reason, which is encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select

from tracer.model.fingerprint import Fingerprint
from tracer.store.dialect import Prepared, adding, upsert
from tracer.store.group import Group
from tracer.store.rows import Alike, LinkKind, LinkRow
from tracer.store.tables.clocks import firearm, thread_link
from tracer.store.vault import Vault

MOST = 500
"""Lines of one skeleton that are looked at."""
_ADD = adding(firearm)
_DROP = Prepared(delete(firearm).where(firearm.c.thread == bindparam("the_thread")))
_ALIKE = (
    select(firearm)
    .where(firearm.c.skeleton == bindparam("skeleton"), firearm.c.thread != bindparam("but"))
    .limit(MOST)
)
_LINK = upsert(thread_link, ("one", "other"))


class Firearms:
    """`tx.firearms`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def put(self, thread: str, prints: Iterable[Fingerprint]) -> None:
        """Replace what is searched of a thread."""
        _DROP.run(self._conn, the_thread=thread)
        unique = {(one.line, one.serial): one for one in prints}
        _ADD.run(self._conn, [(thread, *one) for one in unique.values()])

    def of(self, thread: str) -> list[Fingerprint]:
        """What is searched of a thread."""
        found = self._conn.execute(select(firearm).where(firearm.c.thread == thread))
        return [Fingerprint(*row[1:]) for row in found]

    def alike(self, skeletons: Sequence[str], *, but: str = "") -> list[Alike]:
        """Lines of other threads whose serial has one of these skeletons.

        At most `MOST` of each: a number that stands in more places tells nothing, and whoever
        sends it many times only drowns their own requests in it.
        """
        return [
            Alike(row[0], Fingerprint(*row[1:]))
            for skeleton in skeletons
            for row in self._conn.execute(_ALIKE, {"skeleton": skeleton, "but": but})
        ]

    def link(self, one: str, other: str, *, kind: LinkKind, by: str, reason: str) -> None:
        """Say of two threads what they are to each other; what was said before is replaced."""
        first, second = sorted((one, other))
        now = self._group.now
        sealed = self._vault.seal(reason.encode(), _place(first, second, now))
        _LINK.run(self._conn, [(first, second, kind, now, by, sealed)])

    def links(self, thread: str) -> list[LinkRow]:
        """What was said about this thread and others."""
        found = self._conn.execute(
            select(thread_link).where(
                or_(thread_link.c.one == thread, thread_link.c.other == thread)
            )
        )
        return [self._open(row) for row in found]

    def _open(self, row: Any) -> LinkRow:
        one, other, kind, at, by, sealed = row
        reason = self._vault.open(sealed, _place(one, other, at)).decode()
        return LinkRow(one, other, kind, at, by, reason)


def _place(one: str, other: str, at: str) -> str:
    return f"link\n{one}\n{other}\n{at}"
