"""`tracer audit`: who did what as people see it, the check, and the file that is handed out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import say
from tests.nodes import Made
from tracer.cli.exits import Exit
from tracer.cli.particulars import more


@pytest.fixture
def folder(resting: Made) -> Path:
    """A node where a few things were done."""
    root = resting.home.root
    say(root, "user", "add", "officer.new", "--role", "officer")
    say(root, "user", "disable", "officer.new")
    say(root, "user", "enable", "officer.new", actor="officer.two")
    return root


def test_acts_are_found_by_who_what_when_and_page_by_page(folder: Path) -> None:
    def acts(*options: str) -> list[str]:
        rows = say(folder, "audit", "list", *options, actor="auditor.one").json
        return [row["act"] for row in rows]

    done = ["person-enable", "person-disable", "password-give", "person-add"]
    assert acts("--subject", "officer.new") == done
    assert acts("--by", "officer.two") == ["person-enable"]
    assert acts("--act", "person-add", "--by", "officer.one") == ["person-add"]
    assert acts("--since", "2200-01-01") == acts("--until", "2020-01-01T12:00") == []
    first = say(folder, "audit", "list", "--limit", "1", actor="auditor.one").json
    rest = acts("--before", str(first[0]["number"]), "--limit", "2")
    assert rest == ["person-disable", "password-give"]
    page = say(folder, "audit", "list", actor="auditor.one", output="table").out
    assert "Roles: officer" in page


def test_what_is_empty_is_left_out_and_a_change_says_from_what_to_what() -> None:
    empty: dict[str, object] = {"groups": [], "message": "", "reason": None, "alone": False}
    assert more("release", empty) == "Let go by one person alone: no"
    assert more(
        "settings-change", {"accounts.second_factor": {"from": None, "to": "optional"}}
    ) == ("accounts.second_factor: now optional")
    version = {"version": {"from": "1.0", "to": "1.1"}}
    assert more("settings-change", version) == "Version of the program: from 1.0 to 1.1"
    roles = {"from": ["officer"], "to": ["auditor", "officer"], "sessions": 2}
    assert more("person-roles", roles) == (
        "Roles: from officer to auditor, officer; Sessions that ended: 2"
    )
    gone = {"from": {"mail": "a@xa.example"}, "to": {}}
    assert more("person-contact", gone) == "E-mail address: no longer a@xa.example"
    sent = {"draft": "D1", "to": "XB-NPOC"}
    assert more("release", sent) == "Draft: D1; The other authority: XB-NPOC"


def test_details_are_told_in_words_and_names_and_settings_as_they_are_written() -> None:
    read = {"groups": ["chain_parties"], "at": "2026-03-01T12:00:00.000Z"}
    assert more("read-case", read) == (
        "Which parts: people and companies in the chain; As of: 2026-03-01 12:00 UTC"
    )
    assert more("edit", {"via": "detach", "side": "sent", "owes": "ours"}) == (
        "How: files were taken off; Whose requests: sent by us; Who must act: us"
    )
    assert more("peer-add", {"news": "first", "without": ["XB-NPOC"]}) == (
        "What it is to us: This authority is new here; Left out: XB-NPOC"
    )
    assert more("transcribe", {"way": "EMBASSY", "type": "more-info", "reason": "as-said"}) == (
        "Way: embassy; Kind of message: more info; Reason: as-said"
    )
    assert more("settings-change", {"desk.side": "sent"}) == "desk.side: sent"
    assert more("invented", {"never-named": "<\u202e>"}) == "never-named: <\\u202e>"


def test_a_list_that_ends_before_all_is_told_says_how_to_go_on(folder: Path) -> None:
    def told(*options: str) -> str:
        return say(folder, "audit", "list", *options, actor="auditor.one", output="table").err

    numbers = [row["number"] for row in say(folder, "audit", "list", actor="auditor.one").json]
    assert f"the newest 2; there are more. Go on with --before {numbers[1]}" in told("--limit", "2")
    assert "there are more" not in told("--limit", str(len(numbers)))
    assert "there are more" not in told()


def test_the_check_says_that_all_holds_or_what_does_not(folder: Path) -> None:
    good = say(folder, "audit", "verify", output="table")
    assert (good.code, "Everything holds" in good.err) == (Exit.OK, True)
    with closing(sqlite3.connect(folder / "tracer.db")) as db, db:
        db.execute("DELETE FROM audit WHERE act = 'person-disable'")
    bad = say(folder, "audit", "verify")
    (fault,) = msgspec.json.decode(bad.out)["faults"]
    assert (bad.code, fault["what"]) == (Exit.FAILURE, "the act was deleted")
    assert fault["where"].startswith("XA-NPOC/journal/1 ")
    told = say(folder, "store", "verify", output="table")
    assert (told.code, "the act was deleted" in told.out) == (Exit.FAILURE, True)


def test_acts_are_written_to_a_file_of_ones_own(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "acts.json"
    export = ("audit", "export", "--subject", "officer.new", "-o", str(file))
    said = say(folder, *export, actor="auditor.one")
    assert said.json == {"file": str(file), "acts": 4, "unproven": 4}
    assert "no proof before the next full hour" in said.err
    assert file.stat().st_mode & 0o077 == 0
    held = msgspec.json.decode(file.read_bytes())
    acts = [msgspec.json.decode(one["act"])["act"] for one in held["acts"]]
    assert acts == ["person-add", "password-give", "person-disable", "person-enable"]
    newest = say(folder, "audit", "list", "--limit", "1", actor="auditor.one").json[0]
    assert (newest["actor"], newest["act"]) == ("auditor.one", "audit-export")


@pytest.mark.parametrize(
    ("actor", "verb", "code"),
    [
        ("investigator.one", ("list",), Exit.PERMISSION),
        ("officer.one", ("list",), Exit.PERMISSION),
        ("officer.one", ("export", "--subject", "x", "-o", "x.json"), Exit.PERMISSION),
        ("investigator.one", ("verify",), Exit.PERMISSION),
        ("auditor.one", ("export", "--subject", "nothing", "-o", "x.json"), Exit.DATA),
    ],
)
def test_who_may_not_and_what_is_not_there_is_refused(
    folder: Path, actor: str, verb: tuple[str, ...], code: Exit
) -> None:
    said = say(folder, "audit", *verb, actor=actor)
    assert (said.code, said.out) == (code, "")
