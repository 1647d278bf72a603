"""What a scanner for malware said of files, on pages: closed, and who is to do what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.casework.desks import THEM, request_document
from tests.desk.world import World
from tests.media.pictures import image, saved
from tracer.casework.scanning import mark
from tracer.errors import OperatorError
from tracer.store import Tx
from tracer.store.scans import Outcome
from tracer.web.ui.faults import fault_of
from tracer.web.ui.routes import path_to

pytestmark = pytest.mark.asyncio(loop_scope="session")
FOUND = "Eicar-Test was found in it. It is never opened here; it stays as evidence."


async def said(made: World, outcome: Outcome, file: str, name: str = "") -> None:
    """Keep what a scanner says of a file."""
    await made.us.node.rooms.store.write(lambda tx: tx.scans.put(file, outcome, name))


async def sent_photo(made: World) -> tuple[dict[str, str], str]:
    """A request of ours with a photo: the place of the photo on pages, and its mark."""
    desk = made.us.desk
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.attach.add("ada", draft.id, saved(image(), "JPEG"))
    await desk.release.submit_for_release("ada", draft.id)
    sent = await desk.release.release("ben", draft.id)
    whole = await desk.reads.opened("ben", sent.thread)
    message: Any = whole.messages[sent.message_id]
    (item,), keys = message.attachments, message.attachment_keys
    return (
        {"thread": sent.thread, "message": sent.message_id, "number": "1"},
        mark(item, keys["1"]),
    )


async def test_a_file_in_which_something_was_found_has_no_link_no_picture_and_says_what_to_do(
    made: World, reader: Any
) -> None:
    ben = reader(made.us.tokens["ben"])
    place, file = await sent_photo(made)
    page = path_to("request", thread=place["thread"])
    opens, shows = path_to("request-file", **place), path_to("request-picture", **place)
    before = (await ben.get(page)).text
    assert opens in before
    assert shows in before
    assert (await ben.get(opens)).status == 200
    await said(made, "found", file, "Eicar-Test")
    after = (await ben.get(page)).text
    assert opens not in after
    assert shows not in after
    assert FOUND in after
    assert "Tell the other authority not to open it" in after
    for path in (opens, shows, f"{shows}?size=small"):
        answer = await ben.get(path)
        assert answer.status == 422
        assert "Something harmful was found in this file." in answer.text
        assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("down", "The scanner for malware did not answer."),
        ("large", "The scanner for malware takes none so large."),
    ],
)
async def test_a_file_that_was_not_scanned_says_why(
    made: World, reader: Any, outcome: Outcome, words: str
) -> None:
    place, file = await sent_photo(made)
    await said(made, outcome, file)
    page = await reader(made.us.tokens["ben"]).get(path_to("request", thread=place["thread"]))
    assert words in page.text
    assert path_to("request-file", **place) in page.text


async def test_a_draft_tells_of_such_a_file_to_who_writes_it_and_who_lets_it_go(
    made: World, reader: Any
) -> None:
    desk = made.us.desk
    draft = await desk.drafts.reply_draft("eve", made.threads["theirs"], "interim", {
        "next_by": "2027-01-15"
    })  # fmt: skip
    await desk.attach.add("eve", draft.id, saved(image(), "JPEG"))
    message: Any = (await desk.release.look("eve", draft.id)).message
    await said(made, "found", mark(message.attachments[0], message.attachment_keys["1"]), "Eicar")
    writer = reader(made.us.tokens["eve"])
    for page in (path_to("reply-files", draft=draft.id), path_to("release", draft=draft.id)):
        text = (await writer.get(page)).text
        assert "Eicar was found in it." in text
        assert "Take it off: it is not sent." in text
        assert path_to("draft-photo", draft=draft.id, number="1") not in text
    picture = path_to("draft-photo", draft=draft.id, number="1")
    assert (await writer.get(picture)).status == 422
    await desk.drafts.discard("eve", draft.id)


async def test_an_original_in_which_something_was_found_is_neither_shown_nor_saved(
    made: World, reader: Any
) -> None:
    ben, thread = reader(made.us.tokens["ben"]), made.threads["answered"]
    entered = (await made.us.desk.reads.case("ben", thread)).entered
    one = next(one for one in entered if one.kept)

    def forget(tx: Tx) -> None:
        tx.scans.put(one.id, "clean")

    await said(made, "found", one.id, "Eicar-Test")
    try:
        page = (await ben.get(path_to("request", thread=thread))).text
        place = {"thread": thread, "number": str(one.number)}
        assert FOUND in page
        for path in (path_to("original", **place), path_to("original-picture", **place)):
            assert f'"{path}' not in page
            assert (await ben.get(path)).status == 422
    finally:
        await made.us.node.rooms.store.write(forget)


@pytest.mark.parametrize("code", ["scanner-down", "scanner-size"])
async def test_where_the_scanner_is_in_the_way_the_page_says_what_the_operator_must_do(
    code: str,
) -> None:
    told = fault_of(OperatorError(code, "the scanner"))
    assert told.status == 503
    assert told.advice.startswith("Tell the operator to ")
