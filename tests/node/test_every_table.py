"""Every table, every column: deleted, changed, exchanged, dated back; the check names it.

The tables and columns are those of the metadata, so that a new one fails here until it is judged
(`store.judged`). A column that can be changed without anybody noticing stands in `LOOSE` with why.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, LargeBinary, Table
from sqlalchemy.types import Integer

from tests.conftest import PROVE
from tests.node.full_house import House, build
from tests.nodes import request
from tests.restore.world import A, B, quiet
from tracer.clock import FixedClock, SystemClock, instant
from tracer.config import Config
from tracer.errors import OperatorError
from tracer.node.check.findings import Fault
from tracer.node.check.whole import verify
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.store.judged import JUDGED, LOOSE
from tracer.store.tables.columns import metadata

LONG_AGO = "2001-01-01T00:00:00.000Z"
AT_PEER = {"succession"}
"""Tables of which the peer's rows are another kind, judged there too."""
INSTANT = re.compile(r"20[0-9]{2}-[0-9]{2}-.*Z")
WORDS = {"active": "suspended", "exchange": "journal", "journal": "exchange"}
"""Other values of columns without which a node does not even open."""
PICKED: dict[str, Callable[[Sequence[dict[str, Any]]], dict[str, Any]]] = {
    "checkpoint": lambda rows: next(row for row in rows if row["origin"] == f"{B}/log/1"),
    "cosignature": lambda rows: next(row for row in rows if row["origin"] == f"{A}/log/2"),
    "clock": lambda rows: next(row for row in rows if row["at"] is not None),
    "fault": lambda rows: rows[-1],
    "log_origin": lambda rows: rows[-2],
    "message": lambda rows: next(row for row in rows[len(rows) // 2 :] if row["jws"]),
    "thread": lambda rows: next(row for row in rows if not row["purged"]),
    "case": lambda rows: next(row for row in rows if row["state"] == "ACKNOWLEDGED"),
    "outbox": lambda rows: rows[0],
    "peer_entry": lambda rows: next(row for row in rows if row["authority"] == B),
    "terms": lambda rows: next(row for row in rows if row["state"] == "agreed"),
}
"""The row that something is done to, where not any is alike: of terms the agreed ones, because what
entries state is put back from the signed entries when the node opens; of entries a peer's; of heads
a peer's that proofs stand on, since one of ours that nothing stands on is no loss (`JUDGED`); of
cosignatures the one that the witness gave when it was asked last; of messages one whose content
was not destroyed, after which only what stands in its record is proved.
"""
FREE = -(10**9)
"""A number that no row has."""
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return asyncio.run(build(tmp_path_factory.mktemp("house")))


@dataclass(frozen=True)
class Change:
    """One thing that is done to a table: statements, and the rows it is done to."""

    what: str
    table: str
    statements: Sequence[tuple[str, Sequence[Any]]]
    rows: Sequence[Row]


def rows_of(folder: Path, table: Table) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "tracer.db")) as conn:
        conn.row_factory = sqlite3.Row
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
        found = conn.execute(f'SELECT * FROM "{table.name}" ORDER BY {keys}').fetchall()  # noqa: S608
        return [dict(row) for row in found]


