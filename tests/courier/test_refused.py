"""Files that are damaged, for somebody else, or from a node that has lost something."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tests.courier.bag import carry, even, one_file, pack, take
from tests.faults.pair import Pair, pair, third, with_photos
from tests.nodes import reply, request
from tracer.canonical import b64url
from tracer.errors import InputError, PeerError
from tracer.evidence.checkpoint import LogKey
from tracer.evidence.merkle import EMPTY_ROOT
from tracer.node import custody
from tracer.node.desk import courier_of
from tracer.trust.entry import sign_entry, verify_entry
from tracer.trust.nouns import LogInfo, Succession


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(tmp_path) as found:
        yield found


async def refused(two: Pair, data: bytes) -> str:
    """The code of the refusal; nothing may have changed at the one who refuses."""
    b = two.b.rooms
    before = (b.store.head, await b.store.read(lambda tx: tx.audit.list(1000)))
    with pytest.raises(PeerError) as caught:
        await take(two.b, data)
    assert (b.store.head, await b.store.read(lambda tx: tx.audit.list(1000))) == before
    return caught.value.code


async def test_a_byte_changed_anywhere_is_noticed_before_anything_counts(two: Pair) -> None:
    await two.a.rooms.submit(with_photos(two.a.rooms, two.a.other, 1, 150_000))
    file = await one_file(two.a)
    line = file.index(b"\n")
    places = {
        5: "courier-form",  # the header of the seal
        line - 700: "courier-form",  # inside the first line: the encrypted key or its header
        line - 30: "seal-open",
        line: "courier-form",
        line + 1: "courier-damaged",
        line + 70_000: "courier-damaged",
        len(file) - 1: "courier-damaged",
    }
    for at, code in places.items():
        found = await refused(two, file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :])
        assert found in {code, "seal-open", "courier-form"} if at < line else found == code, at
    for size in (0, line, line + 1, line + 70_000, len(file) - 1):
        assert await refused(two, file[:size]) in {"courier-form", "courier-damaged"}, size
    assert (await take(two.b, file)).done.taken.new == 1


async def test_two_files_do_not_mix(two: Pair) -> None:
    await two.a.rooms.submit(request(two.a.rooms, two.a.other))
    one, other = await one_file(two.a), await one_file(two.a)
    mixed = one[: one.index(b"\n") + 1] + other[other.index(b"\n") + 1 :]
    assert await refused(two, mixed) == "courier-damaged"


async def test_a_file_for_another_state_is_refused_and_so_is_one_from_a_stranger(
    two: Pair, tmp_path: Path
) -> None:
    async with third(tmp_path / "c", two) as c:
        await c.rooms.submit(request(c.rooms, c.other))
        for_b = await one_file(c)
        with pytest.raises(PeerError, match="wrong-recipient"):
            await take(two.a, for_b)
        assert (await take(two.b, for_b)).done.taken.new == 1
    await two.b.rooms.submit(request(two.b.rooms, two.b.other))
    own = await one_file(two.b)
    assert await refused(two, own) == "wrong-recipient"


async def test_a_suspended_peer_gets_no_file_and_none_of_its_own_is_taken(two: Pair) -> None:
    await two.a.rooms.submit(request(two.a.rooms, two.a.other))
    file = await one_file(two.a)
    directory = two.b.rooms.cell.get()
    standing = type(directory.peer(two.b.other).standing)
    two.b.rooms.cell.set(directory.with_standing(two.b.other, standing.SUSPENDED))
    assert await refused(two, file) == "peer-suspended"
    with pytest.raises(InputError, match="peer-suspended"):
        await pack(two.b)


async def test_a_file_brings_the_entry_whose_key_signed_it(two: Pair) -> None:
    a, b = two.a, two.b
    two.clock.advance(timedelta(days=1))
    issued = await custody.rotate(
        a.rooms, lambda ring, now: ring.rotate_signing(now), actor="officer", act="rotate"
    )
    await a.rooms.submit(request(a.rooms, a.other))
    given = await take(b, await one_file(a))
    assert (given.done.taken.entry, given.done.taken.new) == (True, 1)
    assert b.rooms.cell.get().peer(b.other).verified.entry.seq == issued.number
    rows = await b.rooms.store.read(lambda tx: tx.audit.list(10, subject=b.other))
    acts = ["courier-receipts", "courier-import", "peer-add", "peer-add"]
    assert [row.act for row in rows] == acts  # the first was when the two met
    await take(a, given.back[0])
    await even(two)


def log_of(key: LogKey) -> LogInfo:
    return LogInfo(
        origin=key.origin,
        ed25519=b64url(key.public.ed25519),
        mldsa44=b64url(key.public.mldsa44),
    )


async def test_a_thief_of_a_signing_key_puts_no_log_of_his_own_in_place_of_ours_by_a_file(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    await carried_once(two)
    before = verify_entry(a.rooms.home.entry.read_bytes())
    own = LogKey.generate(f"{b.other}/log/2")
    forged = msgspec.structs.replace(
        before.entry,
        seq=before.entry.seq + 1,
        prev=before.digest,
        log=log_of(own),
        succession=Succession(
            origin=before.entry.log.origin,
            size=0,
            root=b64url(EMPTY_ROOT),
            highest="",
            cause="keys",
        ),
    )
    key = a.rooms.keyring.signing_key()
    a.rooms.home.entry.write_bytes(sign_entry(forged, key=key))
    await a.rooms.submit(request(a.rooms, a.other))
    given = await take(b, await one_file(a))
    assert (given.done.taken.entry, given.done.taken.aside) == (False, "log-origin")
    assert b.rooms.cell.get().peer(b.other).log.origin == before.entry.log.origin
    assert given.done.taken.new == 1


async def carried_once(two: Pair) -> None:
    """B has seen a checkpoint of A's log."""
    await two.a.rooms.submit(request(two.a.rooms, two.a.other))
    await carry(two.a, two.b)


