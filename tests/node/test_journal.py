"""The journal of a node: every way of rewriting who did what is named, no hour is entered twice."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cli.house import PEOPLE
from tests.evidence import rfc9162
from tests.nodes import Made, free_port, make_node
from tests.rules.tree import ROOT
from tracer.canonical import b64url, unb64url
from tracer.clock import FixedClock, stamp
from tracer.envelope import rest
from tracer.evidence import merkle
from tracer.evidence.checkpoint import LogPublic, verify_checkpoint
from tracer.evidence.journal import JournalHead, ShownAct, act_digest, check_act, new_act
from tracer.evidence.proof import Proof
from tracer.evidence.record import Kind, parse_record, stub_hash
from tracer.node.check.journal import journal_of
from tracer.node.commands import Call, run
from tracer.node.desk import open_desk
from tracer.node.journal import GAP, SETTINGS, note_settings
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.node.workers.journal import JournalWork
from tracer.store import EntryRow, migrate

US = "XA-NPOC"
LOG, JOURNAL = f"{US}/log/1", f"{US}/journal/1"
NOON = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Failing:
    """Raises at the step it is set to, once."""

    def __init__(self) -> None:
        self.at = ""

    def __call__(self, step: str) -> None:
        if step == self.at:
            self.at = ""
            raise RuntimeError(step)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
async def made(tmp_path: Path, clock: FixedClock) -> Made:
    """A node in whose first hour one act was done; two more at its making."""
    node = await make_node(tmp_path / "node", US, port=free_port(), clock=clock)
    async with opened(node, clock) as rooms:
        await staff(rooms)
        await act(rooms, "first")
    return node


async def staff(rooms: Rooms) -> None:
    """Everybody of `PEOPLE`, put on record without an act: the acts here are those of the tests."""
    for name, roles in PEOPLE.items():
        await rooms.store.write(lambda tx, n=name, r=roles: tx.people.add(n, r, by="test"))  # type: ignore[misc]


@asynccontextmanager
async def opened(
    made: Made, clock: FixedClock, faults: Callable[[str], None] | None = None
) -> AsyncIterator[Rooms]:
    async with open_rooms(made.home, made.config, clock, faults=faults) as rooms:
        yield rooms


async def act(rooms: Rooms, *words: str) -> None:
    """Acts of people about one case."""
    for word in words:
        await rooms.store.write(lambda tx, w=word: tx.audit.write("ada", w, "D1", {"why": w}))  # type: ignore[misc]


async def told(rooms: Rooms) -> list[str]:
    """What the check finds."""
    found = await journal_of(rooms, lambda *_: None)
    return [f"{one.where}: {one.what}" for one in found.faults]


async def entries(rooms: Rooms) -> list[EntryRow]:
    return await rooms.store.read(lambda tx: tx.journal.entries(JOURNAL))


# -- once an hour ---------------------------------------------------------------------------------


async def test_the_head_of_an_hour_that_is_over_enters_the_exchange_log_once(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        assert await rooms.journal() is None, "the hour is not over"
        clock.advance(HOUR)
        entry = await rooms.journal()
        assert entry is not None
        assert (entry.hour, entry.size, entry.log, entry.leaf_index) == ("2026-03-01T13", 3, LOG, 0)
        record = parse_record(await rooms.store.read(lambda tx: tx.log.record(0)))
        assert (record.kind, record.sender, record.recipient) == (Kind.JOURNAL, US, US)
        assert record.id == JournalHead(JOURNAL, 3, entry.root).digest()
        await act(rooms, "second")
        assert await rooms.journal() is None, "this hour has its entry"
    async with opened(made, clock) as rooms:
        assert await rooms.journal() is None, "a restart changes nothing"
        clock.advance(HOUR)
        again = await rooms.journal()
        assert again is not None
        assert (again.hour, again.size) == ("2026-03-01T14", 4)
        clock.advance(HOUR)
        assert await rooms.journal() is None, "nothing was done"
        assert await told(rooms) == []


async def test_nothing_is_entered_while_the_node_restores(made: Made, clock: FixedClock) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(HOUR)
        rooms.gate.close("a test")
        assert await JournalWork(rooms.journal).round() > 0
        assert rooms.store.head.size == 0
        rooms.home.restoring.unlink()
        assert await rooms.journal() is not None


async def test_a_clock_that_was_set_back_enters_no_hour_twice(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(HOUR)
        await rooms.journal()
        clock.advance(2 * HOUR)
        await act(rooms, "later")
        clock.advance(-2 * HOUR)
        await rooms.journal()
        clock.advance(3 * HOUR)
        await rooms.journal()
        assert [one.hour for one in await entries(rooms)] == ["2026-03-01T13", "2026-03-01T16"]
        assert await told(rooms) == []


async def test_after_an_entry_of_a_clock_that_was_ahead_no_act_is_dated_before_it(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(8 * HOUR)
        await rooms.journal()
        clock.advance(-7 * HOUR)
        await act(rooms, "by the right clock")
        assert await told(rooms) == []
        clock.advance(9 * HOUR)
        assert await rooms.journal() is not None
        assert await told(rooms) == []


async def test_an_hour_is_not_entered_again_for_an_act_whose_row_is_gone(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        clock.advance(HOUR)
        await rooms.journal()
        await act(rooms, "second")
    sql(made, "DELETE FROM audit WHERE number = 4")
    async with opened(made, clock) as rooms:
        assert await rooms.journal() is None


@pytest.mark.parametrize(
    "step", ["lane.begin", "lane.body", "lane.head", "lane.before-commit", "lane.after-commit"]
)
async def test_each_step_of_entering_may_fail_and_the_hour_is_entered_once(
    made: Made, clock: FixedClock, step: str
) -> None:
    failing = Failing()
    async with opened(made, clock, failing) as rooms:
        clock.advance(HOUR)
        failing.at = step
        with pytest.raises(RuntimeError, match=step):
            await rooms.journal()
    async with opened(made, clock, failing) as rooms:
        await rooms.journal()
        assert [one.hour for one in await entries(rooms)] == ["2026-03-01T13"]
        assert rooms.store.head.size == 1
        assert await told(rooms) == []


async def test_what_was_committed_and_not_entered_before_a_crash_is_entered_later(
    made: Made, clock: FixedClock
) -> None:
    failing = Failing()
    async with opened(made, clock, failing) as rooms:
        failing.at = "lane.after-commit"
        with pytest.raises(RuntimeError):
            await act(rooms, "committed, and nobody was told")
    clock.advance(HOUR)
    async with opened(made, clock) as rooms:
        entry = await rooms.journal()
        assert entry is not None
        assert entry.size == 4
        assert await told(rooms) == []


CHILD = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from tracer.clock import FixedClock
from tracer.config import Config
from tracer.node.home import Home
from tracer.node.opening import open_rooms

async def main(root, now):
    config = Config.load(root, environ={})
    async with open_rooms(Home(root), config, FixedClock(datetime.fromisoformat(now))) as rooms:
        await rooms.store.write(lambda tx: tx.audit.write("ada", "killed", "D1"))
        print("on record", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def test_an_act_of_a_process_that_was_killed_is_entered_by_the_next(
    made: Made, clock: FixedClock
) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CHILD, str(made.home.root), NOON.isoformat()),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"on record\n"
    child.kill()
    await child.wait()
    clock.advance(HOUR)
    async with opened(made, clock) as rooms:
        entry = await rooms.journal()
        assert entry is not None
        assert entry.size == 4
        assert (await rooms.store.read(lambda tx: tx.audit.list(1)))[0].act == "killed"
        assert await told(rooms) == []


# -- tampering ------------------------------------------------------------------------------------


def sql(made: Made, *statements: str) -> None:
    """Write to the database as nobody should."""
    with closing(sqlite3.connect(made.home.database)) as db, db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0


@pytest.fixture
async def filled(made: Made, clock: FixedClock) -> Made:
    """Ten acts: three of the first hour (entered), four of the second (entered), three of now."""
    async with opened(made, clock) as rooms:
        for words in (("b", "c", "d", "e"), ("f", "g", "h")):
            clock.advance(HOUR)
            await rooms.journal()
            for word in words:
                clock.advance(timedelta(minutes=1))
                await act(rooms, word)
        assert [one.size for one in await entries(rooms)] == [3, 7]
        assert await told(rooms) == []
    return made


PLAIN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "a row deleted": (("DELETE FROM audit WHERE number = 5",), (f"{JOURNAL} 4: the act was del",)),
    "the newest row deleted": (
        ("DELETE FROM audit WHERE number = 10",),
        (f"{JOURNAL} 9: the act was deleted",),
    ),
    "a name changed": (
        ("UPDATE audit SET actor = 'eve' WHERE number = 5",),
        ("act 5 (eve c D1", "it was changed"),
    ),
    "an act changed": (("UPDATE audit SET act = 'x' WHERE number = 5",), ("it was changed",)),
    "a subject changed": (
        ("UPDATE audit SET subject = 'D2' WHERE number = 5",),
        ("act 5 (ada c D2", "it was changed"),
    ),
    "a detail changed": (
        ("UPDATE audit SET detail = x'0102' WHERE number = 5",),
        ("act 5 (ada c D1", "it was changed"),
    ),
    "a detail destroyed": (
        ("UPDATE audit SET detail = x'' WHERE number = 5",),
        ("act 5 (ada c D1", "its detail was destroyed, and no act says so"),
    ),
    "two rows exchanged": (
        (
            "UPDATE audit SET leaf = 99 WHERE number = 5",
            "UPDATE audit SET leaf = 4 WHERE number = 6",
            "UPDATE audit SET leaf = 5 WHERE number = 5",
        ),
        ("act 5 (ada c D1", "it was moved: it belongs to place 4", "belongs to place 5"),
    ),
    "a row dated back": (
        ("UPDATE audit SET at = '2026-03-01T12:06:00.000Z' WHERE number = 5",),
        ("act 5 (ada c D1 2026-03-01T12:06:00.000Z", "dated back: to 2026-03-01T12:06:00.000Z"),
    ),
    "a row dated forward": (
        ("UPDATE audit SET at = '2026-03-01T19:00:00.000Z' WHERE number = 5",),
        ("it is dated 2026-03-01T19:00:00.000Z, and was entered at 2026-03-01T14:09",),
    ),
    "a row put in": (
        (
            (
                "INSERT INTO audit (at, actor, act, subject, detail) "
                "SELECT at, 'eve', act, subject, detail FROM audit WHERE number = 5"
            ),
        ),
        ("act 11 (eve c D1", "it stands in no journal"),
    ),
    "a row taken out of the journal": (
        ("UPDATE audit SET log = NULL, leaf = NULL WHERE number = 5",),
        (f"{JOURNAL} 4: the act was deleted", "act 5 (ada c D1", "it stands in no journal"),
    ),
    "a digest deleted": (
        ('DELETE FROM log_record WHERE log = 2 AND "index" = 4',),
        ("the digest of act 4 of 10 is missing",),
    ),
    "a digest changed": (
        ('UPDATE log_record SET record = zeroblob(32) WHERE log = 2 AND "index" = 4',),
        ("it was changed", "do not lead to the root of the head", "acts 3 to 6 are not those"),
    ),
    "the head changed": (
        ("UPDATE log_origin SET root = zeroblob(32) WHERE number = 2",),
        ("the digests do not lead to the root of the head",),
    ),
    "an entry deleted": (
        ("DELETE FROM journal_entry WHERE size = 7",),
        (f"{LOG} 1: it holds a head of the journal that nothing here leads to",),
    ),
    "an entry changed": (
        ("UPDATE journal_entry SET root = zeroblob(32) WHERE size = 7",),
        ("acts 3 to 6 are not those that were entered", f"{LOG} 1: it holds another head than 7"),
    ),
    "a record of an entry replaced": (
        (
            (
                "UPDATE log_record SET record = CAST(replace(CAST(record AS TEXT), 'journal', "
                "'sent') AS BLOB) WHERE log = 1 AND \"index\" = 1"
            ),
        ),
        (f"{LOG} 1: it should hold the head of {JOURNAL}",),
    ),
    "a signed head replaced": (
        ("UPDATE checkpoint SET note = replace(note, '7', '8') WHERE origin LIKE '%journal%'",),
        ("the newest signed head",),
    ),
}


@pytest.mark.parametrize("how", PLAIN)
async def test_what_was_done_to_the_tables_is_named(
    filled: Made, clock: FixedClock, how: str
) -> None:
    statements, says = PLAIN[how]
    sql(filled, *statements)
    async with opened(filled, clock) as rooms:
        found = " | ".join(await told(rooms))
    for sentence in says:
        assert sentence in found


def rewrite(made: Made, key: bytes, keep: int, change: Callable[[int, Any], Any]) -> None:
    """Write the journal anew with the node's own key: `keep` acts, each as `change` wants it.

    Digests, tree, head and the file beside the database are made to fit, as somebody who holds the
    machine could.
    """
    with closing(sqlite3.connect(made.home.database)) as db, db:
        rows = db.execute(
            "SELECT number, at, actor, act, subject, detail FROM audit ORDER BY leaf"
        ).fetchall()
        leaves = []
        for leaf, (number, *words, blob) in enumerate(rows[:keep]):
            plain = rest.decrypt(key, blob, "\n".join(("audit", *words)).encode())
            values = dict(zip(("at", "actor", "act", "subject"), words, strict=True))
            values = change(leaf, values | {"detail": msgspec.json.decode(plain[32:])})
            salt, detail = plain[:32], msgspec.json.encode(values["detail"])
            place = "\n".join(("audit", *(values[n] for n in ("at", "actor", "act", "subject"))))
            digest = act_digest(new_act(**values, salt=salt))
            db.execute(
                "UPDATE audit SET at = ?, actor = ?, act = ?, subject = ?, detail = ? "
                "WHERE number = ?",
                (
                    *(values[n] for n in ("at", "actor", "act", "subject")),
                    rest.encrypt(key, salt + detail, place.encode()),
                    number,
                ),
            )
            db.execute(
                'UPDATE log_record SET record = ? WHERE log = 2 AND "index" = ?', (digest, leaf)
            )
            leaves.append(stub_hash(digest))
        db.execute("DELETE FROM audit WHERE leaf >= ?", (keep,))
        db.execute('DELETE FROM log_record WHERE log = 2 AND "index" >= ?', (keep,))
        db.execute("DELETE FROM log_node WHERE log = 2")
        grown = merkle.append(0, leaves, lambda _: [])
        db.executemany(
            "INSERT INTO log_node VALUES (2, ?, ?)",
            [(level << 54 | index, value) for (level, index), value in grown.new_nodes.items()],
        )
        db.execute("UPDATE log_origin SET size = ?, root = ? WHERE number = 2", (keep, grown.root))
    line = msgspec.json.encode((JOURNAL, keep, b64url(grown.root)))
    made.home.journal_mark.write_bytes(line)


async def key_of(made: Made, clock: FixedClock) -> bytes:
    async with opened(made, clock) as rooms:
        return rooms.keyring.rest_key


def _same(_leaf: int, values: dict[str, Any]) -> dict[str, Any]:
    return values


def _other_detail(leaf: int, values: dict[str, Any]) -> dict[str, Any]:
    return values | ({"detail": {"why": "another"}} if leaf == 4 else {})


def _dated_back(leaf: int, values: dict[str, Any]) -> dict[str, Any]:
    return values | ({"at": "2026-03-01T12:06:00.000Z"} if leaf >= 7 else {})


@pytest.mark.parametrize(
    ("keep", "change", "says"),
    [
        (10, _other_detail, "acts 3 to 6 are not those that were entered at 2026-03-01T14:09"),
        (10, _dated_back, "is dated back: to 2026-03-01T12:06:00.000Z"),
        (5, _same, "acts 5 to 6 were cut off: 7 were entered at 2026-03-01T14:09"),
        (2, _same, "acts 2 to 2 were cut off: 3 were entered at 2026-03-01T13:05"),
    ],
    ids=["changed", "dated back", "truncated", "truncated to nothing"],
)
async def test_a_journal_made_anew_with_all_keys_is_found_by_what_was_entered(
    filled: Made, clock: FixedClock, keep: int, change: Callable[[int, Any], Any], says: str
) -> None:
    rewrite(filled, await key_of(filled, clock), keep, change)
    async with opened(filled, clock) as rooms:
        assert says in " | ".join(await told(rooms))


async def test_a_journal_cut_off_within_the_hour_is_found_by_the_file_beside_the_database(
    filled: Made, clock: FixedClock
) -> None:
    async with opened(filled, clock) as rooms:
        mark, key = rooms.home.journal_mark.read_bytes(), rooms.keyring.rest_key
    rewrite(filled, key, 8, _same)
    filled.home.journal_mark.write_bytes(mark)
    async with opened(filled, clock) as rooms:
        newest = (await rooms.store.read(lambda tx: tx.audit.list(1)))[0]
        assert (newest.act, newest.subject) == (GAP, JOURNAL)
        assert newest.detail == {"reached": 10, "held": 8}
        assert await rooms.store.read(lambda tx: tx.journal.origins()) == [
            JOURNAL,
            f"{US}/journal/2",
        ]
        assert f"{JOURNAL}: acts 8 to 9 were lost before" in " | ".join(await told(rooms))
    async with opened(filled, clock) as rooms:
        assert await rooms.store.read(lambda tx: tx.audit.count()) == 9, "it is told once"


async def test_acts_go_on_where_the_file_beside_the_database_cannot_be_written(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        await act(rooms, "before")
        made.home.journal_mark.unlink()
        made.home.journal_mark.mkdir()
        await act(rooms, "after")
        assert await rooms.store.read(lambda tx: tx.audit.count()) == 5
        made.home.journal_mark.rmdir()
        await act(rooms, "again")
        assert await told(rooms) == []


async def test_other_acts_of_the_same_number_are_found_by_the_file_beside_the_database(
    filled: Made, clock: FixedClock
) -> None:
    async with opened(filled, clock) as rooms:
        mark, key = rooms.home.journal_mark.read_bytes(), rooms.keyring.rest_key
    rewrite(filled, key, 10, lambda leaf, v: v | ({"actor": "eve"} if leaf == 9 else {}))
    filled.home.journal_mark.write_bytes(mark)
    async with opened(filled, clock) as rooms:
        assert "were lost before" in " | ".join(await told(rooms))


async def test_an_erased_detail_that_an_act_speaks_of_is_no_fault(
    filled: Made, clock: FixedClock
) -> None:
    async with opened(filled, clock) as rooms:
        await rooms.store.write(lambda tx: tx.audit.erase(5, actor="ben", reason="by order"))
        found = await journal_of(rooms, lambda *_: None)
    assert (found.faults, found.erased, found.acts) == ((), 1, 11)


async def test_a_database_of_before_there_was_a_journal_gets_one_with_all_its_acts(
    made: Made, clock: FixedClock
) -> None:
    key = await key_of(made, clock)
    with closing(sqlite3.connect(made.home.database)) as db, db:
        for number, *words, blob in db.execute(
            "SELECT number, at, actor, act, subject, detail FROM audit"
        ).fetchall():
            place = "\n".join(("audit", *words)).encode()
            old = rest.encrypt(key, rest.decrypt(key, blob, place)[32:], place)
            db.execute("UPDATE audit SET detail = ? WHERE number = ?", (old, number))
    migrate.downgrade(made.home.database, "0006")
    made.home.journal_mark.unlink()
    migrate.upgrade(made.home.database)
    clock.advance(HOUR)
    async with opened(made, clock) as rooms:
        rows = await rooms.store.read(lambda tx: tx.audit.list())
        assert [(row.act, row.detail) for row in rows[:2]] == [
            ("journal-open", {"rows": 3}),
            ("first", {"why": "first"}),
        ]
        clock.advance(HOUR)
        assert await rooms.journal() is not None
        assert await told(rooms) == []


# -- what is on record, and handing it out --------------------------------------------------------


async def test_a_setting_that_differs_from_the_last_start_is_an_act(
    made: Made, clock: FixedClock
) -> None:
    changed = msgspec.structs.replace(
        made.config, release=type(made.config.release)(policy="one-with-reason")
    )
    async with opened(made, clock) as rooms:
        for config in (made.config, changed, changed):
            await rooms.store.write(lambda tx, c=config: note_settings(tx, c, US))  # type: ignore[misc]
        rows = await rooms.store.read(lambda tx: tx.audit.list(act=SETTINGS))
    assert [(row.actor, row.detail) for row in rows[:-1]] == [
        ("operator", {"release.policy": {"from": None, "to": "one-with-reason"}})
    ]
    assert rows[-1].actor == "init"


async def test_acts_are_handed_out_with_all_that_a_stranger_needs_to_check_them(
    filled: Made, clock: FixedClock
) -> None:
    async with opened(filled, clock) as rooms:
        call = Call(desk=open_desk(rooms), actor="auditor.one")
        found = await run("audit.export", {"subject": "D1"}, call)
        public = rooms.keyring.log_key().public
        last = (await rooms.store.read(lambda tx: tx.audit.list(1)))[0]
    assert (last.actor, last.act, last.subject) == ("auditor.one", "audit-export", "D1")
    assert [bool(one["size"]) for one in found["acts"]] == [True] * 5 + [False] * 3
    for one in found["acts"][:5]:
        assert checked(found, one, public) == ("ada", one["number"] - 1)
        # the same by the text of RFC 9162, from the file alone
        head = head_of(found, one)
        leaf = rfc9162.leaf(hashlib.sha256(one["act"].encode()).digest())
        path = [unb64url(node) for node in one["path"]]
        root = rfc9162_root(leaf, one["index"], one["size"], path)
        assert b64url(root) == head["root"]


def rfc9162_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2, written here again."""
    fn, sn, result = index, size - 1, leaf
    for node in path:
        assert sn
        if fn & 1 or fn == sn:
            result = hashlib.sha256(b"\x01" + node + result).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + node).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return result


