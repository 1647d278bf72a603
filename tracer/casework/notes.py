"""Local notes on a case: for colleagues, never sent, encrypted under the thread's key.

A note is never changed. It goes with the content of its case when that is purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST: Final = 4000
"""Characters of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote on a case for their colleagues."""

    number: int
    thread: str
    author: str
    at: str
    text: str


class Notes:
    """The verbs."""

    async def add(self, actor: str, thread: str, text: str) -> Note:
        """Write a note.

        Raises:
            InputError: `note-empty`, `note-long`, `thread-purged`, or about case and actor.
        """
        raise NotImplementedError

    async def list(self, actor: str, thread: str) -> tuple[Note, ...]:
        """Notes on a case, oldest first; the reading is on record.

        Raises:
            InputError: about case and actor.
        """
        raise NotImplementedError
