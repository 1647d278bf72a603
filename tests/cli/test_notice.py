"""`tracer notice` and `tracer user contact`, as people type them."""

from __future__ import annotations

import asyncio

import pytest

from tests.cli.house import say
from tests.nodes import Made
from tests.store.test_mail import notice
from tracer.cli.exits import Exit
from tracer.cli.nouns.notice import table_of
from tracer.clock import SystemClock
from tracer.node.opening import open_rooms


async def tell(made: Made) -> None:
    async with open_rooms(made.home, made.config, SystemClock()) as rooms:
        rows = [notice("officer.one", key, urgency="FLASH") for key in ("a", "b")]
        await rooms.store.write(lambda tx: tx.notices.add(rows))


@pytest.fixture
def told(resting: Made) -> Made:
    """A node with two notices for officer.one."""
    asyncio.run(tell(resting))
    return resting


def test_notices_are_listed_and_noted_as_seen(told: Made) -> None:
    folder = told.home.root
    rows = say(folder, "notice", "list").json
    assert [row["act"] for row in rows] == ["notice-due", "notice-due"]
    assert {row["life_at_risk"] for row in rows} == {True}
    number = rows[0]["number"]
    assert say(folder, "notice", "seen", str(number)).json == {"seen": [number]}
    assert len(say(folder, "notice", "list").json) == 1
    said = say(folder, "notice", "seen", output="table")
    assert (said.code, said.err) == (0, "1 notice noted as seen.\n")
    assert "There is nothing new." in say(folder, "notice", "list", output="table").err
    assert len(say(folder, "notice", "list", "--all").json) == 2


def test_the_table_says_life_at_risk_and_what_is_awaited(told: Made) -> None:
    out = say(told.home.root, "notice", "list", output="table").out
    assert "LIFE AT RISK" in out
    assert "an acknowledgement of receipt for line 1, 3, from" in out


def test_a_deadline_and_a_target_stand_in_one_column() -> None:
    row = {
        "number": 1, "reference": "XA-2026-000001", "test": False, "peer": "XB-NPOC",
        "urgency": "ROUTINE", "life_at_risk": False, "what": "an answer",
        "awaited_from": "XB-NPOC", "due": "2026-03-04T16:00:00.000Z", "how_late": "",
        "binding": False,
    }  # fmt: skip
    target, deadline = table_of([row, row | {"binding": True}], everything=False)
    assert target.keys() == deadline.keys()
    assert deadline["until"] == f"{target['until']} (deadline)"


@pytest.mark.parametrize("actor", ["auditor.one", "nobody"])
def test_whoever_is_never_told_has_no_list(told: Made, actor: str) -> None:
    assert say(told.home.root, "notice", "list", actor=actor).code == Exit.PERMISSION


def test_an_address_is_set_shown_changed_and_ended(resting: Made) -> None:
    folder = resting.home.root
    contact = ("user", "contact", "investigator.one")
    assert say(folder, *contact).json["mail"] == ""
    given = ("--mail", "one@xa.example", "--language", "fr")
    mine = say(folder, *contact, *given, actor="investigator.one").json
    assert mine == {
        "name": "investigator.one",
        "mail": "one@xa.example",
        "language": "fr",
        "digest": True,
    }
    assert say(folder, *contact, "--no-digest").json["digest"] is False
    assert say(folder, *contact).json == mine | {"digest": False}
    assert "no" in say(folder, *contact, output="table").out
    assert say(folder, *contact, "--no-mail").json["mail"] == ""


def test_an_address_that_is_none_and_anothers_address_are_refused(resting: Made) -> None:
    folder = resting.home.root
    wrong = say(folder, "user", "contact", "officer.one", "--mail", "x@y\nBcc: z@y")
    assert (wrong.code, "[address-form]" in wrong.err) == (Exit.DATA, True)
    other = say(
        folder, "user", "contact", "officer.one", "--mail", "x@y.example", actor="auditor.one"
    )
    assert other.code == Exit.PERMISSION
