"""Local notes on a case: for colleagues, never sent, encrypted under the thread's key.

A note is never changed. It goes with the content of its case when that is purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracer.casework.pace import Pace
from tracer.casework.roles import Act, acting
from tracer.casework.sight import open_case
from tracer.errors import InputError
from tracer.store import Store, Tx

LONGEST: Final = 4000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote on a case for their colleagues."""

    number: int
    thread: str
    author: str
    at: str
    text: str


class Notes:
    """The verbs."""

    def __init__(self, *, store: Store, pace: Pace | None = None) -> None:
        self._store = store
        self._pace = pace

    async def add(self, actor: str, thread: str, text: str) -> Note:
        """Write a note.

        Raises:
            InputError: `note-empty`, `note-long`, `thread-purged`, or about case and actor.
        """
        said = text.strip()
        if not said:
            raise InputError("note-empty", "a note says something", field="text")
        if len(said) > LONGEST:
            raise InputError("note-long", f"a note has at most {LONGEST} characters", field="text")

        def body(tx: Tx) -> Note:
            row = open_case(tx, acting(tx, actor, Act.NOTE), thread)
            if row.purged:
                raise InputError("thread-purged", "the content of this case is destroyed")
            note = Note(*tx.case_notes.add(row.id, actor, said))
            tx.audit.write(actor, "note", row.id, {"note": note.number})
            return note

        return await self._store.write(body)

    async def list(self, actor: str, thread: str) -> tuple[Note, ...]:
        """Notes on a case, oldest first; the reading is on record.

        Raises:
            InputError: about case and actor.
        """

        def body(tx: Tx) -> tuple[str, tuple[Note, ...]]:
            row = open_case(tx, acting(tx, actor, Act.NOTE), thread)
            found = notes_of(tx, row.id)
            tx.audit.write(actor, "read-notes", row.id, {"notes": len(found)})
            return row.id, found

        name, notes = await self._store.write(body)
        if self._pace is not None:
            await self._pace.read(actor, name)
        return notes


def notes_of(tx: Tx, thread: str) -> tuple[Note, ...]:
    """Notes on a case, oldest first, for a verb that puts the reading on record."""
    return tuple(Note(*row) for row in tx.case_notes.of(thread))
