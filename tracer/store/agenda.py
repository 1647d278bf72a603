"""What is awaited first in each case, and the words a case is found by: for lists.

One row a case: the earliest end of a running clock, of ours, of theirs. Words are whole or from
their beginning, so that a search reads an index; they come from coded fields, never from a person's
name or a text.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, delete, select

from tracer.store.dialect import adding, upsert
from tracer.store.tables.lists import agenda, case_word

_PUT: Final = upsert(agenda, ("thread",))
_SAY: Final = adding(case_word, ("word", "thread"))


class Agenda:
    """`tx.agenda`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def put(self, thread: str, *, ours: str | None, theirs: str | None) -> None:
        """Note when what we owe, and what they owe, ends first; None: nothing runs."""
        due = min(filter(None, (ours, theirs)), default=None)
        _PUT.run(self._conn, [(thread, due, ours, theirs)])

    def say(self, thread: str, words: Collection[str]) -> None:
        """Replace the words that find a case, if they changed."""
        held = set(
            self._conn.execute(
                select(case_word.c.word).where(case_word.c.thread == thread)
            ).scalars()
        )
        gone, new = held - set(words), set(words) - held
        if gone:
            self._conn.execute(
                delete(case_word).where(case_word.c.thread == thread, case_word.c.word.in_(gone))
            )
        _SAY.run(self._conn, [(word, thread) for word in sorted(new)])

    def words(self, thread: str) -> list[str]:
        """The words that find a case, in order."""
        query = select(case_word.c.word).where(case_word.c.thread == thread)
        return list(self._conn.execute(query.order_by(case_word.c.word)).scalars())
