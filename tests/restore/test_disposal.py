"""What is erased or purged is gone from disk, and everything still verifies."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import add_person
from tests.exchange.losing import dialogue, holding, lose_thread, receipted
from tests.faults.pair import with_photos
from tests.nodes import reply, request, until
from tests.restore.world import A, B, all_up, made, quiet
from tracer.canonical import unb64url
from tracer.clock import SystemClock
from tracer.envelope import rest
from tracer.errors import InputError, OperatorError, PeerError
from tracer.exchange.resync.fetch import Resynced
from tracer.node.backup import whole as backup
from tracer.node.check.whole import verify
from tracer.node.desk import Desk, open_desk
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.account_rows import TeamRow

SECRET = "Ottokar Zzyzx of Nowhere Lane"
WHY = "order of the court of 3 March"
PEOPLE = ("one", "two")


@dataclass(frozen=True)
class World:
    """Two nodes; ours has a desk with two officers, and a thread with what shall go."""

    ours: Rooms
    theirs: Rooms
    desk: Desk
    thread: str


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    a, b = await made(tmp_path)
    async with all_up(a, b) as (ours, theirs):
        for name in PEOPLE:
            await ours.store.write(lambda tx, n=name: add_person(tx, n, ("officer",)))  # type: ignore[misc]
        plain = request(ours, B)
        assert plain.narrative is not msgspec.UNSET
        told = msgspec.structs.replace(plain.narrative, summary=SECRET)
        sent = await ours.submit(msgspec.structs.replace(plain, narrative=told))
        await until(lambda: receipted(ours, B, sent.id))
        yield World(ours, theirs, open_desk(ours), sent.id)


async def settled(world: World) -> None:
    """Withdraw the request, so that the thread is over."""
    withdrawn = msgspec.structs.replace(reply(world.ours, "withdraw", world.thread, B), lines=())
    said = await world.ours.submit(withdrawn)
    await until(lambda: receipted(world.ours, B, said.id))


def keys_of(root: Path, rooms: Rooms) -> Iterator[bytes]:
    """Every key at rest that the keyring opens out of any file: what a thief would try."""
    yield rooms.keyring.rest_key
    with closing(sqlite3.connect(root / "tracer.db")) as db:
        for name, wrapped in db.execute("SELECT id, key FROM thread WHERE key IS NOT NULL"):
            yield rest.unwrap(wrapped, rooms.keyring.rest_key, name.encode())


def readable(root: Path, rooms: Rooms) -> list[str]:
    """Where the secret can be read in a folder: as it stands, or by any key that is left."""
    found = [
        path.name
        for path in sorted(root.rglob("*"))
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    with closing(sqlite3.connect(root / "tracer.db")) as db:
        blobs = db.execute("SELECT id, jws, disclosures FROM message WHERE jws IS NOT NULL")
        for name, *columns in blobs.fetchall():
            for key in keys_of(root, rooms):
                for column, blob in zip(("jws", "disclosures"), columns, strict=True):
                    found += _opened(key, blob, f"{name}:{column}")
    return found


def _opened(key: bytes, blob: bytes, place: str) -> list[str]:
    try:
        plain = rest.decrypt(key, blob, place.encode())
    except OperatorError:
        return []
    parts = [unb64url(part) for part in plain.decode().split("~") if part and "." not in part]
    return [place] if any(SECRET.encode() in part for part in parts) else []


async def test_the_secret_is_there_to_be_found_before_anything_goes(world: World) -> None:
    await world.ours.store.scrub()
    assert readable(world.ours.home.root, world.ours) == [f"{world.thread}:disclosures"]


async def test_two_persons_erase_a_group_and_nothing_of_it_is_left(
    world: World, tmp_path: Path
) -> None:
    before, wrapped = await holding(world.ours, world.thread), _wrapped(world)
    asked = await world.desk.disposing.erase("one", world.thread, ["narrative"], WHY)
    assert (asked.done_at, readable(world.ours.home.root, world.ours) == []) == ("", False)
    with pytest.raises(InputError) as caught:
        await world.desk.disposing.approve("one", asked.number)
    assert caught.value.code == "four-eyes"
    done = await world.desk.disposing.approve("two", asked.number)
    assert (done.messages, done.approved_by, done.scrubbed) == (1, "two", True)
    assert readable(world.ours.home.root, world.ours) == []
    assert not any(wrapped in path.read_bytes() for path in _files(world))
    after = await holding(world.ours, world.thread)
    assert after.messages[0].flags == "erased"
    assert after.messages[0].jws == before.messages[0].jws
    assert len(after.messages[0].disclosures) == len(before.messages[0].disclosures) - 1
    assert (after.receipts, after.sender_proofs) == (before.receipts, before.sender_proofs)
    assert (await verify(world.ours, lambda *_: None)).faults == ()
    case = await world.desk.reads.case("one", world.thread)
    assert "narrative" not in case.steps[0].document
    await dialogue(world.ours, world.theirs)
    await _backup_holds_nothing(world, tmp_path)


async def _backup_holds_nothing(world: World, tmp_path: Path) -> None:
    target = tmp_path / "backup-after"
    await backup.create(world.ours.home, target, SystemClock(), quiet)
    assert readable(target, world.ours) == []


def _files(world: World) -> list[Path]:
    return [path for path in world.ours.home.root.rglob("*") if path.is_file()]


def _wrapped(world: World) -> bytes:
    with closing(sqlite3.connect(world.ours.home.database)) as db:
        row = db.execute("SELECT key FROM thread WHERE id = ?", (world.thread,)).fetchone()
        return bytes(row[0])


async def test_a_purged_thread_keeps_what_proves_it_and_its_case_as_it_stood(
    world: World, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        await world.desk.disposing.purge("one", world.thread, WHY)
    assert caught.value.code == "thread-open"
    await settled(world)
    before, wrapped = await holding(world.ours, world.thread), _wrapped(world)
    asked = await world.desk.disposing.purge("one", world.thread, WHY)
    done = await world.desk.disposing.approve("two", asked.number)
    assert done.messages == 2
    after = await holding(world.ours, world.thread)
    assert [row.jws for row in after.messages] == [None, None]
    assert [(row.id, row.type, row.follows, row.at) for row in after.messages] == [
        (row.id, row.type, row.follows, row.at) for row in before.messages
    ]
    assert (after.receipts, after.case) == (before.receipts, before.case)
    frozen = await world.ours.store.read(lambda tx: tx.disposals.frozen(world.thread))
    assert frozen is not None
    row = (await world.ours.store.read(lambda tx: tx.audit.list(1, subject=world.thread)))[0]
    assert (row.act, row.detail["digest"], row.detail["reason"]) == ("purge", frozen.digest, WHY)
    assert readable(world.ours.home.root, world.ours) == []
    assert not any(wrapped in path.read_bytes() for path in _files(world))
    assert (await verify(world.ours, lambda *_: None)).faults == ()
    await _backup_holds_nothing(world, tmp_path)
    await world.ours.store.write(
        lambda tx: world.ours.projection.write(tx, [after.thread] if after.thread else [])
    )
    assert (await holding(world.ours, world.thread)).case == before.case
    case = await world.desk.reads.case("one", world.thread)
    assert case.stands.startswith("deleted after its retention")


async def test_a_purged_message_that_comes_again_gets_its_receipt_and_a_new_one_is_refused(
    world: World,
) -> None:
    await settled(world)
    records = (await holding(world.ours, world.thread)).receipts
    await world.theirs.store.write(lambda tx: tx.threads.purge(world.thread))
    with closing(sqlite3.connect(world.ours.home.database)) as db, db:
        db.execute("DELETE FROM receipt")
        db.execute("UPDATE outbox SET state = 'queued', next_attempt = ''")
    world.ours.wake(B)
    for name in records:
        await until(lambda n=name: receipted(world.ours, B, n))  # type: ignore[misc]
    assert (await holding(world.ours, world.thread)).receipts == records
    late = await world.ours.submit(reply(world.ours, "feedback", world.thread, B))
    await until(lambda: _refused(world.ours, late.id))


async def _refused(rooms: Rooms, name: str) -> bool:
    rows = await rooms.store.read(lambda tx: tx.outbox.rows(message_id=name))
    return [(row.state, row.last_error) for row in rows] == [("undeliverable", "thread-purged")]


async def test_a_hold_stops_both_until_it_is_lifted(world: World) -> None:
    waiting = await world.desk.disposing.erase("one", world.thread, ["narrative"], WHY)
    await world.desk.disposing.hold("one", world.thread, "appeal 7 of 2026")
    await settled(world)
    for refused in (
        world.desk.disposing.erase("one", world.thread, ["narrative"], WHY),
        world.desk.disposing.purge("one", world.thread, WHY),
        world.desk.disposing.approve("two", waiting.number),
    ):
        with pytest.raises(InputError) as caught:
            await refused
        assert caught.value.code == "thread-held"
    assert [row.thread for row in await world.desk.disposing.holds("one")] == [world.thread]
    await world.desk.disposing.unhold("two", world.thread, "appeal decided")
    assert (await world.desk.disposing.approve("two", waiting.number)).done_at


async def test_an_account_of_theirs_does_not_approve_what_somebody_asked(world: World) -> None:
    asked = await world.desk.disposing.erase("one", world.thread, ["narrative"], WHY)
    await world.ours.store.write(lambda tx: tx.hands.add("two", "one", "password-give"))
    with pytest.raises(InputError) as caught:
        await world.desk.disposing.approve("two", asked.number)
    assert caught.value.code == "four-eyes-account"
    assert [one.number for one in await world.desk.disposing.waiting("one")] == [asked.number]


async def test_what_nobody_holds_or_knows_is_not_erased(world: World) -> None:
    for groups, code in ((["narrative"], "group-absent"), (["colour"], "group-unknown")):
        with pytest.raises(InputError) as caught:
            await world.desk.disposing.erase("one", world.thread, groups, WHY, message="x" * 43)
        assert caught.value.code == code
    with pytest.raises(InputError) as caught:
        await world.desk.disposing.erase("one", world.thread, ["narrative"], "short")
    assert caught.value.code == "reason-missing"


async def test_erasing_the_keys_of_files_removes_the_files(world: World) -> None:
    sent = await world.ours.submit(with_photos(world.ours, B, 2, 20_000))
    await until(lambda: _shelved(world.theirs, 2))
    names = [path.name for path in world.ours.home.attachments.iterdir()]
    assert len(names) == 2
    asked = await world.desk.disposing.erase("one", sent.thread, ["attachment_keys"], WHY)
    done = await world.desk.disposing.approve("two", asked.number)
    assert done.files == 2
    assert list(world.ours.home.attachments.iterdir()) == []
    assert (await verify(world.ours, lambda *_: None)).faults == ()


async def _shelved(rooms: Rooms, count: int) -> bool:
    return len([p for p in rooms.home.attachments.iterdir() if "part" not in p.name]) == count


async def test_a_resync_shows_what_was_erased_and_brings_it_back_nowhere(world: World) -> None:
    asked = await world.desk.disposing.erase("one", world.thread, ["narrative"], WHY)
    await world.desk.disposing.approve("two", asked.number)
    assert await world.ours.resync(world.ours.cell.get().peer(B)) == Resynced(threads_compared=1)
    lose_thread(world.theirs, world.thread)
    assert (await world.theirs.resync(world.theirs.cell.get().peer(A))).fetched == 1
    row = (await holding(world.theirs, world.thread)).messages[0]
    assert row.flags == "erased"


async def test_settled_threads_are_due_after_their_retention(world: World) -> None:
    assert await world.desk.disposing.due("one") == ()
    await settled(world)
    assert await world.desk.disposing.due("one") == ()
    with closing(sqlite3.connect(world.ours.home.database)) as db, db:
        db.execute("""UPDATE "case" SET updated = '2010-01-01T00:00:00.000Z'""")
    assert [one.thread for one in await world.desk.disposing.due("one")] == [world.thread]
    await world.desk.disposing.hold("one", world.thread, "appeal 7 of 2026")
    assert await world.desk.disposing.due("one") == ()


def test_the_refusal_of_a_purged_thread_is_final() -> None:
    assert not PeerError("thread-purged", "").retryable


async def test_what_may_go_and_be_exported_is_for_those_who_see_the_case(world: World) -> None:
    """Of a case restricted to another team, an officer learns nothing and lets nothing go."""
    desk, thread = world.desk, world.thread
    asked = await desk.disposing.erase("two", thread, ["narrative"], WHY)
    await desk.disposing.hold("two", thread, WHY)

    def restrict(tx: Tx) -> None:
        tx.teams.put(TeamRow("south", "South", "", closed=False), by="test")
        tx.teams.join("south", "two", by="test")
        tx.work.give(thread, "south", restricted=True)

    await world.ours.store.write(restrict)
    for act in (
        desk.disposing.erase("one", thread, ["persons"], WHY),
        desk.disposing.purge("one", thread, WHY),
        desk.disposing.hold("one", thread, WHY),
        desk.disposing.unhold("one", thread, WHY),
        desk.evidence.export("one", thread, offline=True, pdf=False),
    ):
        with pytest.raises(InputError, match="thread-unknown"):
            await act
    for act in (
        desk.disposing.approve("one", asked.number),
        desk.disposing.drop("one", asked.number, WHY),
    ):
        with pytest.raises(InputError, match="disposal-unknown"):
            await act
    assert await desk.disposing.holds("one") == ()
    assert await desk.disposing.waiting("one") == ()
    assert [row.thread for row in await desk.disposing.holds("two")] == [thread]
    assert [row.number for row in await desk.disposing.waiting("two")] == [asked.number]
