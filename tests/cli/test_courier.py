"""Files for a courier, typed by people at two nodes that have no line between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.house import ask, staff
from tests.exchange.witnessing import A, B, C, turn, watched
from tests.nodes import Mode, network, request
from tracer.node.rooms import Rooms


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Rooms, Rooms]]:
    modes = [("XA-NPOC", "reached"), ("XB-NPOC", "courier")]
    async with network(tmp_path, modes) as nodes:  # type: ignore[arg-type] # names of modes
        a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
        await staff(a)
        await staff(b)
        yield a, b


async def test_a_request_goes_by_courier_and_its_receipt_comes_back(
    two: tuple[Rooms, Rooms], tmp_path: Path
) -> None:
    a, b = two
    sent = await a.submit(request(a, b.authority))
    stick = tmp_path / "stick"
    stick.mkdir()
    file = stick / "for-xb.tracer"
    told = await ask(a, "courier", "export", "--peer", b.authority, "-o", str(file), output="table")
    assert told.code == 0, told.err
    assert "(1 message; 0.1 MB)" in told.out
    assert f"Nobody but {b.authority} can open it" in told.err
    assert "\n  tracer --actor NAME courier import for-xb.tracer\n" in told.err
    assert f"--data-dir {a.home.root} --actor officer.one courier import FILE" in told.err
    assert file.stat().st_mode & 0o777 == 0o600

    page = (await ask(a, "thread", "show", sent.thread, output="table")).out
    assert "With the courier since" in page
    (line,) = (await ask(a, "request", "list")).json
    assert line["stands"].startswith("with the courier since")
    status = (await ask(a, "status", actor="", output="table")).out
    assert "what we have for them goes by courier" in status
    assert "1 message given out just now, no receipt yet" in status
    (out,) = (await ask(a, "courier", "list")).json
    assert (out["authority"], out["number"], out["waiting"]) == (b.authority, 1, 1)

    taken = await ask(b, "courier", "import", str(file), output="table")
    assert taken.code == 0, taken.err
    assert f"From {a.authority}, file 1, whole and signed by {a.authority}." in taken.out
    assert "1 new message." in taken.out
    receipts = stick / "for-xb.tracer.receipts"
    assert str(receipts) in taken.err
    again = await ask(b, "courier", "import", str(file), output="table")
    assert "0 new messages, 1 were here already." in again.out

    back = await ask(a, "courier", "import", str(receipts), output="table")
    assert "Receipts for 1 message of ours." in back.out
    assert "Nothing has to be carried back." in back.err
    assert (
        "Delivered to their system"
        in (await ask(a, "thread", "show", sent.thread, output="table")).out
    )
    nothing = await ask(a, "courier", "list", output="table")
    assert "Nothing is with a courier." in nothing.err
    assert list(a.home.courier.iterdir()) == list(b.home.courier.iterdir()) == []


async def test_what_is_wrong_with_a_file_is_said_and_nothing_is_left(
    two: tuple[Rooms, Rooms], tmp_path: Path
) -> None:
    a, b = two
    await a.submit(request(a, b.authority))
    file = tmp_path / "file"
    command = ("courier", "export", "--peer", b.authority, "-o", str(file))
    assert (await ask(a, *command)).code == 0
    assert "[file-exists]" in (await ask(a, *command)).err
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert "[courier-damaged]" in (await ask(b, "courier", "import", str(file))).err
    damaged = await ask(b, "courier", "import", str(file))
    assert "Copy it again" in damaged.err
    assert "[wrong-recipient]" in (await ask(a, "courier", "import", str(file))).err
    file.write_bytes(whole)
    denied = await ask(b, "courier", "import", str(file), actor="investigator.one")
    assert "[role-missing]" in denied.err
    assert list(b.home.courier.iterdir()) == []
    none = await ask(b, "courier", "export", "--peer", a.authority, "-o", str(tmp_path / "none"))
    assert (none.json, (tmp_path / "none").exists()) == ([], False)


async def test_an_authority_that_has_no_line_reads_what_to_do(two: tuple[Rooms, Rooms]) -> None:
    a, b = two
    await a.submit(request(a, b.authority))
    status = (await ask(a, "status", actor="", output="table")).out
    called = f"tracer --data-dir {a.home.root}"
    assert f"Run: {called} --actor NAME courier export --peer XB-NPOC -o FILE" in status
    (peer,) = (await ask(a, "peer", "list", output="json")).json
    assert peer["mode"] == "courier"


async def test_what_witnesses_signed_goes_in_a_file_that_asks_for_no_receipts(
    tmp_path: Path,
) -> None:
    modes: tuple[tuple[str, Mode], ...] = ((A, "reached"), (B, "courier"), (C, "reached"))
    async with watched(tmp_path / "nodes", modes) as nodes:
        a, b = nodes[A], nodes[B]
        await staff(a)
        await staff(b)
        await a.submit(request(a, B))
        out, file = ("courier", "export", "--peer", B, "-o"), tmp_path / "first"
        await ask(a, *out, str(file))
        await ask(b, "courier", "import", str(file))
        await ask(a, "courier", "import", f"{file}.receipts")
        await turn(a)
        told = await ask(a, *out, str(tmp_path / "second"), output="table")
        assert "(what witnesses signed of our log; 0.1 MB)" in told.out
        assert "receipts file" not in told.err
        taken = await ask(b, "courier", "import", str(tmp_path / "second"), output="table")
        assert f"What witnesses have signed of the log of {A}." in taken.out
        assert "Nothing has to be carried back" in taken.err
