"""A search finds every case that has all words, and no other, whichever way it is found.

A property of all that somebody can type of words that cases have by themselves, by the description
of their firearms, and some in each way; rare and common, often together, seldom and never.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import filterfalse
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bench import bulk
from tests.store import make
from tests.store.test_case_pages import at
from tracer.clock import SystemClock
from tracer.store import CaseRow, Store, ThreadRow, Tx
from tracer.store.account_rows import Scope, TeamRow
from tracer.store.case_pages import Sort, Wanted
from tracer.store.case_words import RARE

KEY: Final = b"r" * 32
NAMES: Final = [f"t{number:05}" for number in range(5 * RARE + 400)]
SAID: Final[Mapping[str, Sequence[str]]] = {
    "every": NAMES,
    "even": NAMES[::2],
    "odd": NAMES[1::2],
    "mostly": [*NAMES[1::2], *NAMES[4:800:8]],
    "later": NAMES[1200:],
    "twina": NAMES[1000:2300],
    "twinb": NAMES[1000:2300],
    "twinc": NAMES[2300:2500],
    "few": NAMES[::7],
    "some": NAMES[::9],
    "frequent": NAMES[5000 : 5000 + RARE + 5],
    **{f"serial{number}": [name] for number, name in enumerate(NAMES)},
}
"""Which cases have a word. Of `twin` the first `RARE` rows are not all its cases."""
DESCRIBED: Final = ("every", "even", "odd", "later", "twina", "twinc", "frequent", "some")
"""Words that cases have by the description of their firearms, the rest by themselves."""
MIXED: Final = {"odd": "t09", "some": "t01"}
"""Of these words the cases whose names begin so have them by themselves."""
TYPED: Final = (
    "every", "even", "ev", "e", "odd", "mostly", "later", "twin", "twina", "twinc", "few", "fr",
    "some", "f", "se", "serial1", "serial10399", "nowhere",
)  # fmt: skip
CLOSED: Final = frozenset(NAMES[::50])
"""Cases that only the team they are with sees."""
SEES: Final = {
    Scope("aud", "all", frozenset()): frozenset(NAMES),
    Scope("ben", "authority", frozenset()): frozenset(NAMES) - CLOSED,
    Scope("ada", "own", frozenset({"south"})): CLOSED,
    Scope("new", "own", frozenset()): frozenset(),
}


def described(said: tuple[str, str]) -> bool:
    """Whether a case has a word by the description of its firearms."""
    word, name = said
    return word in DESCRIBED and not name.startswith(MIXED.get(word, "none"))


def fill(tx: Tx) -> None:
    """Write the cases and their words."""
    tx.threads.create_many([ThreadRow(one, "XB-NPOC", "us", at(0), test=False) for one in NAMES])
    tx.cases.put_many(
        [
            CaseRow(
                thread=one, peer="XB-NPOC", opener="us", state="ANSWERED", awaiting=None,
                urgency="ROUTINE", reference=f"XA-2026-{number:06}", test=False,
                summary_json=b"{}", updated=at(number % 700),
            )
            for number, one in enumerate(NAMES)
        ]
    )  # fmt: skip
    said = [(word, one) for word, names in SAID.items() for one in names]
    make.say(tx, own=filterfalse(described, said), described=filter(described, said))
    bulk.put(
        tx, "agenda", [(one, at(number), at(number), None) for number, one in enumerate(NAMES)]
    )
    tx.teams.put(TeamRow("south", "South", agency="", closed=False), by="sam")
    bulk.put(tx, "team", [(one, "south", True) for one in sorted(CLOSED)])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled once; nothing here writes to it."""
    path = tmp_path_factory.mktemp("words") / "tracer.db"

    async def build() -> None:
        async with await Store.open(path, rest_key=KEY, clock=SystemClock()) as store:
            await store.write(fill)

    asyncio.run(build())
    return path


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    """The filled store."""
    async with await Store.open(database, rest_key=KEY, clock=SystemClock()) as opened:
        yield opened


def right(typed: Sequence[str], scope: Scope) -> set[str]:
    """The cases that have, of each, a word that begins so; a single character only as it is."""
    found = set(SEES[scope])
    for text in typed:
        fits = [word for word in SAID if word == text or (len(text) > 1 and word.startswith(text))]
        found &= {name for word in fits for name in SAID[word]}
    return found


@given(
    typed=st.lists(st.sampled_from(TYPED), min_size=1, max_size=4, unique=True),
    scope=st.sampled_from(list(SEES)),
    sort=st.sampled_from(("updated", "due", "reference")),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_search_finds_every_case_that_has_all_words_and_no_other(
    store: Store, typed: list[str], scope: Scope, sort: Sort
) -> None:
    wanted = Wanted(words=tuple(typed))
    places = await store.read(
        lambda tx: tx.case_pages.places(wanted, scope=scope, sort=sort, limit=2 * len(NAMES))
    )
    assert sorted(one.thread for one in places) == sorted(right(typed, scope))


@pytest.mark.parametrize(
    "typed",
    [
        ("even", "odd"),
        ("even", "mostly"),
        ("mostly", "even", "every"),
        ("even", "mostly", "odd"),
        ("twin", "later"),
        ("twinc", "later", "even"),
        ("fr", "few"),
        ("se", "even"),
        ("serial10399", "odd"),
        ("some", "odd"),
        ("some", "even", "few"),
        ("mostly", "few", "odd"),
    ],
)
async def test_words_that_seldom_stand_together_lose_no_case(
    store: Store, typed: tuple[str, ...]
) -> None:
    for scope in SEES:
        wanted = Wanted(words=typed)
        places, count = await store.read(
            lambda tx: (
                tx.case_pages.places(wanted, scope=scope, limit=2 * len(NAMES)),  # noqa: B023
                tx.case_pages.count(wanted, scope=scope, most=len(NAMES)),  # noqa: B023
            )
        )
        assert {one.thread for one in places} == right(typed, scope)
        assert count == len(places)
