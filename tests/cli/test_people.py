"""People at the desk, by commands: passwords for one time, sessions, teams, whose case it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.casework.accounts import PASSWORD, code_of
from tests.casework.desks import request_document
from tests.cli.house import say
from tests.nodes import Made
from tests.trust.makers import verified
from tracer.cli.exits import Exit
from tracer.clock import FixedClock, SystemClock
from tracer.errors import InputError
from tracer.node.desk import Desk, open_desk
from tracer.node.opening import open_rooms


def on_desk(made: Made, work: Callable[[Desk], Awaitable[Any]]) -> Any:
    """Do something at the desk of a node that does not run."""

    async def run() -> Any:
        async with open_rooms(made.home, made.config, SystemClock()) as rooms:
            return await work(open_desk(rooms))

    return asyncio.run(run())


def sign_in(made: Made, name: str, password: str) -> str:
    """The stage that name and password lead to; else the code of the refusal."""

    async def work(desk: Desk) -> str:
        try:
            opened = await desk.accounts.sign_in.begin(name, password, address="192.0.2.7")
        except InputError as error:
            return error.code
        return opened.session.stage.value

    return str(on_desk(made, work))


async def signed_in_first(desk: Desk, name: str) -> None:
    """Somebody signs in for the first time: a password of their own, and a phone."""
    accounts, clock = desk.accounts, FixedClock(SystemClock().now())
    given = await accounts.passwords.give("officer.one", name)
    opened = await accounts.sign_in.begin(name, given.password, address="192.0.2.7")
    opened = await accounts.passwords.choose(opened.token, PASSWORD)
    secret = (await accounts.factor.begin(opened.token)).secret.replace(" ", "")
    await accounts.factor.confirm(opened.token, code_of(secret, clock))


def test_a_new_person_gets_a_password_for_one_time_that_is_shown_once(resting: Made) -> None:
    folder = resting.home.root
    added = say(folder, "user", "add", "officer.new", "--role", "officer").json[0]
    assert (added["name"], added["roles"]) == ("officer.new", ["officer"])
    assert sign_in(resting, "officer.new", added["password"]) == "change"
    assert added["password"] not in say(folder, "user", "list").out
    assert added["password"] not in say(folder, "audit", "list", actor="auditor.one").out
    table = say(folder, "user", "add", "officer.newer", "--role", "officer", output="table")
    assert "One-time password: " in table.err
    password = table.err.split("One-time password: ")[1].split()[0]
    assert password not in table.out
    assert sign_in(resting, "officer.newer", password) == "change"


def test_a_keeper_gives_a_new_password_and_the_old_one_counts_no_more(resting: Made) -> None:
    folder = resting.home.root
    first = say(folder, "user", "password", "investigator.one").json["password"]
    second = say(folder, "user", "password", "investigator.one").json["password"]
    assert sign_in(resting, "investigator.one", first) == "sign-in-refused"
    assert sign_in(resting, "investigator.one", second) == "change"
    refused = say(folder, "user", "password", "auditor.one", actor="investigator.one")
    assert refused.code == Exit.PERMISSION


def test_the_first_of_all_gives_a_password_to_themselves_once(resting: Made) -> None:
    folder = resting.home.root
    given = say(folder, "user", "password", "officer.one", output="table")
    assert given.code == 0
    assert "shown this once" in given.err
    again = say(folder, "user", "password", "officer.one")
    assert again.code != 0
    assert "person-self" in again.err


def test_the_command_line_confirms_an_account_that_was_made_at_the_desk(resting: Made) -> None:
    folder = resting.home.root
    say(folder, "user", "add", "officer.cli", "--role", "officer")
    assert "[confirm-none]" in say(folder, "user", "confirm", "officer.cli").err
    on_desk(
        resting,
        lambda desk: desk.accounts.passwords.give_new("officer.one", "officer.new", ["officer"]),
    )
    held = on_desk(resting, lambda desk: desk.accounts.roster.list("officer.one"))
    assert {one.name: one.in_hand for one in held if one.in_hand} == {
        "officer.new": ("officer.one",)
    }
    refused = say(folder, "user", "confirm", "officer.new", actor="investigator.one")
    assert refused.code == Exit.PERMISSION
    assert "[confirm-early]" in say(folder, "user", "confirm", "officer.new").err
    on_desk(resting, lambda desk: signed_in_first(desk, "officer.new"))
    assert say(folder, "user", "confirm", "officer.new").code == 0
    assert "[confirm-none]" in say(folder, "user", "confirm", "officer.new").err


def test_sessions_are_listed_and_ended(resting: Made) -> None:
    folder = resting.home.root
    password = say(folder, "user", "password", "investigator.one").json["password"]
    assert sign_in(resting, "investigator.one", password) == "change"
    rows = say(folder, "user", "sessions", "investigator.one").json
    assert [(row["address"], row["stage"]) for row in rows] == [("192.0.2.7", "change")]
    table = say(folder, "user", "sessions", "investigator.one", output="table").out
    assert "signing in" in table
    number = str(rows[0]["number"])
    ended = say(folder, "user", "sign-out", "investigator.one", "--session", number).json
    assert ended == {"name": "investigator.one", "ended": 1}
    assert say(folder, "user", "sessions", "investigator.one").json == []
    missing = say(folder, "user", "reset-factor", "investigator.one", "--recognised", "by-voice")
    assert "factor-none" in missing.err


def sent(made: Made) -> str:
    """A request of this node's that was released; its thread."""

    async def work(desk: Desk) -> str:
        file = verified("XB-NPOC").file
        looked = await desk.peers.look("officer.one", file)
        await desk.peers.add("officer.one", file, compared=looked.fingerprint)
        draft = await desk.drafts.new("investigator.one", request_document(), "XB-NPOC")
        await desk.release.submit_for_release("investigator.one", draft.id)
        return (await desk.release.release("officer.two", draft.id)).thread

    return str(on_desk(made, work))


