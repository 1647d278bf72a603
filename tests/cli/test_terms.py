"""What is typed about terms: propose, correct, sign, agree, show."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import say, staffed
from tests.nodes import Made
from tracer.cli.exits import Exit
from tracer.clock import SystemClock
from tracer.node import custody
from tracer.node.opening import open_rooms

A, B = "XA-NPOC", "XB-NPOC"
AUSTRIA = ("--country", "AT", "--zone", "Europe/Vienna")


@pytest.fixture
def other(resting: Made, tmp_path: Path) -> Made:
    """A second authority; the two know each other."""
    made = asyncio.run(staffed(tmp_path / "other", B))
    for ours, theirs in ((resting, made), (made, resting)):
        file = tmp_path / "entry.json"
        assert say(theirs.home.root, "entry", "export", "--to", str(file)).code == 0
        assert say(ours.home.root, "peer", "add", str(file), typed="y\n").code == 0
    return made


def draft(made: Made, folder: Path, *options: str) -> Path:
    """A proposed file of terms."""
    said = say(made.home.root, "terms", "propose", *options)
    assert said.code == 0, said.err
    file = folder / "terms.toml"
    file.write_text(said.out)
    return file


def test_a_proposed_calendar_is_corrected_signed_and_shown(resting: Made, tmp_path: Path) -> None:
    file = draft(resting, tmp_path, *AUSTRIA)
    data = tomllib.loads(file.read_text())
    assert "2027-12-25" in data["non_working"]
    assert len(data["offsets"]) >= 4
    file.write_text(file.read_text().replace('    "2027-12-25",  # Christmas Day\n', ""))
    said = say(resting.home.root, "terms", "sign", str(file), typed="y\n")
    assert said.json["number"] == 2
    assert "days without work: " in said.err
    assert "Sign this as our next entry" in said.err
    (shown,) = say(resting.home.root, "terms", "show").json
    assert shown["standing"] == "entry"
    assert "2027-12-25" not in shown["terms"]["non_working"]
    page = say(resting.home.root, "terms", "show", output="table").out
    assert "URGENT" in page
    assert "4 hours" in page
    assert "Targets: passing one is shown and counted" in page
    acts = say(resting.home.root, "audit", "list", actor="auditor.one").json
    assert acts[0]["act"] == "terms-issue"


def test_what_is_not_confirmed_is_not_signed(resting: Made, tmp_path: Path) -> None:
    file = draft(resting, tmp_path, "--eu")
    said = say(resting.home.root, "terms", "sign", str(file), typed="n\n")
    assert (said.code, said.out) == (Exit.INTERRUPTED, "")
    assert "URGENT first answer: 8 hours (until now 24 hours)" in said.err
    assert say(resting.home.root, "entry", "show").json["number"] == 1


def test_an_offer_goes_there_and_comes_back_agreed(
    resting: Made, other: Made, tmp_path: Path
) -> None:
    ours, theirs = resting.home.root, other.home.root
    file = draft(resting, tmp_path, "--eu", "--to", B, "--theirs", *AUSTRIA)
    offer, agreed = str(tmp_path / "offer.json"), str(tmp_path / "agreed.json")
    made = say(ours, "terms", "sign", str(file), "--to", B, "-o", offer, "--yes")
    assert made.json["standing"] == "offered"
    signed = say(theirs, "terms", "sign", offer, "-o", agreed, typed="y\n")
    assert signed.json["standing"] == "agreed"
    assert f"Agree to what {A} has offered" in signed.err
    taken = say(ours, "terms", "take", agreed)
    assert taken.json["standing"] == "agreed"
    shown = say(ours, "terms", "show", B).json
    assert [one["standing"] for one in shown] == ["entry", "agreed"]
    assert [one["counterpart"] for one in shown] == ["", A]
    assert f"{B} answers to {A}" in say(theirs, "terms", "show", A, output="table").out


def test_who_asks_and_signs_last_is_told_what_to_wait_for(
    resting: Made, other: Made, tmp_path: Path
) -> None:
    ours, theirs = resting.home.root, other.home.root
    file = draft(resting, tmp_path, "--to", B)
    offer, agreed = str(tmp_path / "offer.json"), str(tmp_path / "agreed.json")
    assert say(ours, "terms", "sign", str(file), "--to", B, "-o", offer, "--yes").code == 0
    signed = say(theirs, "terms", "sign", offer, "-o", agreed, "--yes", output="table")
    assert "signed by both; in force here once they hold it" in signed.out
    assert f"{A} runs: terms take" in signed.err
    assert say(ours, "terms", "take", agreed).json["standing"] == "agreed"
    assert say(theirs, "terms", "take", agreed).json["standing"] == "agreed"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("sign", "absent.toml", "--yes"), "[file-missing]"),
        (("sign", "terms.toml", "--yes"), "[terms-same]"),
        (("sign", "terms.toml", "--to", B), "[target-missing]"),
        (("take", "terms.toml"), "[agreement-invalid]"),
        (("propose", "--eu", "--starting"), "[profile]"),
        (("propose", "--country", "XA"), "user-assigned"),
        (("propose", "--zone", "Nowhere"), "[zone-unknown]"),
        (("propose", "--to", "XQ-NPOC"), "[peer-unknown]"),
        (("show", "XQ-NPOC"), "[peer-unknown]"),
    ],
)
def test_what_is_wrong_about_terms_is_told(
    resting: Made, tmp_path: Path, command: tuple[str, ...], told: str
) -> None:
    draft(resting, tmp_path)
    typed = [str(tmp_path / one) if one.endswith(".toml") else one for one in command]
    said = say(resting.home.root, "terms", *typed)
    assert (said.code, said.out) == (Exit.DATA, "")
    assert told in said.err


@pytest.mark.parametrize("actor", ["", "nobody", "auditor.one", "investigator.one"])
def test_terms_are_signed_by_who_releases(resting: Made, tmp_path: Path, actor: str) -> None:
    file = draft(resting, tmp_path, "--eu")
    said = say(resting.home.root, "terms", "sign", str(file), "--yes", actor=actor)
    assert (said.code, said.out) == (Exit.PERMISSION, "")
    assert say(resting.home.root, "entry", "show").json["number"] == 1


def test_a_new_node_may_begin_with_a_calendar(tmp_path: Path) -> None:
    made = ("init", A, "--name", "Centre", "--officer", "officer.one", "--collects")
    assert say(tmp_path / "xa", *made, *AUSTRIA, actor="").code == 0
    (shown,) = say(tmp_path / "xa", "terms", "show").json
    assert shown["days_without_work"] > 20
    assert len(shown["terms"]["offsets"]) >= 4
    wrong = say(tmp_path / "xb", *made, "--country", "XA", actor="")
    assert "user-assigned" in wrong.err
    assert not (tmp_path / "xb").exists()


@pytest.mark.parametrize(("days", "level"), [(600, "ok"), (100, "look"), (-1, "act")])
def test_status_tells_when_a_calendar_ends(resting: Made, days: int, level: str) -> None:
    until = (datetime.now(UTC) + timedelta(days=days)).date()

    async def shorten() -> None:
        async with open_rooms(resting.home, resting.config, SystemClock()) as rooms:
            terms = msgspec.structs.replace(rooms.entry.entry.terms, covers_until=str(until))
            await custody.issue(rooms, actor="officer.one", terms=terms)

    asyncio.run(shorten())
    said = say(resting.home.root, "status", output="table")
    (check,) = [
        one
        for one in msgspec.json.decode(say(resting.home.root, "status").out)["checks"]
        if one["what"] == "calendar"
    ]
    assert check["level"] == level
    assert str(until) in said.out
    assert said.code == (Exit.FAILURE if level == "act" else Exit.OK)


def test_status_tells_when_the_calendar_of_another_ends(resting: Made, other: Made) -> None:
    soon = str((datetime.now(UTC) + timedelta(days=100)).date())

    async def shorten() -> str:
        async with open_rooms(other.home, other.config, SystemClock()) as rooms:
            terms = msgspec.structs.replace(rooms.entry.entry.terms, covers_until=soon)
            return (await custody.issue(rooms, actor="officer.one", terms=terms)).path

    assert say(resting.home.root, "peer", "add", asyncio.run(shorten())).code == 0
    checks = say(resting.home.root, "status").json["checks"]
    assert [one["level"] for one in checks if one["what"] == f"calendar of {B}"] == ["look"]