async def test_who_missed_entries_in_between_gets_them_with_the_file(two: Pair) -> None:
    a, b = two.a, two.b
    for _ in range(3):
        two.clock.advance(timedelta(days=60))
        issued = await custody.rotate(
            a.rooms, lambda ring, now: ring.rotate_signing(now), actor="officer", act="rotate"
        )
    await a.rooms.submit(request(a.rooms, a.other))
    given = await take(b, await one_file(a))
    assert (given.done.taken.aside, given.done.taken.new) == ("", 1)
    assert b.rooms.cell.get().peer(b.other).verified.entry.seq == issued.number == 4
    await take(a, given.back[0])
    await even(two)


async def test_a_file_opens_after_the_sealing_key_was_changed(two: Pair) -> None:
    a, b = two.a, two.b
    await a.rooms.submit(request(a.rooms, a.other))
    file = await one_file(a)
    two.clock.advance(timedelta(days=60))
    await custody.rotate(
        b.rooms, lambda ring, now: ring.rotate_seal(now), actor="officer", act="rotate"
    )
    two.clock.advance(timedelta(days=60))
    given = await take(b, file)
    assert given.done.taken.new == 1
    await take(a, given.back[0])
    await even(two)


async def test_a_message_whose_parent_comes_in_a_later_file_waits_for_it(two: Pair) -> None:
    a, b = two.a, two.b
    first = await a.rooms.submit(request(a.rooms, a.other))
    second = await a.rooms.submit(reply(a.rooms, "reminder", first.thread, a.other))
    both = await one_file(a)
    seq = (await a.row(first.id)).seq
    await a.rooms.store.write(lambda tx: tx.outbox.delivered([seq]))
    alone = await take(b, await one_file(a))
    assert alone.done.taken.refused == [(second.id, "parents-missing")]
    given = await take(b, both)
    assert (given.done.taken.new, given.done.taken.refused) == (2, [])
    await take(a, alone.back[0])
    assert (await a.row(second.id)).last_error == "parents-missing"
    await take(a, given.back[0])
    assert (await a.row(second.id)).state == "delivered"


