"""What a peer shows of its witnessed heads: kept with proofs, or kept as evidence against it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.evidence import rfc9162
from tests.exchange.test_witness_answer import (
    FORKED,
    KEY,
    LEAVES,
    LOG,
    ORIGIN,
    OWNER,
    head,
)
from tests.exchange.witnessing import begin
from tests.trust.makers import NOW, verified
from tracer.canonical import b64url
from tracer.clock import FixedClock, stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import sign_checkpoint
from tracer.evidence.cosignature import WitnessKey, cosign, with_cosignatures
from tracer.evidence.merkle import verify_consistency
from tracer.evidence.proof import ConsistencyProof
from tracer.exchange.batch import PROFILE
from tracer.exchange.introduce import pin
from tracer.exchange.witness.witnessed import WANTED, Shown, Taking
from tracer.store import Store, Tx
from tracer.trust.directory import Directory, Listing, Peer
from tracer.trust.entry import VerifiedEntry
from tracer.trust.nouns import Witness, Witnesses

SECOND = WitnessKey.generate("XD-NPOC/witness/1")
MEMBERS = tuple(Witness(name=key.name, mldsa44=b64url(key.public.mldsa44)) for key in (KEY, SECOND))


@cache
def peer(quorum: int = 1) -> Peer:
    chosen = Witnesses(quorum=quorum, members=MEMBERS)
    return Directory.of([Listing(verified(OWNER, witnesses=chosen))]).peer(OWNER)


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[Store]:
    clock = FixedClock(NOW)
    async with await Store.open(root / "tracer.db", rest_key=bytes(32), clock=clock) as store:
        await store.write(lambda tx: begin(tx, "XB-NPOC"))
        yield store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path) as found:
        yield found


async def keep(store: Store, *sizes: int, leaves: list[bytes] | None = None) -> None:
    """Checkpoints of the peer's log that receipts here stand under."""

    def body(tx: Tx) -> None:
        for size in sizes:
            one = head(size, leaves)
            tx.log.save_checkpoint(ORIGIN, size, one.root, one.note, stamp(one.at), mine=False)

    await store.write(body)


def shown(
    size: int,
    *olds: int,
    leaves: list[bytes] | None = None,
    by: tuple[WitnessKey, ...] = (KEY,),
) -> Shown:
    some = LEAVES if leaves is None else leaves
    one = head(size, leaves)
    note = with_cosignatures(one, [cosign(one, key=key, at=NOW).line for key in by])
    proofs = [
        ConsistencyProof(old=old, new=size, path=tuple(rfc9162.proof(old, some[:size]))).to_wire()
        for old in olds
    ]
    return Shown(PROFILE, note, proofs, [])


async def reach(store: Store, size: int) -> list[str]:
    """Who has witnessed what stands under a checkpoint of this size."""

    def body(tx: Tx) -> list[str]:
        least = tx.witness.held(ORIGIN, (size,)).get(size, 0)
        return sorted(name for name, _ in tx.witness.signed_from(ORIGIN, least)) if least else []

    return await store.read(body)


async def test_checkpoints_that_nobody_has_witnessed_are_wanted_until_a_head_holds_them(
    store: Store,
) -> None:
    taking = Taking(store=store)
    await keep(store, 3, 7, 12)
    assert await taking.wanted(peer()) == [3, 7, 12]
    assert await taking(peer(), shown(10, 3, 7)) == 3
    assert await reach(store, 3) == await reach(store, 7) == [KEY.name]
    assert await reach(store, 12) == []
    assert await taking.wanted(peer()) == [10, 12]
    await taking(peer(), shown(20, 10, 12))
    assert await reach(store, 12) == [KEY.name]
    assert await taking.wanted(peer()) == []


async def test_a_later_head_of_another_witness_counts_for_what_an_earlier_one_held(
    store: Store,
) -> None:
    taking = Taking(store=store)
    await keep(store, 3)
    await taking(peer(), shown(5, 3))
    await taking(peer(), shown(9, 5, by=(SECOND,)))
    assert await reach(store, 3) == sorted((KEY.name, SECOND.name))


async def test_a_head_short_of_its_quorum_is_asked_for_again(store: Store) -> None:
    taking = Taking(store=store)
    await keep(store, 5)
    await taking(peer(2), shown(5))
    assert await taking.wanted(peer(2)) == [5]
    assert await taking(peer(2), shown(5, by=(SECOND, KEY))) == 1
    assert await taking.wanted(peer(2)) == []
    assert await reach(store, 5) == sorted((KEY.name, SECOND.name))


async def test_what_is_kept_proves_a_receipt_without_the_peer(store: Store) -> None:
    await keep(store, 3)
    await Taking(store=store)(peer(), shown(10, 3))

    def body(tx: Tx) -> Any:
        return tx.witness.linked(ORIGIN, 3), tx.log.signed(ORIGIN, 10), tx.witness.lines(ORIGIN, 10)

    (new, path), kept, lines = await store.read(body)
    assert new == 10
    verify_consistency(3, head(3).root, 10, kept.root, path)
    assert kept.note == head(10).note
    assert [line.witness for line in lines] == [KEY.name]


