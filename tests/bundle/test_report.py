"""The report for a court: the messages of a case in words, whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.examples import EXAMPLES, THREAD
from tracer.casework import words
from tracer.casework.evidence.story_fields import Row, day, rows_of
from tracer.casework.words import NOWHERE
from tracer.model.chain import ChainEvent, Licence, LineAnswer, OnwardHint
from tracer.model.codes import ChainEventKind, OnwardReason, ResultCode, code
from tracer.model.firearm import Firearm, Named
from tracer.model.messages import Message
from tracer.model.messages.either import Recall
from tracer.model.naming import in_words
from tracer.model.tables import make_code

CODED = re.compile(r"\b[A-Z]{2,}_[A-Z_]+\b")
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
NAMES = {THREAD: "message 1 (XA-NPOC asked for a trace)"}


def told(rows: tuple[Row, ...]) -> Iterator[str]:
    """Every name and every text."""
    for row in rows:
        yield row.name
        yield row.text
        yield from told(row.inner)


def report(message: Message) -> list[str]:
    """A message as it stands in the report."""
    return [text for text in told(rows_of(message, names=NAMES)) if text]


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_no_message_is_told_in_codes_digests_or_paths(kind: str) -> None:
    for text in report(EXAMPLES[kind]):
        assert not CODED.search(text)
        assert not DIGEST.fullmatch(text)
        assert not re.fullmatch("[a-z_]+(/[a-z0-9_]+)+", text)


def test_a_place_of_a_message_is_told_in_words() -> None:
    assert in_words("firearms/1/marks/2/text") == "Firearm 1, mark 2, text"
    assert in_words("questions/1") == "Question 1"


def test_a_day_is_written_out_as_far_as_it_is_known() -> None:
    assert [day(one) for one in ("2019-02-11", "2019-02", "2019")] == [
        "11 February 2019",
        "February 2019",
        "2019",
    ]


def exported(*states: str) -> LineAnswer:
    """An answer that a firearm was exported, by its licence to the first State that is given."""
    licence = Licence(import_country=states[0]) if states else Licence()
    event = ChainEvent(n=1, kind=code(ChainEventKind.EXPORTED), country="XB", licence=licence)
    return LineAnswer(
        line=1,
        outcomes=(code(ResultCode.EXPORTED_TO),),
        chain=(event,),
        onward=tuple(OnwardHint(country=one) for one in states),
    )


def test_an_export_is_told_with_the_state_that_it_went_to() -> None:
    [outcome] = exported("XC").outcomes
    assert words.came(outcome, [exported("XC")]) == "Exported to XC"
    assert words.came(outcome, [exported("FR"), exported("XC")]) == "Exported to France and XC"
    assert words.came(outcome, [exported()]) == NOWHERE


def test_a_case_says_of_an_answer_where_the_firearm_was_exported_to() -> None:
    result = replace(EXAMPLES["result"], answers=(exported("XC"),))
    assert words.said(result, "result") == "answered: Exported to XC"
    assert "Exported to XC" in report(result)


def test_a_state_that_may_know_more_for_another_reason_is_none_of_export() -> None:
    made = OnwardHint(country="FR", reason=code(OnwardReason.MANUFACTURED_THERE))
    answer = replace(exported(), onward=(OnwardHint(country="DE"), made))
    [outcome] = answer.outcomes
    assert words.came(outcome, [answer]) == "Exported to Germany"
    assert words.came(outcome, [replace(answer, onward=(made,))]) == NOWHERE


def test_what_a_group_says_is_never_told_without_the_name_of_its_field() -> None:
    licences = [Licence(export_country="DE"), Licence(import_country="DE")]
    events = [replace(exported().chain[0], licence=one) for one in licences]
    answers = [replace(exported(), chain=(event,)) for event in events]
    first, second = (report(replace(EXAMPLES["result"], answers=(one,))) for one in answers)
    assert first != second


@pytest.mark.parametrize(
    "other",
    [
        Named(as_marked="GLOCK", normalised="GLOCK", code=make_code("BER")),
        Named(normalised="GLOCK"),
        Named(as_marked="GLOCK", normalised="BERETTA"),
    ],
)
def test_a_make_that_is_not_as_it_is_marked_is_not_told_as_if_it_were(other: Named) -> None:
    def firearm(make: Named) -> list[str]:
        return report(replace(EXAMPLES["request"], firearms=(Firearm(line=1, make=make),)))

    marked = firearm(Named(as_marked="GLOCK", normalised="GLOCK"))
    assert marked == firearm(Named(as_marked="GLOCK"))
    assert firearm(other) != marked


def test_a_message_that_is_not_in_the_file_is_told_by_its_id() -> None:
    recall = EXAMPLES["recall"]
    assert isinstance(recall, Recall)
    assert any(recall.about in text for text in told(rows_of(recall, names={})))
