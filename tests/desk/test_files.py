"""Photos and papers on a reply: as on a request, drawn anew, the file as it came kept here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.casework.desks import THEM, request_document
from tests.desk.drafting import uploaded, version_of
from tests.desk.world import World
from tests.media.pictures import from_a_telephone
from tracer.casework.papers.paper import read_body
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def begun(made: World, who: Any) -> str:
    """An interim answer to their request that is kept to add files to it; its draft."""
    page = path_to("write", thread=made.threads["theirs"], type="interim")
    answer = await who.send(page, {"next_by": "2027-01-15", "_keep": "files"})
    found = str(answer.headers["Location"])
    assert found.endswith("/files")
    return found.split("/")[2]


async def message_of(made: World, draft: str) -> Any:
    row = await made.us.node.rooms.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    return read_body(row)


async def test_a_reply_takes_photos_and_papers_and_tells_them_to_who_lets_it_go(
    made: World, reader: Any
) -> None:
    ben, eve = reader(made.us.tokens["ben"]), reader(made.us.tokens["eve"])
    draft = await begun(made, ben)
    page = path_to("reply-files", draft=draft)
    photo = from_a_telephone()
    assert await uploaded(ben, page, photo, shows="REGISTER_EXTRACT", caption="Page 4") == 303
    assert await uploaded(ben, page, b"no picture", shows="PHOTO_OTHER") == 422
    (one,) = (await message_of(made, draft)).attachments
    assert (one.kind.value, one.caption) == ("REGISTER_EXTRACT", "Page 4")
    answer = await ben.get(path_to("draft-photo", draft=draft, number="1"))
    assert (answer.status, "SECRET-TELEPHONE" in answer.text) == (200, False)
    trail = await made.us.node.rooms.store.read(lambda tx: tx.audit.list(20, subject=draft))
    kept = next(row.detail for row in trail if row.act == "keep-original")
    assert kept["original_size"] == len(photo)
    await made.us.verbs.release.submit_for_release("ben", draft)
    assert "Page 4" in (await eve.get(path_to("release", draft=draft))).text
    assert "Page 4" in (await ben.get(path_to("reply", draft=draft))).text


async def test_a_file_of_a_reply_is_taken_off(made: World, reader: Any) -> None:
    ben = reader(made.us.tokens["ben"])
    draft = await begun(made, ben)
    page = path_to("reply-files", draft=draft)
    await uploaded(ben, page, from_a_telephone(), shows="PHOTO_OTHER")
    shown = await ben.get(page)
    seen = {"_token": shown.token, "version": version_of(shown.text), "act": "remove"}
    file = path_to("draft-file", draft=draft, number="1")
    unsaid = await ben.post(file, {**seen, "version": ""})
    assert (unsaid.status, len((await message_of(made, draft)).attachments)) == (422, 1)
    answer = await ben.post(file, seen)
    assert answer.headers["Location"] == page
    assert (await message_of(made, draft)).attachments == ()


async def test_what_carries_no_files_offers_none(made: World, reader: Any) -> None:
    ben = reader(made.us.tokens["ben"])
    draft = await made.us.verbs.drafts.reply_draft("ben", made.threads["taken"], "withdraw", {})
    assert (await ben.get(path_to("reply-files", draft=draft.id))).status == 422
    await made.us.verbs.drafts.discard("ben", draft.id)


async def test_a_photo_of_a_request_stands_small_on_its_page(made: World, reader: Any) -> None:
    ben, desk = reader(made.us.tokens["ben"]), made.us.desk
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.attach.add("ada", draft.id, from_a_telephone(), kind="PHOTO_LEFT_SIDE")
    await desk.release.submit_for_release("ada", draft.id)
    thread = (await desk.release.release("ben", draft.id)).thread
    picture = path_to("request-picture", thread=thread, message=thread, number="1")
    shown = (await ben.get(path_to("request", thread=thread))).text
    assert f'src="{picture}" alt="" loading="lazy"' in shown
    assert (await ben.get(picture)).headers["Content-Type"] == "image/jpeg"
