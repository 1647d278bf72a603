"""What an operator types about witnesses: choose, list, make a key; what status and a case say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.house import ask, say, staff
from tests.exchange.losing import send
from tests.exchange.test_witness import PAIR
from tests.exchange.witnessing import A, B, C, turn, watched
from tests.nodes import Made
from tracer.cli.exits import Exit
from tracer.clock import FixedClock
from tracer.node.rooms import Rooms
from tracer.trust.private_files import read_private, write_private


def checks(rooms_or_made: Made) -> dict[str, str]:
    found = say(rooms_or_made.home.root, "status", output="json")
    return {one["what"]: one["level"] for one in json.loads(found.out)["checks"]}


def test_a_new_node_can_witness_and_has_nobody_who_watches_it(resting: Made) -> None:
    found = say(resting.home.root, "witness", "list").json
    assert (found["own"], found["listed"]) == ("XA-NPOC/witness/1", True)
    assert (found["log"]["quorum"], found["serves"]) == (0, [])
    page = say(resting.home.root, "witness", "list", output="table").out
    assert "Nobody. Choose witnesses" in page
    assert checks(resting)["witnesses"] == "look"


def test_a_node_whose_keyring_has_no_witness_key_is_told_how_to_get_one(resting: Made) -> None:
    ring = resting.home.root / "keyring.json"
    data = json.loads(read_private(ring))
    data["rows"] = [row for row in data["rows"] if row["use"] != "witness"]
    write_private(ring, json.dumps(data).encode(), replace=True)
    say(resting.home.root, "entry", "issue")
    assert checks(resting)["witnessing"] == "look"
    assert "rotate-witness" in say(resting.home.root, "witness", "list", output="table").out
    made = say(resting.home.root, "key", "rotate-witness").json
    name, _, number = made["new_key"].rpartition("/")
    assert name == "XA-NPOC/witness"
    assert int(number) > 1, "an entry has named the first one, and it may have signed"
    assert say(resting.home.root, "witness", "list").json["listed"]
    assert "witnessing" not in checks(resting)
    assert made["new_key"] in say(resting.home.root, "key", "list", output="table").out


@pytest.mark.parametrize(
    ("actor", "command", "code", "word"),
    [
        ("officer.one", ("choose",), Exit.USAGE, ""),
        ("officer.one", ("choose", "XB-NPOC", "--none"), Exit.USAGE, ""),
        ("officer.one", ("choose", "XB-NPOC"), Exit.DATA, "peer-unknown"),
        ("officer.one", ("choose", "XB-NPOC", "--quorum", "2"), Exit.DATA, "witness-quorum"),
        ("officer.one", ("choose", "XB-NPOC", "XB-NPOC"), Exit.DATA, "witness-quorum"),
        ("investigator.one", ("choose", "--none"), Exit.PERMISSION, "role-missing"),
    ],
)
def test_witnesses_that_cannot_be_are_not_chosen(
    resting: Made, actor: str, command: tuple[str, ...], code: Exit, word: str
) -> None:
    said = say(resting.home.root, "witness", *command, actor=actor)
    assert said.code == code
    assert word in said.err
    assert say(resting.home.root, "entry", "show").json["number"] == 1


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (("XB-NPOC", "--quorum", "2"), "1 witness is named: the quorum says how many of them"),
        (("XB-NPOC", "XB-NPOC"), "each is named once"),
    ],
)
def test_a_quorum_that_cannot_be_is_told_in_a_sentence(
    resting: Made, chosen: tuple[str, ...], says: str
) -> None:
    said = say(resting.home.root, "witness", "choose", *chosen)
    assert says in said.err
    assert "Choose --quorum from 1 to 1." in said.err


async def levels(rooms: Rooms) -> dict[str, tuple[str, str]]:
    said = await ask(rooms, "status")
    return {one["what"]: (one["level"], one["sentence"]) for one in json.loads(said.out)["checks"]}


async def test_people_see_who_has_witnessed_a_case_and_how_the_witnesses_are(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, quorum=2) as nodes:
        a, b, c = nodes[A], nodes[B], nodes[C]
        await staff(a)
        thread = await send(a, b)
        before = (await ask(a, "thread", "show", thread, output="table")).out
        assert "In the log of XA-NPOC witnessed by 0 of 2 (quorum 2)." in before
        await turn(a, b, c)
        await turn(a, b)
        page = (await ask(a, "thread", "show", thread, output="table")).out
        flat = " ".join(page.split())
        for authority in (A, B):
            assert f"In the log of {authority} witnessed by 2 of 2 (quorum 2), since 20" in flat
        shown = (await ask(a, "thread", "show", thread)).json["steps"][0]["witnessed"]
        assert [log["authority"] for log in shown] == [A, B]
        assert (await levels(a))["witnesses"] == ("ok", "2 of 2 answer, 2 are enough")
        listed = (await ask(a, "witness", "list")).json
        assert [one["origin"] for one in listed["serves"]] == ["XB-NPOC/log/1"]
        table = (await ask(a, "witness", "list", output="table")).out
        assert "XB-NPOC/witness/1" in table
        assert "XB-NPOC/log/1" in table


async def test_status_says_when_a_witness_has_another_key_and_choosing_again_helps(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, PAIR) as nodes:
        a, b = nodes[A], nodes[B]
        await staff(a)
        await staff(b)
        assert (await ask(b, "key", "rotate-witness")).json["new_key"] == f"{B}/witness/2"
        await ask(a, "peer", "add", str(b.home.entry))
        assert (await levels(a))["witness"][0] == "act"
        await send(a, b)
        await turn(a)
        assert (await levels(a))["witnesses"][0] == "look"
        chosen = await ask(a, "witness", "choose", B)
        assert chosen.code == 0, chosen.err
        await ask(b, "peer", "add", str(a.home.entry))
        assert "witness" not in await levels(a)
        await turn(a)
        assert (await levels(a))["witnesses"] == ("ok", "1 of 1 answer, 1 are enough")
        ended = (await ask(a, "witness", "choose", "--none")).json
        assert ended["number"] == 4
        assert (await levels(a))["witnesses"] == ("look", "nobody watches our log")


async def test_status_must_be_acted_on_when_the_quorum_is_late(tmp_path: Path) -> None:
    clock = FixedClock(datetime.now(UTC))
    async with watched(tmp_path, PAIR, clock=clock) as nodes:
        a, b = nodes[A], nodes[B]
        await staff(a)
        await send(a, b)
        assert (await levels(a))["witnesses"][0] == "ok"
        clock.advance(timedelta(hours=26))
        level, sentence = (await levels(a))["witnesses"]
        assert level == "act"
        assert "the oldest for 26 hours" in sentence
        await turn(a)
        assert (await levels(a))["witnesses"][0] == "ok"


async def test_of_two_that_open_no_port_neither_can_be_the_witness_of_the_other(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, ((A, "collects"), (B, "collects"))) as nodes:
        await staff(nodes[A])
        told = await ask(nodes[A], "witness", "choose", B)
        assert told.code == Exit.DATA
        assert "witness-none" in told.err
        assert "there is no line to XB-NPOC" in told.err
        (peer,) = (await ask(nodes[A], "status", output="json")).json["peers"]
        for way in ("we_reach_them", "they_reach_us"):
            assert peer[way]["instead"] == "courier"
