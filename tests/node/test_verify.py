"""Checking what is held: everything holds, until a single byte is changed."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.casework.desks import request_document
from tests.casework.people import put_on_record
from tests.cli.house import say, staff
from tests.cli.test_story import PNG
from tests.exchange.counting import submit
from tests.nodes import network, until
from tracer.cli.exits import Exit
from tracer.clock import FixedClock
from tracer.config import Config
from tracer.exchange.accuse import FaultKind, accuse
from tracer.node.check import pool
from tracer.node.check.findings import Verified
from tracer.node.check.whole import verify
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.judged import JUDGED
from tracer.store.tables.columns import metadata


async def _receipted(rooms: Rooms, peer: str, message: str) -> None:
    async def look() -> bool:
        found = await rooms.store.read(lambda tx: tx.messages.receipt(peer, message))
        return found is not None

    await until(look)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nodes at rest: a request with a photo, an answer, people, drafts and their acts."""
    root = tmp_path_factory.mktemp("nodes")

    async def exchange() -> None:
        async with network(root, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
            a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
            await staff(a)
            await staff(b)
            thread = await submit(a, b)
            await _receipted(a, "XB-NPOC", thread)
            answer = await submit(b, a, "acknowledgement", thread)
            await _receipted(b, "XA-NPOC", answer)
            desk = open_desk(a)
            await put_on_record(a.store, "officer.one", "new.one", ("officer",))
            await desk.people.disable("officer.one", "new.one")
            draft = await desk.drafts.new("officer.one", _legible(), "XB-NPOC")
            await desk.attach.add("officer.one", draft.id, PNG, caption="Left")
            await desk.release.submit_for_release("officer.one", draft.id)
            released = await desk.release.release("officer.two", draft.id)
            await _receipted(a, "XB-NPOC", released.message_id)
            await until(lambda: _looked(a, thread, released.thread))
            await desk.drafts.new("officer.one", request_document(), "XB-NPOC")
            await desk.duplicates.say(
                "officer.one", thread, released.thread, kind="linked", reason="the same raid"
            )
            await desk.people.set_contact("officer.one", "officer.one", mail="one@xa.example")
            await desk.reports.declare("officer.two", 2025, {"seized": 4})
            await a.store.write(_more)

    async def an_hour_later() -> None:
        made = root / "XA-NPOC"
        clock = FixedClock(datetime.now(UTC) + timedelta(hours=1))
        async with open_rooms(Home(made), Config.load(made, environ={}), clock) as rooms:
            assert await rooms.journal() is not None
            await rooms.ledger.checkpoint(covering=rooms.store.head.size)
            await rooms.store.write(rooms.ledger.flush)

    asyncio.run(exchange())
    asyncio.run(an_hour_later())
    return root


def _legible() -> dict[str, Any]:
    """The request about the pistol, with a serial by which it can be found."""
    written = request_document()
    mark = {"kind": "SERIAL", "text": "B7 48162", "reading": "CLEAR", "identity": True}
    return written | {"firearms": [written["firearms"][0] | {"marks": [mark]}]}


def _more(tx: Tx) -> None:
    """Something in tables that stay empty in so short a time."""
    tx.mail.add("officer.one", "key", b"a letter")
    tx.waiting.put("XB-NPOC", "w" * 42 + "A", ["p" * 42 + "A"], b"{}", tx.now)
    for more in (b"{}", b"{} "):
        accuse(tx, FaultKind.LOG_FORK, "XB-NPOC", more)


async def _looked(rooms: Rooms, *threads: str) -> bool:
    """The clock worker has looked at them and kept what follows from their messages."""
    return await rooms.store.read(
        lambda tx: (
            not any(tx.clocks.is_due(thread) for thread in threads)
            and tx.cooperation.get(threads[0]) is not None
        )
    )


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the folder of the first node, to be written in."""
    shutil.copytree(made / "XA-NPOC", tmp_path / "XA-NPOC")
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
    assert found["faults"] == []
    counts = ("logs", "records", "messages", "receipts", "proofs")
    assert [found[name] for name in counts] == [1, 4, 3, 2, 1]  # one record is the journal's head
    assert found["checkpoints"] >= 6
    assert found["acts"] == 20


def test_every_table_of_the_store_is_judged(folder: Path) -> None:
    assert JUDGED.keys() == metadata.tables.keys()
    found = say(folder, "store", "verify").json
    assert {one["name"]: one["judged"] for one in found["tables"]} == JUDGED


FORGED = (
    "UPDATE log_record SET record = CAST(replace(record, 'XB', 'XC') AS BLOB) WHERE \"index\" = 0"
)
TAMPERED: list[tuple[str, str, str]] = [
    ("log_origin", "UPDATE log_origin SET root = zeroblob(32)", "root of the head"),
    ("log_origin", "UPDATE log_origin SET size = size - 1", "signed once"),
    ("log_origin", "UPDATE log_origin SET at = '2001'", "older than its last"),
    ("log_record", FORGED, "root"),
    ("log_record", 'DELETE FROM log_record WHERE "index" = 1', "missing"),
    ("log_record", "UPDATE log_record SET record = x'00'", "not the bytes of a record"),
    ("log_record", 'UPDATE log_record SET "index" = 99 WHERE "index" = 2', "missing"),
    ("log_record", "INSERT INTO log_record VALUES (1, 9, x'00')", "outside the head"),
    ("log_node", "DELETE FROM log_node WHERE address = 1", "hashes are kept"),
    ("log_node", "UPDATE log_node SET hash = zeroblob(32) WHERE address = 0", "hash 0 of level 0"),
    ("checkpoint", "UPDATE checkpoint SET root = zeroblob(32) WHERE mine", "another root"),
    ("checkpoint", "UPDATE checkpoint SET note = replace(note, 'g/1', 'g/2')", "checkp"),
    ("checkpoint", "DELETE FROM checkpoint WHERE NOT mine", "missing"),
    ("checkpoint", "UPDATE checkpoint SET at = '2001'", "time beside the note"),
    ("checkpoint", "UPDATE checkpoint SET mine = NOT mine", "another's"),
    ("message", "DELETE FROM message WHERE seq = 3", "stands for it"),
    ("message", "UPDATE message SET leaf_index = (leaf_index + 1) % 3", "of another message"),
    ("message", "UPDATE message SET at = '2001'", "time is another"),
    ("message", "UPDATE message SET issued = '2001'", "time of writing"),
    ("message", "UPDATE message SET type = 'result' WHERE direction = 'in'", "its type"),
    ("message", "UPDATE message SET follows = '' WHERE direction = 'in'", "its predecessors"),
    ("message", "UPDATE message SET kid = thread", "its key"),
    ("message", "UPDATE message SET jws = zeroblob(100)", "does not open"),
    ("message", "UPDATE message SET jws = NULL, disclosures = NULL", "its content is gone"),
    ("message", "UPDATE message SET disclosures = (SELECT jws FROM message LIMIT 1)", "open"),
    ("receipt", "UPDATE receipt SET record = CAST(replace(record, 'received', 'sent') AS BLOB)",
     "received by XB-NPOC"),
    ("receipt", "UPDATE receipt SET path = zeroblob(32)", "received by XB-NPOC"),
    ("receipt", "UPDATE receipt SET at = '2001'", "time beside it"),
    ("receipt", "DELETE FROM receipt", "no receipt is here"),
    ("sender_proof", "UPDATE sender_proof SET path = zeroblob(32)", "sent by XA-NPOC"),
    ("sender_proof", "DELETE FROM sender_proof", "its sender logged it is missing"),
    ("outbox", "DELETE FROM outbox", "nothing is on record of its delivery"),
    ("outbox", "UPDATE outbox SET state = 'queued'", "its delivery is queued"),
    ("thread", "UPDATE thread SET own_count = own_count + 1", "it counts"),
    ("thread", "UPDATE thread SET own_tip = id, peer_tip = id", "newest message"),
    ("thread", "UPDATE thread SET opener = 'peer'", "who opened it"),
    ("thread", "UPDATE thread SET purged = 1", "its key"),
    ("thread", "UPDATE thread SET key = NULL", "its key is gone"),
    ("case", "UPDATE \"case\" SET state = 'ANSWERED'", "its case says state"),
    ("case", "UPDATE \"case\" SET summary_json = x'7B7D'", "its case says summary_json"),
    ("case", 'DELETE FROM "case"', "its case is missing"),
    ("cooperation", "DELETE FROM cooperation", "figures are counted from"),
    ("cooperation", "UPDATE cooperation SET facts = x'7B'", "cannot be read"),
    ("tally", "UPDATE tally SET figures = x'00', stale = 0", "tally XB-NPOC"),
    ("firearm", "DELETE FROM firearm", "its firearms"),
    ("firearm", "UPDATE firearm SET skeleton = 'x'", "its firearms"),
    ("clock", "DELETE FROM clock", "its clock is missing"),
    ("attachment", "DELETE FROM attachment", "not on record"),
    ("attachment", "UPDATE attachment SET size = size + 1", "not what the message announces"),
    ("peer", "UPDATE peer SET fingerprint = '1'", "number or fingerprint"),
    ("peer", "UPDATE peer SET entry_file = CAST(entry_file || ' ' AS BLOB)", "archive of"),
    ("peer_entry", "DELETE FROM peer_entry WHERE authority = 'XB-NPOC'", "archive of entries"),
    ("peer_entry", "UPDATE peer_entry SET entry_file = x'00'", "does not verify"),
    ("peer_entry", "UPDATE peer_entry SET seq = 5", "another than its row says"),
    ("remembered", "DELETE FROM remembered", "none is remembered"),
    ("remembered", "UPDATE remembered SET size = size - 1", "others than in it"),
    ("remembered", "UPDATE remembered SET note = replace(note, 'XB', 'XC')", "memory of"),
    ("terms", "UPDATE terms SET body = CAST(replace(body, '30', '31') AS BLOB)", "not those"),
    ("terms", "UPDATE terms SET state = 'agreed'", "signed file is missing"),
    ("audit", "DELETE FROM audit WHERE number = 2", "row 2 is missing"),
    ("audit", "UPDATE audit SET actor = 'officer.two' WHERE number = 2", "it was changed"),
    ("audit", "UPDATE audit SET at = '2001' WHERE number = 2", "it was changed"),
    ("audit", "UPDATE audit SET detail = (SELECT detail FROM audit LIMIT 1)", "it was changed"),
    ("audit", "UPDATE audit SET number = 100 - number", "is missing"),
    ("audit", "DELETE FROM audit WHERE leaf = (SELECT max(leaf) FROM audit)", "act was deleted"),
    ("audit", "UPDATE audit SET detail = x''", "no act says so"),
    ("audit", "UPDATE audit SET leaf = 100 - leaf", "beyond the end of its journal"),
    ("audit", "UPDATE audit SET log = NULL, leaf = NULL WHERE number = 2", "in no journal"),
    ("log_origin", "UPDATE log_origin SET root = x'00' WHERE kind = 'journal'", "do not lead"),
    ("log_record", "UPDATE log_record SET record = zeroblob(32) WHERE length(record) = 32",
     "are not those that were entered"),
    ("log_node", "UPDATE log_node SET hash = zeroblob(32) WHERE address = 1 AND log = 2",
     "hash 1 of level 0"),
    ("log_node", "DELETE FROM log_node WHERE address = 0 AND log = 2", "hashes are kept"),
    ("log_record", "INSERT INTO log_record VALUES (2, 999, x'00')", "outside the head"),
    ("checkpoint", "UPDATE checkpoint SET note = replace(note, 'journal/1', 'journal/2')",
     "the newest signed head"),
    ("journal_entry", "DELETE FROM journal_entry", "nothing here leads to"),
    ("journal_entry", "UPDATE journal_entry SET size = size - 1", "another head than"),
    ("journal_entry", "UPDATE journal_entry SET root = zeroblob(32)", "another head than"),
    ("journal_entry", "UPDATE journal_entry SET at = '2001'", "and was entered at"),
    ("journal_entry", "UPDATE journal_entry SET leaf_index = 0", "should hold the head"),
    ("approval", "DELETE FROM approval WHERE number = 1", "row 1 is missing"),
    ("approval", "UPDATE approval SET person = 'auditor.one' WHERE act = 'release'", "did this"),
    ("approval", "UPDATE approval SET at = '2001' WHERE act = 'submit'", "did this"),
    ("approval", "UPDATE approval SET number = 100 - number", "is missing"),
    ("draft", "DELETE FROM draft WHERE id = 'D2'", "D2 is missing"),
    ("draft", "UPDATE draft SET released_by = 'auditor.one' WHERE id = 'D1'",
     "its released_by is kept as 'auditor.one', and act"),
    ("draft", "UPDATE draft SET body = zeroblob(40) WHERE id = 'D2'", "it was changed"),
    ("draft", "UPDATE draft SET version = version + 1", "its version is kept as"),
    ("person", "DELETE FROM person WHERE name = 'new.one'", "not on record"),
    ("person", "UPDATE person SET roles = 'supervisor' WHERE name = 'new.one'", "last given"),
    ("person", "UPDATE person SET disabled = 0 WHERE name = 'new.one'", "locked out"),
    ("fault", "DELETE FROM fault WHERE number = 1", "row 1 is missing"),
    ("fault", "UPDATE fault SET at = '2001' WHERE number = 2", "before that of"),
    ("thread_link", "UPDATE thread_link SET at = '2001'", "it was changed"),
    ("contact", "UPDATE contact SET mail = zeroblob(40)", "it was changed"),
    ("mail", "UPDATE mail SET person = 'officer.two'", "it was changed"),
    ("waiting", "UPDATE waiting SET blob = zeroblob(40)", "it was changed"),
    ("waiting", "DELETE FROM waiting", "said to wait"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "statement", "says"), TAMPERED)
def test_whatever_is_done_to_a_row_is_named(
    folder: Path, table: str, statement: str, says: str
) -> None:
    assert table in JUDGED
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
        ("state", "ANSWERED", "DELIVERED"),
        ("awaiting", None, "other"),
    }
    assert say(folder, "store", "rebuild", "--dry-run").json["differences"] == []


def test_a_case_row_that_is_lost_is_made_again(folder: Path) -> None:
    sql(folder, 'DELETE FROM "case"')
    done = say(folder, "store", "rebuild").json
    assert sorted((one["field"], one["computed"]) for one in done["differences"]) == [
        ("case", "ACKNOWLEDGED"),
        ("case", "DELIVERED"),
    ]
    listed = say(folder, "thread", "list").json
    assert {row["state"] for row in listed} == {"ACKNOWLEDGED", "DELIVERED"}


def test_several_processes_find_what_one_finds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(folder, "UPDATE message SET issued = '2020-01-01T00:00:00.000Z'")
    sql(folder, "UPDATE checkpoint SET at = '2020-01-01T00:00:00.000Z'")
    alone = asyncio.run(_verified(folder, processes=1))
    monkeypatch.setattr(pool, "THREADS", 1)  # a page for each, and no node is too small
    monkeypatch.setattr(pool, "HEADS", 1)
    monkeypatch.setattr(pool, "SMALL", 0)
    shared = asyncio.run(_verified(folder, processes=3))
    assert len(alone.faults) > alone.messages
    assert Counter(shared.faults) == Counter(alone.faults)
    assert msgspec.structs.replace(shared, faults=()) == msgspec.structs.replace(alone, faults=())


async def _verified(folder: Path, *, processes: int) -> Verified:
    config = Config.load(folder, environ={})
    async with open_rooms(Home(folder), config, FixedClock(datetime.now(UTC))) as rooms:
        return await verify(rooms, lambda *_: None, processes=processes)
