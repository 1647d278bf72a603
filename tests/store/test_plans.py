"""How lists are read: by index, whatever they are narrowed by; nothing that grows is gone through.

A property of the statements that pages really run, on a store in which common words, people who see
much and cases that are awaited are common enough (`RARE`) that no set of them is looked up whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.bench import bulk
from tests.store import make
from tests.store.plans import plan, watched
from tests.store.test_case_pages import at
from tracer.clock import SystemClock
from tracer.store import CaseRow, Store, ThreadRow, Tx
from tracer.store.account_rows import Scope, TeamRow
from tracer.store.case_pages import Place, Sort, Wanted
from tracer.store.case_words import RARE

MANY: Final = 5 * RARE + 400
SELDOM: Final = slice(0, 80, 2)
"""Cases in which two words stand that are common each."""
TWINS: Final = slice(1000, 2300)
"""Cases of two words that begin alike; the next ones have a third that does."""
TRIPLETS: Final = slice(2300, 2500)
LATER: Final = slice(1200, 5 * RARE)
HIDDEN: Final = "u00000"
KEY: Final = b"r" * 32
LATEST: Final = "2100-01-01T00:00:00.000Z"
SCOPES: Final = {
    "auditor": Scope("aud", "all", frozenset()),
    "officer": Scope("ben", "authority", frozenset({"north"})),
    "investigator": Scope("ada", "own", frozenset({"north"})),
    "newcomer": Scope("new", "own", frozenset()),
}
WANTED: Final = {
    "all": Wanted(),
    "state": Wanted(states=("ANSWERED",)),
    "states": Wanted(states=("ANSWERED", "DELIVERED")),
    "peer": Wanted(peer="XB-NPOC"),
    "opener": Wanted(opener="us"),
    "urgency": Wanted(urgency="FLASH"),
    "several": Wanted(states=("ANSWERED",), peer="XB-NPOC", opener="us", urgency="ROUTINE"),
    "ours": Wanted(owes="ours"),
    "theirs, late": Wanted(owes="theirs", due_by="2026-01-02T00:00:00.000Z"),
    "late": Wanted(due_by=LATEST),
    "serial": Wanted(words=("serial11",)),
    "common word": Wanted(words=("glock",)),
    "common words": Wanted(words=("glock", "9x19")),
    "words that never stand together": Wanted(words=("glock", "beretta")),
    "words that seldom stand together": Wanted(words=("even", "odd")),
    "common words that never stand together": Wanted(words=("even", "oddly")),
    "common words that seldom stand together": Wanted(words=("even", "mostly", "glock")),
    "firearms that never stand together": Wanted(words=("steyr", "walther")),
    "a make and a number": Wanted(words=("steyr", "even")),
    "a make and a number that never stand together": Wanted(words=("steyr", "oddly")),
    "word and state": Wanted(words=("glock",), states=("ANSWERED",)),
}
_THROUGH: Final = re.compile(r"SCAN (?!\(subquery|anon_|CONSTANT)(\S+)(?: USING (.*))?")
_IN_ORDER: Final = re.compile(r"COVERING INDEX (ix_case_by_\w+|sqlite_autoindex_case_1)")
_FEW: Final = '"case".thread IN (\'t'
"""Cases that were found before stand in the statement by name."""
_BY_KEY: Final = re.compile(
    r"SEARCH (case|agenda) USING (COVERING )?INDEX sqlite_autoindex_\1_1 \(thread=\?\)"
)


def fill(tx: Tx) -> None:
    """Cases that share words, an end each, one team; half of them of another make.

    Makes and calibres are told by descriptions, the rest by each case itself.

    One more is hidden from all but another team, and shares no word with them.
    """
    names = [f"t{number:05}" for number in range(MANY)]
    every = [*names, HIDDEN]
    tx.threads.create_many([ThreadRow(one, "XB-NPOC", "us", at(0), test=False) for one in every])
    tx.cases.put_many(
        [
            CaseRow(
                thread=one, peer="XB-NPOC", opener="us", state="ANSWERED", awaiting=None,
                urgency="ROUTINE", reference=f"XA-2026-{number:06}", test=False,
                summary_json=b"{}", updated=at(number % 700),
            )
            for number, one in enumerate(every)
        ]
    )  # fmt: skip
    bulk.put(tx, "agenda", [(one, at(n % 90), at(n % 90), None) for n, one in enumerate(names)])
    words = [(f"serial{number}", one) for number, one in enumerate(names)]
    words += [("even", one) for one in names[::2]] + [("oddly", one) for one in names[1::2]]
    words += [("odd", one) for one in names[SELDOM]]
    words += [("later", one) for one in names[LATER]]
    words += [(twin, one) for twin in ("twina", "twinb") for one in names[TWINS]]
    words += [("twinc", one) for one in names[TRIPLETS]]
    of_firearms = [("9x19", one) for one in names] + [("glock", one) for one in names]
    of_firearms += [("steyr", one) for one in names[::2]]
    of_firearms += [("walther", one) for one in names[1::2]]
    of_firearms += [("mostly", one) for one in (*names[1::2], *names[SELDOM])]
    make.say(tx, own=[*words, ("buried", HIDDEN)], described=of_firearms)
    tx.teams.put(TeamRow("north", "North", agency="", closed=False), by="sam")
    tx.teams.put(TeamRow("south", "South", agency="", closed=True), by="sam")
    bulk.put(tx, "team", [*((one, "north", False) for one in names), (HIDDEN, "south", True)])
    tx.people.add("rea", ("officer",), by="sam")
    for place, one in enumerate(names[::100]):
        tx.work.assign(one, "rea", by="sam")
        if place % 3 == 0:
            tx.seen.see("rea", one)
    for number in range(300):
        tx.audit.write(f"p{number % 3}", "read-case", names[number])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled once; nothing here writes to it."""
    path = tmp_path_factory.mktemp("plans") / "tracer.db"

    async def build() -> None:
        async with await Store.open(path, rest_key=KEY, clock=SystemClock()) as store:
            await store.write(lambda tx: tx.log.open_origin("XA-NPOC/log/1"))
            await store.write(fill)

    asyncio.run(build())
    return path


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    """The filled store."""
    async with await Store.open(database, rest_key=KEY, clock=SystemClock()) as opened:
        yield opened


