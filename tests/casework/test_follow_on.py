"""Follow-on: the third State gets our own words, and of the answers only what they allow."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.casework.desks import JPEG, THEM, THIRD, US, Desk, document, request_document
from tests.examples import EXAMPLES
from tracer.casework.follow_on import SPEAKING
from tracer.casework.papers.handling import forbids
from tracer.casework.papers.paper import read_body
from tracer.casework.release import Released
from tracer.clock import instant
from tracer.errors import InputError
from tracer.model import codes as c
from tracer.model.chain import ChainEvent, ChainParty, Licence, LineAnswer
from tracer.model.codes import Code, code
from tracer.model.lint import lint
from tracer.model.lint.requests import UNUSUAL
from tracer.model.messages import ConditionOffered, Request
from tracer.model.routing import suggest
from tracer.model.values import Handling, Narrative, Note, Officer, Person

TODAY = date(2026, 3, 1)
SECRET = "ZZSECRET"
"""Stands in every field of an answer that could be quoted."""
OPEN = Handling(code=code(c.HandlingCode.H0), third_state=True)
CLOSED = [
    Handling(code=code(c.HandlingCode.H0)),
    Handling(code=code(c.HandlingCode.H1)),
    Handling(code=code(c.HandlingCode.H2), third_state=True),
    Handling(code=code(c.HandlingCode.H3), third_state=True),
    Handling(code=Code("handling-code", 9, "H9"), third_state=True),
    Handling(code=Code("other-list", 1, "H0"), third_state=True),
    *(
        Handling(code=code(c.HandlingCode.H0), third_state=True, limits=(limit,))
        for limit in (
            code(c.HandlingLimit.NO_THIRD_STATE),
            code(c.HandlingLimit.ONLY_AUTHORITIES_NAMED),
            code(c.HandlingLimit.COMMERCIAL_PROPRIETARY),
            code(c.HandlingLimit.SECRET_REQUEST),
            Code("handling-limit", 9, "NOT_ON_FRIDAYS"),
        )
    ),
    Handling(code=code(c.HandlingCode.H0), third_state=True, delete_by="2026-02-28"),
]


@pytest.mark.parametrize("handling", CLOSED)
def test_handling_that_does_not_allow_a_third_state_forbids_it(handling: Handling) -> None:
    why = forbids(handling, THIRD, today=TODAY)
    assert why is not None
    assert "%(" not in str(why)


@pytest.mark.parametrize(
    "handling",
    [
        OPEN,
        replace(OPEN, code=code(c.HandlingCode.H1)),
        replace(OPEN, limits=(code(c.HandlingLimit.NO_INDUSTRY),)),
        replace(OPEN, limits=(code(c.HandlingLimit.PURPOSE_ONLY),)),
        replace(OPEN, delete_by="2026-03-01", limits=(code(c.HandlingLimit.DELETE_BY),)),
        replace(OPEN, limits=(code(c.HandlingLimit.ONLY_AUTHORITIES_NAMED),), authorities=(THIRD,)),
    ],
)
def test_handling_that_allows_a_third_state_allows_it(handling: Handling) -> None:
    assert forbids(handling, THIRD, today=TODAY) is None


@pytest.mark.parametrize("limit", list(c.HandlingLimit))
def test_every_limit_is_judged(limit: c.HandlingLimit) -> None:
    handling = replace(OPEN, limits=(code(limit),))
    why = forbids(handling, THIRD, today=TODAY)
    assert why is None or why.code != "limit-unknown"


def secret_answer(**changes: Any) -> dict[str, Any]:
    """Fields of a result, each with a word that must not travel on."""
    event = ChainEvent(
        n=1,
        kind=code(c.ChainEventKind.MANUFACTURED),
        date="1987",
        country="XD",
        to_party=1,
        register_name=SECRET,
        licence=Licence(number=SECRET, export_country="XD", description=SECRET),
    )
    return {
        "answers": (
            LineAnswer(line=1, outcomes=(code(c.ResultCode.EXPORTED_TO),), chain=(event,)),
        ),
        "chain_parties": (ChainParty(n=1, name=SECRET),),
        "persons": (Person(role=code(c.PersonRole.BUYER), family_name=SECRET),),
        "narrative": Narrative(summary=SECRET),
        "free_text": (Note(text=SECRET),),
        "officer": Officer(name=SECRET),
    } | changes


async def case_of(desk: Desk, **changes: Any) -> Released:
    """A receipted request that says nothing of where and when the firearm was made."""
    written = request_document(**changes)
    for name in ("country_of_manufacture", "year_of_manufacture"):
        written["firearms"][0].pop(name, None)
    sent = await desk.released(written)
    await desk.receipted(sent)
    return sent


async def draft_of(desk: Desk, draft_id: str) -> Request:
    row = await desk.store.read(lambda tx: tx.drafts.get(draft_id))
    assert row is not None
    message = read_body(row)
    assert isinstance(message, Request)
    return message


@pytest.mark.parametrize("handling", CLOSED)
async def test_nothing_of_an_answer_travels_on_that_its_handling_forbids(
    desk: Desk, handling: Handling
) -> None:
    sent = await case_of(desk)
    plain = await desk.following.follow_on("ada", sent.thread, THIRD)
    answer = await desk.arrives(sent.thread, "result", handling=handling, **secret_answer())
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    assert [(item.message, item.type) for item in found.withheld] == [(answer, "result")]
    assert found.withheld[0].why
    before, after = await draft_of(desk, plain.draft.id), await draft_of(desk, found.draft.id)
    assert replace(after, reference=before.reference) == before
    for word in (SECRET, "XD", "1987"):
        assert word not in msgspec.json.encode(after).decode()
    assert after.links == ()
    assert "XB" not in after.also_sent_to


@pytest.mark.parametrize("kind", sorted(SPEAKING))
async def test_no_type_of_answer_is_quoted_against_its_handling(desk: Desk, kind: str) -> None:
    sent = await case_of(desk)
    words = {"free_text": (Note(text=SECRET),)}
    answer = await desk.arrives(sent.thread, kind, handling=CLOSED[2], **words)
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    assert [item.message for item in found.withheld] == [answer]
    assert SECRET not in msgspec.json.encode(await draft_of(desk, found.draft.id)).decode()


async def test_of_an_open_answer_coded_facts_travel_on_and_no_person_or_word(desk: Desk) -> None:
    sent = await case_of(desk)
    licence = Licence(number="XB/E/42", export_country="XB", import_country="XC")
    made = ChainEvent(n=1, kind=code(c.ChainEventKind.MANUFACTURED), date="1987", country="XD")
    out = ChainEvent(n=2, kind=code(c.ChainEventKind.EXPORTED), country="XB", licence=licence)
    answers = (LineAnswer(line=1, outcomes=(code(c.ResultCode.EXPORTED_TO),), chain=(made, out)),)
    await desk.arrives(sent.thread, "result", handling=OPEN, **secret_answer(answers=answers))
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    assert found.withheld == ()
    message = await draft_of(desk, found.draft.id)
    pistol = message.firearms[0]
    assert (pistol.country_of_manufacture, pistol.year_of_manufacture) == ("XD", 1987)
    assert ("XB/E/42", "XB") in [(item.value, item.country) for item in pistol.references]
    assert [item.authority for item in message.links] == [THEM]
    assert "XB" in message.also_sent_to
    assert SECRET not in msgspec.json.encode(message).decode()


async def test_what_we_recorded_ourselves_travels_on_without_persons_and_words_to_the_other(
    desk: Desk,
) -> None:
    sent = await case_of(desk, free_text="For XB only.")
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    message = await draft_of(desk, found.draft.id)
    original = EXAMPLES["request"]
    assert isinstance(original, Request)
    assert message.firearms[0].marks[0].text == original.firearms[0].marks[0].text
    assert message.narrative == original.narrative
    assert message.persons is msgspec.UNSET
    assert message.free_text is msgspec.UNSET
    assert (message.sender, message.recipient) == (US, THIRD)
    peer = desk.cell.get().peer(THIRD)
    assert message.terms == peer.terms_digest
    assert message.reference == "XA-2026-000002"


async def test_our_amendments_count_and_what_we_dropped_is_not_asked_again(desk: Desk) -> None:
    second = {
        "line": 2,
        "object": "FIREARM",
        "type": "REVOLVER",
        "make": "NAGANT",
        "model": "M",
        "calibre": "7.62",
    }
    written = request_document()
    known = {"marks": [{"kind": "SERIAL", "text": "17"}], "country_of_manufacture": "XB"}
    third = second | known | {"line": 3}
    written["firearms"] += [second | known, third]
    sent = await desk.released(written)
    await desk.receipted(sent)
    changed = written["firearms"][0] | {"barrel_mm": 99}
    draft = await desk.drafts.reply_draft(
        "ada", sent.thread, "amend", {"firearms": [changed], "dropped": [2]}
    )
    await desk.release.submit_for_release("ada", draft.id)
    await desk.release.release("ben", draft.id)
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    message = await draft_of(desk, found.draft.id)
    assert [(item.line, item.barrel_mm or 0) for item in message.firearms] == [(1, 99), (3, 0)]


async def test_a_correction_by_the_answering_state_replaces_what_it_corrects(desk: Desk) -> None:
    sent = await case_of(desk)
    wrong = await desk.arrives(sent.thread, "result", handling=OPEN, **secret_answer())
    await desk.arrives(sent.thread, "correction", about=wrong, handling=OPEN, answers=(), erase=())
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    assert found.withheld == ()
    assert SECRET not in msgspec.json.encode(await draft_of(desk, found.draft.id)).decode()


async def test_our_files_are_encrypted_anew_for_the_third_state(desk: Desk) -> None:
    first = await desk.drafts.new("ada", request_document(), THEM)
    await desk.attach.add("ada", first.id, JPEG)
    await desk.release.submit_for_release("ada", first.id)
    sent = await desk.release.release("ben", first.id)
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    row = await desk.store.read(lambda tx: tx.messages.find(THEM, sent.message_id))
    assert row is not None
    old = (await desk.store.read(lambda tx: tx.attachments.for_message(sent.message_id)))[0]
    message = await draft_of(desk, found.draft.id)
    assert message.attachments[0].cipher_digest != old.digest
    assert desk.shelf.stored(message.attachments[0].cipher_digest).complete
    assert found.files_lost == ()


async def test_a_lost_file_is_named_and_nothing_refers_to_it(desk: Desk) -> None:
    written = request_document()
    written["firearms"][0]["photos"] = [1]
    first = await desk.drafts.new("ada", written, THEM)
    await desk.attach.add("ada", first.id, JPEG)
    await desk.release.submit_for_release("ada", first.id)
    sent = await desk.release.release("ben", first.id)
    old = (await desk.store.read(lambda tx: tx.attachments.for_message(sent.message_id)))[0]
    desk.shelf.path(old.digest).unlink()
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    message = await draft_of(desk, found.draft.id)
    assert (found.files_lost, message.attachments) == ((1,), ())
    assert message.firearms[0].photos == ()


async def consent(desk: Desk, sent: Released, asked: str, **changes: Any) -> None:
    defaults: dict[str, Any] = {"uses": (), "conditions": (), "until": msgspec.UNSET}
    await desk.arrives(sent.thread, "consent-given", about=asked, **(defaults | changes))


async def asked_for(desk: Desk, sent: Released) -> str:
    """We have asked for consent to everything that was withheld; the question's id."""
    draft = await desk.following.ask_consent("ada", sent.thread, THIRD)
    assert draft.type == "consent-asked"
    await desk.release.submit_for_release("ada", draft.id)
    question = await desk.release.release("ben", draft.id)
    await desk.receipted(question)
    return question.message_id


