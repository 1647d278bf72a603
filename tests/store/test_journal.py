"""The journal in the store: a leaf an act, one commit, nothing counted that was rolled back."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store import make
from tests.store.conftest import Faults, together
from tracer.clock import FixedClock
from tracer.errors import InputError, OperatorError
from tracer.evidence import merkle
from tracer.evidence.journal import parse_act
from tracer.evidence.record import stub_hash
from tracer.store import HeadRow, Store, Tx, migrate
from tracer.store.audit import ERASE

JOURNAL = "XA-NPOC/journal/1"


def act(tx: Tx, name: str) -> None:
    """Something that a person does."""
    tx.audit.write("ada", name, "D1", {"word": name})


def agree(tx: Tx) -> int:
    """Every row has its leaf, every leaf its row, and the head is the root of all; their number."""
    head = tx.journal.head()
    log = tx.log.number_of(head.origin)
    rows = tx.audit.acts(log, 0, head.size + 10)
    assert [row.leaf for row in rows] == list(range(head.size))
    assert tx.audit.count() == head.size
    digests = tx.log.records(range(head.size + 10), origin=head.origin)
    assert [digests[at] for at in range(head.size)] == [sha256(r.raw or b"").digest() for r in rows]
    leaves = [stub_hash(digests[at]) for at in range(head.size)]
    grown = merkle.append(0, leaves, lambda _: [])
    assert grown.root == head.root
    return head.size


async def test_an_act_and_its_leaf_are_one_commit(store: Store, faults: Faults) -> None:
    before = store.head
    await store.write(lambda tx: act(tx, "one"))
    assert faults.commits() == 1
    assert await store.read(agree) == 1
    assert store.head == before


async def test_acts_and_messages_of_a_group_are_one_commit_and_one_head_a_log(
    store: Store, faults: Faults
) -> None:
    def both(tx: Tx, name: str) -> None:
        make.commit(tx, make.message(name))
        act(tx, name)
        act(tx, f"{name} again")

    await together(store, *[lambda tx, n=f"m{n}": both(tx, n) for n in range(20)])
    assert faults.commits() == 2  # the body that held the lane, and the group
    assert (store.head.size, await store.read(agree)) == (20, 40)


async def test_a_body_that_fails_leaves_no_leaf(store: Store) -> None:
    def fails(tx: Tx) -> None:
        act(tx, "never")
        raise ValueError("of this body")

    await together(store, lambda tx: act(tx, "a"), fails, lambda tx: act(tx, "b"))
    assert await store.read(agree) == 2


async def test_a_part_that_is_undone_takes_its_acts_along(store: Store) -> None:
    def body(tx: Tx) -> None:
        act(tx, "kept")
        _undone(tx, "undone")
        act(tx, "kept too")

    await store.write(body)
    assert await store.read(agree) == 2
    assert [row.act for row in await store.read(lambda tx: tx.audit.list())] == ["kept too", "kept"]


async def test_an_act_of_a_clock_that_was_set_back_is_not_dated_before_the_last(
    store: Store, clock: FixedClock
) -> None:
    await store.write(lambda tx: act(tx, "one"))
    clock.advance(timedelta(hours=-3))
    await store.write(lambda tx: act(tx, "two"))
    assert {row.at for row in await store.read(lambda tx: tx.audit.list())} == {make.T0}


async def test_a_row_that_is_erased_keeps_its_leaf_and_names_the_erasure(store: Store) -> None:
    await store.write(lambda tx: act(tx, "one"))
    head = await store.read(lambda tx: tx.journal.head())
    await store.write(lambda tx: tx.audit.erase(1, actor="ben", reason="by order"))
    rows = await store.read(lambda tx: tx.audit.list())
    assert [(row.act, row.subject, row.detail) for row in rows] == [
        (ERASE, "1", {"reason": "by order"}),
        ("one", "D1", {}),
    ]
    kept = await store.read(lambda tx: tx.log.records((0,), origin=head.origin))
    assert stub_hash(kept[0]) == head.root
    with pytest.raises(InputError, match="act-unknown"):
        await store.write(lambda tx: tx.audit.erase(1, actor="ben", reason="again"))


async def test_a_journal_tells_nothing_without_its_rows(store: Store, path: Path) -> None:
    await store.write(lambda tx: act(tx, "unlikely-word"))
    raw = (await store.read(lambda tx: tx.audit.acts(2, 0, 1)))[0].raw
    assert raw is not None
    assert len(parse_act(raw).salt) == 43
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        (record,) = db.execute("SELECT record FROM log_record").fetchone()
        (detail,) = db.execute("SELECT detail FROM audit").fetchone()
    assert record == sha256(raw).digest()
    assert b"unlikely-word" not in detail


async def test_a_second_journal_begins_empty_and_the_first_stays(store: Store) -> None:
    await store.write(lambda tx: act(tx, "one"))
    first = await store.read(lambda tx: tx.journal.head())
    await store.write(lambda tx: tx.journal.open(tx.journal.next_origin(beyond=6)))
    await store.write(lambda tx: act(tx, "two"))
    assert await store.read(lambda tx: tx.journal.origins()) == [JOURNAL, "XA-NPOC/journal/7"]
    assert await store.read(lambda tx: tx.journal.head(JOURNAL)) == first
    assert (await store.read(lambda tx: tx.journal.head())).size == 1


async def test_a_journal_is_not_closed_under_the_acts_of_its_own_group(store: Store) -> None:
    def both(tx: Tx) -> None:
        act(tx, "one")
        tx.journal.open("XA-NPOC/journal/2")

    with pytest.raises(OperatorError) as caught:
        await store.write(both)
    assert caught.value.code == "log-busy"
    assert await store.read(agree) == 0


async def test_an_hour_is_entered_once(store: Store) -> None:
    def enter(tx: Tx) -> None:
        tx.journal.entered("2026-03-01T12", tx.journal.head(), tx.now, 0)

    await store.write(enter)
    with pytest.raises(OperatorError) as caught:
        await store.write(enter)
    assert caught.value.code == "store-conflict"


async def test_acts_of_a_database_without_a_journal_are_taken_over(
    path: Path, clock: FixedClock
) -> None:
    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        await store.write(lambda tx: tx.log.open_origin(make.LOG))
        await store.write(_three)
        rows = await store.read(lambda tx: tx.audit.acts(2, 0, 3))
        sealed = await store.read(_as_before)
    migrate.downgrade(path, "0006")
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany("UPDATE audit SET detail = ? WHERE number = ?", sealed)
    migrate.upgrade(path)
    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        assert not await store.read(lambda tx: tx.journal.is_open())
        assert [row.detail["word"] for row in await store.read(lambda tx: tx.audit.list())] == [
            *"cba"
        ]
        await store.write(lambda tx: tx.journal.open(tx.journal.next_origin()))
        assert await store.write(lambda tx: tx.audit.adopt()) == len(rows) == 3
        assert await store.read(agree) == 3


def _three(tx: Tx) -> None:
    for name in "abc":
        act(tx, name)


def _as_before(tx: Tx) -> list[tuple[bytes, int]]:
    """The details of all rows as they were kept before there was a journal: without a salt."""
    return [
        (
            tx.audit._vault.seal(  # noqa: SLF001 - an older version's form is made here only
                f'{{"word":"{row.act}"}}'.encode(),
                f"audit\n{row.at}\n{row.actor}\n{row.act}\n{row.subject}",
            ),
            row.number,
        )
        for row in tx.audit.list()
    ]


STEPS = ("lane.body", "lane.head", "lane.before-commit", "lane.after-commit")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["act", "log", "fail", "part"]), min_size=1, max_size=4),
            st.sampled_from((None, None, *STEPS)),
            st.booleans(),
        ),
        max_size=8,
    )
)
async def test_journal_and_rows_agree_after_any_acts_and_crashes(
    tmp_path_factory: pytest.TempPathFactory,
    script: list[tuple[list[str], str | None, bool]],
) -> None:
    path = tmp_path_factory.mktemp("journal") / "tracer.db"
    faults, clock, seen = Faults(), FixedClock(make.START), list[HeadRow]()

    async def opened() -> Store:
        return await Store.open(
            path, rest_key=make.REST_KEY, clock=clock, faults=faults, journalled=seen.append
        )

    store = await opened()
    await store.write(lambda tx: tx.log.open_origin(make.LOG))
    for number, (words, failing, restart) in enumerate(script):
        bodies = [
            lambda tx, w=word, n=f"{number}-{at}": _do(tx, w, n) for at, word in enumerate(words)
        ]
        await together(store, partial(_arm, faults, failing), *bodies)
        faults.fail_at = None
        if restart:
            await store.close()
            store = await opened()
        size = await store.read(agree)
        assert not seen or seen[-1].size <= size
    await store.close()


def _arm(faults: Faults, step: str | None, _tx: Tx) -> None:
    faults.set(step)


def _do(tx: Tx, word: str, name: str) -> None:
    act(tx, name)
    if word == "log":
        tx.log.append(make.record(name))
    if word == "fail":
        raise ValueError(name)
    if word == "part":
        _undone(tx, f"{name} undone")
        act(tx, f"{name} after")


def _undone(tx: Tx, name: str) -> None:
    with suppress(ValueError), tx.part():
        act(tx, name)
        raise ValueError(name)
