"""Facts of requests and their sum by month: a changed fact makes its month stale, no other."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.model.clocks import TERMS, Timed
from tests.store import make
from tracer.model.cooperation import Facts, Tally, facts_of
from tracer.store import Store, ThreadRow, Tx
from tracer.store.cooperation import SideMonth

MARCH, APRIL = "2026-03-10T10:00:00.000Z", "2026-04-10T10:00:00.000Z"
A, B, C = (letter * 43 for letter in "AEI")


def facts(name: str, start: str = MARCH, *, answered: bool = False) -> Facts:
    """The facts of a request, answered after a day or not at all."""
    case = Timed(start)
    if answered:
        case.other(timedelta(days=1), "no-record")
    found = facts_of(case.events, TERMS)
    assert found is not None
    return msgspec.structs.replace(found, thread=name)


def put(tx: Tx, one: Facts, *, peer: str = make.PEER, opener: str = "us") -> bool:
    """Keep facts of a thread that may be new."""
    if tx.threads.get(one.thread) is None:
        tx.threads.create(ThreadRow(one.thread, peer, opener, make.T0, test=False))
    return tx.cooperation.put(one.thread, peer, opener, one)


async def test_facts_make_the_month_stale_when_they_change_and_only_then(store: Store) -> None:
    march, april = facts(A), facts(B, APRIL)
    assert await store.write(lambda tx: [put(tx, march), put(tx, april)]) == [True, True]
    await store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale()))
    assert not await store.write(lambda tx: put(tx, march))
    assert await store.read(lambda tx: tx.cooperation.stale()) == []
    later = facts(A, answered=True)
    assert await store.write(lambda tx: put(tx, later))
    assert await store.read(lambda tx: tx.cooperation.stale()) == [
        SideMonth(make.PEER, "us", "2026-03")
    ]
    assert await store.read(lambda tx: tx.cooperation.get(A)) == later


async def test_a_stale_month_is_added_up_from_its_facts_before_and_after_it_is_kept(
    store: Store,
) -> None:
    march, april = facts(A, answered=True), facts(B, APRIL)
    await store.write(lambda tx: [put(tx, march), put(tx, april)])
    expected = {"2026-03": Tally.of([march]), "2026-04": Tally.of([april])}

    def look(tx: Tx) -> dict[str, Tally]:
        return tx.cooperation.tallies(make.PEER, "us")

    assert await store.read(look) == expected
    await store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale()))
    assert await store.read(look) == expected
    assert await store.read(
        lambda tx: tx.cooperation.tallies(make.PEER, "us", since="2026-04")
    ) == {"2026-04": expected["2026-04"]}


async def test_the_two_directions_and_other_peers_are_kept_apart(store: Store) -> None:
    def fill(tx: Tx) -> None:
        put(tx, facts(A))
        put(tx, facts(B), opener="peer")
        put(tx, facts(C), peer=make.OTHER)

    await store.write(fill)
    assert await store.read(lambda tx: tx.cooperation.peers()) == [make.PEER, make.OTHER]
    found = await store.read(lambda tx: tx.cooperation.facts(make.PEER, "peer"))
    assert [one.thread for one in found] == [B]


async def test_a_thread_that_counts_no_more_leaves_its_month(store: Store) -> None:
    await store.write(lambda tx: put(tx, facts(A)))
    await store.write(lambda tx: tx.cooperation.renew(tx.cooperation.stale()))
    assert await store.write(lambda tx: tx.cooperation.put(A, make.PEER, "us", None))
    assert not await store.write(lambda tx: tx.cooperation.put(A, make.PEER, "us", None))
    assert await store.read(lambda tx: tx.cooperation.tallies(make.PEER, "us")) == {
        "2026-03": Tally()
    }


async def test_facts_are_paged_by_month_and_thread(store: Store) -> None:
    held = [facts(B), facts(A), facts(C, APRIL)]
    await store.write(lambda tx: [put(tx, one) for one in held])
    names, after = [], ("", "")
    while page := await store.read(
        lambda tx, after=after: tx.cooperation.facts(make.PEER, "us", after=after, limit=2)  # type: ignore[misc]
    ):
        names += [one.thread for one in page]
        after = (page[-1].month, page[-1].thread)
    assert names == [A, B, C]
    only = await store.read(
        lambda tx: tx.cooperation.facts(make.PEER, "us", since="2026-04", until="2026-04")
    )
    assert [one.thread for one in only] == [C]
