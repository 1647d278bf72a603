"""What is said once is written once, and what would change nothing does not leave."""

from __future__ import annotations

import pytest

from tests.casework.desks import Desk, document
from tracer.errors import InputError
from tracer.model.thread.objections import CODES


async def test_an_acknowledgement_that_waits_is_named_to_who_would_write_a_second(
    desk: Desk,
) -> None:
    thread = await desk.asked()
    first = await desk.drafts.reply_draft("ben", thread, "acknowledgement")
    with pytest.raises(InputError) as found:
        await desk.drafts.reply_draft("eve", thread, "acknowledgement")
    assert (found.value.code, first.id in str(found.value)) == ("draft-twice", True)
    await desk.release.submit_for_release("ben", first.id)
    with pytest.raises(InputError, match=first.id):
        await desk.drafts.reply_draft("eve", thread, "acknowledgement")
    assert len(await desk.drafts.list("ben")) == 1


async def test_a_discarded_acknowledgement_makes_room_for_another(desk: Desk) -> None:
    thread = await desk.asked()
    first = await desk.drafts.reply_draft("ben", thread, "acknowledgement")
    await desk.drafts.discard("ben", first.id)
    assert (await desk.drafts.reply_draft("eve", thread, "acknowledgement")).state == "draft"


async def test_an_acknowledgement_on_its_way_is_not_written_again(desk: Desk) -> None:
    thread = await desk.asked()
    first = await desk.drafts.reply_draft("ben", thread, "acknowledgement")
    await desk.release.submit_for_release("ben", first.id)
    await desk.release.release("eve", first.id)
    with pytest.raises(InputError) as found:
        await desk.drafts.reply_draft("eve", thread, "acknowledgement")
    assert found.value.code == "already-acknowledged"


async def test_what_the_fold_would_ignore_stays_at_release_with_its_objection(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    draft = await desk.drafts.reply_draft("ada", sent.thread, "feedback", document("feedback"))
    await desk.release.submit_for_release("ada", draft.id)
    before = await desk.outbox()
    with pytest.raises(InputError) as found:
        await desk.release.release("ben", draft.id)
    assert (found.value.code, CODES[found.value.code] in str(found.value)) == (
        "nothing-answered",
        True,
    )
    assert await desk.outbox() == before


async def test_who_wrote_a_request_is_told_of_its_answer_without_having_opened_it(
    desk: Desk,
) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    await desk.arrives(sent.thread, "result")
    assert [(one.thread, one.messages) for one in await desk.changes.list("ada")] == [
        (sent.thread, 1)
    ]
    assert await desk.changes.list("ben") == (), "who only let it go did not write it"
