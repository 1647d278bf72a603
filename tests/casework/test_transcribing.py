"""What came or went by another way: entered, marked, compared, and in no figure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.casework.desks import JPEG, THEM, US, Desk, request_document
from tests.casework.people import put_on_record
from tests.casework.test_lists import looked
from tests.trust.makers import signing
from tracer.casework.lists import Asked
from tracer.casework.transcribing import MAX_BYTES, Paper
from tracer.clock import instant
from tracer.envelope.sdjwt import SignedMessage, verify
from tracer.errors import InputError, PeerError
from tracer.exchange.clocks.facts import facts_from
from tracer.exchange.closings import CLOSED
from tracer.exchange.outside.statement import verified
from tracer.exchange.projection import events_of
from tracer.model.ids import outside
from tracer.model.thread import fold
from tracer.store import Tx
from tracer.store.account_rows import TranscriptRow

PDF = b"%PDF-1.7\n" + b"a letter, scanned " * 50
DAY = "2026-02-27"
FRANCE = outside("FR")
POST = Paper(way="POST", day=DAY, who="Direction centrale", number="12/2026", original=PDF)
SEARCHED = {"register": "DEALER", "from_year": 1960, "to_year": 2026}
NOTHING = {"reasons": ["NO_MATCH_IN_REGISTERS"]}


async def sent(desk: Desk) -> str:
    """A request of ours, delivered by the exchange; its thread."""
    released = await desk.released()
    await desk.receipted(released)
    return released.thread


async def row_of(desk: Desk, thread: str) -> TranscriptRow:
    return (await desk.store.read(lambda tx: tx.transcripts.of(thread)))[-1]


def code_of(found: pytest.ExceptionInfo[InputError]) -> str:
    return found.value.code


async def test_an_answer_by_post_stands_beside_the_case_and_changes_nothing_of_it(
    desk: Desk,
) -> None:
    thread = await sent(desk)
    before = (await desk.reads.case("ben", thread)).state
    entered = await desk.transcribing.came("ben", thread, POST, "no-record", NOTHING)
    case = (whole := await desk.reads.opened("eve", thread)).case
    assert case.state == before
    assert [(one.by, one.way, one.day, one.paper) for one in case.entered] == [
        ("ben", "POST", DAY, "12/2026")
    ]
    assert [step.type for step in case.steps] == ["request"]
    told = whole.messages[entered.id]
    assert told is not None
    assert (told.sender, told.recipient) == (THEM, US)


async def test_it_is_signed_by_us_and_verifies_as_no_message(desk: Desk) -> None:
    thread = await sent(desk)
    await desk.transcribing.came("ben", thread, POST, "no-record", NOTHING)
    row = await row_of(desk, thread)
    signed, key = SignedMessage.of(row.jws, row.disclosures), signing(US)
    kid, said = verified(signed, keys={key.kid: key.verify_key})
    assert (kid, said.statement.authority, signed.id) == (key.kid, US, row.id)
    with pytest.raises(PeerError):
        verify(signed, keys={key.kid: key.verify_key})


async def test_the_original_is_kept_to_the_byte_and_each_reading_is_on_record(desk: Desk) -> None:
    thread = await sent(desk)
    one = await desk.transcribing.came("ben", thread, POST)
    found = await desk.transcribing.original("ada", thread, one.number)
    assert (found.data, found.media_type) == (PDF, "application/pdf")
    with pytest.raises(InputError) as no:
        await desk.transcribing.picture("ada", thread, one.number)
    assert code_of(no) == "file-type"
    two = await desk.transcribing.came("ben", thread, paper(JPEG))
    shown = await desk.transcribing.picture("ada", thread, two.number)
    assert shown.data == JPEG + b"small"
    acts = await desk.store.read(lambda tx: tx.audit.list(subject=thread, act="read-transcript"))
    assert [act.detail["transcript"] for act in acts] == [two.number, two.number - 1]


async def test_an_auditor_reads_that_something_was_entered_and_neither_words_nor_original(
    desk: Desk,
) -> None:
    thread = await sent(desk)
    call = paper(PDF, words="The widow has moved.", who="The desk of a sergeant")
    one = await desk.transcribing.came("ben", thread, call)
    for person, words in (("eve", ("The widow has moved.",)), ("aud", ())):
        (seen,) = (await desk.reads.opened(person, thread)).case.entered
        assert (seen.number, seen.by, seen.words, bool(seen.who)) == (
            one.number, "ben", words, bool(words)
        )  # fmt: skip
    with pytest.raises(InputError) as no:
        await desk.transcribing.original("aud", thread, one.number)
    assert code_of(no) == "role-missing"


def paper(data: bytes | None, **changes: str) -> Paper:
    given = {"way": "POST", "day": DAY} | changes
    return Paper(**given, original=data)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        (paper(None), "transcript-original", "original"),
        (paper(PDF, way="PIGEON"), "transcript-way", "way"),
        (paper(PDF, day="yesterday"), "transcript-day", "day"),
        (paper(PDF, day="2036-01-01"), "transcript-day", "day"),
        (paper(PDF, dated="2036-01-01"), "transcript-day", "dated"),
        (paper(b"#!/bin/sh"), "file-type", "file"),
        (paper(b"\xff\xd8\xff" + b"x" * MAX_BYTES), "file-too-large", "original"),
        (paper(None, way="TELEPHONE"), "transcript-empty", "words"),
        (paper(None, way="TELEPHONE", words="a\x00b"), "field-form", "words"),
        (paper(PDF, who="x" * 301), "field-form", "who"),
        (paper(PDF, number="a\nb"), "field-form", "number"),
    ],
)
async def test_what_is_not_whole_is_refused_by_field(
    desk: Desk, given: Paper, code: str, field: str
) -> None:
    thread = await sent(desk)
    with pytest.raises(InputError) as no:
        await desk.transcribing.came("ben", thread, given)
    assert (code_of(no), no.value.field) == (code, field)
    assert await desk.store.read(lambda tx: tx.transcripts.of(thread)) == []


@pytest.mark.parametrize("person", ["ada", "aud", "opa"])
async def test_only_who_may_release_may_transcribe(desk: Desk, person: str) -> None:
    thread = await sent(desk)
    with pytest.raises(InputError) as no:
        await desk.transcribing.came(person, thread, POST)
    assert code_of(no) == "role-missing"


async def test_a_case_one_may_not_see_is_unknown(desk: Desk) -> None:
    thread = await sent(desk)
    one = await desk.transcribing.came("ben", thread, POST)
    for name in ("north", "south"):
        await desk.teams.add("sam", name)
    await desk.teams.join("sam", "south", "eve")
    await desk.assigning.give("ben", thread, "north")
    await desk.assigning.restrict("sam", thread, restricted=True, reason="a source is in danger")
    for asked in (
        desk.transcribing.came("eve", thread, POST),
        desk.transcribing.compared("eve", thread, one.number),
        desk.transcribing.original("eve", thread, one.number),
    ):
        with pytest.raises(InputError) as no:
            await asked
        assert code_of(no) == "thread-unknown"


async def test_somebody_else_compares_it_with_the_original_once(desk: Desk) -> None:
    thread = await sent(desk)
    one = await desk.transcribing.came("ben", thread, POST)
    with pytest.raises(InputError) as no:
        await desk.transcribing.compared("ben", thread, one.number)
    assert code_of(no) == "four-eyes"
    looked = await desk.transcribing.compared("eve", thread, one.number)
    assert looked.checked_by == "eve"
    with pytest.raises(InputError) as no:
        await desk.transcribing.compared("sam", thread, one.number)
    assert code_of(no) == "transcript-checked"


async def test_an_entry_waits_on_the_desk_of_those_who_may_compare_it(desk: Desk) -> None:
    thread = await sent(desk)
    one = await desk.transcribing.came("ben", thread, POST)

    async def waits(name: str) -> list[int]:
        found = await desk.lists.waiting(name)
        assert found.entered_in_all == len(found.entered)
        return [row.number for row in found.entered]

    seen = {name: await waits(name) for name in ("ada", "ben", "eve", "sam", "aud")}
    assert seen == {"ada": [], "ben": [], "eve": [one.number], "sam": [one.number], "aud": []}
    await put_on_record(desk.store, "sam", "pip", ["officer"])
    await desk.transcribing.came("sam", thread, POST)
    assert await waits("pip") == [one.number]
    for name in ("north", "south"):
        await desk.teams.add("sam", name)
    await desk.teams.join("sam", "south", "eve")
    await desk.assigning.give("ben", thread, "north")
    await desk.assigning.restrict("sam", thread, restricted=True, reason="a source is in danger")
    assert await waits("eve") == []
    await desk.store.write(lambda tx: tx.work.give(thread, "north", restricted=False))
    await desk.transcribing.compared("eve", thread, one.number)
    assert one.number not in await waits("eve")


async def test_theirs_is_entered_only_as_what_their_side_may_send(desk: Desk) -> None:
    thread = await sent(desk)
    for kind in ("withdraw", "request"):
        with pytest.raises(InputError) as no:
            await desk.transcribing.came("ben", thread, POST, kind, {})
        assert code_of(no) == "thread-role"


# -- a State that has no node ---------------------------------------------------------------------


async def test_a_request_on_paper_opens_a_case_that_is_answered_on_paper(desk: Desk) -> None:
    asked = await desk.transcribing.opened("ben", "FR", POST, opening())
    thread = asked.id
    case = (await desk.reads.opened("eve", thread)).case
    assert (case.peer, case.ours, case.state and case.state.state) == (FRANCE, False, "DELIVERED")
    assert case.clocks == ()
    assert [(one.ours, one.until) for one in case.owed] == [(True, "")]
    said = NOTHING | {"searched": [SEARCHED]}
    draft = await desk.drafts.reply_draft("ada", thread, "no-record", said)
    await desk.release.submit_for_release("ada", draft.id)
    released = await desk.release.release("ben", draft.id)
    assert await desk.outbox() == 0
    assert desk.woken == []
    whole = await desk.reads.case("ben", thread)
    assert whole.state is not None
    assert whole.state.state == "DELIVERED"
    assert [step.placed and step.placed.where for step in whole.steps] == ["to-be-sent"]
    await desk.transcribing.sent(
        "ben", thread, released.message_id, Paper(way="EMBASSY", day=DAY, number="V-17")
    )
    whole = await desk.reads.case("ben", thread)
    assert whole.state is not None
    assert whole.state.state == "ANSWERED"
    assert [step.placed and step.placed.where for step in whole.steps] == ["by-hand"]
    with pytest.raises(InputError) as no:
        await desk.transcribing.sent(
            "ben", thread, released.message_id, Paper(way="EMBASSY", day=DAY)
        )
    assert code_of(no) == "transcript-sent"


async def test_a_request_of_ours_to_a_state_without_a_node_is_released_and_sent_by_hand(
    desk: Desk,
) -> None:
    released = await desk.released(peer=FRANCE)
    assert await desk.outbox() == 0
    (line,) = (await desk.lists.page("ben", Asked(entered=True))).lines
    assert (line.peer, line.reference, line.placed and line.placed.where) == (
        FRANCE, "XA-2026-000001", "to-be-sent",
    )  # fmt: skip
    with pytest.raises(InputError) as no:
        await desk.transcribing.came("ben", released.thread, POST, "no-record", NOTHING)
    assert code_of(no) == "transcript-unsent"
    await desk.transcribing.sent(
        "ben", released.thread, released.message_id, Paper(way="POST", day=DAY)
    )
    await desk.transcribing.came("ben", released.thread, POST, "no-record", NOTHING)
    case = await desk.reads.case("ben", released.thread)
    assert case.state is not None
    assert case.state.state == "ANSWERED"
    (line,) = (await desk.lists.page("ben", Asked(entered=True))).lines
    assert (line.state, line.entered) == ("ANSWERED", 2)


async def test_a_settled_case_without_a_node_is_closed_by_time_and_an_act_says_so_once(
    desk: Desk,
) -> None:
    released = await desk.released(peer=FRANCE)
    paper = Paper(way="POST", day=DAY)
    await desk.transcribing.sent("ben", released.thread, released.message_id, paper)
    await desk.transcribing.came("ben", released.thread, POST, "no-record", NOTHING)
    await looked(desk)
    due = await desk.store.read(lambda tx: tx.clocks.next())
    assert due is not None
    assert instant(due) - desk.clock.now() > timedelta(days=89)
    for _ in range(2):
        desk.clock.advance(timedelta(days=91))
        await looked(desk)
    acts = await desk.store.read(lambda tx: tx.audit.list(act=CLOSED, subject=released.thread))
    assert [(act.actor, act.detail["why"]) for act in acts] == [("policy", "time")]


async def test_a_question_that_lapses_without_a_node_is_looked_at_until_the_case_is_closed(
    desk: Desk,
) -> None:
    released = await desk.released(peer=FRANCE)
    paper = Paper(way="POST", day=DAY)
    await desk.transcribing.sent("ben", released.thread, released.message_id, paper)
    asked = {"questions": [{"n": 1, "helpful": "SERIAL_RESTORATION"}]}
    await desk.transcribing.came("ben", released.thread, POST, "more-info", asked)
    await looked(desk)
    for _ in range(200):
        due = await desk.store.read(lambda tx: tx.clocks.next())
        if due is None:
            break
        desk.clock.advance(instant(due) - desk.clock.now())
        await looked(desk)
    acts = await desk.store.read(lambda tx: tx.audit.list(act=CLOSED, subject=released.thread))
    assert [act.detail["why"] for act in acts] == ["time"]


async def test_cases_without_a_node_are_in_no_figure(desk: Desk) -> None:
    before = (await desk.reports.year("ben", 2026)).tables
    asked = await desk.transcribing.opened("ben", "FR", POST, opening())

    def body(tx: Tx) -> object:
        row = tx.threads.get(asked.id)
        assert row is not None
        return facts_from(tx, events_of(tx, row))

    assert await desk.store.read(body) is None
    assert (await desk.reports.year("ben", 2026)).tables == before


def opening() -> dict[str, object]:
    return {"firearms": [{"line": 1, "make": {"as_marked": "MAB"}, "marks": [SERIAL]}]}


SERIAL = {"kind": "SERIAL", "text": "B74816", "reading": "CLEAR", "identity": True}


@pytest.mark.parametrize("state", ["ZZ", "XA", "", "France"])
async def test_a_case_is_opened_for_a_state_that_there_is_and_not_our_own(
    desk: Desk, state: str
) -> None:
    with pytest.raises(InputError) as no:
        await desk.transcribing.opened("ben", state, POST, opening())
    assert code_of(no) in {"state-unknown", "peer-self"}


async def test_an_erased_group_takes_the_original_with_it_and_the_signature_stays(
    desk: Desk,
) -> None:
    thread = await sent(desk)
    words = "The last holder was J. Doe."
    given = Paper(way="POST", day=DAY, original=PDF, words=words)
    one = await desk.transcribing.came("ben", thread, given)

    def erase(tx: Tx) -> None:
        tx.disposals.rekey(thread, list(tx.messages.of_thread(thread)), lambda _: ())

    await desk.store.write(erase)
    (kept,) = (await desk.reads.case("ben", thread)).entered
    assert (kept.words, kept.erased, kept.kept, kept.paper) == ((), True, False, "")
    row, key = await row_of(desk, thread), signing(US)
    _, said = verified(SignedMessage.of(row.jws, row.disclosures), keys={key.kid: key.verify_key})
    assert said.missing == 1
    with pytest.raises(InputError) as no:
        await desk.transcribing.original("ben", thread, one.number)
    assert code_of(no) == "original-none"


async def test_a_new_key_of_the_thread_keeps_what_stays_and_a_purge_leaves_who_and_when(
    desk: Desk,
) -> None:
    thread = await sent(desk)
    one = await desk.transcribing.came("ben", thread, POST)
    await desk.store.write(
        lambda tx: tx.disposals.rekey(thread, list(tx.messages.of_thread(thread)))
    )
    assert (await desk.transcribing.original("ben", thread, one.number)).data == PDF

    def purge(tx: Tx) -> None:
        tx.threads.purge(thread)
        tx.disposals.forget(thread)

    await desk.store.write(purge)
    (left,) = (await desk.reads.case("ben", thread)).entered
    assert (left.gone, left.by, left.way) == (True, "ben", "")


async def test_what_is_asked_on_paper_is_found_as_the_same_firearm(desk: Desk) -> None:
    asked = await desk.transcribing.opened("ben", "FR", POST, opening())

    def body(tx: Tx) -> list[str]:
        row = tx.threads.get(asked.id)
        assert row is not None
        return [mark.text for one in fold(events_of(tx, row)).firearms for mark in one.marks]

    assert await desk.store.read(body) == ["B74816"]


async def test_no_authority_may_be_called_as_a_state_without_a_node(desk: Desk) -> None:
    with pytest.raises(InputError) as no:
        await desk.drafts.new("ada", request_document(), outside("XA"))
    assert code_of(no) == "peer-self"
