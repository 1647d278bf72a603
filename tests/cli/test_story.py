"""A request from one authority to another and back, typed by people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from PIL import Image

from tests.cli.house import ask, staff
from tests.nodes import network, reply, request, until
from tracer.cli.papers import template
from tracer.demo.photos import mark
from tracer.model.codes import MarkKind
from tracer.node.rooms import Rooms

PNG = mark("ABC 12")


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Rooms, Rooms]]:
    async with network(tmp_path, [("XA-NPOC", "reached"), ("XB-NPOC", "reached")]) as nodes:
        a, b = nodes["XA-NPOC"].rooms, nodes["XB-NPOC"].rooms
        await staff(a)
        await staff(b)
        yield a, b


async def write(rooms: Rooms, folder: Path, *, to: str = "XB-NPOC") -> str:
    """A draft from the example of a request; its id."""
    file = folder / "request.toml"
    file.write_text(template("request"))
    draft = (await ask(rooms, "request", "new", str(file), "--to", to)).json
    return str(draft["id"])


async def release(rooms: Rooms, draft: str) -> dict[str, str]:
    """Submit and let go, by two people."""
    assert (await ask(rooms, "request", "send", draft)).code == 0
    found = await ask(rooms, "release", "approve", draft, actor="officer.two")
    return dict(found.json)


async def delivered(rooms: Rooms, thread: str, count: int) -> None:
    """Wait until this many messages of a thread are here, ours with their receipts."""

    async def look() -> bool:
        case = (await ask(rooms, "thread", "show", thread)).json
        ours = [step for step in case["steps"] if step["by"] == rooms.authority]
        return len(case["steps"]) == count and all(step["receipt_at"] for step in ours)

    await until(look)


async def test_a_request_goes_out_with_a_photo_and_its_answer_comes_back(
    two: tuple[Rooms, Rooms], tmp_path: Path
) -> None:
    a, b = two
    draft = await write(a, tmp_path)
    photo = tmp_path / "left.png"
    photo.write_bytes(PNG)
    attached = await ask(a, "attach", draft, str(photo), "--caption", "Left side")
    assert attached.json["attachments"]
    sent = await release(a, draft)
    await delivered(a, sent["thread"], 1)

    listed = (await ask(b, "thread", "list")).json
    assert [row["ours"] for row in listed] == [False]
    reference = listed[0]["reference"]
    assert reference.startswith("XA-")
    for kind in ("acknowledgement", "result"):
        file = tmp_path / f"{kind}.toml"
        file.write_text(template(kind))
        reply = (await ask(b, "reply", kind, reference, str(file))).json
        await release(b, reply["id"])
    await delivered(a, reference, 3)

    case = (await ask(a, "thread", "show", reference)).json
    assert case["stands"] == "answered"
    assert [step["type"] for step in case["steps"]] == ["request", "acknowledgement", "result"]
    page = (await ask(a, "thread", "show", reference, output="table")).out
    assert "Delivered to their system" in page
    assert "AB 4817" in page

    digest = case["steps"][0]["attachments"][0]["cipher_digest"]
    await until(lambda: b.shelf.stored(digest).complete)
    saved = await ask(
        b, "thread", "save-attachment", reference, sent["message_id"], "1",
        "--to", str(tmp_path / "photos"),
    )  # fmt: skip
    with Image.open(saved.json["file"]) as shown, Image.open(photo) as taken:
        assert (shown.format, shown.tobytes()) == ("PNG", taken.tobytes())
    again = await ask(
        b, "thread", "save-attachment", reference, sent["message_id"], "1",
        "--to", str(tmp_path / "photos"),
    )  # fmt: skip
    assert "[file-exists]" in again.err

    verified = (await ask(a, "store", "verify")).json
    assert verified["faults"] == []
    assert (verified["receipts"], verified["proofs"]) == (1, 2)
    assert (await ask(b, "store", "rebuild", "--dry-run")).json["differences"] == []


async def test_an_act_on_a_case_is_listed_by_the_reference_of_the_case(
    two: tuple[Rooms, Rooms],
) -> None:
    a, b = two
    sent = await a.submit(request(a, b.authority))
    case = (await ask(a, "thread", "show", sent.thread)).json
    acts = (await ask(a, "audit", "list", actor="officer.two", output="table")).out
    assert (case["reference"] in acts, sent.thread in acts) == (True, False)


async def test_a_serial_that_was_corrected_tells_what_it_was_before(
    two: tuple[Rooms, Rooms],
) -> None:
    a, b = two
    written = request(a, b.authority)
    (one, *_) = written.firearms
    serial = next(mark for mark in one.marks if mark.kind.is_(MarkKind.SERIAL))
    sent = await a.submit(written)
    await delivered(a, sent.thread, 1)
    before = (await ask(b, "thread", "show", sent.thread, output="table")).out
    assert "described anew" not in before
    marks = tuple(replace(m, text="B7 46162") if m is serial else m for m in one.marks)
    correction = replace(
        reply(a, "correction", sent.thread, b.authority),
        about=sent.thread,
        firearms=(replace(one, marks=marks),),
        changed=(),
        erase=(),
        chain_parties=UNSET,
    )
    await a.submit(correction)
    await delivered(a, sent.thread, 2)
    page = (await ask(b, "thread", "show", sent.thread, "--brief", output="table")).out
    assert f"B7 46162 (was: {serial.text})" in page


async def test_nobody_releases_what_they_wrote(two: tuple[Rooms, Rooms], tmp_path: Path) -> None:
    a, _ = two
    draft = await write(a, tmp_path)
    await ask(a, "request", "send", draft)
    refused = await ask(a, "release", "approve", draft)
    assert (refused.code, "[four-eyes]" in refused.err) == (77, True)
    assert "--actor NAME release approve D1." in refused.err
    waiting = (await ask(a, "release", "list", actor="officer.two")).json
    assert [row["id"] for row in waiting] == [draft]
    sent_back = await ask(
        a, "release", "reject", draft, "--reason", "The photo is missing", actor="officer.two"
    )
    assert sent_back.json["state"] == "rejected"


async def test_a_draft_is_changed_by_single_fields_and_by_a_file(
    two: tuple[Rooms, Rooms], tmp_path: Path
) -> None:
    a, _ = two
    draft = await write(a, tmp_path)
    urgent = (await ask(a, "request", "edit", draft, "--set", "urgency=PRIORITY")).json
    assert (urgent["version"], urgent["document"]["urgency"]["level"]) == (2, "PRIORITY")
    back = (await ask(a, "request", "edit", draft, str(tmp_path / "request.toml"))).json
    assert (back["version"], back["document"]["urgency"]["level"]) == (3, "ROUTINE")
    wrong = await ask(a, "request", "edit", draft, "--set", "urgency=SOON")
    assert wrong.code == 65
    assert "urgency" in wrong.err
    assert (await ask(a, "request", "discard", draft, "--yes")).code == 0
    assert (await ask(a, "request", "lint", draft)).code == 65


async def test_a_draft_that_may_not_be_sent_is_not_submitted(two: tuple[Rooms, Rooms]) -> None:
    a, _ = two
    made = await ask(a, "request", "new", "--to", "XB-NPOC", "--set", "test=true", output="table")
    assert made.code == 0
    assert "ACT" in made.out
    lint = await ask(a, "request", "lint", "D1")
    assert lint.code == 65
    assert (await ask(a, "request", "send", "D1")).code == 65


async def test_a_ping_tells_that_the_line_is_open(two: tuple[Rooms, Rooms]) -> None:
    a, _ = two
    said = await ask(a, "peer", "ping", "XB-NPOC", actor="", output="table")
    assert said.code == 0
    assert said.out.startswith("XB-NPOC answers in ")


async def test_a_suspended_authority_is_sent_nothing_until_it_is_resumed(
    two: tuple[Rooms, Rooms], tmp_path: Path
) -> None:
    a, _ = two
    said = await ask(a, "peer", "suspend", "XB-NPOC", "--reason", "Its key may be stolen")
    assert said.json["status"] == "suspended"
    assert (await ask(a, "request", "new", "--to", "XB-NPOC")).code == 65
    assert "suspended by us" in (await ask(a, "status", output="table")).out
    await ask(a, "peer", "resume", "XB-NPOC")
    assert await write(a, tmp_path)
