"""Drafts: what is written, what the node fills in, who sees it, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.casework.desks import THEM, THIRD, US, Desk, document, request_document
from tests.casework.people import put_on_record
from tests.examples import EXAMPLES
from tracer.casework.papers.documents import to_message
from tracer.casework.papers.paper import read_body
from tracer.casework.trail import ActFilter
from tracer.errors import InputError
from tracer.model.codes import HandlingCode, code
from tracer.model.messages import OPENING, ROLES, TYPES, AnyMessage
from tracer.model.values import Handling

BY_OPENER = sorted(name for name in TYPES if "opener" in ROLES[name] and name not in OPENING)
BY_OTHER_ONLY = sorted(name for name in TYPES if ROLES[name] == {"other"})


async def message_of(desk: Desk, draft: str) -> AnyMessage:
    row = await desk.store.read(lambda tx: tx.drafts.get(draft))
    assert row is not None
    return read_body(row)


def code_of(found: pytest.ExceptionInfo[InputError]) -> str:
    return found.value.code


async def test_the_node_fills_in_what_the_writer_does_not_know(desk: Desk) -> None:
    written = request_document()
    for name in ("handling", "language", "test"):
        del written[name]
    draft = await desk.drafts.new("ada", written, THEM)
    message: Any = await message_of(desk, draft.id)
    assert (message.sender, message.recipient) == (US, THEM)
    assert message.terms == desk.cell.get().peer(THEM).terms_digest
    assert (message.handling.code.value, message.language, message.test) == ("H2", "en", False)
    assert draft.reference == "XA-2026-000001"
    assert (draft.id, draft.state, draft.version, draft.author) == ("D1", "draft", 1, "ada")


async def test_references_run_on_and_are_not_given_twice(desk: Desk) -> None:
    drafts = [await desk.drafts.new("ada", request_document(), THEM) for _ in range(3)]
    assert [draft.reference[-2:] for draft in drafts] == ["01", "02", "03"]
    await desk.drafts.discard("ada", drafts[2].id)
    assert (await desk.drafts.new("ada", request_document(), THEM)).reference[-2:] == "04"


async def test_a_draft_shows_its_document_and_can_be_made_of_it_again(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    shown = await desk.drafts.show("ada", draft.id)
    again = await desk.drafts.edit("ada", draft.id, shown.document)
    assert again.document == shown.document
    assert (again.version, again.reference) == (2, draft.reference)


async def test_a_message_can_be_given_in_place_of_a_document(desk: Desk) -> None:
    filled = {
        name: getattr(EXAMPLES["request"], name)
        for name in ("sender", "recipient", "issued", "nonce", "terms", "reference")
    }
    message = to_message("request", request_document(), filled=filled)
    draft = await desk.drafts.new("ada", message, THIRD)
    assert (draft.peer, draft.document) == (THIRD, request_document())
    with pytest.raises(InputError) as found:
        await desk.drafts.new("ada", EXAMPLES["request"], THEM)
    assert (code_of(found), found.value.field) == ("field-filled", "attachments")


@pytest.mark.parametrize(
    ("peer", "code"), [(US, "peer-self"), ("XD-NPOC", "peer-unknown"), ("", "peer-unknown")]
)
async def test_a_draft_is_written_to_an_authority_that_is_known(
    desk: Desk, peer: str, code: str
) -> None:
    with pytest.raises(InputError) as found:
        await desk.drafts.new("ada", request_document(), peer)
    assert (code_of(found), found.value.field) == (code, "recipient")


async def test_a_suspended_authority_is_written_nothing(desk: Desk) -> None:
    await desk.peers.suspend("sam", THEM, "under discussion")
    with pytest.raises(InputError, match="peer-suspended"):
        await desk.drafts.new("ada", request_document(), THEM)


@pytest.mark.parametrize("kind", BY_OPENER)
async def test_who_asked_writes_every_type_that_is_theirs(desk: Desk, kind: str) -> None:
    sent = await desk.released()
    written = document(kind)
    draft = await desk.drafts.reply_draft("ada", sent.thread, kind, written)
    assert (draft.type, draft.thread, draft.peer) == (kind, sent.thread, THEM)
    assert draft.document == written


@pytest.mark.parametrize("kind", BY_OTHER_ONLY)
async def test_who_asked_does_not_write_what_only_the_asked_state_sends(
    desk: Desk, kind: str
) -> None:
    sent = await desk.released()
    with pytest.raises(InputError, match="thread-role"):
        await desk.drafts.reply_draft("ada", sent.thread, kind, document(kind))


async def test_a_new_request_is_no_reply_and_a_reply_opens_nothing(desk: Desk) -> None:
    sent = await desk.released()
    with pytest.raises(InputError, match="type-opening"):
        await desk.drafts.reply_draft("ada", sent.thread, "request", request_document())
    with pytest.raises(InputError, match="type-reply"):
        await desk.drafts.new("ada", document("withdraw"), THEM)


async def test_a_reply_is_about_the_newest_message_that_fits_unless_it_says_so(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    await desk.arrives(sent.thread, "refused")
    newest = await desk.arrives(sent.thread, "refused")
    draft = await desk.drafts.reply_draft(
        "ada", sent.thread, "clarify ground", {"grounds": ["ITI-22-NO-GUARANTEE"]}
    )
    assert draft.document["about"] == newest
    other = await desk.drafts.reply_draft(
        "ada", sent.thread, "clarify-ground", {"about": sent.thread}
    )
    assert other.document["about"] == sent.thread


async def test_a_reply_to_nothing_says_that_its_subject_is_missing(desk: Desk) -> None:
    sent = await desk.released()
    with pytest.raises(InputError) as found:
        await desk.drafts.reply_draft("ada", sent.thread, "clarify-ground")
    assert (code_of(found), found.value.field) == ("field-missing", "about")


async def test_a_reply_is_handled_no_laxer_than_what_it_answers(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    handling = Handling(code=code(HandlingCode.H3))
    await desk.arrives(sent.thread, "result", handling=handling)
    draft = await desk.drafts.reply_draft("ada", sent.thread, "feedback")
    assert draft.document["handling"] == {"code": "H3"}


async def test_a_thread_is_found_by_its_id_its_beginning_or_its_reference(desk: Desk) -> None:
    sent = await desk.released()
    for name in (sent.thread, sent.thread[:8], "XA-2026-000001", f" {sent.thread} "):
        assert (await desk.drafts.reply_draft("ada", name, "withdraw")).thread == sent.thread
    await desk.receipted(sent)
    assert (await desk.drafts.reply_draft("ada", "XA-2026-000001", "withdraw")).thread
    for name in ("", "A" * 43, "XA-2026-000009", sent.thread[:3]):
        with pytest.raises(InputError, match="thread-unknown"):
            await desk.drafts.reply_draft("ada", name, "withdraw")


async def test_an_investigator_sees_own_drafts_only_and_an_officer_all(desk: Desk) -> None:
    await put_on_record(desk.store, "sam", "ana", ["investigator"])
    draft = await desk.drafts.new("ada", request_document(), THEM)
    for verb in (desk.drafts.show, desk.drafts.lint, desk.drafts.discard):
        with pytest.raises(InputError, match="draft-unknown"):
            await verb("ana", draft.id)
    assert await desk.drafts.list("ana") == ()
    assert [row.id for row in await desk.drafts.list("ben")] == [draft.id]
    assert (await desk.drafts.list("ben"))[0].body == b""


async def test_reading_a_draft_is_on_record(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.drafts.show("ben", draft.id)
    trail = await desk.trail.list("aud", ActFilter(subject=draft.id))
    assert [(item.actor, item.act) for item in trail] == [("ben", "read-draft"), ("ada", "draft")]


async def test_of_two_who_edit_the_same_version_the_second_is_told(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.drafts.edit("ada", draft.id, request_document(), version=1)
    with pytest.raises(InputError, match="draft-changed"):
        await desk.drafts.edit("ben", draft.id, request_document(), version=1)


async def test_a_discarded_draft_has_no_content_and_does_nothing_any_more(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.drafts.discard("ada", draft.id)
    shown = await desk.drafts.show("ada", draft.id)
    assert (shown.state, shown.document, shown.findings) == ("deleted", {}, ())
    for action in (
        desk.drafts.edit("ada", draft.id, request_document()),
        desk.drafts.discard("ada", draft.id),
        desk.release.submit_for_release("ada", draft.id),
    ):
        with pytest.raises(InputError, match="draft-state"):
            await action


async def test_a_broken_document_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(InputError) as found:
        await desk.drafts.new("ada", request_document(asked="everything"), THEM)
    assert found.value.field == "asked/1"
    assert await desk.drafts.list("ben") == ()
    assert (await desk.drafts.new("ada", request_document(), THEM)).reference[-2:] == "01"


async def test_a_reply_is_a_test_where_its_case_is_one(desk: Desk) -> None:
    sent = await desk.released()
    draft = await desk.drafts.reply_draft("ada", sent.thread, "withdraw")
    assert draft.document["test"] is True
    with pytest.raises(InputError, match="test-mismatch"):
        await desk.drafts.reply_draft("ada", sent.thread, "withdraw", {"test": False})
    with pytest.raises(InputError, match="test-mismatch"):
        await desk.drafts.edit("ada", draft.id, {"test": False})
