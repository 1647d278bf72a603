"""The demonstration, as a newcomer runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.rules.tree import ROOT
from tracer.casework.accounts.sessions import Stage
from tracer.casework.roles import Role
from tracer.cli.nouns.demo import command, stays_up
from tracer.clock import SystemClock
from tracer.config import Config
from tracer.demo.cast import cast, found
from tracer.demo.desks import open_desks
from tracer.demo.office import unwitnessed
from tracer.demo.papers import restored
from tracer.demo.run import After, how_to_look
from tracer.node.desk import open_desk
from tracer.node.home import Home
from tracer.node.opening import open_rooms
from tracer.trust.entry import fingerprint, verify_entry


def test_the_demonstration_ends_with_evidence_that_a_stranger_has_checked(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-m", "tracer", "demo", "--once", "--folder", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "witnessed by 2 of 2" in done.stdout
    for log in ("XA-NPOC", "XB-NPOC"):
        assert f"each of its messages is witnessed by at least 2 in the log of {log}" in done.stdout
    assert "evidence for the court: case.zip" in done.stdout
    assert (tmp_path / "demo" / "case.zip").stat().st_size > 0
    assert done.stdout.count("http://127.0.0.1:") == 3
    assert done.stdout.count(", fingerprint: ") == 3
    assert "Sign in at each as investigator, officer, supervisor, auditor, operator" in done.stdout
    for entry in tmp_path.glob("demo/*/entry.json"):
        assert f": {fingerprint(verify_entry(entry.read_bytes()).jws)}\n" in done.stdout
    for settings in tmp_path.glob("demo/*/conf.d/demo.toml"):
        assert "exercise = true" in settings.read_text()


def test_what_was_etched_is_told_as_restored_on_marks_that_are_still_obliterated() -> None:
    [firearm] = restored("question")["firearms"]
    assert firearm["marks"][0]["reading"] == "RESTORED"
    assert firearm["condition"] == {
        "state": "PARTLY_OBLITERATED",
        "restoration": "RESTORED_FULL",
        "method": "CHEMICAL_ETCHING",
    }


@pytest.mark.parametrize(("stay", "kept"), [(True, False), (False, True), (False, False)])
def test_three_addresses_are_told_and_of_nodes_that_are_gone_first_how_they_come_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, stay: bool, kept: bool
) -> None:
    how_to_look(cast(tmp_path), "a password", After(stay, kept=kept, typed="tracer"))
    told = capsys.readouterr().out
    before, *addresses = told.split("http://")
    assert (len(addresses), "a password" in told) == (3, True)
    assert ("are ended now" in before) is not stay


def test_a_demonstration_that_is_ended_from_outside_leaves_no_keys_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tracer", "demo", "--stay"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as demo:
        assert demo.stdout is not None
        assert any("three nodes run" in line for line in demo.stdout)
        assert list(tmp_path.glob("tracer-demo-*/*/keyring.json"))
        demo.terminate()
        assert "Ended." in demo.stdout.read()
    assert (demo.returncode, list(tmp_path.iterdir())) == (0, [])


@pytest.mark.parametrize(
    ("terminal", "options", "stays"),
    [
        (True, (), True),
        (True, ("--once",), False),
        (False, (), False),
        (False, ("--stay",), True),
    ],
)
def test_the_nodes_stay_up_on_a_terminal_and_where_it_is_asked_for(
    *, terminal: bool, options: tuple[str, ...], stays: bool
) -> None:
    told = command.make_context("demo", list(options)).params
    assert stays_up(once=told["once"], stay=told["stay"], terminal=terminal) is stays


def test_to_stay_and_not_to_stay_is_a_wrong_use() -> None:
    with pytest.raises(click.UsageError):
        stays_up(once=True, stay=True, terminal=True)


def test_a_message_that_one_log_has_without_its_witnesses_is_named() -> None:
    def step(*since: str) -> dict[str, object]:
        logs = zip(("XA-NPOC", "XB-NPOC"), since, strict=False)
        seen = [{"authority": name, "since": at} for name, at in logs]
        return {"type": "result", "by": "XB-NPOC", "witnessed": seen}

    assert unwitnessed([step("12:00", "12:01")]) == []
    assert unwitnessed([step("12:00", "12:01"), step("12:00", "")]) == [
        "result of XB-NPOC in the log of XB-NPOC"
    ]
    assert "no receipt" in unwitnessed([step("12:00")])[0]


async def test_somebody_of_each_role_signs_in_with_the_password_that_is_printed(
    tmp_path: Path,
) -> None:
    first = cast(tmp_path)[0]
    await found(first)
    password = await open_desks([first])
    home = Home(first.folder)
    async with open_rooms(home, Config.load(home.root), SystemClock()) as rooms:
        sign_in = open_desk(rooms).accounts.sign_in
        for role in Role:
            opened = await sign_in.begin(role.value, password, address="127.0.0.1")
            assert opened.session.stage is Stage.OPEN
