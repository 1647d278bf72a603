"""Which terms a request is written under, and what an acknowledgement promises by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.casework.desks import THEM, US, Desk, request_document
from tests.trust.makers import DAY, NOW, signing, verified
from tracer.clock import stamp
from tracer.errors import InputError
from tracer.exchange.reading import read_message
from tracer.model.calendar import Calendar
from tracer.model.codes import UrgencyLevel, UrgencyReason, code
from tracer.model.messages import Acknowledgement
from tracer.model.terms import Span, Terms, european_terms, terms_digest
from tracer.model.values import Urgency
from tracer.store import Tx
from tracer.trust.agreement import countersign, offer_terms, verify_offer

OURS = verified(US).entry.terms
HOUR = timedelta(hours=1)


def level(urgency: UrgencyLevel) -> Urgency:
    return Urgency(level=code(urgency), reason=code(UrgencyReason.PUBLIC_SECURITY))


async def acknowledged(desk: Desk, thread: str, **fields: Any) -> str:
    """A draft that acknowledges the thread, written by ada; its id."""
    return (await desk.drafts.reply_draft("ada", thread, "acknowledgement", fields)).id


async def sent(desk: Desk, draft: str) -> Acknowledgement:
    """The message that the draft became."""
    await desk.release.submit_for_release("ada", draft)
    released = await desk.release.release("ben", draft)
    row = await desk.store.read(lambda tx: tx.messages.find(released.peer, released.message_id))
    assert row is not None
    message = read_message(row)
    assert isinstance(message, Acknowledgement)
    return message


def by(hours: int = 0, *, days: int = 0) -> str:
    return stamp(Calendar(OURS).add(NOW, Span(hours, "hour") if hours else Span(days, "day")))


async def test_an_acknowledgement_says_by_itself_until_when_an_answer_comes(desk: Desk) -> None:
    thread = await desk.asked(urgency=level(UrgencyLevel.URGENT))
    desk.clock.advance(3 * HOUR)
    message = await sent(desk, await acknowledged(desk, thread))
    assert (message.received, message.terms) == (stamp(NOW), terms_digest(OURS))
    assert (message.first_answer_by, message.final_answer_by) == (by(24), by(days=7))


async def test_it_names_no_instant_where_the_terms_promise_none(desk: Desk) -> None:
    bare = tuple(msgspec.structs.replace(one, final_answer=msgspec.UNSET) for one in OURS.targets)
    without = msgspec.structs.replace(OURS, targets=bare)
    await desk.store.write(lambda tx: tx.terms.put_entry(without))
    thread = await desk.asked(urgency=level(UrgencyLevel.ROUTINE), terms=terms_digest(without))
    message = await sent(desk, await acknowledged(desk, thread))
    assert (message.first_answer_by, message.final_answer_by) == (by(days=28), msgspec.UNSET)


@pytest.mark.parametrize(
    ("before", "after", "first", "final"),
    [
        (UrgencyLevel.ROUTINE, UrgencyLevel.URGENT, HOUR + DAY, HOUR + 7 * DAY),
        (UrgencyLevel.URGENT, UrgencyLevel.ROUTINE, HOUR + 28 * DAY, HOUR + 90 * DAY),
    ],
)
async def test_an_urgency_stated_after_it_was_written_counts_at_release(
    desk: Desk, before: UrgencyLevel, after: UrgencyLevel, first: timedelta, final: timedelta
) -> None:
    thread = await desk.asked(urgency=level(before))
    draft = await acknowledged(desk, thread)
    await desk.release.submit_for_release("ada", draft)
    desk.clock.advance(HOUR)
    await desk.arrives(thread, "amend", about=msgspec.UNSET, urgency=level(after), dropped=())
    released = await desk.release.release("ben", draft)
    row = await desk.store.read(lambda tx: tx.messages.find(THEM, released.message_id))
    assert row is not None
    message = read_message(row)
    assert isinstance(message, Acknowledgement)
    assert message.first_answer_by == stamp(NOW + first)
    assert message.final_answer_by == stamp(NOW + final)


async def test_what_is_asked_back_does_not_move_what_is_named(desk: Desk) -> None:
    thread = await desk.asked(urgency=level(UrgencyLevel.URGENT))
    question = {"questions": [{"n": 1, "field": "firearms/1/make"}]}
    asked = await desk.drafts.reply_draft("ada", thread, "more-info", question)
    await desk.release.submit_for_release("ada", asked.id)
    await desk.receipted(await desk.release.release("ben", asked.id))
    desk.clock.advance(HOUR)
    message = await sent(desk, await acknowledged(desk, thread))
    assert message.first_answer_by == by(24)


async def test_an_earlier_instant_of_its_writer_stays(desk: Desk) -> None:
    thread = await desk.asked(urgency=level(UrgencyLevel.URGENT))
    message = await sent(desk, await acknowledged(desk, thread, first_answer_by=by(5)))
    assert (message.first_answer_by, message.final_answer_by) == (by(5), by(days=7))


async def test_a_later_instant_is_refused_when_it_is_written(desk: Desk) -> None:
    thread = await desk.asked(urgency=level(UrgencyLevel.URGENT))
    with pytest.raises(InputError) as found:
        await acknowledged(desk, thread, first_answer_by=by(25))
    assert (found.value.code, found.value.field) == ("promise-late", "first_answer_by")
    draft = await acknowledged(desk, thread)
    with pytest.raises(InputError, match="promise-late"):
        await desk.drafts.edit("ada", draft, {"final_answer_by": by(days=8)})
    again = await desk.drafts.edit("ada", draft, {"local_reference": "7"})
    assert again.document["first_answer_by"] == by(24)


def between(answers: str, asks: str, **changes: Any) -> Terms:
    stated = european_terms(verified(answers).entry.terms)
    return msgspec.structs.replace(stated, counterpart=asks, **changes)


async def agree(desk: Desk, terms: Terms) -> str:
    """The two have agreed on these terms, XB first, and we hold both signatures; their digest."""
    parties = {
        who: {key.kid: key for key in verified(who).entry.listed("sign")} for who in (US, THEM)
    }
    now = desk.clock.now()
    offer = verify_offer(offer_terms(terms, key=signing(THEM), at=now), parties=parties, now=now)
    whole = countersign(offer, key=signing(US), at=now)
    return (await desk.terms.take("ben", whole.decode())).view.digest


def terms_of(draft: str) -> Any:
    def body(tx: Tx) -> object:
        row = tx.drafts.get(draft)
        assert row is not None
        return msgspec.json.decode(row.body)["terms"]

    return body


async def test_a_request_is_written_under_what_was_agreed_with_its_recipient(desk: Desk) -> None:
    agreed = await agree(desk, between(THEM, US))
    draft = await desk.drafts.new("ada", request_document(), THEM)
    assert await desk.store.read(terms_of(draft.id)) == agreed
    await desk.release.submit_for_release("ada", draft.id)
    await desk.release.release("ben", draft.id)


async def test_what_we_promise_them_says_nothing_about_our_own_requests(desk: Desk) -> None:
    await agree(desk, between(US, THEM))
    draft = await desk.drafts.new("ada", request_document(), THEM)
    assert await desk.store.read(terms_of(draft.id)) == desk.cell.get().peer(THEM).terms_digest


async def test_a_draft_under_terms_that_were_replaced_is_edited_before_it_leaves(
    desk: Desk,
) -> None:
    draft = await desk.drafts.new("ada", request_document(), THEM)
    await desk.release.submit_for_release("ada", draft.id)
    agreed = await agree(desk, between(THEM, US))
    with pytest.raises(InputError, match="terms-stale"):
        await desk.release.release("ben", draft.id)
    await desk.drafts.edit("ada", draft.id, request_document())
    assert await desk.store.read(terms_of(draft.id)) == agreed
    desk.clock.advance(DAY)
    await agree(desk, between(THEM, US, nature="deadline"))
    await desk.release.submit_for_release("ada", draft.id)
    with pytest.raises(InputError, match="terms-stale"):
        await desk.release.release("ben", draft.id)


async def test_a_follow_on_is_written_under_what_was_agreed_with_the_third(desk: Desk) -> None:
    sent_ = await desk.released(peer="XC-NPOC")
    agreed = await agree(desk, between(THEM, US))
    found = await desk.following.follow_on("ada", sent_.thread, THEM)
    assert await desk.store.read(terms_of(found.draft.id)) == agreed


async def test_the_linter_warns_of_a_calendar_that_ends_before_the_answer(desk: Desk) -> None:
    def codes(findings: Any) -> set[str]:
        return {item.code for item in findings}

    draft = await desk.drafts.new("ada", request_document(urgency="ROUTINE"), THEM)
    assert "terms-calendar-short" not in codes(draft.findings)
    desk.clock.advance(670 * DAY - 95 * DAY)
    assert "terms-calendar-short" not in codes(await desk.drafts.lint("ada", draft.id))
    desk.clock.advance(10 * DAY)
    assert "terms-calendar-short" in codes(await desk.drafts.lint("ada", draft.id))
