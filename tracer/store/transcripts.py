"""What came or went by another way: the statement that our authority signed, and the original.

Both are encrypted under the key of their thread, bound to the statement's id. Where groups are
erased the disclosures go and the original with them; a purge leaves ids, people and instants.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from tracer.errors import OperatorError
from tracer.store.account_rows import Scope, TranscriptRow, UncheckedRow
from tracer.store.dialect import Prepared, chunks, listed
from tracer.store.group import Group
from tracer.store.tables.accounts import transcript
from tracer.store.tables.exchange import case
from tracer.store.vault import Vault
from tracer.store.work import visible

_SEPARATOR: Final = "~"
TranscriptRows = list[TranscriptRow]
Left = Callable[[TranscriptRow], tuple[str, ...]]
"""The disclosures of a statement that stay."""
_FACTS: Final = (
    *(transcript.c[name] for name in ("number", "id", "thread", "author", "at")),
    *(transcript.c[name] for name in ("checked_by", "checked_at", "body")),
    transcript.c.original.is_not(None).label("whole"),
)
_COUNTS: Final = Prepared(
    select(transcript.c.thread, func.count())
    .where(transcript.c.thread.in_(listed("threads")))
    .group_by(transcript.c.thread)
)


class Transcripts:
    """`tx.transcripts`."""

    def __init__(self, conn: Connection, group: Group, vault: Vault) -> None:
        self._conn = conn
        self._group = group
        self._vault = vault

    def add(
        self,
        thread: str,
        author: str,
        *,
        id: str,  # noqa: A002 - the statement's own word
        signed: tuple[str, ...],
        original: bytes | None,
    ) -> int:
        """Keep a statement, `signed` with its disclosures behind, and the original; its number."""
        key = self._vault.keys((thread,))[thread]
        done = self._conn.execute(
            insert(transcript).values(
                id=id,
                thread=thread,
                author=author,
                at=self._group.now,
                body=self._sealed(key, id, signed),
                original=None if original is None else self._boxed(key, id, original),
            )
        )
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def of(self, thread: str) -> TranscriptRows:
        """Those of a thread, oldest first; of purged ones nothing but who and when."""
        return self.of_many((thread,)).get(thread, [])

    def of_many(self, threads: Collection[str]) -> dict[str, TranscriptRows]:
        """The same of several threads; one that does not open has no content."""
        found: dict[str, TranscriptRows] = {}
        keys: dict[str, bytes] | None = None
        for part in chunks(list(threads)):
            query = select(*_FACTS).where(transcript.c.thread.in_(part))
            for row in self._conn.execute(query.order_by(transcript.c.number)):
                if keys is None:
                    keys = self._vault.opening(threads)
                found.setdefault(row.thread, []).append(self._row(row, keys.get(row.thread)))
        return found

    def counts(self, threads: Collection[str]) -> dict[str, int]:
        """How many there are, by thread, of those that have some."""
        found: dict[str, int] = {}
        for part in chunks(list(threads)):
            found |= dict(_COUNTS.rows(self._conn, threads=part))
        return found

    def to_compare(self, scope: Scope, *, limit: int) -> list[UncheckedRow]:
        """Those of others that nobody has compared, longest first, in cases of this scope."""
        query = (
            select(transcript.c.number, transcript.c.thread, transcript.c.author, transcript.c.at)
            .add_columns(case.c.reference, case.c.peer)
            .join(case, case.c.thread == transcript.c.thread)
            .where(
                transcript.c.checked_by.is_(None),
                transcript.c.body.is_not(None),
                transcript.c.author != scope.person,
                *visible(scope),
            )
            .order_by(transcript.c.number)
            .limit(limit)
        )
        return [UncheckedRow(*row) for row in self._conn.execute(query)]

    def original(self, thread: str, number: int) -> bytes | None:
        """The bytes of an original; None where none was kept, or it is gone.

        Raises:
            OperatorError: `rest-open`: it was changed.
        """
        key = self._vault.opening((thread,)).get(thread)
        query = select(transcript.c.id, transcript.c.original)
        row = self._conn.execute(
            query.where(transcript.c.thread == thread, transcript.c.number == number)
        ).first()
        if row is None or row.original is None or key is None:
            return None
        return self._vault.open_under(key, row.original, place(row.id, "original"))

    def check(self, number: int, by: str) -> bool:
        """Note who compared it with the original; False if somebody has."""
        done = self._conn.execute(
            update(transcript)
            .where(transcript.c.number == number, transcript.c.checked_by.is_(None))
            .values(checked_by=by, checked_at=self._group.now)
        )
        return done.rowcount == 1

    def held(self, thread: str) -> list[tuple[TranscriptRow, bytes | None]]:
        """Everything of a thread with the originals, before its key goes."""
        return [(row, self.original(thread, row.number)) for row in self.of(thread)]

    def rewrite(
        self, held: Sequence[tuple[TranscriptRow, bytes | None]], key: bytes, left: Left
    ) -> None:
        """Encrypt these anew under the key their thread has now; what is not left is gone.

        An original goes with the first group of its statement: what is on it cannot be cut out.
        """
        for row, original in held:
            kept = left(row)
            boxed = None if kept != row.disclosures or original is None else original
            self._conn.execute(
                update(transcript)
                .where(transcript.c.number == row.number)
                .values(
                    body=self._sealed(key, row.id, (row.jws, *kept)) if row.jws else None,
                    original=None if boxed is None else self._boxed(key, row.id, boxed),
                )
            )

    def forget(self, thread: str) -> None:
        """Destroy the content of those of a thread; who entered what stays."""
        self._conn.execute(
            update(transcript).where(transcript.c.thread == thread).values(body=None, original=None)
        )

    def _sealed(self, key: bytes, name: str, signed: tuple[str, ...]) -> bytes:
        return self._vault.seal_under(key, _SEPARATOR.join(signed).encode(), place(name, "body"))

    def _boxed(self, key: bytes, name: str, original: bytes) -> bytes:
        return self._vault.seal_under(key, original, place(name, "original"))

    def _row(self, row: Row[Any], key: bytes | None) -> TranscriptRow:
        parts = self._parts(row, key)
        jws, *disclosures = parts or ("",)
        return TranscriptRow(
            number=row.number,
            id=row.id,
            thread=row.thread,
            author=row.author,
            at=row.at,
            checked_by=row.checked_by,
            checked_at=row.checked_at,
            jws=jws,
            disclosures=tuple(disclosures),
            whole=bool(row.whole),
            opens=parts is not None,
        )

    def _parts(self, row: Row[Any], key: bytes | None) -> list[str] | None:
        """The statement and its disclosures; empty: its content is gone. None: it does not open."""
        if row.body is None:
            return [""]
        if key is None:
            return None
        try:
            plain = self._vault.open_under(key, row.body, place(row.id, "body"))
            return plain.decode().split(_SEPARATOR)
        except (OperatorError, UnicodeError):
            return None


def place(name: str, what: str) -> str:
    """Where a blob of a statement stands: it opens there and nowhere else."""
    return f"transcript:{name}:{what}"
