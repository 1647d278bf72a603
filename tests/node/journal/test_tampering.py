"""Every way of rewriting who did what is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import msgspec
import pytest

from tests.node.journal.keeping import HOUR, JOURNAL, LOG, US, act, opened, sql, told
from tests.nodes import Made
from tracer.canonical import b64url
from tracer.clock import FixedClock
from tracer.envelope import rest
from tracer.evidence import merkle
from tracer.evidence.journal import act_digest, new_act
from tracer.evidence.record import stub_hash
from tracer.node.check.journal import journal_of
from tracer.node.journal import GAP
from tracer.store import migrate

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