async def test_what_is_behind_a_message_that_is_held_back_waits_with_it(two: Pair) -> None:
    a = two.a
    first = await a.rooms.submit(request(a.rooms, a.other))
    await a.rooms.submit(reply(a.rooms, "reminder", first.thread, a.other))
    seq = (await a.row(first.id)).seq
    await a.rooms.store.write(lambda tx: tx.outbox.hold([seq], error="test"))
    assert await pack(a) == []


async def test_a_file_older_than_what_the_line_has_shown_is_refused_until_the_next_one(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    kept = await a.rooms.submit(request(a.rooms, a.other))
    older = await one_file(a)
    seq = (await a.row(kept.id)).seq
    await a.rooms.store.write(lambda tx: tx.outbox.hold([seq], error="test"))
    await a.rooms.submit(request(a.rooms, a.other))
    await two.b.round()
    await two.a.round()
    late = await take(b, older)
    assert late.done.taken.refused == [(kept.id, "log-proof-needed")]
    await a.rooms.store.write(lambda tx: tx.outbox.retry(kept.id))
    await take(a, late.back[0])
    await carry(a, b)
    await even(two)


async def test_a_node_that_lost_what_it_had_signed_notices_by_the_file(two: Pair) -> None:
    a, b = two.a, two.b
    await a.stop()
    shutil.copytree(a.home.root, copy := a.home.root.with_name("copy"))
    await a.start()
    await a.rooms.submit(request(a.rooms, a.other))
    given = await take(b, await one_file(a))
    await a.stop()
    shutil.rmtree(a.home.root)
    copy.rename(a.home.root)
    await a.start()
    with pytest.raises(PeerError, match="restore-mode"):
        await take(a, given.back[0])
    assert a.rooms.gate.restoring
    assert (await a.rooms.store.read(lambda tx: tx.outbox.rows())) == []


async def test_a_node_that_was_put_back_and_takes_a_file_again_contradicts_itself_visibly(
    two: Pair,
) -> None:
    a, b = two.a, two.b
    sent = await a.rooms.submit(request(a.rooms, a.other))
    file = await one_file(a)
    await b.stop()
    shutil.copytree(b.home.root, copy := b.home.root.with_name("copy"))
    await b.start()
    first = await take(b, file)
    await take(a, first.back[0])
    receipt = await a.rooms.store.read(lambda tx: tx.messages.receipt(a.other, sent.id))
    await b.stop()
    shutil.rmtree(b.home.root)
    copy.rename(b.home.root)
    await b.start()
    two.clock.advance(timedelta(hours=1))
    again = await take(b, file)
    await take(a, again.back[0])
    faults = await a.rooms.store.read(lambda tx: tx.peers.faults(a.other))
    assert [fault.kind for fault in faults] == ["log-fork"]
    assert await a.rooms.store.read(lambda tx: tx.messages.receipt(a.other, sent.id)) == receipt


async def test_for_an_authority_without_a_line_delivery_is_not_tried(tmp_path: Path) -> None:
    async with pair(tmp_path, modes=("reached", "courier")) as two:
        sent = await two.a.rooms.submit(request(two.a.rooms, two.a.other))
        await two.a.round()
        assert (await two.a.row(sent.id)).attempts == 0
        await carry(two.a, two.b)
        await two.b.rooms.submit(reply(two.b.rooms, "result", sent.thread, two.b.other))
        await two.b.round()
        await carry(two.b, two.a)
        await even(two)


async def test_only_who_may_lets_files_go_and_it_is_on_record(two: Pair) -> None:
    a = two.a
    await a.rooms.store.write(lambda tx: tx.people.add("reader", ("auditor",), by="test"))
    await a.rooms.submit(request(a.rooms, a.other))
    with pytest.raises(InputError, match="role-missing"):
        await courier_of(a.rooms).export("reader", a.other)
    await carry(a, two.b)
    for side, acts in (
        (a, ["courier-import", "courier-export"]),
        (two.b, ["courier-receipts", "courier-import"]),
    ):
        rows = await side.rooms.store.read(lambda tx: tx.audit.list(2))
        assert [(row.actor, row.act) for row in rows] == [("officer", act) for act in acts]
