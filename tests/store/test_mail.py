"""Notices and letters as rows: each once, claimed by one, in order, encrypted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.store import make
from tests.store.conftest import together
from tracer.clock import FixedClock, stamp
from tracer.store import ContactRow, MailRow, NoticeRow, Store, Tx


def notice(person: str = "ben", key: str = "k", **changes: Any) -> NoticeRow:
    given: dict[str, Any] = {
        "person": person,
        "thread": make.digest("m"),
        "key": key,
        "act": "notice-due",
        "clock": "acknowledge",
        "who": "peer",
        "about": make.digest("m"),
        "lines": (1, 3),
        "due": make.T1,
        "urgency": "ROUTINE",
        "urgent": False,
    }
    return NoticeRow(**given | changes)


async def claim(store: Store, clock: FixedClock, limit: int = 10) -> list[MailRow]:
    now = clock.now()
    until = stamp(now + timedelta(minutes=5))
    return await store.write(
        lambda tx: tx.mail.claim(now=stamp(now), lease_until=until, limit=limit)
    )


async def test_a_notice_stands_once_and_reads_as_it_was_written(store: Store) -> None:
    rows = [notice(), notice("ada"), notice()]
    assert await store.write(lambda tx: tx.notices.add(rows)) == 2
    assert await store.write(lambda tx: tx.notices.add(rows)) == 0
    (found,) = await store.read(lambda tx: tx.notices.of("ben"))
    assert (found.at, found.lines, found.seen_at, found.mailed_at) == (make.T0, (1, 3), None, None)


async def test_untold_are_those_neither_seen_nor_mailed_nor_too_old(
    store: Store, clock: FixedClock
) -> None:
    await store.write(lambda tx: tx.notices.add([notice(key="old")]))
    clock.advance(timedelta(days=1))
    fresh = [notice(key=key, urgent=key == "urgent") for key in ("seen", "mailed", "urgent", "new")]
    await store.write(lambda tx: tx.notices.add(fresh))

    def settle(tx: Tx) -> None:
        numbers = {row.key: row.number for row in tx.notices.of("ben")}
        tx.notices.see("ben", [numbers["seen"]])
        tx.notices.mailed([numbers["mailed"]])

    await store.write(settle)
    since = stamp(clock.now() - timedelta(hours=1))

    def keys(tx: Tx) -> list[list[str]]:
        return [
            [row.key for row in tx.notices.untold(since, urgent=urgent)]
            for urgent in (None, True, False)
        ]

    assert await store.read(keys) == [["urgent", "new"], ["urgent"], ["new"]]


async def test_the_limit_of_untold_counts_only_notices_to_those_who_are_asked_for(
    store: Store,
) -> None:
    rows = [notice("ada", key=str(number)) for number in range(3)]
    await store.write(lambda tx: tx.notices.add([*rows, notice()]))

    def found(tx: Tx, to: set[str]) -> list[str]:
        return [row.person for row in tx.notices.untold(make.T0, to=to, limit=2)]

    assert await store.read(lambda tx: found(tx, {"ben"})) == ["ben"]
    assert await store.read(lambda tx: found(tx, {"ada", "ben"})) == ["ada", "ada"]
    assert await store.read(lambda tx: found(tx, set())) == []


async def test_a_letter_stands_once_under_its_key(store: Store) -> None:
    def body(tx: Tx) -> list[bool]:
        return [tx.mail.add(who, "k", b"x") for who in ("ben", "ben", "ada")]

    assert await store.write(body) == [True, False, True]
    assert await store.write(body) == [False, False, False]


async def test_two_claims_at_once_never_get_the_same_letter(
    store: Store, clock: FixedClock
) -> None:
    for number in range(6):
        await store.write(lambda tx, n=number: tx.mail.add("ben", f"{n}", b"x"))  # type: ignore[misc]
    now, until = stamp(clock.now()), stamp(clock.now() + timedelta(minutes=5))

    def body(tx: Tx) -> list[int]:
        return [row.number for row in tx.mail.claim(now=now, lease_until=until, limit=4)]

    one, other = await together(store, body, body)
    assert (len(one), len(other)) == (4, 2)
    assert set(one).isdisjoint(other)
    assert await claim(store, clock) == []


async def test_a_lease_that_ran_out_and_a_node_that_starts_make_letters_free(
    store: Store, clock: FixedClock
) -> None:
    await store.write(lambda tx: tx.mail.add("ben", "k", b"x"))
    (first,) = await claim(store, clock)
    assert (first.attempts, first.body) == (1, b"x")
    assert await store.read(lambda tx: tx.mail.next_due()) == stamp(
        clock.now() + timedelta(minutes=5)
    )
    clock.advance(timedelta(minutes=5))
    (second,) = await claim(store, clock)
    assert second.attempts == 2
    await store.write(lambda tx: tx.mail.free())
    assert len(await claim(store, clock)) == 1


async def test_urgent_letters_are_claimed_first_and_those_that_wait_not_at_all(
    store: Store, clock: FixedClock
) -> None:
    def fill(tx: Tx) -> None:
        for key in ("digest", "late", "urgent"):
            tx.mail.add("ben", key, b"x", urgent=key == "urgent")
        late = next(row.number for row in tx.mail.rows() if row.key == "late")
        tx.mail.release([late], next_attempt=make.T2, error="mail-line")

    await store.write(fill)
    assert [row.key for row in await claim(store, clock)] == ["urgent", "digest"]
    clock.advance(timedelta(minutes=2))
    assert [row.key for row in await claim(store, clock)] == ["late"]


async def test_letters_that_are_done_with_are_forgotten_and_the_others_kept(
    store: Store, clock: FixedClock
) -> None:
    def fill(tx: Tx) -> None:
        for key in ("sent", "dropped", "lost", "waits"):
            tx.mail.add("ben", key, b"x")
        numbers = {row.key: row.number for row in tx.mail.rows()}
        tx.mail.sent(numbers["sent"])
        tx.mail.drop(numbers["dropped"], "no-address")
        tx.mail.give_up(numbers["lost"], "mail-recipient")

    await store.write(fill)
    assert await store.write(lambda tx: tx.mail.prune(make.T0)) == 0
    assert await store.write(lambda tx: tx.mail.prune(make.T1)) == 3
    assert [row.key for row in await store.read(lambda tx: tx.mail.rows())] == ["waits"]
    stats = await store.read(lambda tx: tx.mail.stats())
    assert (stats.queued, stats.oldest, stats.given_up) == (1, make.T0, 0)
    assert clock.now() == make.START


async def test_where_somebody_is_written_to_can_be_changed_and_dropped(store: Store) -> None:
    row = ContactRow("ben", "ben@xa.example", "fr", digest=True)

    def fill(tx: Tx) -> None:
        tx.people.add("ben", ("officer",), by="test")
        tx.contacts.put(ContactRow("ben", "old@xa.example", "en", digest=False))
        tx.contacts.put(row)

    await store.write(fill)
    assert await store.read(lambda tx: tx.contacts.get("ben")) == row
    assert await store.read(lambda tx: tx.contacts.all()) == {"ben": row}
    await store.write(lambda tx: tx.contacts.drop("ben"))
    assert await store.read(lambda tx: tx.contacts.get("ben")) is None