async def test_consent_is_asked_with_one_call_and_opens_what_it_is_about(desk: Desk) -> None:
    sent = await case_of(desk)
    answer = await desk.arrives(sent.thread, "result", handling=CLOSED[6], **secret_answer())
    question = await asked_for(desk, sent)
    row = await desk.store.read(lambda tx: tx.messages.find(THEM, question))
    assert row is not None
    assert len((await desk.following.follow_on("ada", sent.thread, THIRD)).withheld) == 1
    await consent(desk, sent, question)
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    assert found.withheld == ()
    message = await draft_of(desk, found.draft.id)
    assert message.firearms[0].country_of_manufacture == "XD"
    later = await desk.arrives(sent.thread, "no-record", handling=CLOSED[6])
    again = await desk.following.follow_on("ada", sent.thread, THIRD)
    assert [item.message for item in again.withheld] == [later]
    assert answer != later


@pytest.mark.parametrize(
    "changes",
    [
        {"conditions": (ConditionOffered(n=1, kind=code(c.ConditionKind.NO_PUBLICATION)),)},
        {"uses": (code(c.OnwardUse.EVIDENCE_IN_COURT),)},
        {"until": "2025"},
    ],
    ids=["with conditions", "to another use", "in the past"],
)
async def test_consent_to_less_than_was_asked_opens_nothing(
    desk: Desk, changes: dict[str, Any]
) -> None:
    sent = await case_of(desk)
    await desk.arrives(sent.thread, "result", handling=CLOSED[6], **secret_answer())
    await consent(desk, sent, await asked_for(desk, sent), **changes)
    assert len((await desk.following.follow_on("ada", sent.thread, THIRD)).withheld) == 1


