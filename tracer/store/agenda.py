"""What is awaited first in each case, and the words a case is found by: for lists.

One row a case: the earliest end of a running clock, of ours, of theirs. Words are whole or from
their beginning, so that a search reads an index; they come from coded fields, never from a person's
name or a text.

Words are kept in two ways. Those of a case alone (its number, serials) stand beside it. Those that
describe its firearms (make, model, calibre, of all its lines) are the same in all cases of such
firearms: they are kept once, as a description under a number from its words, and the case names it.
There are as many descriptions as firearms were ever described in different words, however many
cases; so whether two common words ever stand together is seen among descriptions (`case_words`),
and a case has six rows, and ten where all words stand beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import BigInteger, Connection, Text, bindparam, delete, exists, select, union

from tracer.store.dialect import Prepared, adding, listed, upsert
from tracer.store.tables.lists import agenda, case_description, case_word, description_word

_PUT: Final = upsert(agenda, ("thread",))
_SAY: Final = adding(case_word, ("word", "thread"))
_SAY_ONCE: Final = adding(description_word, ("word", "description"))
_DESCRIBE: Final = upsert(case_description, ("thread",))
_THREAD: Final = bindparam("the_thread", type_=Text)
_OF_THREAD: Final = case_word.c.thread == _THREAD
_DESCRIBED: Final = case_description.c.thread == _THREAD
_NUMBER: Final = bindparam("number", type_=BigInteger)
_OWN: Final = Prepared(select(case_word.c.word).where(_OF_THREAD))
_WORDS: Final = Prepared(
    union(
        select(case_word.c.word).where(_OF_THREAD),
        select(description_word.c.word)
        .join(case_description, case_description.c.description == description_word.c.description)
        .where(_DESCRIBED),
    ).order_by("word")
)
_UNSAY: Final = Prepared(delete(case_word).where(_OF_THREAD, case_word.c.word.in_(listed("words"))))
_DESCRIPTION: Final = Prepared(select(case_description.c.description).where(_DESCRIBED))
_SAID: Final = Prepared(
    select(description_word.c.word).where(description_word.c.description == _NUMBER)
)
_UNDESCRIBE: Final = Prepared(delete(case_description).where(_DESCRIBED))
_FORGET_DESCRIPTION: Final = Prepared(
    delete(description_word).where(
        description_word.c.description == _NUMBER,
        ~exists().where(case_description.c.description == _NUMBER),
    )
)
_FORGET: Final = Prepared(delete(agenda).where(agenda.c.thread == _THREAD))


class Agenda:
    """`tx.agenda`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def put(self, thread: str, *, ours: str | None, theirs: str | None) -> None:
        """Note when what we owe, and what they owe, ends first; None: nothing runs."""
        due = min(filter(None, (ours, theirs)), default=None)
        _PUT.run(self._conn, [(thread, due, ours, theirs)])

    def say(self, thread: str, own: Collection[str], described: Collection[str]) -> None:
        """Replace the words that find a case: its own, and those of its firearms."""
        named = self._describe(thread, sorted(described))
        wanted = set(own) if named else {*own, *described}
        held = {row[0] for row in _OWN.rows(self._conn, the_thread=thread)}
        if gone := held - wanted:
            _UNSAY.run(self._conn, the_thread=thread, words=sorted(gone))
        _SAY.run(self._conn, [(word, thread) for word in sorted(wanted - held)])

    def _describe(self, thread: str, words: Sequence[str]) -> bool:
        """Name the description that has these words; one that no case names any more goes.

        Returns:
            False if other words have its number: the case has to have these by itself.
        """
        row = _DESCRIPTION.first(self._conn, the_thread=thread)
        before, number = row and row[0], description(words)
        if number == before:
            return True
        there = {row[0] for row in _SAID.rows(self._conn, number=number)}
        taken = bool(there) and there != set(words)
        if number is None or taken:
            _UNDESCRIBE.run(self._conn, the_thread=thread)
        else:
            if not there:
                _SAY_ONCE.run(self._conn, [(word, number) for word in words])
            _DESCRIBE.run(self._conn, [(thread, number)])
        if before is not None:
            _FORGET_DESCRIPTION.run(self._conn, number=before)
        return not taken

    def words(self, thread: str) -> list[str]:
        """The words that find a case, in order."""
        return [row[0] for row in _WORDS.rows(self._conn, the_thread=thread)]

    def forget(self, thread: str) -> None:
        """Nothing is awaited of a case and no word finds it, nor is one kept of it."""
        self.say(thread, (), ())
        _FORGET.run(self._conn, the_thread=thread)


def description(words: Sequence[str]) -> int | None:
    """The number of a description of these words, in order; None: nothing is described.

    The first 64 bits of their digest: nobody gives numbers, and among 100,000 descriptions two are
    the same once in 3,000,000,000 nodes. A peer can look for two that are; so the words of a number
    are compared, and a case whose number is taken has its words by itself.
    """
    if not words:
        return None
    return int.from_bytes(sha256("\n".join(words).encode()).digest()[:8], "big", signed=True)