def head_of(found: Any, one: Any) -> Any:
    (head,) = [each for each in found["heads"] if each["size"] == one["size"]]
    return head


def checked(found: Any, one: Any, public: LogPublic) -> tuple[str, int]:
    """Check one act of a file with the keys of an entry; who did it, and at which place."""
    head = head_of(found, one)
    shown = head["shown"]
    (note,) = [n["note"] for n in found["checkpoints"] if n["size"] == shown["size"]]
    acted = check_act(
        ShownAct(one["act"].encode(), one["index"], tuple(map(unb64url, one["path"]))),
        JournalHead(head["journal"], head["size"], unb64url(head["root"])),
        Proof(
            record=unb64url(shown["record"]),
            index=shown["index"],
            size=shown["size"],
            path=tuple(map(unb64url, shown["path"])),
        ),
        verify_checkpoint(note, origin=public.origin, public=public),
        authority=US,
    )
    return acted.actor, one["index"]


async def test_one_who_may_not_is_refused_and_one_who_may_is_answered(
    made: Made, clock: FixedClock
) -> None:
    async with opened(made, clock) as rooms:
        desk = open_desk(rooms)
        assert (await run("audit.verify", {}, Call(desk=desk, actor="officer.one")))["acts"] == 3
        with pytest.raises(Exception, match="role-missing"):
            await run("audit.verify", {}, Call(desk=desk, actor="investigator.one"))
        rows = await run(
            "audit.list",
            {"by": "ada", "since": stamp(NOON)[:10], "until": "2026-03-02"},
            Call(desk=desk, actor="auditor.one"),
        )
        assert [row["act"] for row in rows] == ["first"]
        none = await run(
            "audit.list", {"until": "2026-03-01"}, Call(desk=desk, actor="auditor.one")
        )
        assert none == []
