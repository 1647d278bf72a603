"""Release: four eyes, what is looked at again, and that there is no other way out."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.casework.desks import JPEG, PEOPLE, THEM, THIRD, US, Desk, document, request_document
from tests.casework.people import put_on_record
from tests.casework.test_roles import VERBS
from tests.trust.makers import terms, verified
from tracer import casework
from tracer.casework import reminding
from tracer.casework.papers.documents import to_document
from tracer.casework.papers.paper import Draft, read_body
from tracer.casework.trail import ActFilter
from tracer.casework.words import HELD
from tracer.errors import InputError, PeerError
from tracer.exchange.accuse import DISPUTES, FaultKind
from tracer.model.finding import Level
from tracer.model.messages import Message, ProgressEnquiry, Reminder
from tracer.trust.directory import Directory, Listing

REASON = "The second officer is on leave today."


async def submitted(desk: Desk, author: str = "ada", **changes: Any) -> Draft:
    draft = await desk.drafts.new(author, request_document(**changes), THEM)
    return await desk.release.submit_for_release(author, draft.id)


async def refused(desk: Desk, actor: str, draft: str, **said: Any) -> InputError:
    """The refusal of a release; nothing was queued and nobody was woken."""
    before = await desk.outbox()
    with pytest.raises(InputError) as found:
        await desk.release.release(actor, draft, **said)
    assert await desk.outbox() == before
    assert desk.woken == []
    return found.value


async def test_a_draft_that_another_officer_releases_is_signed_queued_and_gone(desk: Desk) -> None:
    draft = await submitted(desk)
    assert [row.id for row in await desk.release.waiting("ben")] == [draft.id]
    released = await desk.release.release("ben", draft.id, version=draft.version)
    assert desk.woken == [THEM]
    rows = await desk.store.read(lambda tx: tx.outbox.rows())
    assert [(row.peer, row.message_id) for row in rows] == [(THEM, released.message_id)]
    row = await desk.store.read(lambda tx: tx.drafts.get(draft.id))
    assert row is not None
    assert (row.state, row.released_by, row.message_id) == ("released", "ben", released.message_id)
    assert row.body == b""
    assert not released.review
    trail = await desk.trail.list("aud", ActFilter(subject=released.thread))
    assert [(item.actor, item.act) for item in trail] == [("ben", "release")]
    assert trail[0].detail["draft"] == draft.id


async def test_a_draft_that_nobody_submitted_is_not_released(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    assert (await refused(desk, "ben", draft.id)).code == "draft-state"


async def test_an_investigator_releases_nothing(desk: Desk) -> None:
    draft = await submitted(desk)
    assert (await refused(desk, "ada", draft.id)).code == "role-missing"


@pytest.mark.parametrize("reason", ["", REASON])
async def test_under_two_persons_the_author_does_not_release_even_with_a_reason(
    desk: Desk, reason: str
) -> None:
    draft = await submitted(desk, "ben")
    assert (await refused(desk, "ben", draft.id, reason=reason)).code == "four-eyes"
    assert (await desk.release.release("eve", draft.id)).draft == draft.id


async def test_who_submitted_somebody_elses_draft_does_not_release_it(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.release.submit_for_release("ben", draft.id)
    assert (await refused(desk, "ben", draft.id)).code == "four-eyes"


async def test_who_wrote_on_an_earlier_version_does_not_release_a_later_one(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.drafts.edit("ben", draft.id, request_document())
    await desk.attach.add("eve", draft.id, JPEG)
    await desk.release.submit_for_release("ada", draft.id)
    for hand in ("ben", "eve"):
        assert (await refused(desk, hand, draft.id)).code == "four-eyes"
    assert (await desk.release.release("sam", draft.id)).draft == draft.id


async def test_one_person_may_release_with_a_reason_and_stands_on_the_review_list(
    small: Desk,
) -> None:
    draft = await submitted(small, "ben")
    for reason in ("", "   ", "ok", " short  "):
        alone = await refused(small, "ben", draft.id, reason=reason, fresh=True)
        assert alone.code == "reason-missing"
    assert (await refused(small, "ben", draft.id, reason=REASON)).code == "step-up-needed"
    released = await small.release.release("ben", draft.id, reason=REASON, fresh=True)
    assert released.review
    listed = await small.release.review_list("sam")
    assert [(row.id, row.reason, row.released_by) for row in listed] == [(draft.id, REASON, "ben")]
    assert [one.mine for one in await small.release.reviews("sam")] == [False]
    await small.release.review_done("sam", draft.id, "in order")
    assert await small.release.review_list("sam") == ()
    with pytest.raises(InputError, match="review-none"):
        await small.release.review_done("sam", draft.id)


async def test_two_persons_need_no_reason_under_either_policy(small: Desk) -> None:
    draft = await submitted(small)
    assert not (await small.release.release("ben", draft.id)).review
    assert await small.release.review_list("sam") == ()


async def test_a_release_in_a_case_that_is_not_theirs_to_see_is_looked_over_by_nobody(
    small: Desk,
) -> None:
    draft = await submitted(small, "ben")
    released = await small.release.release("ben", draft.id, reason=REASON, fresh=True)
    await small.teams.add("sam", "south")
    await small.store.write(lambda tx: tx.work.give(released.thread, "south", restricted=True))
    with pytest.raises(InputError, match="review-none"):
        await small.release.review_done("sam", draft.id)
    await small.store.write(lambda tx: tx.work.give(released.thread, "south", restricted=False))
    await small.release.review_done("sam", draft.id)


async def test_nobody_looks_over_their_own_release(small: Desk) -> None:
    draft = await submitted(small, "sam")
    await small.release.release("sam", draft.id, reason=REASON, fresh=True)
    with pytest.raises(InputError, match="four-eyes"):
        await small.release.review_done("sam", draft.id)
    assert [one.mine for one in await small.release.reviews("sam")] == [True]
    assert len(await small.release.review_list("aud")) == 1


async def test_nobody_looks_over_what_their_own_hand_is_on(small: Desk) -> None:
    draft = await small.drafts.new("sam", request_document(), THEM)
    await small.release.submit_for_release("ben", draft.id)
    await small.release.release("ben", draft.id, reason=REASON, fresh=True)
    assert [one.mine for one in await small.release.reviews("sam")] == [True]
    with pytest.raises(InputError, match="four-eyes"):
        await small.release.review_done("sam", draft.id)


@pytest.mark.parametrize("change", ["edit", "attach", "clear"])
async def test_a_draft_changed_after_submission_needs_a_new_submission(
    desk: Desk, change: str
) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.attach.add("ada", draft.id, JPEG)
    await desk.release.submit_for_release("ada", draft.id)
    if change == "edit":
        changed = await desk.drafts.edit("ada", draft.id, request_document(language="fr"))
    elif change == "attach":
        changed = await desk.attach.add("ada", draft.id, JPEG)
    else:
        changed = await desk.attach.clear("ada", draft.id)
    assert (changed.state, changed.submitted_by, changed.version) == ("draft", None, 3)
    assert (await refused(desk, "ben", draft.id)).code == "draft-state"
    await desk.release.submit_for_release("ada", draft.id)
    assert (await refused(desk, "ben", draft.id, version=2)).code == "draft-changed"
    await desk.release.release("ben", draft.id, version=3)


async def test_a_state_that_claims_submission_without_a_submission_on_record_is_not_enough(
    desk: Desk,
) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.store.write(
        lambda tx: tx.drafts.set_state(draft.id, "submitted", submitted_by="eve")
    )
    assert (await refused(desk, "ben", draft.id)).code == "draft-state"


async def test_an_error_of_the_linter_keeps_a_draft_from_being_submitted(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(firearms=[]), THEM)
    assert any(item.level is Level.ERROR for item in draft.findings)
    with pytest.raises(InputError) as found:
        await desk.release.submit_for_release("ada", draft.id)
    assert (found.value.code, found.value.field) == ("draft-incomplete", "firearms")


async def test_what_became_wrong_since_submission_is_found_at_release(desk: Desk) -> None:
    handling = {"code": "H1", "limits": ["DELETE_BY"], "delete_by": "2026-03-02"}
    draft = await submitted(desk, handling=handling)
    desk.clock.advance(verified(THEM).entry.keys[0].term().sign_until - desk.clock.now())
    error = await refused(desk, "ben", draft.id)
    assert (error.code, error.field) == ("draft-incomplete", "handling/delete_by")


async def test_new_terms_of_the_recipient_need_a_new_look_at_the_draft(desk: Desk) -> None:
    draft = await submitted(desk)
    later = verified(THEM, terms=_other_terms())
    desk.cell.set(Directory.of([Listing(later), Listing(verified(THIRD))]))
    assert (await refused(desk, "ben", draft.id)).code == "terms-stale"
    await desk.drafts.edit("ada", draft.id, request_document())
    await desk.release.submit_for_release("ada", draft.id)
    await desk.release.release("ben", draft.id)


async def test_a_recorded_fault_of_the_recipient_needs_a_written_override(desk: Desk) -> None:
    draft = await submitted(desk)
    await desk.store.write(lambda tx: tx.peers.put_fault("log-fork", THEM, b"evidence"))
    for override in ("", "   ", "yes"):
        assert (await refused(desk, "ben", draft.id, override=override)).code == "peer-fault"
    why = "Restored from a backup, confirmed by telephone."
    released = await desk.release.release("ben", draft.id, override=why)
    trail = await desk.trail.list("sam", ActFilter(subject=released.thread))
    assert trail[0].detail["override"] == why


@pytest.mark.parametrize("kind", sorted(FaultKind))
async def test_what_contradicts_needs_an_override_and_what_is_only_in_dispute_needs_none(
    desk: Desk, kind: FaultKind
) -> None:
    draft = await submitted(desk)
    await desk.store.write(lambda tx: tx.peers.put_fault(kind, THEM, b"evidence"))
    await desk.store.write(lambda tx: tx.peers.note_contact(THEM, unproven_since=tx.now))
    if kind in DISPUTES:
        await desk.release.release("ben", draft.id)
    else:
        error = await refused(desk, "ben", draft.id)
        assert error.code == "peer-fault"
        assert HELD[kind] in error.message


async def test_a_fault_of_another_authority_changes_nothing(desk: Desk) -> None:
    draft = await submitted(desk)
    await desk.store.write(lambda tx: tx.peers.put_fault("log-fork", THIRD, b"evidence"))
    await desk.release.release("ben", draft.id)


async def test_a_reason_for_being_alone_is_no_override_of_a_fault(small: Desk) -> None:
    draft = await submitted(small, "ben")
    await small.store.write(lambda tx: tx.peers.put_fault("log-fork", THEM, b"evidence"))
    alone = await refused(small, "ben", draft.id, reason=REASON, fresh=True)
    assert alone.code == "peer-fault"


async def test_a_suspended_recipient_gets_nothing(desk: Desk) -> None:
    draft = await submitted(desk)
    await desk.peers.suspend("sam", THEM, "under discussion")
    assert (await refused(desk, "ben", draft.id)).code == "peer-suspended"


async def test_a_file_missing_from_the_shelf_stops_the_release(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.attach.add("ada", draft.id, JPEG)
    await desk.release.submit_for_release("ada", draft.id)
    for path in desk.shelf.path("x").parent.iterdir():
        path.unlink()
    assert (await refused(desk, "ben", draft.id)).code == "attachment-lost"


async def test_a_released_message_announces_its_files(desk: Desk) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.attach.add("ada", draft.id, JPEG, kind="photo left side")
    await desk.release.submit_for_release("ada", draft.id)
    released = await desk.release.release("ben", draft.id)
    rows = await desk.store.read(lambda tx: tx.attachments.for_message(released.message_id))
    assert [(row.peer, row.direction, row.n, row.state) for row in rows] == [
        (THEM, "out", 1, "announced")
    ]


async def test_a_draft_is_released_once(desk: Desk) -> None:
    draft = await submitted(desk)
    await desk.release.release("ben", draft.id)
    desk.woken.clear()
    assert (await refused(desk, "eve", draft.id)).code == "draft-state"
    assert await desk.outbox() == 1


async def test_a_person_locked_out_since_the_submission_releases_nothing(desk: Desk) -> None:
    draft = await submitted(desk)
    await desk.people.disable("sam", "ben")
    assert (await refused(desk, "ben", draft.id)).code == "person-disabled"


async def test_what_is_sent_back_keeps_its_reason_and_can_be_submitted_again(desk: Desk) -> None:
    draft = await submitted(desk)
    with pytest.raises(InputError, match="reason-missing"):
        await desk.release.reject("ben", draft.id, "no")
    back = await desk.release.reject("ben", draft.id, "The serial needs a photo.")
    assert (back.state, back.reason) == ("rejected", "The serial needs a photo.")
    assert (await refused(desk, "ben", draft.id)).code == "draft-state"
    again = await desk.release.submit_for_release("ada", draft.id)
    assert (again.state, again.reason) == ("submitted", "")
    await desk.release.release("ben", draft.id)


async def test_the_version_that_was_sent_back_stays_beside_its_successor_until_it_leaves(
    desk: Desk,
) -> None:
    draft = await submitted(desk)
    await desk.release.reject("ben", draft.id, "The case number is another.")
    changed = {**request_document(), "investigation": {"stage": "PROSECUTION"}}
    again = await desk.drafts.edit("ada", draft.id, changed)
    await desk.release.submit_for_release("ada", draft.id)
    held = await desk.release.look("eve", draft.id)
    assert held.back is not None
    assert (held.back.version, held.back.person) == (draft.version, "ben")
    assert held.back.reason == "The case number is another."
    before = to_document(held.back.message("request"))
    assert before == draft.document
    assert before != again.document
    rows = await desk.store.read(lambda tx: tx.audit.list(limit=100))
    read = next(row for row in rows if row.act == "read-draft" and row.actor == "eve")
    assert read.detail["sent_back"] == draft.version
    await desk.release.release("eve", draft.id)
    row = await desk.store.read(lambda tx: tx.drafts.get(draft.id))
    assert row is not None
    assert row.sent_back == b""


async def test_a_failed_commit_leaves_the_draft_submitted_and_the_outbox_empty(desk: Desk) -> None:
    draft = await submitted(desk)
    threads = await desk.store.read(lambda tx: tx.threads.list())

    def body(tx: Any) -> None:
        desk.release._submit.within(tx, _message(tx, draft.id))  # noqa: SLF001 - the step before
        raise InputError("power", "cut")

    with pytest.raises(InputError, match="power"):
        await desk.store.write(body)
    assert await desk.outbox() == 0
    assert await desk.store.read(lambda tx: tx.threads.list()) == threads
    await desk.release.release("ben", draft.id)


async def test_no_verb_but_release_puts_anything_into_the_outbox(small: Desk) -> None:
    """Everybody asks for every verb, on a draft that is ready to go and a case that exists."""
    sent = await small.released()
    await small.receipted(sent)
    await small.arrives(sent.thread, "result")
    assert await small.outbox() == 1
    await put_on_record(
        small.store, "sam", "all", ["investigator", "officer", "supervisor", "operator"]
    )
    for verb, (_, call) in VERBS.items():
        if verb == "release.release":
            continue
        names = (*await _ready(small), sent.thread, "XA-2026-000001")
        small.woken[:] = [THEM]
        for actor in ("ada", "ben", "all"):
            for name in names:
                await _quietly(small, verb, actor, name, call)
        assert await small.outbox() == 1, verb
        assert small.woken == [THEM] or verb == "upkeep.again", verb  # tries what waits already


def test_only_release_and_the_reminders_of_policy_submit_to_the_exchange() -> None:
    folder = Path(inspect.getfile(casework)).parent
    texts = {path.name: path.read_text() for path in folder.rglob("*.py")}
    doors = {name: text.count(".within(") for name, text in texts.items() if ".within(" in text}
    assert doors == {"release.py": 1, "reminding.py": 1}
    assert not [name for name, text in texts.items() if ".enqueue(" in text]


def test_policy_can_release_nothing_but_reminders_and_enquiries() -> None:
    known = {kind for kind in vars(reminding).values() if isinstance(kind, type)}
    assert {kind for kind in known if issubclass(kind, Message)} == {Reminder, ProgressEnquiry}


async def _ready(desk: Desk) -> tuple[str, ...]:
    """Two drafts stand submitted, whatever was done before; their names."""
    await desk.store.write(lambda tx: tx.people.set_roles("eve", PEOPLE["eve"]))
    await desk.store.write(lambda tx: tx.people.disable("eve", disabled=False))
    await desk.peers.resume("sam", THEM)
    return ((await submitted(desk)).id, (await submitted(desk, "eve")).id)


async def _quietly(desk: Desk, verb: str, actor: str, name: str, call: Any) -> None:
    """Call a verb in its listed form, and with its second argument replaced by a real name."""
    room, _, method = verb.partition(".")
    real = getattr(getattr(desk, room), method)
    rest = {"reason": REASON} if method == "reject" else {}
    extra: dict[str, tuple[Any, ...]] = {
        "edit": (request_document(),),
        "add": (JPEG,),
        "reply_draft": ("withdraw",),
        "follow_on": (THIRD,),
        "ask_consent": (THIRD,),
    }
    given: tuple[Any, ...] = (actor, name, *extra.get(method, ()))
    for listed in (True, False):
        try:
            await (call(desk, actor) if listed else real(*given, **rest))
        except (InputError, PeerError, TypeError, ValueError, AttributeError):
            continue


def _message(tx: Any, draft_id: str) -> Any:
    return read_body(tx.drafts.get(draft_id))


def _other_terms() -> Any:
    return replace(terms(THEM), covers_until="2028-12-31")


async def test_a_reply_takes_the_same_way_out(desk: Desk) -> None:
    sent = await desk.released()
    await desk.receipted(sent)
    draft = await desk.drafts.reply_draft(
        "ada", sent.thread, "withdraw", document("withdraw", lines=[1])
    )
    await desk.release.submit_for_release("ada", draft.id)
    released = await desk.release.release("ben", draft.id)
    assert released.thread == sent.thread
    row = await desk.store.read(lambda tx: tx.messages.find(THEM, released.message_id))
    assert row is not None
    assert row.follows == (sent.message_id,)
    assert US not in row.follows


@pytest.mark.parametrize("assigned", [None, "eve"])
async def test_a_case_lies_with_whoever_takes_it_unless_it_lies_with_somebody(
    desk: Desk, assigned: str | None
) -> None:
    thread = await desk.asked()
    if assigned:
        await desk.assigning.assign("ben", thread, assigned)
    taken = await desk.drafts.reply_draft("ada", thread, "acknowledgement", {})
    await desk.release.submit_for_release("ada", taken.id)
    await desk.release.release("ben", taken.id)
    work = await desk.assigning.show("ben", thread)
    assert [one.person for one in work.assigned] == [assigned or "ada"]
    acts = await desk.trail.list("aud", ActFilter(subject=thread, act="assign"))
    assert [(act.actor, act.detail) for act in acts] == [("ben", {"person": assigned or "ada"})]