def changes(table: Table, rows: Sequence[dict[str, Any]]) -> Iterator[Change]:
    """Everything that is done to a table."""
    loose = LOOSE.get(table.name, {})
    pick = PICKED.get(table.name)
    row = rows[len(rows) // 2] if pick is None else pick(rows)
    found = [Change("deleted", table.name, [_delete(table, row)], [row])]
    for column in table.columns:
        name, one = column.name, row
        if one[name] in (None, "", b""):
            one = next((some for some in rows if some[name] not in (None, "", b"")), row)
        found.append(_set(table, f"{name} changed", one, {name: _other(column, one[name])}))
        if INSTANT.fullmatch(str(one[name])):
            later = str(one[name]).replace("20", "21", 1)
            found.append(_set(table, f"{name} dated back", one, {name: LONG_AGO}))
            found.append(_set(table, f"{name} dated on", one, {name: later}))
    found += _exchanged(table, rows, loose)
    for change in found:
        if not {change.what, change.what.partition(" ")[0]} & loose.keys():
            yield change


def _exchanged(
    table: Table, rows: Sequence[dict[str, Any]], loose: Mapping[str, str]
) -> Iterator[Change]:
    """Two rows that change places: everything but their keys and what may be anything."""
    keys = {column.name for column in table.primary_key.columns}
    names = [c.name for c in table.columns if c.name not in keys and c.name not in loose]
    for place, one in enumerate(rows):
        for two in rows[place + 1 :]:
            if not names or [one[n] for n in names] == [two[n] for n in names]:
                continue
            free: dict[str, Any] = {
                name: f"-{one[name]}"
                if isinstance(one[name], str)
                else FREE
                if isinstance(one[name], int)
                else one[name]
                for name in names
            }
            yield Change(
                "exchanged",
                table.name,
                [
                    _update(table, one, free),
                    _update(table, two, {name: one[name] for name in names}),
                    _update(table, one, {name: two[name] for name in names}),
                ],
                [one, two],
            )
            return


def _other(column: Column[Any], value: Any) -> Any:
    """Another value of the kind: one digit, letter or bit further."""
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Integer):
        return 1 if value is None else value + 1000
    if isinstance(column.type, LargeBinary):
        return b"x" if not value else bytes([value[0] ^ 1]) + value[1:]
    if value in WORDS:
        return WORDS[value]
    if not value:
        return "x"
    middle = len(value) // 2
    return value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]


def _set(table: Table, what: str, row: Row, values: Row) -> Change:
    return Change(what, table.name, [_update(table, row, values)], [row])


def _update(table: Table, row: Row, values: Row) -> tuple[str, Sequence[Any]]:
    names = ", ".join(f'"{name}" = ?' for name in values)
    where, given = _where(table, row)
    return f'UPDATE "{table.name}" SET {names} WHERE {where}', [*values.values(), *given]  # noqa: S608


def _delete(table: Table, row: Row) -> tuple[str, Sequence[Any]]:
    where, given = _where(table, row)
    return f'DELETE FROM "{table.name}" WHERE {where}', given  # noqa: S608


def _where(table: Table, row: Row) -> tuple[str, Sequence[Any]]:
    keys = [column.name for column in table.primary_key.columns]
    return " AND ".join(f'"{key}" = ?' for key in keys), [row[key] for key in keys]


async def found_in(folder: Path) -> tuple[Fault, ...]:
    config = Config.load(folder, environ={})
    try:
        async with open_rooms(Home(folder), config, SystemClock()) as rooms:
            return (await verify(rooms, quiet, processes=1)).faults
    except OperatorError as error:
        return (Fault(error.message, "the node does not even open"),)


