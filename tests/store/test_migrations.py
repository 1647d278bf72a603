"""The schema: the same by migration and by metadata, movable with data, never guessed."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.store import make
from tracer.clock import FixedClock
from tracer.errors import OperatorError
from tracer.store import Store, Tx, migrate
from tracer.store.account_rows import Scope
from tracer.store.case_pages import Wanted
from tracer.store.tables.exchange import meta

WORDS = re.compile(r"[^\s,()]+")
SKELETON = (
    "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'alembic%' ORDER BY 1, 2"
)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as conn:
        return {row[0] for row in conn.execute("SELECT name FROM sqlite_schema")}


def test_the_migrated_schema_is_that_of_the_metadata(path: Path) -> None:
    migrate.upgrade(path)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, meta.metadata) == []
        migrated = [tuple(row) for row in conn.execute(text(SKELETON))]
    direct = create_engine("sqlite://")
    with direct.begin() as conn:
        meta.metadata.create_all(conn)
        expected = [tuple(row) for row in conn.execute(text(SKELETON))]
    direct.dispose()

    def plain(rows: list[tuple[str, ...]]) -> set[tuple[str, str, str]]:
        return {
            (kind, name, " ".join(sorted(WORDS.findall(sql or "")))) for kind, name, sql in rows
        }

    assert plain(migrated) == plain(expected)


def test_the_newest_revision_is_the_one_this_version_works_with() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.SCHEMA]


async def test_every_step_down_and_up_again_keeps_the_data_of_the_others(
    path: Path, clock: FixedClock
) -> None:
    def fill(tx: Tx) -> None:
        tx.log.open_origin(make.LOG)
        make.commit(tx, make.message("m"))
        tx.drafts.put(make.draft("d"))
        tx.drafts.approve("d", 1, "officer", "submit")

    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        await store.write(fill)
    migrate.downgrade(path, "0001")
    assert "draft" not in tables(path)
    migrate.upgrade(path)
    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        row = await store.read(lambda tx: tx.messages.find(make.PEER, make.digest("m")))
        assert row is not None
        assert row.jws == "header.plaintext-of-m.signature"
        assert await store.read(lambda tx: tx.drafts.get("d")) is None
        assert store.head.size == 1


def test_a_filled_database_can_be_taken_down_to_nothing(path: Path) -> None:
    migrate.upgrade(path)
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("INSERT INTO meta VALUES ('key', 'value')")
    migrate.downgrade(path, "base")
    assert "message" not in tables(path)
    migrate.upgrade(path)
    assert "message" in tables(path)


async def test_cases_in_which_something_unseen_was_searched_for_become_due(
    path: Path, clock: FixedClock
) -> None:
    def fill(tx: Tx) -> None:
        tx.log.open_origin(make.LOG)
        for name in KEPT:
            make.commit(tx, make.message(name))

    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        await store.write(fill)
    migrate.downgrade(path, "0016")
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DELETE FROM clock")
        for name, (word, serial, family) in KEPT.items():
            thread = make.digest(name)
            conn.execute("INSERT INTO clock VALUES (?, NULL, x'5B5D')", (thread,))
            conn.execute("INSERT INTO case_word VALUES (?, ?)", (word, thread))
            conn.execute(
                "INSERT INTO firearm VALUES (?, 1, ?, 's', ?, '')", (thread, serial, family)
            )
    migrate.upgrade(path, "0017")
    with closing(sqlite3.connect(path)) as conn:
        found = conn.execute("SELECT thread FROM clock WHERE at IS NOT NULL").fetchall()
    hidden = ("word", "serial", "family")
    assert {thread for (thread,) in found} == {make.digest(name) for name in hidden}


async def described(path: Path, clock: FixedClock) -> None:
    """A database with two cases of which firearms are described, taken down to schema 0018."""

    def fill(tx: Tx) -> None:
        tx.log.open_origin(make.LOG)
        make.commit(tx, make.message("one"), make.message("two"))
        tx.cases.put_many([make.case("one"), make.case("two")])
        tx.agenda.say(make.digest("one"), {"kv12", "9x19"}, {"glock", "9x19"})
        tx.agenda.say(make.digest("two"), {"kv13"}, {"glock", "9x19"})

    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        await store.write(fill)
    migrate.downgrade(path, "0018")


async def test_a_case_is_found_by_its_old_words_until_its_clocks_are_looked_at_which_is_at_once(
    path: Path, clock: FixedClock
) -> None:
    await described(path, clock)
    names = [make.digest("one"), make.digest("two")]
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DELETE FROM clock")
        conn.executemany("INSERT INTO clock VALUES (?, NULL, x'5B5D')", [(one,) for one in names])
    migrate.upgrade(path)
    everybody, wanted = Scope("aud", "all", frozenset()), Wanted(words=("glock", "9x19"))

    def found(tx: Tx) -> set[str]:
        return {one.thread for one in tx.case_pages.places(wanted, scope=everybody)}

    async with await Store.open(path, rest_key=make.REST_KEY, clock=clock) as store:
        assert await store.read(found) == set(names)
        await store.write(lambda tx: tx.agenda.say(names[0], {"kv12"}, {"glock", "9x19"}))
        assert await store.read(found) == set(names)
    with closing(sqlite3.connect(path)) as conn:
        due = conn.execute("SELECT thread FROM clock WHERE at < '1971'").fetchall()
    assert {thread for (thread,) in due} == set(names)


async def test_words_of_descriptions_find_their_cases_in_an_older_schema_too(
    path: Path, clock: FixedClock
) -> None:
    await described(path, clock)
    with closing(sqlite3.connect(path)) as conn:
        rows = conn.execute("SELECT word FROM case_word ORDER BY word").fetchall()
    assert [word for (word,) in rows] == ["9x19", "9x19", "glock", "glock", "kv12", "kv13"]


KEPT = {
    "plain": ("kv12", "KV12", "GLOCK"),
    "letters": ("ж1", "\u0416\u0423\u041a1", "ČESKÁ"),
    "word": ("kv\u200b12", "KV12", "GLOCK"),
    "serial": ("kv12", "KV\ufeff12", "GLOCK"),
    "family": ("kv12", "KV12", "GLO\u00adCK"),
}
"""What was kept of a case before: a word, a serial, a make."""


def test_another_revision_is_refused_with_advice(path: Path) -> None:
    migrate.upgrade(path, "0001")
    with pytest.raises(OperatorError, match="tracer store migrate"):
        migrate.prepare(path)
    migrate.upgrade(path)
    migrate.prepare(path)
    assert migrate.revision(path) == migrate.SCHEMA


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("CREATE TABLE theirs (a)")
    with pytest.raises(OperatorError, match="not a database of this program"):
        migrate.prepare(path)
    assert tables(path) == {"theirs"}


def test_a_database_that_was_made_but_not_filled_is_filled(path: Path) -> None:
    path.touch()
    migrate.prepare(path)
    assert "message" in tables(path)
