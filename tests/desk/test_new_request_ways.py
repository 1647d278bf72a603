"""A way from one page of a draft to another saves first what is typed, and loses nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.desk.drafting import FOUND, begun, message_of, standing_at, stored
from tests.desk.world import World
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        ("draft-firearm", {"type": "PISTOL", "make": "Glock"}, "Glock"),
        ("draft-marks", {"condition": "PARTLY_OBLITERATED"}, "PARTLY_OBLITERATED"),
        ("draft-found", {"circumstances": "Under a seat."}, "Under a seat."),
        ("draft-ask", {"level": "ROUTINE", "case": "K 7/26"}, "K 7/26"),
        ("draft-officer", {"article": "Section 52"}, "Section 52"),
    ],
)
async def test_a_way_to_another_page_of_the_draft_saves_first_what_is_typed(
    made: World, reader: Any, step: str, typed: dict[str, str], said: str
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page, to = path_to(step, draft=draft), path_to("draft", draft=draft)
    answer = await ada.send(page, {**await standing_at(ada, page), **typed, "to": to})
    assert (answer.status, answer.headers["Location"]) == (303, to)
    assert said in str((await stored(made, draft)).body)


async def test_a_way_from_a_new_mark_saves_it_and_from_a_blank_one_saves_none(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-mark", {"kind": "SERIAL"}, draft=draft, number="new")
    shown, to = await standing_at(ada, page), path_to("draft-marks", draft=draft)
    answer = await ada.send(page, {**shown, "kind": "SERIAL", "text": "", "to": to})
    assert answer.headers["Location"] == to
    assert not (await message_of(made, draft)).firearms[0].marks
    answer = await ada.send(page, {**shown, "kind": "SERIAL", "text": "AB 12", "to": to})
    assert answer.headers["Location"] == to
    assert [one.text for one in (await message_of(made, draft)).firearms[0].marks] == ["AB 12"]


async def test_no_way_inside_a_draft_leaves_what_is_typed_behind(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    mark = path_to("draft-mark", draft=draft, number="new")
    await ada.send(mark, {"kind": "SERIAL", "text": "AB 12", "go": "marks"})
    names = ("firearm", "marks", "photos", "found", "ask", "officer")
    pages = [path_to(f"draft-{one}", draft=draft) for one in names]
    for page in (*pages, mark):
        main = (await ada.get(page)).text.partition('<main id="main"')[2]
        assert not re.findall(r'<a [^>]*href="/drafts[^"]*"', main), page
        assert re.findall(r'form="main-form" name="to" value="/drafts', main), page


async def test_what_is_wrong_is_told_before_one_goes_on_by_a_way(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page, to = path_to("draft-firearm", draft=draft), path_to("draft-marks", draft=draft)
    typed = {"type": "PISTOL", "made": "long ago", "to": to}
    answer = await ada.send(page, {**await standing_at(ada, page), **typed})
    assert answer.status == 422
    assert "long ago" in answer.text


async def test_looking_through_a_draft_changes_nothing_in_it_whoever_writes_meanwhile(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page, to = path_to("draft-found", draft=draft), path_to("draft-ask", draft=draft)
    shown = await standing_at(ada, page)
    await reader(made.us.tokens["ben"]).send(page, {**shown, **FOUND})
    before = (await stored(made, draft)).version
    answer = await ada.send(page, {**shown, "country": "XA", "circumstances": "", "to": to})
    assert answer.headers["Location"] == to
    assert (await stored(made, draft)).version == before


async def test_a_way_leads_nowhere_but_into_its_draft_and_to_the_list(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft, other = await begun(ada), await begun(ada)
    page = path_to("draft-found", draft=draft)
    for to in ("https://evil.example/", "/sign-out", path_to("draft", draft=other)):
        answer = await ada.send(page, {**FOUND, "to": to})
        assert answer.status == 200, to
    assert (await ada.send(page, {**FOUND, "to": "/drafts"})).headers["Location"] == "/drafts"


async def test_a_mark_that_is_taken_off_takes_no_choice_beside_it_along(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    mark = path_to("draft-mark", draft=draft, number="new")
    await ada.send(mark, {"kind": "SERIAL", "text": "AB 12", "go": "marks"})
    held = await standing_at(ada, path_to("draft-marks", draft=draft))
    path = path_to("draft-mark-remove", draft=draft, number="1")
    await ada.send(path, {**held, "condition": "PARTLY_OBLITERATED"})
    firearm = (await message_of(made, draft)).firearms[0]
    assert not firearm.marks
    assert firearm.condition.state.value == "PARTLY_OBLITERATED"