async def asked(store: Store, body: Callable[[Tx], Any]) -> list[str]:
    """What a reading runs."""
    with watched(store) as said:
        await store.read(body)
    assert said
    return said


def gone_through(path: Path, statement: str) -> list[str]:
    """Steps of a statement that grow with the number of cases.

    A walk in the order of the page, which ends when it is full, does not; nor does sorting what was
    looked up by key, which are fewer than `RARE`.
    """
    steps = plan(path, statement)
    few = _FEW in statement or any("LIST SUBQUERY" in one for one in steps)
    by_key = bool(_BY_KEY.match(steps[0])) and few
    return [one for one in steps if _walks(one) or ("TEMP B-TREE" in one and not by_key)]


def _walks(step: str) -> bool:
    """A step goes through a table otherwise than in the order of the page."""
    scan = _THROUGH.search(step)
    return scan is not None and not _IN_ORDER.match(scan[2] or "")


@pytest.mark.parametrize("who", SCOPES)
@pytest.mark.parametrize("narrowed", WANTED)
async def test_a_list_is_read_by_index_whatever_it_is_narrowed_by(
    store: Store, database: Path, who: str, narrowed: str
) -> None:
    def body(tx: Tx) -> None:
        sorts: tuple[Sort, ...] = ("updated", "due", "reference")
        for sort in sorts:
            for after in (None, Place(at(40), "t00040")):
                wanted = WANTED[narrowed]
                tx.case_pages.page(wanted, scope=SCOPES[who], sort=sort, after=after, limit=51)
        tx.case_pages.count(WANTED[narrowed], scope=SCOPES[who], most=100)

    for statement in await asked(store, body):
        assert gone_through(database, statement) == [], statement


@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"before": 200},
        {"actor": "p1"},
        {"act": "read-case"},
        {"subject": "t00001"},
        {"since": "2026-01-01", "until": "2099"},
        {"actor": "p1", "since": "2026-01-01", "before": 200},
    ],
)
async def test_acts_are_listed_by_index_whatever_is_asked(
    store: Store, database: Path, narrowed: dict[str, Any]
) -> None:
    for statement in await asked(store, lambda tx: tx.audit.list(51, **narrowed)):
        steps = plan(database, statement)
        assert not [one for one in steps if "TEMP B-TREE" in one], steps
        assert all("INDEX ix_audit_by_" in one or "PRIMARY KEY" in one for one in steps), steps


async def test_releases_to_be_looked_over_are_found_by_index(store: Store, database: Path) -> None:
    for statement in await asked(store, lambda tx: tx.drafts.list("released", review=True)):
        steps = plan(database, statement)
        assert [one for one in steps if "ix_draft_by_review" in one] == steps


async def test_what_a_person_is_writing_is_found_by_its_state_and_not_in_all_they_ever_wrote(
    store: Store, database: Path
) -> None:
    def body(tx: Tx) -> None:
        tx.drafts.own("ada", "draft", limit=10)
        tx.drafts.count_own("ada", "draft", most=100)

    for statement in await asked(store, body):
        steps = plan(database, statement)
        assert "INDEX ix_draft_state_updated" in " ".join(steps), steps
        assert not [one for one in steps if "TEMP B-TREE" in one], steps