def done(folder: Path, target: Path, change: Change) -> tuple[Fault, ...]:
    """Do it to a copy; what the check says."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*.sock"))
    try:
        with closing(sqlite3.connect(target / "tracer.db")) as conn, conn:
            for statement, values in change.statements:
                assert conn.execute(statement, values).rowcount == 1, change
        return asyncio.run(found_in(target))
    finally:
        shutil.rmtree(target)


def names(change: Change, folder: Path) -> set[str]:
    """By what the row can be named: its table, its key, or the message or log it hangs on."""
    known = {change.table, "no log was opened"}
    for _, values in change.statements:
        known |= {one for one in values if isinstance(one, str) and len(one) > 1}
    for row in change.rows:
        for name, value in row.items():
            if isinstance(value, str) and len(value) > 1 and name not in {"note", "highest"}:
                known.add(value)
        with closing(sqlite3.connect(folder / "tracer.db")) as conn:
            for query, key in NAMED.get(change.table, ()):
                known |= {str(one[0]) for one in conn.execute(query, [row[key]])}
    return known


NAMED: Mapping[str, Sequence[tuple[str, str]]] = {
    "receipt": [("SELECT id FROM message WHERE seq = ?", "message")],
    "sender_proof": [("SELECT id FROM message WHERE seq = ?", "message")],
    "log_record": [("SELECT origin FROM log_origin WHERE number = ?", "log")],
    "log_node": [("SELECT origin FROM log_origin WHERE number = ?", "log")],
    "journal_entry": [("SELECT origin FROM log_origin WHERE number = ?", "journal"),
                      ("SELECT origin FROM log_origin WHERE number = ?", "log")],
    "audit": [("SELECT origin FROM log_origin WHERE number = ?", "log")],
}  # fmt: skip
"""Rows that are named by what they hang on."""
EVIDENCE = sorted(name for name, how in JUDGED.items() if not how.startswith("not evidence"))


def test_every_table_is_judged_and_what_is_loose_is_a_column_of_it() -> None:
    assert JUDGED.keys() == metadata.tables.keys()
    for name, columns in LOOSE.items():
        assert name in EVIDENCE
        known = {column.name for column in metadata.tables[name].columns}
        assert {what.partition(" ")[0] for what in columns} <= known | {"deleted", "exchanged"}


def test_nothing_is_wrong_before_anything_is_done(house: House) -> None:
    for folder in (house.ours, house.theirs):
        assert asyncio.run(found_in(folder)) == ()


def some(found: Sequence[Change], table: str) -> Sequence[Change]:
    """All of them as a proof; else what is done to whole rows, and one column by the table's name.

    A proof takes all columns, one after the other, some four hundred.
    """
    if PROVE:
        return found
    rows = [one for one in found if one.what in {"deleted", "exchanged"}]
    columns = [one for one in found if one not in rows]
    return [*rows, *columns[len(table) % max(len(columns), 1) :][:1]]


@pytest.mark.parametrize("table", EVIDENCE)
def test_whatever_is_done_to_a_table_the_check_names_it(
    house: House, tmp_path: Path, table: str
) -> None:
    for folder in (house.ours, house.theirs) if table in AT_PEER else (house.ours,):
        rows = rows_of(folder, metadata.tables[table])
        assert rows, f"{table} is empty: nothing would be proved"
        unseen = []
        for change in some(list(changes(metadata.tables[table], rows)), table):
            found = done(folder, tmp_path / "copy", change)
            known = names(change, folder)
            if not any(name in fault.where for fault in found for name in known):
                unseen.append((change.what, [fault.where for fault in found][:3]))
        assert unseen == []


def test_a_missing_thread_is_named_where_lists_hang_on_it(house: House, tmp_path: Path) -> None:
    threads, listed = metadata.tables["thread"], metadata.tables["case_word"]
    hanging = {row["thread"] for row in rows_of(house.ours, listed)}
    held = {row["thread"] for row in rows_of(house.ours, metadata.tables["message"])}
    (row,) = (one for one in rows_of(house.ours, threads) if one["id"] in hanging - held)
    change = Change("deleted", "thread", [_delete(threads, row)], [row])
    found = done(house.ours, tmp_path / "copy", change)
    assert f"thread {row['id']}" in {fault.where for fault in found}


@pytest.mark.parametrize("name", ["cooperation", "firearm"])
def test_a_clock_that_was_dated_back_hides_no_change(
    house: House, tmp_path: Path, name: str
) -> None:
    table, clock = metadata.tables[name], metadata.tables["clock"]
    row = rows_of(house.ours, table)[0]
    column = table.columns["month" if name == "cooperation" else "serial"]
    changed = _update(table, row, {column.name: _other(column, row[column.name])})
    hidden = _update(clock, {"thread": row["thread"]}, {"at": LONG_AGO})
    found = done(house.ours, tmp_path / "copy", Change("hidden", name, [changed, hidden], [row]))
    assert any(row["thread"] in fault.where for fault in found)


def test_a_clock_that_runs_back_after_a_restore_makes_no_fault(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(house.ours, folder, ignore=shutil.ignore_patterns("*.sock"))
    (opened,) = rows_of(folder, metadata.tables["succession"])
    back = FixedClock(instant(opened["opened"]) - timedelta(minutes=20))

    async def go_on() -> None:
        config = Config.load(folder, environ={})
        async with open_rooms(Home(folder), config, back) as rooms:
            await rooms.submit(request(rooms, B))
            await rooms.ledger.checkpoint(covering=rooms.store.head.size)
            await rooms.store.write(rooms.ledger.flush)

    asyncio.run(go_on())
    assert asyncio.run(found_in(folder)) == ()


@pytest.mark.parametrize("name", ["body", "original", "author", "checked_by"])
def test_what_was_entered_is_held_against_its_signature_its_original_and_the_acts(
    house: House, tmp_path: Path, name: str
) -> None:
    table = metadata.tables["transcript"]
    row = next(one for one in rows_of(house.ours, table) if one[name])
    change = _set(table, name, row, {name: _other(table.columns[name], row[name])})
    found = done(house.ours, tmp_path / "copy", change)
    assert any(place in fault.where for fault in found for place in names(change, house.ours))
