"""A new request, page by page: what an investigator meets, and that nothing typed is lost."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest

from tests.desk.drafting import FORMS, FOUND, MOST, begun, message_of, stored, version_of
from tests.desk.world import World
from tracer.web.ui.forms import Form
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_investigator_meets_few_inputs_that_are_needed() -> None:
    needed = [
        (noun, one.name)
        for noun, name in FORMS
        for one in getattr(import_module(f"tracer.web.ui.pages.{noun}"), name).fields
        if one.needed
    ]
    assert 0 < len(needed) <= MOST, needed


async def test_nothing_has_to_be_filled_in_to_leave_a_page() -> None:
    for noun, name in (*FORMS, ("draft_officer", "OFFICER"), ("files", "FILES")):
        form: Form = getattr(import_module(f"tracer.web.ui.pages.{noun}"), name)
        assert form.fill({}).ready, name


async def test_a_draft_is_left_and_gone_on_with(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-found", draft=draft)
    answer = await ada.send(page, {**FOUND, "go": "leave"})
    assert answer.headers["Location"] == "/drafts"
    assert draft in (await ada.get("/drafts")).text
    assert FOUND["circumstances"] in (await ada.get(page)).text
    message = await message_of(made, draft)
    assert message.recoveries[0].mode.value == "SEIZED"
    assert message.narrative.circumstances == FOUND["circumstances"]
    assert message.legal_basis.instruments


async def test_a_page_that_changes_nothing_makes_no_version(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-found", draft=draft)
    await ada.send(page, FOUND)
    before = (await stored(made, draft)).version
    answer = await ada.send(page, {**FOUND, "go": "on"})
    assert answer.headers["Location"] == path_to("draft-ask", draft=draft)
    assert (await stored(made, draft)).version == before


async def test_a_new_request_tells_what_is_needed_and_blames_nobody(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    fresh = await ada.get(path_to("draft-found", draft=draft))
    assert "to correct" not in fresh.text
    assert "cannot be right" not in fresh.text
    assert "3 still needed" in fresh.text
    assert "5 things are still needed before it can be submitted." in fresh.text
    photo = {"marks": [{"kind": "SERIAL", "text": "AB 1", "photos": [9]}], "line": 1}
    held = await stored(made, draft)
    await made.us.verbs.drafts.edit("ada", draft, {"firearms": [photo]}, version=held.version)
    after = await ada.get(path_to("draft-found", draft=draft))
    assert "1 to correct" in after.text
    assert "1 thing that is said cannot be right." in after.text


async def test_what_would_help_most_says_where_and_by_how_much(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    shown = await ada.get(path_to("draft-found", draft=draft))
    where = path_to("draft-marks", draft=draft)
    lack = re.search(r"<li>(.*?Serial number.*?)</li>", shown.text, re.DOTALL)
    assert lack
    assert f'value="{where}"' in lack[1]
    assert "worth 14 of 100" in lack[1]
    assert "needed" in lack[1]
    assert "Add the serial number as you read it" in lack[1]
    assert re.search(r"<b>Complete: \d+ of 100</b>", shown.text)
    assert "6 of 100" in shown.text


async def test_what_is_typed_is_saved_at_once_and_answered_by_how_complete_it_is(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-firearm", draft=draft)
    shown = await ada.get(page)
    answer = await ada.post(
        f"{page}?keep=yes",
        {"_token": shown.token, "version": version_of(shown.text), "type": "PISTOL", "make": "X"},
        **{"HX-Request": "true"},
    )
    assert answer.status == 200
    assert "<html" not in answer.text
    assert version_of(answer.text) == str(int(version_of(shown.text)) + 1)
    assert (await message_of(made, draft)).firearms[0].make.as_marked == "X"


async def test_two_people_on_one_draft_are_told_and_neither_loses_anything(
    made: World, reader: Any
) -> None:
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    draft = await begun(ada)
    page = path_to("draft-found", draft=draft)
    hers = await ada.get(page)
    his = await ben.get(page)
    seen = {"_token": his.token, "version": version_of(his.text)}
    await ben.post(page, {**seen, **FOUND, "locality": "Ben's town"})
    mine = {"_token": hers.token, "version": version_of(hers.text), **FOUND, "locality": "Ada's"}
    answer = await ada.post(page, {**mine, "go": "on"})
    assert answer.status == 422
    assert "ben changed this draft while you were writing" in answer.text
    assert "Ada&#39;s" in answer.text
    assert (await message_of(made, draft)).place.locality == "Ben's town"
    again = await ada.post(page, {**mine, "version": version_of(answer.text), "go": "on"})
    assert again.status == 303
    assert (await message_of(made, draft)).place.locality == "Ada's"


async def test_ones_own_earlier_version_is_no_conflict(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-found", draft=draft)
    old = await ada.get(page)
    await ada.send(page, {**FOUND, "locality": "First"})
    answer = await ada.post(
        page, {"_token": old.token, "version": version_of(old.text), **FOUND, "go": "on"}
    )
    assert answer.status == 303


@pytest.mark.parametrize("step", ["draft-firearm", "draft-found", "draft-ask", "draft-officer"])
async def test_a_change_of_language_keeps_what_was_typed_and_saves_nothing(
    made: World, reader: Any, step: str
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page, typed = path_to(step, draft=draft), "just typed 17"
    before = (await stored(made, draft)).version
    fields = {"make": typed, "locality": typed, "case": typed, "article": typed}
    answer = await ada.send(page, {**fields, "_language": "ar"})
    assert answer.status == 200
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert typed in answer.text
    assert (await stored(made, draft)).version == before