async def test_consent_that_was_taken_back_opens_nothing(desk: Desk) -> None:
    sent = await case_of(desk)
    await desk.arrives(sent.thread, "result", handling=CLOSED[6], **secret_answer())
    question = await asked_for(desk, sent)
    given = await desk.arrives(
        sent.thread, "consent-given", about=question, uses=(), conditions=(), until=msgspec.UNSET
    )
    await desk.arrives(sent.thread, "recall", about=given)
    assert len((await desk.following.follow_on("ada", sent.thread, THIRD)).withheld) == 1


async def test_consent_declined_after_it_was_given_opens_nothing(desk: Desk) -> None:
    sent = await case_of(desk)
    await desk.arrives(sent.thread, "result", handling=CLOSED[6], **secret_answer())
    question = await asked_for(desk, sent)
    await consent(desk, sent, question)
    await desk.arrives(sent.thread, "consent-declined", about=question)
    assert len((await desk.following.follow_on("ada", sent.thread, THIRD)).withheld) == 1


async def test_consent_given_to_a_question_of_their_own_making_opens_nothing(desk: Desk) -> None:
    sent = await case_of(desk)
    answer = await desk.arrives(sent.thread, "result", handling=CLOSED[6], **secret_answer())
    await consent(desk, sent, answer)
    assert len((await desk.following.follow_on("ada", sent.thread, THIRD)).withheld) == 1


