"""Several firearms in one request: each with its own pages, marks and photos."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.drafting import begun, message_of, stored, uploaded, version_of
from tests.desk.world import World
from tests.media.pictures import image, saved
from tracer.model.firearm import MAX_LINES
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def with_two(ada: Any) -> str:
    """A draft of a pistol by Glock and a second firearm that nothing is said of."""
    draft = await begun(ada)
    page = path_to("draft-firearm", draft=draft)
    answer = await ada.send(page, {"type": "PISTOL", "make": "Glock", "go": "another"})
    assert answer.headers["Location"] == f"{page}?firearm=2"
    return draft


async def test_another_firearm_keeps_what_was_typed_and_has_pages_of_its_own(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await with_two(ada)
    page = path_to("draft-firearm", {"firearm": "2"}, draft=draft)
    answer = await ada.send(page, {"type": "RIFLE", "make": "Zastava", "go": "on"})
    assert answer.headers["Location"] == path_to("draft-marks", {"firearm": "2"}, draft=draft)
    mark = path_to("draft-mark", {"firearm": "2"}, draft=draft, number="new")
    answer = await ada.send(mark, {"kind": "SERIAL", "location": "RECEIVER", "text": "ZC 17"})
    assert answer.headers["Location"].endswith("?firearm=2")
    one, two = (await message_of(made, draft)).firearms
    assert (one.make.as_marked, one.type.value, one.marks) == ("Glock", "PISTOL", ())
    assert (two.line, two.make.as_marked, two.marks[0].text) == (2, "Zastava", "ZC 17")
    shown = (await ada.get(path_to("draft-firearm", draft=draft))).text
    assert "Firearm 2: Rifle Zastava" in shown
    assert 'value="Glock"' in shown


async def test_a_photo_shows_a_mark_of_the_firearm_it_is_added_to(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await with_two(ada)
    mark = path_to("draft-mark", {"firearm": "2"}, draft=draft, number="new")
    await ada.send(mark, {"kind": "SERIAL", "location": "FRAME", "text": "ZC 17"})
    photos = path_to("draft-photos", {"firearm": "2"}, draft=draft)
    assert await uploaded(ada, photos, saved(image(), "JPEG"), shows="mark-1@2") == 303
    assert await uploaded(ada, photos, saved(image(), "JPEG"), shows="PHOTO_LEFT_SIDE@1") == 303
    one, two = (await message_of(made, draft)).firearms
    assert (one.photos, two.photos, two.marks[0].photos) == ((2,), (), (1,))
    assert "Firearm 2 · Mark 1: Serial" in (await ada.get(photos)).text


async def test_a_firearm_is_taken_off_and_the_others_keep_their_numbers(
    made: World, reader: Any
) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await with_two(ada)
    shown = await ada.get(path_to("draft-firearm", draft=draft))
    seen = {"_token": shown.token, "version": version_of(shown.text)}
    await ada.post(path_to("draft-firearm-remove", {"firearm": "1"}, draft=draft), seen)
    assert [one.line for one in (await message_of(made, draft)).firearms] == [2]
    await ada.post(path_to("draft-firearm-remove", draft=draft), seen)
    assert [one.line for one in (await message_of(made, draft)).firearms] == [2], "the last stays"


async def test_what_is_missing_is_said_of_its_firearm(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await with_two(ada)
    shown = (await ada.get(path_to("draft", draft=draft))).text
    assert f'href="{path_to("draft-firearm", {"firearm": "2"}, draft=draft)}"' in shown


async def test_a_request_is_about_so_many_firearms_and_no_more(made: World, reader: Any) -> None:
    ada = reader(made.us.tokens["ada"])
    draft = await begun(ada)
    document = dict((await made.us.verbs.drafts.show("ada", draft)).document)
    last = {"line": MAX_LINES, "object": "FIREARM", "type": "PISTOL"}
    await made.us.verbs.drafts.edit("ada", draft, document | {"firearms": [last]})
    before = (await stored(made, draft)).version
    page = path_to("draft-firearm", draft=draft)
    answer = await ada.send(page, {"type": "PISTOL", "go": "another"})
    assert answer.status == 422
    assert (await stored(made, draft)).version == before
