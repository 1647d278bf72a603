"""What its writer does not know, how a mark is read, and names that are looked up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.casework.desks import request_document
from tests.desk.drafting import begun, message_of, version_of
from tests.desk.world import World
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_mark_is_typed_as_it_is_read(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-mark", draft=draft, number="new")
    refused = await ada.send(page, {"kind": "SERIAL", "text": "AB?12[8"})
    assert refused.status == 422
    assert "AB?12[8" in refused.text
    answer = await ada.send(page, {"kind": "SERIAL", "location": "FRAME", "text": "AB?12[8B]"})
    assert answer.status == 303
    mark = (await message_of(made, draft)).firearms[0].marks[0]
    assert (mark.text, mark.unreadable, mark.identity) == ("AB?12[8B]", (3,), True)
    assert mark.reading.value == "PARTLY_READABLE"
    change = path_to("draft-mark", draft=draft, number="1")
    await ada.send(
        change, {"kind": "SERIAL", "location": "FRAME", "text": "AB312", "reading": "CLEAR"}
    )
    mark = (await message_of(made, draft)).firearms[0].marks[0]
    assert (mark.text, mark.unreadable, mark.reading.value) == ("AB312", (), "CLEAR")
    shown = await ada.get(path_to("draft-marks", draft=draft))
    gone = path_to("draft-mark-remove", draft=draft, number="1")
    await ada.post(gone, {"_token": shown.token, "version": version_of(shown.text)})
    assert (await message_of(made, draft)).firearms[0].marks == ()
    assert (await ada.get(change)).status == 404


async def test_a_kind_that_is_not_known_is_said_and_stays_said(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    answer = await ada.send("/drafts/new", {"type": "UNKNOWN"})
    shown = (await ada.get(answer.headers["Location"])).text
    assert 'value="UNKNOWN" selected>I do not know' in shown


async def test_i_do_not_know_is_kept(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-firearm", draft=draft)
    fields = {f"{name}_unknown": "yes" for name in ("make", "model", "calibre")}
    await ada.send(page, {"type": "PISTOL", **fields})
    shown = (await ada.get(page)).text
    assert shown.count('value="yes" checked') == 3
    codes = {one.code for one in await made.us.verbs.drafts.lint("ada", draft)}
    assert not codes & {"make-missing", "model-missing", "calibre-missing"}


async def test_a_country_that_nobody_knows_keeps_no_request_back(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-firearm", draft=draft)

    async def origin() -> list[tuple[str, str]]:
        every = await made.us.verbs.drafts.lint("ada", draft)
        return [(one.code, one.level.value) for one in every if "origin" in one.code]

    assert await origin() == [("origin-missing", "ERROR")]
    await ada.send(page, {"type": "PISTOL", "made_in_unmarked": "yes"})
    assert await origin() == [("origin-not-marked", "WARN")]
    (mark,) = (await message_of(made, draft)).firearms[0].marks
    assert (mark.kind.value, mark.reading.value) == ("COUNTRY", "ABSENT")
    assert (
        'name="made_in_unmarked" value="yes" aria-describedby="made_in_unmarked-hint" checked'
        in (await ada.get(page)).text
    )
    await ada.send(page, {"type": "PISTOL"})
    assert (await message_of(made, draft)).firearms[0].marks == ()


async def test_a_country_that_its_writer_does_not_know_is_answered(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    page = path_to("draft-firearm", draft=draft)
    assert '<option value="" selected>Not said yet' in (await ada.get(page)).text
    await ada.send(page, {"type": "PISTOL", "made_in": "UNKNOWN"})
    every = await made.us.verbs.drafts.lint("ada", draft)
    assert {one.level.value for one in every if "origin" in one.code} == {"WARN"}
    (firearm,) = (await message_of(made, draft)).firearms
    assert not firearm.country_of_manufacture
    assert [one.reading.value for one in firearm.marks] == ["NOT_EXAMINED"]
    assert 'value="UNKNOWN" selected>I do not know' in (await ada.get(page)).text
    await ada.send(page, {"type": "PISTOL", "made_in": "XB"})
    (firearm,) = (await message_of(made, draft)).firearms
    assert (firearm.country_of_manufacture, firearm.marks) == ("XB", ())


async def test_a_mark_of_the_country_with_a_place_is_not_taken_away_with_the_answer(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    mark = {"kind": "COUNTRY", "reading": "NOT_EXAMINED", "location": "FRAME"}
    document = {name: value for name, value in request_document().items() if name != "type"}
    document |= {"firearms": [document["firearms"][0] | {"marks": [mark]}]}
    draft = (await made.us.verbs.guided.begin("ada", document)).id
    await ada.send(path_to("draft-firearm", draft=draft), {"type": "PISTOL", "made_in": "XB"})
    (firearm,) = (await message_of(made, draft)).firearms
    assert [one.location.value for one in firearm.marks if one.location] == ["FRAME"]


async def test_where_no_mark_is_given_nothing_is_said_of_its_reading(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    shown = (await ada.get(path_to("draft-marks", draft=draft))).text
    assert "Serial number" in shown
    assert "Place and reading of each mark" not in shown


async def test_names_are_looked_up_with_script_and_without(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    answer = await ada.get("/drafts/look-up?what=make&make=glo")
    assert (answer.status, answer.text.strip()[:24]) == (200, '<option value="GLOCK"></')
    draft = await begun(ada)
    page = path_to("draft-firearm", draft=draft)
    offered = await ada.send(page, {"type": "PISTOL", "make": "glo", "find": "make"})
    assert 'value="make:GLOCK"' in offered.text
    await ada.send(page, {"type": "PISTOL", "make": "glo", "take": "make:GLOCK"})
    assert (await message_of(made, draft)).firearms[0].make.as_marked == "GLOCK"
