"""What is awaited first in each case, and the words a case is found by: for lists.

One row a case: the earliest end of a running clock, of ours, of theirs. Words are whole or from
their beginning, so that a search reads an index; they come from coded fields, never from a person's
name or a text.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select

from tracer.store.dialect import Prepared, adding, listed, upsert
from tracer.store.tables.lists import agenda, case_word

_PUT: Final = upsert(agenda, ("thread",))
_SAY: Final = adding(case_word, ("word", "thread"))
_OF_THREAD: Final = case_word.c.thread == bindparam("the_thread")
_WORDS: Final = Prepared(select(case_word.c.word).where(_OF_THREAD).order_by(case_word.c.word))
_UNSAY: Final = Prepared(delete(case_word).where(_OF_THREAD, case_word.c.word.in_(listed("words"))))


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
        held = set(self.words(thread))
        gone, new = held - set(words), set(words) - held
        if gone:
            _UNSAY.run(self._conn, the_thread=thread, words=sorted(gone))
        _SAY.run(self._conn, [(word, thread) for word in sorted(new)])

    def words(self, thread: str) -> list[str]:
        """The words that find a case, in order."""
        return [row[0] for row in _WORDS.rows(self._conn, the_thread=thread)]
