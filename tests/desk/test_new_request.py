"""A new request, page by page: what an investigator meets, and that nothing typed is lost."""

from __future__ import annotations

import re
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import pytest
from playwright.async_api import FilePayload, Page

from tests.casework.desks import document, request_document
from tests.desk.browser import CHROMIUM, IN_CI, browser
from tests.desk.browser import reader as profile
from tests.desk.conftest import Reader
from tests.desk.world import THEM, World, asked
from tests.media.pictures import from_a_telephone, image, saved
from tests.nodes import until
from tests.trust.makers import verified
from tracer.casework.papers.handling import SENTENCES
from tracer.casework.papers.paper import read_body
from tracer.trust.directory import Directory, Listing
from tracer.web.ui.forms import Form
from tracer.web.ui.pages.drafts import first
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import words_in

pytestmark = pytest.mark.asyncio(loop_scope="session")
MOST: Final = 15
"""Inputs that an investigator has to think about, at most."""
FORMS: Final = (
    ("draft_firearm", "FIREARM"),
    ("draft_marks", "MARK"),
    ("draft_marks", "CONDITION"),
    ("draft_found", "FOUND"),
    ("draft_ask", "ASK"),
)
FOUND: Final = {
    "mode": "SEIZED",
    "date": "2026-02-24",
    "country": "XA",
    "circumstances": "Found under the seat of a car at a road check.",
}


async def begun(who: Reader) -> str:
    """A new draft, begun at the first page; its id."""
    answer = await who.send("/drafts/new", {"type": "PISTOL"})
    assert answer.status == 303
    return str(answer.headers["Location"]).split("/")[2]


async def stored(made: World, draft: str) -> Any:
    row = await made.us.node.rooms.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    return row


async def message_of(made: World, draft: str) -> Any:
    return read_body(await stored(made, draft))


