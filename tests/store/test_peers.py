"""Peers: pins, lines, remembered checkpoints, faults, refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.store import make
from tracer.clock import FixedClock
from tracer.errors import OperatorError
from tracer.store import (
    FaultRow,
    PeerRow,
    PeerStateRow,
    RefusalCount,
    RememberedRow,
    Store,
)


async def pin(store: Store, seq: int, entry: bytes) -> None:
    await store.write(
        lambda tx: tx.peers.put_entry(
            make.PEER,
            entry,
            seq=seq,
            digest=f"digest-{seq}",
            fingerprint="1234",
            by="operator",
        )
    )


async def test_a_newer_entry_replaces_the_pin_and_stays_beside_the_old(store: Store) -> None:
    await pin(store, 1, b"one")
    await pin(store, 2, b"two")
    expected = PeerRow(
        make.PEER, "active", b"two", 2, "1234", make.T0, "operator", digest="digest-2"
    )
    assert await store.read(lambda tx: tx.peers.all()) == [expected]
    assert await store.read(lambda tx: tx.peers.get(make.PEER)) == expected
    assert await store.read(lambda tx: tx.peers.entries(make.PEER)) == [b"one", b"two"]


async def test_a_suspended_peer_stays_suspended_under_a_new_entry(store: Store) -> None:
    await pin(store, 1, b"one")
    await store.write(lambda tx: tx.peers.set_status(make.PEER, "suspended", "operator"))
    await pin(store, 2, b"two")
    row = await store.read(lambda tx: tx.peers.get(make.PEER))
    assert row is not None
    assert row.status == "suspended"
    with pytest.raises(OperatorError, match="peer-missing"):
        await store.write(lambda tx: tx.peers.set_status(make.OTHER, "active", "operator"))


async def test_contacts_change_only_what_they_name(store: Store) -> None:
    assert await store.read(lambda tx: tx.peers.state(make.PEER)) == PeerStateRow(make.PEER)
    await store.write(
        lambda tx: tx.peers.note_contact(
            make.PEER, last_out_fail=make.T0, failures=2, breaker_until=make.T2, last_error="line"
        )
    )
    await store.write(
        lambda tx: tx.peers.note_contact(
            make.PEER, last_out_ok=make.T1, failures=0, breaker_until="", sent_size=7
        )
    )
    expected = PeerStateRow(
        make.PEER,
        last_out_ok=make.T1,
        last_out_fail=make.T0,
        last_error="line",
        sent_size=7,
    )
    assert await store.read(lambda tx: tx.peers.states()) == {make.PEER: expected}


async def test_only_a_larger_checkpoint_is_remembered(store: Store, clock: FixedClock) -> None:
    async def remember(origin: str, size: int) -> bool:
        note = f"{origin} {size}"
        return await store.write(
            lambda tx: tx.peers.remember(make.PEER, origin, size, b"r" * 32, note)
        )

    assert await store.read(lambda tx: tx.peers.remembered(make.PEER)) is None
    first, second = "XB-NPOC/log/1", "XB-NPOC/log/2"
    given = [(first, 5), (first, 5), (first, 4), (first, 6)]
    assert [await remember(*item) for item in given] == [True, False, False, True]
    expected = RememberedRow(make.PEER, first, 6, b"r" * 32, f"{first} 6", make.T0)
    assert await store.read(lambda tx: tx.peers.remembered(make.PEER)) == expected
    clock.advance(timedelta(minutes=1))
    assert await remember(second, 1)
    newest = await store.read(lambda tx: tx.peers.remembered(make.PEER))
    assert newest is not None
    assert newest.origin == second
    assert await store.read(lambda tx: tx.peers.remembered(make.PEER, first)) == expected


async def test_faults_are_kept_with_their_evidence(store: Store) -> None:
    await store.write(lambda tx: tx.peers.put_fault("log-fork", make.PEER, b"two notes"))
    assert await store.read(lambda tx: tx.peers.faults()) == [
        FaultRow(1, "log-fork", make.PEER, b"two notes", make.T0)
    ]
    assert await store.read(lambda tx: tx.peers.faults(make.OTHER)) == []


async def test_refusals_are_counted_by_subject_and_code(store: Store) -> None:
    await store.write(lambda tx: tx.peers.count_refusal(make.PEER, "quota", 2))
    await store.write(lambda tx: tx.peers.count_refusal(make.PEER, "quota", 3))
    await store.write(lambda tx: tx.peers.count_refusal("fingerprint", "peer-unknown", 1))
    assert await store.read(lambda tx: tx.peers.refusals()) == [
        RefusalCount(make.PEER, "quota", 5, make.T0),
        RefusalCount("fingerprint", "peer-unknown", 1, make.T0),
    ]
