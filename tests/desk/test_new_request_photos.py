"""Photos of a draft: what each shows, told otherwise or taken off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.drafting import begun, message_of, uploaded, version_of
from tests.desk.world import World
from tests.media.pictures import from_a_telephone
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


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
