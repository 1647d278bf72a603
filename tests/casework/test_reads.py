"""Reading: the list without persons, the case in plain words, every opening of it on record."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.casework.desks import THEM, US, Desk, document, request_document
from tests.examples import PHOTO, PHOTO_KEY
from tracer.casework.trail import ActFilter
from tracer.casework.words import SAID, STANDS
from tracer.errors import InputError
from tracer.model.messages import TYPES, Request
from tracer.model.thread import State
from tracer.model.wire import groups_of, to_wire


async def test_what_is_released_stands_in_the_list_as_on_its_way(desk: Desk) -> None:
    sent = await desk.released()
    (line,) = await desk.reads.cases("ada")
    assert (line.thread, line.reference, line.state) == (sent.thread, "XA-2026-000001", "SENT")
    assert line.stands == "on its way"
    assert line.ours


async def test_what_was_refused_for_good_says_so_in_the_list(desk: Desk) -> None:
    await desk.released()
    await desk.store.write(lambda tx: tx.outbox.give_up([1], error="key-revoked"))
    (line,) = await desk.reads.cases("ada")
    assert line.stands == "could not be delivered (key-revoked)"


async def test_a_delivered_request_says_who_owes_the_next_step(desk: Desk) -> None:
    await desk.receipted(await desk.released())
    (line,) = await desk.reads.cases("ada")
    assert (line.state, line.awaiting) == ("DELIVERED", THEM)
    assert line.stands == "delivered to their system, nobody has taken it yet"


async def test_the_list_names_no_person_and_no_place(desk: Desk) -> None:
    await desk.receipted(await desk.released())
    text = msgspec.json.encode(await desk.reads.cases("ada")).decode()
    for word in ("Imagined City", "TEST0000", "hidden compartment"):
        assert word not in text


async def test_the_list_shows_the_firearm_as_it_is_described_now(desk: Desk) -> None:
    written = request_document()
    sent = await desk.released(written)
    await desk.receipted(sent)
    mark = written["firearms"][0]["marks"][0] | {"text": "RESTORED 1", "unreadable": []}
    changed = written["firearms"][0] | {"marks": [mark | {"reading": "CLEAR"}]}
    draft = await desk.drafts.reply_draft("ada", sent.thread, "amend", {"firearms": [changed]})
    await desk.release.submit_for_release("ada", draft.id)
    released = await desk.release.release("ben", draft.id)
    await desk.receipted(released)
    (line,) = await desk.reads.cases("ada")
    assert line.brief["firearms"][0]["serials"] == ["RESTORED 1"]


async def test_the_list_can_be_narrowed(desk: Desk) -> None:
    await desk.receipted(await desk.released())
    assert len(await desk.reads.cases("ada", peer=THEM)) == 1
    assert await desk.reads.cases("ada", state=("ANSWERED",)) == ()
    waiting = await desk.released()
    found = await desk.reads.cases("ada", state=("SENT",))
    assert [(line.thread, line.reference) for line in found] == [(waiting.thread, "XA-2026-000002")]


async def test_a_case_tells_its_story_in_words(desk: Desk) -> None:
    sent = await desk.released()
    early = await desk.reads.case("ada", sent.thread)
    assert (early.stands, early.owed, early.state) == ("on its way", (), None)
    assert early.steps[0].delivery == "on its way"
    await desk.receipted(sent)
    await desk.arrives(sent.thread, "acknowledgement")
    await desk.arrives(sent.thread, "more-info")
    case = await desk.reads.case("ada", "XA-2026-000001")
    assert [(step.by, step.words) for step in case.steps] == [
        (US, "asked for a trace"),
        (THEM, "confirmed that a person has taken it"),
        (THEM, "asked for more information"),
    ]
    assert case.steps[0].delivery.startswith("delivered to their system, 2026-03-01")
    assert case.stands == "more information was asked for"
    assert case.owed[0].text.startswith(f"{US} owes the information that was asked for")
    assert case.steps[0].document["firearms"]


async def test_words_of_an_answer_name_its_codes(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    await desk.arrives(sent.thread, "refused")
    case = await desk.reads.case("ada", sent.thread)
    assert case.steps[-1].words.startswith("refused: ")


async def test_opening_a_case_is_on_record_and_the_list_is_not(desk: Desk) -> None:
    sent = await desk.released()
    await desk.reads.cases("eve")
    await desk.reads.case("eve", sent.thread)
    trail = await desk.trail.list("aud", ActFilter(subject=sent.thread))
    assert [(item.actor, item.act) for item in trail] == [("eve", "read-case"), ("ben", "release")]


async def test_an_auditor_reads_what_is_coded_and_nothing_that_can_be_personal(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    await desk.arrives(sent.thread, "refused")
    files: Any = {"attachments": (PHOTO,), "attachment_keys": {"1": PHOTO_KEY}}
    pictured = await desk.arrives(sent.thread, "result", **files)
    await desk.notes.add("ben", sent.thread, "The prosecutor calls back.")
    seen = await desk.reads.opened("aud", sent.thread)
    every = await desk.reads.opened("eve", sent.thread)
    for name, message in seen.messages.items():
        full = every.messages[name]
        assert message is not None
        assert full is not None
        assert set(groups_of(message)) == set(groups_of(full)) & {"officer"}
        clear, whole = to_wire(message)[0], to_wire(full)[0]
        for file in whole.get("attachments", ()):
            file.pop("caption", "")
        assert clear == whole
    captions = [
        [file.caption for step in case.steps if step.id == pictured for file in step.attachments]
        for case in (seen.case, every.case)
    ]
    assert captions == [[""], [PHOTO.caption]]
    hidden = {one for message in every.messages.values() if message for one in groups_of(message)}
    assert set(seen.case.unread) == hidden - {"officer"}
    assert {"persons", "narrative"} <= hidden
    assert (every.case.unread, seen.case.notes, len(every.case.notes)) == ((), (), 1)
    assert (seen.case.state, seen.case.owed) == (every.case.state, every.case.owed)
    acts = await desk.trail.list("aud", ActFilter(subject=sent.thread, by="aud"))
    assert [act.detail["groups"] for act in acts] == [["officer"]]


async def test_an_auditor_reads_what_kind_a_file_is_and_not_what_somebody_wrote_under_it(
    desk: Desk,
) -> None:
    photo = replace(PHOTO, caption="left side, found in the flat of T. Nobody")
    thread = await desk.asked(attachments=(photo,))
    for name, caption in (("eve", photo.caption), ("aud", "")):
        whole = await desk.reads.opened(name, thread)
        (message,), (step,) = whole.messages.values(), whole.case.steps
        assert isinstance(message, Request)
        wanted = (replace(photo, caption=caption),)
        assert (message.attachments, step.attachments) == (wanted, wanted)
        assert (photo.caption in str(await desk.reads.case(name, thread))) == (name == "eve")


async def test_an_officer_who_is_an_auditor_too_sees_a_restricted_case_as_the_auditor_only(
    desk: Desk,
) -> None:
    sent = await desk.released()
    await desk.people.set_roles("opa", "eve", ["officer", "auditor"], command=True)
    await desk.teams.add("sam", "alpha", name="Alpha")
    await desk.teams.join("sam", "alpha", "ben")
    await desk.notes.add("ben", sent.thread, "The prosecutor calls back.")
    open_to_all = await desk.reads.opened("eve", sent.thread)
    await desk.assigning.give("ben", sent.thread, "alpha")
    await desk.assigning.restrict(
        "ben", sent.thread, restricted=True, reason="a source is to be kept safe"
    )
    whole = await desk.reads.opened("eve", sent.thread)
    assert "persons" not in open_to_all.case.unread
    assert "persons" in whole.case.unread
    assert (len(open_to_all.case.notes), len(whole.case.notes)) == (1, 0)
    for act in (
        desk.notes.list("eve", sent.thread),
        desk.attach.open_attachment("eve", sent.thread, sent.message_id, 1),
        desk.assigning.restrict("eve", sent.thread, restricted=False, reason="only to look at it"),
    ):
        with pytest.raises(InputError, match="thread-unknown"):
            await act
    await desk.assigning.assign("ben", sent.thread, "eve")
    assert (await desk.reads.opened("eve", sent.thread)).case.unread == ()


async def test_a_case_that_is_not_there_leaves_no_trace(desk: Desk) -> None:
    before = len(await desk.trail.list("aud"))
    with pytest.raises(InputError, match="thread-unknown"):
        await desk.reads.case("ada", "A" * 43)
    assert len(await desk.trail.list("aud")) == before


async def test_a_purged_case_keeps_its_story_without_content(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    await desk.store.write(lambda tx: tx.threads.purge(sent.thread))
    case = await desk.reads.case("ada", sent.thread)
    assert case.steps[0].words == "asked for a trace (content deleted)"
    assert case.steps[0].document == {}
    with pytest.raises(InputError, match="thread-purged"):
        await desk.drafts.reply_draft("ada", sent.thread, "withdraw", document("withdraw"))


async def test_the_content_of_a_released_draft_is_gone_with_its_case(desk: Desk) -> None:
    """After a purge no copy is left in the drafts."""
    sent = await desk.released()
    await desk.store.write(lambda tx: tx.threads.purge(sent.thread))
    row = await desk.store.read(lambda tx: tx.drafts.get(sent.draft))
    assert row is not None
    assert row.body == b""


def test_there_are_words_for_every_type_and_every_state() -> None:
    assert set(SAID) == set(TYPES)
    assert set(STANDS) == set(State)
