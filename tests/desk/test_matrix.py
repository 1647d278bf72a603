"""Who may come where: every row, every role, own, another's and an unrelated object."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.desk.visits import PLACES, path_of
from tests.desk.world import PEOPLE, UNFINISHED, World
from tracer.casework.accounts.sessions import Stage
from tracer.casework.roles import Act, may
from tracer.web.ui.app import handler_of
from tracer.web.ui.routes import TABLE, Access, Route, path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROWS: Final = [(row, method) for row in TABLE for method in row.methods]
NAMES: Final = [f"{method} {row.name}" for row, method in ROWS]
WORKING: Final = [name for name in PEOPLE if name not in UNFINISHED]
UNRELATED: Final = "A" * 43


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


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.about == "case"], ids=lambda row: row.name
)
async def test_a_case_is_shown_to_those_it_is_for_and_is_unknown_to_all_others(
    made: World, reader: Any, row: Route
) -> None:
    assert isinstance(row.rule, Act)
    given = dict(PLACES[row.name](made))
    for kind, thread in (
        ("own", given["thread"]),
        ("another's", made.threads["restricted"]),
        ("unrelated", UNRELATED),
    ):
        path = path_to(row.name, **(given | {"thread": thread}))
        for person in WORKING:
            status, code = await asked(reader(made.us.tokens[person]), row.methods[0], path)
            sees = kind == "own" or (kind == "another's" and person in {"aud", "eve"})
            if not may(PEOPLE[person], row.rule):
                assert (status, code) == (403, "role-missing"), (kind, person)
            elif not sees:
                assert (status, code) == (404, "thread-unknown"), (kind, person)
            else:
                assert code != "thread-unknown", (kind, person)


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