def test_teams_cases_and_notes_by_their_commands(resting: Made) -> None:
    folder = resting.home.root
    thread = sent(resting)
    team = say(folder, "team", "add", "north", "--name", "North", "--agency", "city-police").json[0]
    assert (team["id"], team["agency"], team["people"]) == ("north", "city-police", [])
    joined = say(folder, "team", "join", "north", "investigator.one").json[0]
    assert joined["people"] == ["investigator.one"]
    assert "the authority" not in say(folder, "team", "list", output="table").out
    say(folder, "team", "add", "south")
    work = say(folder, "thread", "team", thread, "south").json
    assert (work["team"], work["assigned"]) == ("south", [])
    work = say(folder, "thread", "assign", thread, "investigator.one").json
    assert [one["person"] for one in work["assigned"]] == ["investigator.one"]
    said = say(
        folder, "thread", "restrict", thread, "--reason", "a suspect works here", output="table"
    )
    assert "its team and those assigned" in said.out
    unseen = say(folder, "thread", "show", thread, actor="officer.two")
    assert "thread-unknown" in unseen.err
    note = say(folder, "thread", "note", thread, "Call\nback.", actor="investigator.one").json
    assert note[0]["author"] == "investigator.one"
    page = say(folder, "thread", "show", thread, actor="investigator.one", output="table").out
    assert "Team: south (nobody else sees it)" in page
    assert "Note of investigator.one" in page
    notes = say(folder, "thread", "note", thread, actor="investigator.one", output="table").out
    assert "back." in notes
    page = say(folder, "thread", "show", thread, actor="auditor.one", output="table").out
    assert "Not shown to auditors" in page
    assert "back." not in page
    off = say(folder, "thread", "assign", thread, "investigator.one", "--off", actor="officer.two")
    assert off.json["assigned"] == []
    assert say(folder, "thread", "changed", actor="auditor.one").json == []
    assert say(folder, "team", "leave", "north", "investigator.one").json[0]["people"] == []
    assert say(folder, "team", "close", "south").json[0]["closed"] is True
    assert say(folder, "team", "open", "south").json[0]["closed"] is False


@pytest.mark.parametrize("verb", ["thread", "team"])
def test_what_is_not_there_is_said_so(resting: Made, verb: str) -> None:
    arguments = ("team", "join", "west", "auditor.one")
    if verb == "thread":
        arguments = ("thread", "assign", "XA-2026-000009", "auditor.one")
    said = say(resting.home.root, *arguments)
    assert f"{verb}-unknown" in said.err