def version_of(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found
    return found[1]


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


async def standing_at(who: Reader, page: str) -> dict[str, str]:
    """What a browser sends of a page beside what is typed: its hidden fields."""
    text = (await who.get(page)).text
    hidden = re.findall(r'type="hidden" name="(version|shown)" value="([^"]*)"', text)
    assert {name for name, _ in hidden} == {"version", "shown"}
    return dict(hidden)


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


async def uploaded(who: Reader, page: str, data: bytes, **fields: str) -> int:
    shown = await who.get(page)
    form = aiohttp.FormData()
    for name, value in {"_token": shown.token, **fields}.items():
        form.add_field(name, value)
    form.add_field("file", data, filename="a.jpg", content_type="image/jpeg")
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with who.client.post(
        who.url + page, data=form, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status


async def test_a_photo_says_which_mark_it_shows_and_nothing_of_where_it_was_taken(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    mark = path_to("draft-mark", draft=draft, number="new")
    await ada.send(mark, {"kind": "SERIAL", "location": "FRAME", "text": "KX 40817"})
    page = path_to("draft-photos", draft=draft)
    assert await uploaded(ada, page, from_a_telephone(), shows="mark-1") == 303
    assert await uploaded(ada, page, b"no picture at all", shows="PHOTO_OTHER") == 422
    message = await message_of(made, draft)
    assert [one.photos for one in message.firearms[0].marks] == [(1,)]
    answer = await ada.get(path_to("draft-photo", draft=draft, number="1"))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert "SECRET-TELEPHONE" not in answer.text
    shown = await ada.get(page)
    asked = shown.text.partition('<details id="clear">')[2].partition("</details>")[0]
    assert shown.text.count(path_to("draft-photos-clear", draft=draft)) == 1
    assert path_to("draft-photos-clear", draft=draft) in asked
    assert "are destroyed for good." in asked or "is destroyed for good." in asked
    await ada.post(path_to("draft-photos-clear", draft=draft), {"_token": shown.token})
    message = await message_of(made, draft)
    assert (message.attachments, message.firearms[0].marks[0].photos) == ((), ())


async def test_one_photo_is_told_otherwise_and_another_taken_off(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    mark = path_to("draft-mark", draft=draft, number="new")
    await ada.send(mark, {"kind": "SERIAL", "location": "FRAME", "text": "KX 40817"})
    page = path_to("draft-photos", draft=draft)
    for shows in ("PHOTO_LEFT_SIDE@1", "mark-1@1"):
        await uploaded(ada, page, from_a_telephone(), shows=shows, caption="as it came")
    shown = await ada.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    one = path_to("draft-file", draft=draft, number="1")
    told = {**seen, "act": "tell", "shows": "mark-1@1", "caption": "the number, closer"}
    answer = await ada.post(one, told)
    assert answer.headers["Location"] == page
    message = await message_of(made, draft)
    assert message.attachments[0].caption == "the number, closer"
    assert (message.firearms[0].photos, message.firearms[0].marks[0].photos) == ((), (2, 1))
    assert (await ada.post(one, {**seen, "act": "remove"})).status == 422, "somebody wrote since"
    shown = await ada.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    await ada.post(one, {**seen, "act": "remove"})
    message = await message_of(made, draft)
    assert [one.caption for one in message.attachments] == ["as it came"]
    assert message.firearms[0].marks[0].photos == (1,)


async def test_what_is_missing_keeps_a_request_from_being_submitted(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    page = path_to("draft", draft=await begun(ada))
    shown = await ada.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    answer = await ada.post(page, seen)
    assert answer.status == 422
    assert "Choose whom to ask." not in answer.text, "the officer may choose"
    assert "Tell in a few sentences how it was found." in answer.text


async def test_a_request_whose_recipient_the_officer_chooses_is_no_dead_end(
    made: World, reader: Any
) -> None:
    document = {name: one for name, one in request_document().items() if name != "type"}
    draft = (await made.us.verbs.guided.begin("ada", document)).id
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    page = path_to("draft", draft=draft)
    shown = await ada.get(page)
    assert "to correct" not in shown.text
    assert "The officer chooses." in shown.text
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    assert (await ada.post(page, seen)).status == 303
    assert "Whom to ask is not chosen yet" in (await ben.get("/release")).text
    held = (await ben.get(f"/release/{draft}")).text
    ask = path_to("draft-ask", draft=draft)
    assert (f'href="{ask}"' in held, "Let it go" in held) == (True, False)
    typed = {"version": "1", "level": "ROUTINE", "offence": "0101", "peer": THEM, "go": "on"}
    assert (await ben.send(ask, typed)).status == 303
    shown = await ben.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    assert (await ben.post(page, seen)).status == 303
    assert "Your own hand is on it" in (await ben.get(f"/release/{draft}")).text
    eve = (await reader(made.us.tokens["eve"]).get(f"/release/{draft}")).text
    assert "Let it go" in eve
    await made.us.verbs.drafts.discard("ada", draft)


async def test_the_address_of_a_draft_that_has_left_leads_to_its_request(
    made: World, reader: Any
) -> None:
    thread, store = made.threads["fresh"], made.us.node.rooms.store
    rows = await store.read(lambda tx: tx.drafts.list("released"))
    row = next(row for row in rows if row.message_id == thread)
    who = reader(made.us.tokens[row.author])
    for name in ("draft", "reply"):
        answer = await who.get(path_to(name, draft=row.id))
        assert (answer.status, answer.headers["Location"]) == (303, f"/requests/{thread}")


async def test_only_an_authority_that_is_known_is_asked(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    answer = await ada.send(path_to("draft-ask", draft=draft), {"peer": "ZZ-NPOC"})
    assert answer.status == 422
    assert (await stored(made, draft)).peer == "XA-NPOC"


async def test_my_desk_has_what_was_sent_back_first_and_what_is_not_finished(
    made: World, reader: Any
) -> None:
    ada, ben = reader(made.us.tokens["ada"]), reader(made.us.tokens["ben"])
    document = {name: value for name, value in request_document().items() if name != "type"}
    draft = (await made.us.verbs.guided.begin("ada", document)).id
    path = path_to("draft", draft=draft)
    assert f'href="{path}"' in (await ada.get("/")).text.partition('id="unfinished"')[2]
    held = await stored(made, draft)
    await made.us.verbs.drafts.edit(
        "ada", draft, request_document(), version=held.version, peer=THEM
    )
    sent = await ada.send(path, {"version": str(held.version + 1)})
    assert sent.headers["Location"] == "/drafts?show=waiting"
    desk = (await ada.get("/")).text
    before, _, waits = desk.partition('id="submitted"')
    assert (f'href="{path}"' in before, f'href="{path}"' in waits) == (False, True)
    said = {"reason": "Say <b>where</b> it lay.", "version": str(held.version + 1)}
    await ben.send(path_to("send-back", draft=draft), said)
    told = (await ada.get("/")).text.partition('id="sent-back"')[2].partition("</section>")[0]
    assert f'href="{path}"' in told
    assert "Say &lt;b&gt;where&lt;/b&gt; it lay." in told
    assert "Sent back by ben" in told
    assert f'href="{path}"' not in (await ben.get("/")).text


async def test_a_draft_is_thrown_away(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    shown = await ada.get(path_to("draft", draft=draft))
    answer = await ada.post(path_to("draft-discard", draft=draft), {"_token": shown.token})
    assert answer.headers["Location"] == "/drafts"
    assert (await stored(made, draft)).body == b""


async def test_the_next_state_is_asked_and_what_needs_consent_is_one_click_away(
    made: World, reader: Any
) -> None:
    rooms, thread = made.us.node.rooms, made.threads["answered"]
    before, third = rooms.cell.get(), verified("XC-NPOC")
    await rooms.store.write(lambda tx: tx.terms.put_entry(third.entry.terms))
    listed = [Listing(one.verified, one.standing) for one in before]
    rooms.cell.set(Directory.of([*listed, Listing(third)]))
    try:
        ben = reader(made.us.tokens["ben"])
        page = path_to("request-onward", thread=thread)
        answer = await ben.send(page, {"peer": "XC-NPOC"})
        assert answer.status == 200
        assert "needs the consent of XB-NPOC" in answer.text
        assert "XB-NPOC answered" in answer.text
        assert SENTENCES["not-allowed"] in answer.text
        ben.client.cookie_jar.update_cookies({"tracer-language": "fr"})
        french = await ben.send(page, {"peer": "XC-NPOC"})
        assert words_in("fr").gettext(SENTENCES["not-allowed"]) in french.text
        assert SENTENCES["not-allowed"] not in french.text
        ben.client.cookie_jar.update_cookies({"tracer-language": "en"})
        consent = await ben.post(
            page, {"_token": answer.token, "peer": "XC-NPOC", "consent": "yes"}
        )
        assert consent.headers["Location"] == path_to("request", thread=thread)
    finally:
        rooms.cell.set(before)


async def test_an_answer_says_where_it_went_and_asking_there_is_the_main_act(
    made: World, reader: Any
) -> None:
    rooms = made.us.node.rooms
    thread = await asked(made.us, THEM)
    answers = [{"line": 1, "outcomes": ["EXPORTED_TO"], "onward": [{"country": "XC"}]}]
    result = {**document("result"), "answers": answers, "free_text": ""}

    async def came() -> bool:
        held = await made.them.node.rooms.store.read(lambda tx: tx.threads.get(thread))
        return held is not None

    await until(came)
    await made.them.written(thread, "result", result, "ben")
    ben, path = reader(made.us.tokens["ben"]), path_to("request", thread=thread)

    async def there() -> bool:
        return "Exported to XC" in (await ben.get(path)).text

    await until(there)
    way = path_to("request-onward", {"state": "XC"}, thread=thread)
    assert way not in (await ben.get(path)).text
    before, third = rooms.cell.get(), verified("XC-NPOC")
    await rooms.store.write(lambda tx: tx.terms.put_entry(third.entry.terms))
    rooms.cell.set(
        Directory.of([*(Listing(one.verified, one.standing) for one in before), Listing(third)])
    )
    try:
        text = (await ben.get(path)).text
        awaited = text.partition('id="awaited"')[2].partition("</section>")[0]
        assert "<strong>Exported to XC</strong>" in awaited
        mains = re.findall(r'<(?:a|button) class="button *" href="([^"]*)"', awaited)
        assert mains == [way.replace("&", "&amp;")]
        assert "Ask XC" in awaited
        form = (await ben.get(way)).text
        assert re.search(r'value="XC-NPOC" checked', form)
    finally:
        rooms.cell.set(before)


async def test_what_was_let_go_is_named_with_its_state_and_a_way_to_it(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    draft = await made.us.verbs.drafts.new("ada", request_document(), THEM)
    await made.us.verbs.release.submit_for_release("ada", draft.id)
    waits = (await ben.get("/release")).text
    row = re.search(rf"<tr>(?:(?!</tr>).)*· {draft.id}<.*?</tr>", waits, re.DOTALL)
    assert row
    assert re.search(r'data-label="Firearm">[^<]*(?:<[^>]+>)*[^<]*VOSTOK ARMS', row[0])
    path = path_to("release", draft=draft.id)
    gone = await ben.send(path, {"version": str(draft.version)})
    left = gone.headers["Location"]
    text = (await ben.get(left)).text
    held = await stored(made, draft.id)
    assert draft.reference in text
    assert f'href="{path_to("request", thread=held.message_id)}"' in text
    assert f"to {THEM}" in " ".join(re.sub(r"<[^>]+>", "", text).split())
    other = await made.us.verbs.drafts.new("ada", request_document(), THEM)
    assert other.reference not in (await ben.get(left.replace(draft.id, other.id))).text


# -- a whole request by hand, in a browser, counted ------------------------------------------------


class Hands:
    """Somebody at a browser: counts what they click and fill in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.inputs = 0

    async def click(self, what: str) -> None:
        await self.page.click(what)
        self.clicks += 1

    async def fill(self, name: str, text: str) -> None:
        await self.page.fill(f"#{name}", text)
        self.inputs += 1

    async def choose(self, name: str, value: str) -> None:
        await self.page.select_option(f"#{name}", value)
        self.inputs += 1

    async def check(self, name: str) -> None:
        await self.page.check(f"#{name}")
        self.inputs += 1


async def enter(hands: Hands) -> None:
    """A recovered pistol, from the list of drafts until it waits for an officer."""
    await hands.click("text=New request")
    await hands.click("button.choice[value=PISTOL]")
    await hands.fill("make", "Glock")
    await hands.fill("model", "19")
    await hands.fill("calibre", "9x19")
    await hands.choose("made_in", "XB")
    await hands.click("button:not(.unseen)[value=on]")
    await hands.click("button:text-is('Serial number')")
    await hands.choose("location", "FRAME")
    await hands.fill("text", "KY 40[38]17")
    await hands.click("button:not(.unseen)[value=marks]")
    await hands.choose("condition", "PARTLY_OBLITERATED")
    await hands.click("button:not(.unseen)[value=on]")
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=saved(image(), "JPEG"))
    await hands.page.set_input_files("#file", photo)
    hands.inputs += 1
    await hands.click("button:not(.unseen)[value=on]")
    await hands.choose("mode", "SEIZED")
    await hands.fill("date", "2026-02")
    await hands.fill("circumstances", FOUND["circumstances"])
    await hands.click("button:not(.unseen)[value=on]")
    await hands.check("offence-FP-5-TRAFFICKING")
    await hands.check("peer-XB-NPOC")
    await hands.click("button:not(.unseen)[value=on]")
    await hands.click("text=Submit for release")


@pytest.mark.skipif(CHROMIUM is None and not IN_CI, reason="Chromium is not here")
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_an_investigator_enters_a_firearm_with_few_inputs_and_clicks(
    made: World,
    script: bool,  # noqa: FBT001 - by pytest
) -> None:
    async with (
        browser() as started,
        profile(started, made.us, made.us.tokens["ada"], script=script) as context,
    ):
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text))
        await page.goto(f"{made.us.url}/drafts")
        hands = Hands(page)
        await enter(hands)
        await page.wait_for_url("**/drafts?show=waiting")
        assert "Glock 19" in await page.inner_text("main")
    assert said == []
    assert (hands.inputs, hands.clicks) == (13, 10)
    assert hands.inputs <= MOST


async def test_what_an_investigator_submitted_is_found_on_the_desk_and_among_the_drafts(
    made: World, reader: Any
) -> None:
    draft = await made.us.desk.drafts.new("ada", request_document(), THEM)
    ada, path = reader(made.us.tokens["ada"]), path_to("draft", draft=draft.id)
    done = await ada.send(path, {"version": "1"})
    assert (done.status, done.headers["Location"]) == (303, "/drafts?show=waiting")
    page = (await ada.get(done.headers["Location"])).text
    assert "among your drafts, under Waiting for an officer" in page
    assert path in page
    desk = (await ada.get("/")).text
    assert path in desk[desk.index("Yours, waiting for an officer") :]


async def test_drafts_open_where_something_is() -> None:
    def line(state: str) -> Any:
        return SimpleNamespace(row=SimpleNamespace(state=state))

    assert first([]) == "mine"
    assert first([line("submitted")]) == "waiting"
    assert first([line("submitted"), line("draft")]) == "mine"