async def test_where_nothing_is_withheld_there_is_nothing_to_ask(desk: Desk) -> None:
    sent = await case_of(desk)
    with pytest.raises(InputError, match="consent-none"):
        await desk.following.ask_consent("ada", sent.thread, THIRD)


async def test_only_our_own_request_is_followed_on_and_only_to_another_state(desk: Desk) -> None:
    sent = await case_of(desk)
    for peer, wanted in ((THEM, "follow-on-own"), (US, "peer-self"), ("XD-NPOC", "peer-unknown")):
        with pytest.raises(InputError) as found:
            await desk.following.follow_on("ada", sent.thread, peer)
        assert found.value.code == wanted
    written = document("spontaneous-information", firearms=request_document()["firearms"])
    other = await desk.released(written | {"answers": []})
    with pytest.raises(InputError, match="follow-on-own"):
        await desk.following.follow_on("ada", other.thread, THIRD)


async def test_the_link_between_the_two_cases_is_kept_here(desk: Desk) -> None:
    sent = await case_of(desk)
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    await desk.release.submit_for_release("ada", found.draft.id)
    onward = await desk.release.release("ben", found.draft.id)
    assert onward.peer == THIRD
    assert (await desk.reads.case("ada", onward.thread)).follows_on == sent.thread


def pointing() -> dict[str, Any]:
    """A request with a serial number that is read as a whole; its marks point to XB alone."""
    written = request_document()
    firearm = written["firearms"][0]
    serial = {"kind": "SERIAL", "location": "FRAME", "text": "B7 48162"}
    firearm |= {"country_of_manufacture": "XB", "marks": [serial]}
    return written


async def test_a_request_that_follows_on_is_not_warned_of_the_case_it_continues(desk: Desk) -> None:
    """Nor told to ask the State that was asked; of another case of the firearm it is told."""
    sent = await desk.released(pointing())
    await desk.receipted(sent)
    await desk.looked_at(sent.thread)
    await desk.arrives(sent.thread, "result", handling=OPEN, **secret_answer())
    found = await desk.following.follow_on("ada", sent.thread, THIRD)
    judged = await desk.drafts.lint("ada", found.draft.id)
    assert not {"asked-before", UNUSUAL} & {one.code for one in judged}
    other = await desk.released(pointing())
    await desk.receipted(other)
    await desk.looked_at(other.thread)
    again = await desk.drafts.lint("ada", found.draft.id)
    assert [one.code for one in again if one not in judged] == ["asked-before"]


async def test_a_request_of_its_own_about_the_firearm_is_warned(desk: Desk) -> None:
    sent = await desk.released(pointing())
    await desk.receipted(sent)
    await desk.looked_at(sent.thread)
    alone = await desk.drafts.new("ada", pointing(), THIRD)
    assert {"asked-before", UNUSUAL} <= {one.code for one in alone.findings}


async def test_every_case_of_a_chain_is_one_that_the_request_continues(desk: Desk) -> None:
    first = await desk.released(pointing())
    await desk.receipted(first)
    await desk.looked_at(first.thread)
    second = (await desk.following.follow_on("ada", first.thread, THIRD)).draft
    await desk.release.submit_for_release("ada", second.id)
    onward = await desk.release.release("ben", second.id)
    await desk.receipted(onward)
    await desk.looked_at(onward.thread)
    third = (await desk.following.follow_on("ada", onward.thread, THEM)).draft
    assert "asked-before" not in {one.code for one in third.findings}


def test_marks_that_point_elsewhere_than_to_who_was_asked_are_still_told() -> None:
    message = EXAMPLES["request"]
    assert isinstance(message, Request)
    pointed = {one.country for one in suggest(message.firearms, (), (), own="", asked=())}
    asking = replace(message, recipient="XE-NPOC")
    now = instant("2026-03-01T12:00:00.000Z")
    told = [lint(asking, now=now, asked=asked) for asked in ((), ("XQ",), pointed)]
    assert [UNUSUAL in {one.code for one in found} for found in told] == [True, True, False]