@pytest.mark.parametrize("limit", [3, 10, 28, 50])
async def test_what_changed_last_is_found_first_and_nothing_is_left_out(
    store: Store, database: Path, limit: int
) -> None:
    scope = Scope("rea", "authority", frozenset())
    mine = [number for place, number in enumerate(range(0, MANY, 100)) if place % 3]
    wanted = sorted(((at(n % 700), f"t{n:05}") for n in mine), reverse=True)
    found = await store.read(lambda tx: tx.seen.changed(scope, limit=limit))
    assert [(row.updated, row.thread) for row in found] == wanted[:limit]
    for statement in await asked(store, lambda tx: tx.seen.changed(scope, limit=limit)):
        assert not [one for one in plan(database, statement) if _walks(one)]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (("even", "odd"), SELDOM),
        (("ev", "od", "glo"), SELDOM),
        (("even", "oddly"), slice(0)),
        (("glock", "beretta"), slice(0)),
        (("glock", "oddly"), slice(1, None, 2)),
        (("even", "mostly"), SELDOM),
        (("mostly", "even", "9x19"), SELDOM),
        (("even", "mostly", "oddly"), slice(0)),
        (("twin", "later"), slice(LATER.start, TRIPLETS.stop)),
        (("twinc", "later", "even"), slice(TRIPLETS.start, TRIPLETS.stop, 2)),
        (("serial", "even"), slice(0, None, 2)),
        (("serial", "glock"), slice(None)),
        (("steyr", "walther"), slice(0)),
        (("steyr", "even"), slice(0, None, 2)),
        (("steyr", "oddly"), slice(0)),
        (("steyr", "odd"), SELDOM),
    ],
)
async def test_words_find_every_case_that_has_them_all_however_common_they_are(
    store: Store, words: tuple[str, ...], rows: slice
) -> None:
    def body(tx: Tx) -> list[str]:
        found = tx.case_pages.page(
            Wanted(words=words), scope=SCOPES["auditor"], sort="reference", limit=MANY
        )
        return [one.row.thread for one in found]

    assert await store.read(body) == [f"t{number:05}" for number in range(MANY)][rows]


async def test_a_count_of_words_that_seldom_stand_together_is_right(store: Store) -> None:
    def body(tx: Tx) -> list[int]:
        every = [Wanted(words=words) for words in (("even", "odd"), ("even", "oddly"))]
        return [tx.case_pages.count(one, scope=SCOPES["auditor"], most=MANY) for one in every]

    assert await store.read(body) == [40, 0]


@pytest.mark.parametrize("who", ["officer", "investigator", "newcomer"])
@pytest.mark.parametrize("others", [(), ("glock",), ("glock", "9x19"), ("serial11",)])
async def test_a_word_that_stands_nowhere_is_asked_for_as_one_in_hidden_cases(
    store: Store, who: str, others: tuple[str, ...]
) -> None:
    def searched(word: str) -> Callable[[Tx], Any]:
        wanted = Wanted(words=(word, *others))
        return lambda tx: (
            tx.case_pages.page(wanted, scope=SCOPES[who]),
            tx.case_pages.count(wanted, scope=SCOPES[who], most=100),
        )

    hidden, nowhere = [
        [one.replace(word, "WORD") for one in await asked(store, searched(word))]
        for word in ("buried", "nobody")
    ]
    assert hidden == nowhere
    assert any('FROM "case"' in one for one in hidden)


async def test_what_is_written_in_a_case_is_found_by_its_thread(
    store: Store, database: Path
) -> None:
    def body(tx: Tx) -> None:
        tx.drafts.list(thread="t00001", states=("draft", "submitted"))

    for statement in await asked(store, body):
        assert "INDEX ix_draft_thread" in plan(database, statement)[0]


async def test_who_holds_the_proofs_of_a_thread_is_asked_once_a_log(store: Store) -> None:
    few = await asked(store, lambda tx: tx.witness.held("XB-NPOC/log/1", (1,)))
    many = await asked(store, lambda tx: tx.witness.held("XB-NPOC/log/1", range(1, 400)))
    assert len(few) == len(many)


@pytest.mark.parametrize("narrowed", ["all", "ours", "common words", "word and state", "late"])
async def test_a_page_asks_as_often_whatever_it_holds(store: Store, narrowed: str) -> None:
    def listing(rows: int) -> Callable[[Tx], Any]:
        scope = SCOPES["investigator"]
        return lambda tx: tx.case_pages.page(WANTED[narrowed], scope=scope, limit=rows)

    few, many = await asked(store, listing(1)), await asked(store, listing(50))
    assert len(await store.read(listing(50))) == 50
    assert len(few) == len(many)