async def _fails(store: Store, code: str, what: Shown) -> list[dict[str, str]]:
    with pytest.raises(PeerError) as caught:
        await Taking(store=store)(peer(), what)
    assert caught.value.code == code
    faults = await store.read(lambda tx: tx.peers.faults(OWNER))
    assert all(fault.kind == "log-fork" for fault in faults)
    return [json.loads(fault.evidence) for fault in faults]


async def test_another_history_is_a_fault_and_counts_for_nothing(store: Store) -> None:
    await keep(store, 3, 7)
    (evidence,) = await _fails(store, "log-fork", shown(10, 3, 7, leaves=FORKED))
    assert evidence["remembered"] == head(7).note
    assert evidence["shown"] == head(10, FORKED).note
    assert await reach(store, 3) == await reach(store, 7) == []


async def test_another_root_of_a_size_that_is_kept_is_a_fault(store: Store) -> None:
    await keep(store, 7)
    (evidence,) = await _fails(store, "log-fork", shown(7, leaves=FORKED))
    assert evidence["remembered"] == head(7).note
    assert await reach(store, 7) == []


async def test_a_head_that_is_not_shown_to_go_on_from_the_one_before_is_not_taken(
    store: Store,
) -> None:
    await keep(store, 3)
    await Taking(store=store)(peer(), shown(5, 3))
    await keep(store, 6)
    assert await _fails(store, "log-proof-needed", shown(10, 6)) == []
    assert await reach(store, 6) == []


async def test_an_earlier_head_than_the_one_before_changes_nothing(store: Store) -> None:
    await keep(store, 3)
    taking = Taking(store=store)
    await taking(peer(), shown(9, 3))
    assert await taking(peer(), shown(5, 3)) == 0


@pytest.mark.parametrize(
    ("code", "by"),
    [
        ("checkpoint-signature", ()),
        ("checkpoint-signature", (WitnessKey.generate("XE-NPOC/witness/1"),)),
        ("checkpoint-signature", (WitnessKey.generate(KEY.name),)),
    ],
    ids=["nobody", "a-stranger", "another-key-of-the-name"],
)
async def test_a_head_counts_only_with_a_witness_that_the_peer_has_chosen(
    store: Store, code: str, by: tuple[WitnessKey, ...]
) -> None:
    await keep(store, 3)
    assert await _fails(store, code, shown(5, 3, by=by)) == []


async def test_a_key_that_the_named_witness_never_listed_counts_for_nothing(store: Store) -> None:
    """The peer may name whom it likes, and have made the key itself."""
    await keep(store, 3)
    named = SECOND.name.partition("/")[0]
    theirs = WitnessKey.generate(SECOND.name)
    genuine = Witness(name=theirs.name, mldsa44=b64url(theirs.public.mldsa44))
    await _met(store, verified(named, witness=genuine))
    taking = Taking(store=store)
    assert await taking(peer(), shown(5, 3, by=(SECOND,))) == 0
    assert await reach(store, 3) == []
    assert await taking(peer(), shown(9, 3, by=(KEY, SECOND))) == 2
    assert await reach(store, 3) == [KEY.name]


async def test_a_key_that_the_named_witness_lists_counts_and_so_does_one_of_an_unknown(
    store: Store,
) -> None:
    await keep(store, 3)
    await _met(store, verified(SECOND.name.partition("/")[0], witness=MEMBERS[1]))
    assert await Taking(store=store)(peer(), shown(5, 3, by=(KEY, SECOND))) == 3
    assert await reach(store, 3) == sorted((KEY.name, SECOND.name))


async def test_nobody_speaks_in_our_own_name(store: Store) -> None:
    await keep(store, 3)
    us = verified(SECOND.name.partition("/")[0]).entry
    assert await Taking(store=store, own=lambda: us)(peer(), shown(5, 3, by=(SECOND,))) == 0
    assert await reach(store, 3) == []


async def test_a_fork_is_kept_whoever_is_said_to_have_witnessed_it(store: Store) -> None:
    await keep(store, 3, 7)
    await _met(store, verified(SECOND.name.partition("/")[0]))
    (evidence,) = await _fails(store, "log-fork", shown(10, 3, 7, leaves=FORKED, by=(SECOND,)))
    assert evidence["remembered"] == head(7).note


async def _met(store: Store, entry: VerifiedEntry) -> None:
    await store.write(lambda tx: pin(tx, entry, by="officer"))


async def test_a_head_of_another_log_is_not_taken(store: Store) -> None:
    other = sign_checkpoint(origin=ORIGIN, size=5, root=head(5).root, at=NOW, key=LOG).note.replace(
        "XB-NPOC/log/1\n5", "XB-NPOC/log/2\n5", 1
    )
    assert await _fails(store, "log-origin", Shown(PROFILE, other, [], [])) == []


async def test_nothing_is_wanted_of_a_peer_that_has_chosen_no_witnesses(store: Store) -> None:
    await keep(store, 3)
    alone = Directory.of([Listing(verified(OWNER))]).peer(OWNER)
    assert await Taking(store=store).wanted(alone) == []


async def test_no_more_checkpoints_are_named_at_a_time_than_are_answered(store: Store) -> None:
    root = bytes(32)

    def body(tx: Tx) -> None:
        for size in range(1, 200):
            tx.log.save_checkpoint(ORIGIN, size, root, "", stamp(NOW), mine=False)

    await store.write(body)
    assert len(await Taking(store=store).wanted(peer())) < WANTED
