"""Lists of cases, page by page: each once, in order, by index, only what somebody may see."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.bench import bulk
from tracer.clock import SystemClock, stamp
from tracer.store import CaseRow, Store, ThreadRow, Tx, agenda
from tracer.store.account_rows import Scope
from tracer.store.case_pages import Place, Sort, Wanted

ALL = Scope("aud", "all", frozenset())
STATES = ("DELIVERED", "ANSWERED", "CLOSED")


def at(number: int) -> str:
    return stamp(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number, milliseconds=number))


def fill(tx: Tx, count: int) -> None:
    """So many cases with two peers, one in three awaited by us, each found by its own number."""
    for number in range(count):
        thread, peer = f"t{number:05}", f"X{'BC'[number % 2]}-NPOC"
        opener = "us" if number % 5 else "peer"
        tx.threads.create(ThreadRow(thread, peer, opener, at(0), test=False))
        tx.cases.put_many(
            [
                CaseRow(
                    thread=thread,
                    peer=peer,
                    opener=opener,
                    state=STATES[number % 3],
                    awaiting=None,
                    urgency="ROUTINE",
                    reference=f"XA-2026-{number:06}",
                    test=False,
                    summary_json=b"{}",
                    updated=at(number),
                )
            ]
        )
        if number % 3 == 0:
            tx.agenda.put(thread, ours=at(number * 7), theirs=None)
        tx.agenda.say(thread, {f"serial{number}"}, {"glock"})


async def opened(path: Path, count: int = 120) -> Store:
    store = await Store.open(path / "tracer.db", rest_key=b"r" * 32, clock=SystemClock())
    await store.write(lambda tx: fill(tx, count))
    return store


def walked(tx: Tx, wanted: Wanted, sort: Sort) -> list[Any]:
    """All pages one after the other."""
    found: list[Any] = []
    after: Place | None = None
    while page := tx.case_pages.page(wanted, scope=ALL, sort=sort, after=after, limit=7):
        found += page
        after = page[-1].place
    return found


@pytest.mark.parametrize("sort", ["updated", "due", "reference"])
async def test_pages_give_every_case_once_and_in_order(tmp_path: Path, sort: Sort) -> None:
    async with await opened(tmp_path) as store:
        found = await store.read(lambda tx: walked(tx, Wanted(), sort))
    places = [one.place for one in found]
    assert len({one.thread for one in places}) == len(places) == (40 if sort == "due" else 120)
    assert places == sorted(places, reverse=sort == "updated")


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(peer="XB-NPOC"), 60),
        (Wanted(states=("ANSWERED", "CLOSED")), 80),
        (Wanted(opener="peer"), 24),
        (Wanted(owes="ours"), 40),
        (Wanted(owes="theirs"), 0),
        (Wanted(owes="ours", due_by=at(21)), 2),
        (Wanted(words=("serial11",)), 11),
        (Wanted(words=("serial11", "glo")), 11),
        (Wanted(words=("serial11", "beretta")), 0),
        (Wanted(words=(*("serial11",) * 7, "glo", "beyond")), 11),
        (Wanted(words=("g",)), 0),
        (Wanted(test=True), 0),
    ],
)
async def test_a_list_is_narrowed_by_what_is_wanted(
    tmp_path: Path, wanted: Wanted, count: int
) -> None:
    async with await opened(tmp_path) as store:
        found = await store.read(lambda tx: walked(tx, wanted, "updated"))
        counted = await store.read(lambda tx: tx.case_pages.count(wanted, scope=ALL, most=100))
    assert (len(found), counted) == (count, count)


async def test_a_case_that_somebody_may_not_see_is_in_no_list(tmp_path: Path) -> None:
    async with await opened(tmp_path, 20) as store:
        await store.write(lambda tx: tx.people.add("ada", ("investigator",), by="sam"))
        await store.write(lambda tx: tx.work.assign("t00003", "ada", by="sam"))
        own = Scope("ada", "own", frozenset())
        found = await store.read(lambda tx: tx.case_pages.page(Wanted(), scope=own))
        none = await store.read(
            lambda tx: tx.case_pages.page(Wanted(), scope=Scope("opa", "nothing", frozenset()))
        )
    assert [one.row.thread for one in found] == ["t00003"]
    assert none == []


async def test_words_that_are_no_longer_said_find_nothing(tmp_path: Path) -> None:
    async with await opened(tmp_path, 3) as store:
        await store.write(lambda tx: tx.agenda.say("t00001", {"kv12"}, {"beretta"}))
        words = await store.read(lambda tx: tx.agenda.words("t00001"))
    assert words == ["beretta", "kv12"]


async def test_a_description_lasts_as_long_as_the_last_case_that_has_it(tmp_path: Path) -> None:
    def kept() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "tracer.db")) as conn:
            found = conn.execute("SELECT DISTINCT word FROM description_word ORDER BY 1")
            return [word for (word,) in found]

    async with await opened(tmp_path, 2) as store:
        await store.write(lambda tx: tx.agenda.say("t00000", (), {"beretta"}))
        assert kept() == ["beretta", "glock"]
        await store.write(lambda tx: tx.agenda.forget("t00001"))
        assert kept() == ["beretta"]
        await store.write(lambda tx: tx.agenda.say("t00000", {"kv12"}, ()))
        assert kept() == []


async def test_a_case_whose_description_has_the_number_of_another_is_found_by_its_own_words(
    tmp_path: Path,
) -> None:
    def crossed(tx: Tx) -> None:
        number = agenda.description(["makarov"])
        bulk.put(tx, "description", [("beretta", number)])
        tx.agenda.say("t00000", {"kv12"}, ())
        bulk.put(tx, "described", [("t00000", number)])
        tx.agenda.say("t00001", {"kv13"}, {"makarov"})

    def words(tx: Tx) -> list[list[str]]:
        return [tx.agenda.words(name) for name in ("t00000", "t00001")]

    async with await opened(tmp_path, 2) as store:
        await store.write(crossed)
        assert await store.read(words) == [["beretta", "kv12"], ["kv13", "makarov"]]
        await store.write(lambda tx: tx.agenda.say("t00000", {"kv12"}, {"glock"}))
        await store.write(lambda tx: tx.agenda.say("t00001", {"kv13"}, {"makarov"}))
        assert await store.read(words) == [["glock", "kv12"], ["kv13", "makarov"]]
        await store.write(lambda tx: tx.agenda.forget("t00001"))
        assert await store.read(words) == [["glock", "kv12"], []]


@pytest.mark.parametrize(
    ("wanted", "sort"),
    [
        (Wanted(), "updated"),
        (Wanted(), "due"),
        (Wanted(), "reference"),
        (Wanted(peer="XB-NPOC"), "updated"),
        (Wanted(states=("ANSWERED",)), "updated"),
        (Wanted(owes="ours"), "due"),
    ],
)
async def test_a_page_is_read_from_an_index_and_sorts_nothing(
    tmp_path: Path, wanted: Wanted, sort: Sort
) -> None:
    plans: list[str] = []

    def explained(tx: Tx) -> None:
        conn: Any = tx._conn  # noqa: SLF001 - how the database goes about it is the point
        execute = conn.execute

        def explaining(statement: Any, *more: Any) -> Any:
            written = str(
                statement.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True})
            )
            plans.extend(row[3] for row in execute(text(f"EXPLAIN QUERY PLAN {written}")))
            return execute(statement, *more)

        conn.execute = explaining
        try:
            tx.case_pages.page(wanted, scope=ALL, sort=sort, after=Place("2026-06", "t"))
        finally:
            conn.execute = execute

    async with await opened(tmp_path, 20) as store:
        await store.read(explained)
    assert plans
    assert not [step for step in plans if "TEMP B-TREE" in step or step.startswith("SCAN")]
