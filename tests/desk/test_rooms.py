"""The navigation: one place where one is, and nothing that is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.desk.visits import path_of, visits
from tests.desk.world import World, enrol
from tracer.casework.roles import FOR_AUTHORITY, Act, Role, may_as
from tracer.web.ui.routes import BY_NAME, TABLE

pytestmark = pytest.mark.asyncio(loop_scope="session")
CURRENT = re.compile(r'<a href="([^"]*)"[^>]*aria-current="page"')
LINK = re.compile(r'href="(/[^"?#]*)')


@pytest_asyncio.fixture(loop_scope="session")
async def pol(made: World) -> AsyncIterator[str]:
    """Somebody with every role, who belongs to an agency only; gone from it afterwards."""
    verbs, us = made.us.verbs, made.us
    if "pol" not in us.tokens:
        await us.desk.people.add("opa", "pol", list(Role), command=True)
        await verbs.teams.add("sam", "city", name="City police", agency="city-police")
        await enrol(us, "pol")
    await verbs.teams.join("sam", "city", "pol")
    yield us.tokens["pol"]
    await verbs.teams.leave("sam", "city", "pol")


async def test_no_page_says_of_two_links_that_they_are_the_page(made: World, reader: Any) -> None:
    wrong: dict[str, list[str]] = {}
    for visit in visits(made):
        text = (await reader(visit.token).get(visit.path)).text
        if len(found := CURRENT.findall(text)) > 1:
            wrong[visit.name] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("path", "words"), [("/administration/people", "People"), ("/administration", "Administration")]
)
async def test_one_entry_of_the_menu_is_where_one_is(
    made: World, reader: Any, path: str, words: str
) -> None:
    text = (await reader(made.us.tokens["sam"]).get(path)).text
    menu = text.partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)', menu) == [words]
    assert menu.count("aria-current") == 1


async def test_whoever_is_of_an_agency_is_shown_no_way_that_is_refused(
    made: World, reader: Any, pol: str
) -> None:
    await made.us.verbs.assigning.assign("eve", made.threads["theirs"], "pol")
    who, refused = reader(pol), {}
    people, case = "/administration/people", f"/requests/{made.threads['theirs']}"
    for page in ("/", "/requests", "/authorities", "/overview", "/reports", people, case):
        answer = await who.get(page)
        assert answer.status == 200
        for path in sorted(set(LINK.findall(answer.text))):
            if (linked := await who.get(path)).status == 403:
                refused[page, path] = linked.code
    assert refused == {}


async def test_a_page_of_the_authority_says_to_its_agencies_that_it_is_not_theirs(
    made: World, reader: Any, pol: str
) -> None:
    who = reader(pol)
    for row in TABLE:
        if isinstance(row.rule, Act) and "GET" in row.methods:
            answer = await who.get(path_of(row, made))
            ours = row.rule in FOR_AUTHORITY
            assert (answer.code == "agency-act") is ours, row.name


async def test_the_page_of_a_draft_tells_an_agency_who_lets_go_and_has_no_button_for_it(
    made: World, reader: Any, pol: str
) -> None:
    await made.us.verbs.assigning.assign("eve", made.threads["theirs"], "pol")
    who, path = reader(pol), f"/release/{made.drafts['waiting']}"
    shown = await who.get(path)
    assert "Officers of the authority release the requests of agencies." in shown.text
    assert ">Let it go<" not in shown.text


async def test_what_the_authority_keeps_for_itself_is_said_in_one_table() -> None:
    every = [role.value for role in Role]
    assert not [act for act in Act if may_as(every, act, agency=True) is (act in FOR_AUTHORITY)]
    assert all(may_as(every, act, agency=False) for act in Act)
    assert BY_NAME["authority-add"].rule in FOR_AUTHORITY
