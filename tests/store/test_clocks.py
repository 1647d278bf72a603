"""When threads are looked at again, and terms by digest."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.store import make
from tests.trust.makers import terms
from tracer.clock import FixedClock, stamp
from tracer.model.terms import Terms, terms_digest
from tracer.store import Store, Tx
from tracer.store.clocks import Looked


async def test_a_marked_thread_is_due_until_it_is_set_to_a_later_instant(
    store: Store, clock: FixedClock
) -> None:
    later = stamp(clock.now() + timedelta(hours=1))

    def fill(tx: Tx) -> str:
        make.commit(tx, make.message("m"))
        thread = make.message("m").thread
        tx.clocks.mark([thread])
        return thread

    thread = await store.write(fill)
    assert await store.write(lambda tx: tx.clocks.due(10)) == [thread]
    await store.write(lambda tx: tx.clocks.set({thread: Looked(later)}))
    assert await store.write(lambda tx: tx.clocks.due(10)) == []
    assert await store.read(lambda tx: tx.clocks.next()) == later
    clock.advance(timedelta(hours=1))
    assert await store.write(lambda tx: tx.clocks.due(10)) == [thread]
    await store.write(lambda tx: tx.clocks.set({thread: Looked(None)}))
    assert await store.read(lambda tx: tx.clocks.next()) is None


async def test_what_was_done_about_a_clock_keeps_the_instant_of_the_first_time(
    store: Store, clock: FixedClock
) -> None:
    def fill(tx: Tx) -> None:
        make.commit(tx, make.message("m"))
        tx.clocks.note([(make.message("m").thread, "a")])

    await store.write(fill)
    first = stamp(clock.now())
    clock.advance(timedelta(hours=1))
    thread = make.message("m").thread
    await store.write(lambda tx: tx.clocks.note([(thread, "a"), (thread, "b")]))
    done = await store.read(lambda tx: tx.clocks.done([thread]))
    assert done == {thread: {"a": first, "b": stamp(clock.now())}}


async def test_terms_are_found_by_their_digest_for_ever(store: Store) -> None:
    stated = terms("XB-NPOC")
    await store.write(lambda tx: tx.terms.put_entry(stated))
    assert await store.read(lambda tx: tx.terms.get(terms_digest(stated))) == stated
    assert await store.read(lambda tx: tx.terms.get(terms_digest(terms("XC-NPOC")))) is None


async def test_of_two_agreements_the_later_is_in_force_and_an_offer_never(
    store: Store, clock: FixedClock
) -> None:
    def stated(day: str, *, asks: str = "XA-NPOC") -> Terms:
        return msgspec.structs.replace(terms("XB-NPOC"), counterpart=asks, covers_until=day)

    def fill(tx: Tx) -> None:
        put, now = tx.terms.put_agreement, stamp(clock.now())
        later = stamp(clock.now() + timedelta(hours=1))
        put(stated("2028-01-01"), b"", state="agreed", at=later)
        put(stated("2028-02-02"), b"", state="agreed", at=now)
        put(stated("2028-03-03"), b"", state="offered", at=stamp(clock.now() + timedelta(hours=2)))
        put(stated("2028-04-04", asks="XC-NPOC"), b"", state="offered", at=now)

    await store.write(fill)
    found = await store.read(lambda tx: tx.terms.in_force("XB-NPOC", "XA-NPOC"))
    assert found is not None
    assert found.terms == stated("2028-01-01")
    by_peer = await store.read(lambda tx: tx.terms.agreed_by("XB-NPOC"))
    assert by_peer == {"XA-NPOC": terms_digest(stated("2028-01-01"))}
    assert await store.read(lambda tx: tx.terms.agreed()) == [stated("2028-01-01")]
    assert await store.read(lambda tx: tx.terms.in_force("XA-NPOC", "XB-NPOC")) is None
