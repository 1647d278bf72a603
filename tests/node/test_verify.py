"""Checking what is held: everything holds, until a single byte is changed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.house import say, staff
from tests.nodes import network, reply, request, until
from tracer.cli.exits import Exit
from tracer.exchange.submit import Submitted
from tracer.node.rooms import Rooms


async def _receipted(rooms: Rooms, peer: str, message: Submitted) -> None:
    async def look() -> bool:
        found = await rooms.store.read(lambda tx: tx.messages.receipt(peer, message.id))
        return found is not None

    await until(look)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a node that has sent a request and got an answer; it does not run any more."""

    async def exchange() -> None:
        async with network(tmp_path, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
            a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
            await staff(a)
            sent = await a.submit(request(a, "XB-NPOC"))
            await _receipted(a, "XB-NPOC", sent)
            answer = await b.submit(reply(b, "acknowledgement", sent.thread, "XA-NPOC"))
            await _receipted(b, "XA-NPOC", answer)

    asyncio.run(exchange())
    return tmp_path / "XA-NPOC"


def sql(folder: Path, statement: str, *values: object) -> None:
    """Write to the database as nobody should."""
    conn = sqlite3.connect(folder / "tracer.db")
    with conn:
        assert conn.execute(statement, values).rowcount > 0
    conn.close()


def faults(folder: Path) -> Iterator[str]:
    """What `tracer store verify` finds."""
    said = say(folder, "store", "verify", output="table")
    assert said.code == Exit.FAILURE
    yield said.out


def test_what_was_exchanged_holds(folder: Path) -> None:
    found = say(folder, "store", "verify").json
    assert found == {
        "logs": 1, "records": 2, "messages": 2, "receipts": 1, "proofs": 1, "acts": 3,
        "faults": [],
    }  # fmt: skip


FORGED = (
    "UPDATE log_record SET record = CAST(replace(record, 'XB', 'XC') AS BLOB) WHERE \"index\" = 0"
)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            FORGED,
            "root",
        ),
        ('DELETE FROM log_record WHERE "index" = 1', "missing"),
        ("UPDATE log_origin SET root = zeroblob(32)", "root of the head"),
        ("UPDATE checkpoint SET root = zeroblob(32) WHERE mine", "another root"),
        ("UPDATE checkpoint SET note = replace(note, '/log/1', '/log/2') WHERE NOT mine", "checkp"),
        ("DELETE FROM checkpoint WHERE NOT mine", "missing"),
        (
            "UPDATE receipt SET record = CAST(replace(record, 'received', 'sent') AS BLOB)",
            "received by XB-NPOC",
        ),
        ("UPDATE sender_proof SET path = zeroblob(32)", "sent by XA-NPOC"),
        ("UPDATE log_record SET record = x'00'", "of another message"),
        ("UPDATE message SET leaf_index = 1 - leaf_index", "of another message"),
    ],
)
def test_a_byte_that_was_changed_is_found(folder: Path, statement: str, says: str) -> None:
    sql(folder, statement)
    assert says in "".join(faults(folder))


def test_a_log_that_once_was_longer_is_found(folder: Path) -> None:
    mark = folder / "high-water.json"
    mark.write_text('["XA-NPOC/log/1", 40, "x"]')
    assert "40 records were signed once" in "".join(faults(folder))


def test_a_case_row_that_was_changed_is_told_and_put_right(folder: Path) -> None:
    sql(folder, "UPDATE \"case\" SET state = 'ANSWERED', awaiting = NULL")
    looked = say(folder, "store", "rebuild", "--dry-run")
    assert looked.code == Exit.FAILURE
    assert "state" in looked.out
    done = say(folder, "store", "rebuild").json
    assert {(one["field"], one["stored"], one["computed"]) for one in done["differences"]} == {
        ("state", "ANSWERED", "ACKNOWLEDGED"),
        ("awaiting", None, "other"),
    }
    assert say(folder, "store", "rebuild", "--dry-run").json["differences"] == []


def test_a_case_row_that_is_lost_is_made_again(folder: Path) -> None:
    sql(folder, 'DELETE FROM "case"')
    done = say(folder, "store", "rebuild").json
    assert [(one["field"], one["computed"]) for one in done["differences"]] == [
        ("case", "ACKNOWLEDGED")
    ]
    assert say(folder, "thread", "list").json[0]["state"] == "ACKNOWLEDGED"
