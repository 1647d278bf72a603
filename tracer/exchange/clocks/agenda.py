"""Keeping lists of cases up to their messages: what is awaited first, and the words of a case.

Called when a thread's clocks are looked at; both follow from its messages and the instant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracer.exchange.clocks.tick import Look
from tracer.model.clocks import Standing, judge
from tracer.model.firearm import Firearm
from tracer.model.serials import normal
from tracer.model.thread import CaseState
from tracer.model.unseen import as_seen
from tracer.store import Tx

LONGEST: Final = 32
"""Characters of a word that are kept."""
MOST: Final = 64
"""Words of each of the two kinds; a request of two hundred lines is found by its first ones."""
_RUNS: Final = frozenset((Standing.PENDING, Standing.DUE_SOON, Standing.PASSED))


class Agenda:
    """`tick.Kept`: what lists of cases show and are searched by."""

    def bring_up(self, tx: Tx, look: Look) -> None:
        """Write both anew."""
        ends: dict[bool, list[str]] = {True: [], False: []}
        for target in look.targets:
            if judge(target, look.now).standing in _RUNS:
                ends[target.who == look.us].append(target.due)
        tx.agenda.put(
            look.thread.id,
            ours=min(ends[True], default=None),
            theirs=min(ends[False], default=None),
        )
        opening = next((one.message for one in look.events if one.id == look.thread.id), None)
        reference = getattr(opening, "reference", "")
        words = words_of(reference, look.state)
        tx.agenda.say(look.thread.id, words.own, words.described)


class Words(NamedTuple):
    """The words that find a case, in the two kinds in which they are kept (`store.agenda`)."""

    own: frozenset[str]
    """Of its reference, and of the serials of its lines."""
    described: frozenset[str]
    """Of make, model and calibre of its lines."""


def words_of(reference: str, state: CaseState) -> Words:
    """The words that find a case."""
    return Words(
        own=_first((reference, *_serials(state.firearms))),
        described=_first(_described(state.firearms)),
    )


def _first(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts, up to `MOST`."""
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys(kept(text))
        if len(found) >= MOST:
            break
    return frozenset(list(found)[:MOST])


def searched(text: str) -> list[str]:
    """What somebody looks for, as words: lower case, without separators inside a word."""
    found = (normal(part).casefold()[:LONGEST] for part in text.split())
    return [word for word in dict.fromkeys(found) if word]


def kept(text: str) -> list[str]:
    """The words that a text is found by.

    Those that stand apart, those between separators, and all of it as one: `KV-12 34` is found by
    `kv12`, `34`, `12` and `kv1234`.
    """
    plain = unicodedata.normalize("NFKC", as_seen(text)).casefold()
    parts = "".join(one if one.isalnum() else " " for one in plain).split()
    whole = normal(text).casefold()
    every = (*searched(text), *(part[:LONGEST] for part in parts), whole[:LONGEST])
    return [word for word in dict.fromkeys(every) if word]


def _described(firearms: Iterable[Firearm]) -> Iterator[str]:
    for one in firearms:
        for named in (one.make, one.model, one.calibre):
            if named:
                yield from dict.fromkeys((named.as_marked, named.normalised))


def _serials(firearms: Iterable[Firearm]) -> Iterator[str]:
    for one in firearms:
        for mark in one.marks:
            if mark.kind.value == "SERIAL" and mark.text:
                yield mark.text
