"""Who may come where: every row, every role, own, another's and an unrelated object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.desk.visits import HIDDEN, NOWHERE, PLACES, path_of
from tests.desk.world import PEOPLE, UNFINISHED, World
from tracer.casework.accounts.sessions import Stage
from tracer.casework.roles import Act, may
from tracer.web.ui.app import handler_of
from tracer.web.ui.printing import Press
from tracer.web.ui.routes import TABLE, Access, Route, path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(autouse=True)
def _blank_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may print is asked here, and not what: a sheet is blank, and there at once."""

    async def blank(_: Press, _page: str, _files: object) -> bytes:
        return b"%PDF-1.7"

    monkeypatch.setattr(Press, "print", blank)


ROWS: Final = [(row, method) for row in TABLE for method in row.methods]
NAMES: Final = [f"{method} {row.name}" for row, method in ROWS]
WORKING: Final = [name for name in PEOPLE if name not in UNFINISHED]
UNKNOWN: Final = {
    "case": "thread-unknown",
    "draft": "draft-unknown",
    "person": "person-unknown",
    "peer": "peer-unknown",
    "team": "team-unknown",
    "disposal": "disposal-unknown",
}
"""The code by which an object is not there, or not for the reader."""
TYPED: Final[Mapping[str, Mapping[str, str]]] = {
    "note": {"text": "a note"},
    "release": {"version": "1"},
    "send-back": {"version": "1", "reason": "it is not whole"},
    "disposal": {"decision": "drop", "reason": "it is still needed"},
    "case-restrict": {"restricted": "yes", "reason": "a source is to be protected"},
    "request-onward": {"peer": "XB-NPOC"},
    "authority-suspend": {"reason": "their key is lost"},
    "authority-succession": {"reason": "spoken with their desk"},
    "person-roles": {"roles": "officer"},
    "person-factor": {"recognised": "in-person"},
}
"""What makes a form whole, where an empty one is told so before its object is looked at."""


def allowed(row: Route, roles: tuple[str, ...]) -> bool:
    """What the table says of somebody at the desk, said once more."""
    return isinstance(row.rule, Access) or may(roles, row.rule)


async def asked(who: Any, method: str, path: str) -> tuple[int, str]:
    """How a request without a token of ours ends: the rule is asked before the token."""
    answer = await (who.get(path) if method == "GET" else who.post(path, {}))
    return answer.status, answer.code


@pytest.mark.parametrize(("row", "method"), ROWS, ids=NAMES)
async def test_a_row_lets_in_whom_its_rule_names_and_nobody_else(
    made: World, reader: Any, row: Route, method: str
) -> None:
    for person in WORKING:
        status, code = await asked(reader(made.us.tokens[person]), method, path_of(row, made))
        if not allowed(row, PEOPLE[person]):
            assert (status, code) == (403, "role-missing"), person
        elif method == "POST":
            assert (status, code) == (403, "foreign-form"), person
        else:
            assert status in {200, 303, 404}, person
            assert code != "role-missing"


@pytest.mark.parametrize(("row", "method"), ROWS, ids=NAMES)
async def test_nobody_comes_further_than_signing_in_without_a_whole_session(
    made: World, reader: Any, row: Route, method: str
) -> None:
    if row.rule is Access.ANYBODY:
        return
    path = path_of(row, made)
    answer = await (reader().get(path) if method == "GET" else reader().post(path, {}))
    assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")
    if row.rule is not Access.UNFINISHED:
        half = reader(made.us.stages[Stage.CODE])
        answer = await (half.get(path) if method == "GET" else half.post(path, {}))
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in/second")


def sees_own(row: Route, person: str) -> bool:
    """Who may see what a row is visited with; Ada sees her own drafts and cases only."""
    return person != "ada" or row.name not in {"reply", "reply-files", "discard"}


def sees_hidden(row: Route, person: str) -> bool:
    """Who may see what is Eve's in the restricted case; the auditor sees every case."""
    return person == "eve" or (person == "aud" and row.about == "case")


def nowhere(row: Route, given: Mapping[str, str]) -> dict[str, str]:
    """The same places, but what the row is about is not there."""
    first = row.places[0]
    return {**given, first: NOWHERE[first]}


@pytest.fixture(scope="module")
def forms() -> dict[str, str]:
    """The token of each person's forms: it is that of their session, so it is read once."""
    return {}


@pytest.mark.parametrize(
    ("row", "method"),
    [each for each in ROWS if each[0].about != "nothing"],
    ids=[name for name, each in zip(NAMES, ROWS, strict=True) if each[0].about != "nothing"],
)
async def test_an_object_is_shown_to_those_it_is_for_and_is_unknown_to_all_others(
    made: World, reader: Any, forms: dict[str, str], row: Route, method: str
) -> None:
    """With a token that is good: a form of a row gets as far as a look at its object."""
    assert isinstance(row.rule, Act)
    own = dict(PLACES[row.name](made))
    objects = [("own", own, sees_own), ("unrelated", nowhere(row, own), lambda *_: False)]
    if row.name in HIDDEN:
        objects.append(("another's", own | dict(HIDDEN[row.name](made)), sees_hidden))
    for kind, places, sees in objects:
        path = path_to(row.name, **places)
        for person in WORKING:
            who = reader(made.us.tokens[person])
            seen = sees(row, person)
            if method == "POST" and seen and may(PEOPLE[person], row.rule):
                continue  # it would be done
            if method == "GET":
                answer = await who.get(path)
            else:
                if person not in forms:
                    forms[person] = (await who.get("/account")).token
                answer = await who.post(path, {"_token": forms[person], **TYPED.get(row.name, {})})
            found = (answer.status, answer.code)
            if not may(PEOPLE[person], row.rule):
                assert found == (403, "role-missing"), (kind, person)
            elif not seen:
                assert found == (404, UNKNOWN[row.about]), (kind, person, answer.text[-3000:])
            else:
                assert found[1] != UNKNOWN[row.about], (kind, person)


async def test_every_row_has_a_handler_that_is_there() -> None:
    assert all(callable(handler_of(row.handler)) for row in TABLE)


async def test_no_two_rows_have_one_name_or_answer_one_request() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)
    assert len({(method, row.path) for row, method in ROWS}) == len(ROWS)


async def test_a_row_without_a_rule_cannot_be_made() -> None:
    whole: dict[str, Any] = {
        "method": "GET", "path": "/new", "name": "new", "handler": "desk.waiting", "rule": Act.DRAFT
    }  # fmt: skip
    assert Route(**whole).methods == ("GET",)
    for broken in (
        {"rule": None}, {"rule": "draft"}, {"method": "PUT"}, {"path": "/new/{thread}"},
        {"handler": "waiting"}, {"path": "new"},
    ):  # fmt: skip
        with pytest.raises(ValueError, match="not whole"):
            Route(**(whole | broken))
