"""The sheet of every message: from its document and back, rows, errors at their inputs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from multidict import MultiDict

from tests.casework.desks import document
from tests.desk.world import World
from tests.trust.makers import terms
from tracer.errors import InputError
from tracer.model.calendar import Calendar
from tracer.model.finding import error
from tracer.model.firearm import Firearm, Named
from tracer.model.messages import OPENING, TYPES
from tracer.web.ui.filters import Speech
from tracer.web.ui.forms import Wrong
from tracer.web.ui.message_forms import reading, restating
from tracer.web.ui.message_forms.controls import Around, country
from tracer.web.ui.message_forms.form import MessageForm
from tracer.web.ui.message_forms.shapes import SHAPES
from tracer.web.ui.routes import path_to

AROUND = Around(
    speech=Speech(
        code="en", calendar=Calendar(terms("XA-NPOC")), now=datetime(2026, 3, 1, tzinfo=UTC)
    ),
    firearms=(Firearm(line=1, make=Named(as_marked="VOSTOK")), Firearm(line=2)),
)


def sheet(kind: str, *pairs: tuple[str, str]) -> MessageForm:
    """A sheet as it was sent."""
    return MessageForm(SHAPES[kind], AROUND, reading.from_body(MultiDict(pairs)))


def test_every_type_that_follows_in_a_thread_has_a_sheet() -> None:
    assert set(SHAPES) == set(TYPES) - OPENING


@pytest.mark.parametrize("kind", SHAPES)
def test_a_document_comes_back_from_its_sheet_as_it_was(kind: str) -> None:
    written = {name: value for name, value in document(kind).items() if name != "type"}
    parts = SHAPES[kind].parts
    found = reading.to_document(parts, reading.from_document(parts, written), written)
    assert (found.document, found.errors) == (written, {})


def test_what_a_sheet_does_not_ask_stays_in_the_document() -> None:
    before = {"answers": [{"line": 1, "identified": {"line": 1}, "outcomes": ["LAST_HOLDER"]}]}
    parts = SHAPES["result"].parts
    typed = reading.from_document(parts, before)
    typed.texts["answers/1/outcomes"] = ("FULL_CHAIN",)
    found = reading.to_document(parts, typed, before).document["answers"]
    assert found == [{"line": 1, "identified": {"line": 1}, "outcomes": ["FULL_CHAIN"]}]


def test_a_question_is_worded_anew_and_one_before_it_taken_away() -> None:
    before = {
        "questions": [{"n": 1, "line": 1, "helpful": "MODEL"}, {"n": 2, "helpful": "CALIBRE"}],
        "free_text": [{"about": "questions/2", "text": "which calibre?"}],
    }
    parts = SHAPES["more-info"].parts
    typed = reading.from_document(parts, before)
    typed.remove("questions", 1)
    typed.texts["questions/1/words"] = ("what calibre is it?",)
    assert reading.to_document(parts, typed, before).document == {
        "questions": [{"helpful": "CALIBRE"}],
        "free_text": [{"about": "questions/1", "text": "what calibre is it?"}],
    }


def test_rows_that_say_nothing_stand_there_again_when_one_goes_on_writing() -> None:
    parts = SHAPES["result"].parts
    again = reading.from_document(parts, {}, AROUND.lines)
    blank = reading.blank(parts, AROUND.lines)
    assert again.rows == blank.rows
    assert [again.texts[f"answers/{n}/line"] for n in (1, 2)] == [("1",), ("2",)]
    one = {"answers": [{"line": 2, "outcomes": ["FULL_CHAIN"]}]}
    some = reading.from_document(parts, one, AROUND.lines)
    assert (some.texts["answers/1/line"], some.texts["answers/2/line"]) == (("2",), ("1",))
    assert (some.rows["answers"], some.rows["answers/1/chain"]) == (2, 2)
    assert reading.to_document(parts, some, one).document == one


def test_rows_are_added_and_taken_away_without_losing_what_was_typed() -> None:
    rows = [("_row", "conditions/1"), ("_row", "conditions/2"), ("_row", "conditions/3")]
    kinds = [(f"conditions/{n}/until", f"2027-03-0{n}") for n in (1, 2, 3)]
    one = sheet("conditions-proposed", *rows, *kinds)
    assert one.act(MultiDict({"_remove": "conditions/2"}))
    assert one.act(MultiDict({"_add": "conditions"}))
    texts = [one.text(f"conditions/{n}/until") for n in range(1, 5)]
    assert (one.count("conditions"), texts) == (3, ["2027-03-01", "2027-03-03", "", ""])


def test_a_row_in_a_row_is_added_to_its_own() -> None:
    one = sheet("result", ("_row", "answers/1"), ("_row", "answers/2"))
    assert one.act(MultiDict({"_add": "answers/2/chain"}))
    assert (one.count("answers/1/chain"), one.count("answers/2/chain")) == (0, 1)


def test_a_row_that_says_only_which_firearm_it_is_about_is_not_sent() -> None:
    one = sheet("result", ("_row", "answers/1"), ("answers/1/line", "1"))
    assert one.document() == {}


def test_a_ground_without_words_is_refused_at_the_words() -> None:
    one = sheet("refused", ("grounds", "UNTOC-18-21-B"))
    assert one.document() is None
    assert set(one.errors) == {"ground_words"}


def test_a_country_is_its_name_in_any_language_or_its_code() -> None:
    assert [country(name) for name in ("Germany", "allemagne", "DE", "ألمانيا")] == ["DE"] * 4
    one = sheet("referral", ("country", "Atlantis"))
    assert one.document() is None
    assert set(one.errors) == {"country"}


@pytest.mark.parametrize("name", ["UK", "ZZ", "EU", "European Union", "Pseudo-Accents"])
def test_a_country_that_no_state_is_is_refused_at_its_input(name: str) -> None:
    with pytest.raises(Wrong):
        country(name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("answers/2/chain/1/date", "answers/1/chain/2/date"),
        ("answers/2/chain/1/licence", "answers/1/chain/2/licence/number"),
        ("answers/2/nothing", "answers/1/line"),
        ("searched", "searched"),
        ("no/such/place", ""),
    ],
)
def test_a_place_of_the_document_leads_to_its_input(path: str, name: str) -> None:
    one = sheet(
        "result",
        ("_row", "answers/1"), ("answers/1/line", "2"),
        ("_row", "answers/1/chain/1"), ("_row", "answers/1/chain/2"),
        ("answers/1/chain/2/kind", "LOST"),
    )  # fmt: skip
    one.act({})
    assert one.document() is not None
    assert one.place(path) == name


def test_what_casework_and_the_linter_say_stands_at_the_input() -> None:
    one = sheet("delayed", ("grounds", "UNTOC-18-25"), ("ground_words", "soon"))
    one.blame(InputError("field-form", "no", field="review"))
    one.judge([error("free_text", "ground-text-missing", "no words")])
    assert "review" in one.errors
    assert [said.tone for said in one.found["ground_words"]] == ["stop"]


def test_an_amended_firearm_keeps_what_is_not_said_anew() -> None:
    full: dict[str, Any] = document("amend")["firearms"][0]
    known = AROUND.firearms
    found = restating.whole({"firearms": [{"line": 1, "calibre": "9x19"}]}, known)["firearms"][0]
    assert found == {"line": 1, "make": {"as_marked": "VOSTOK"}, "calibre": "9x19"}
    assert full["line"] == 1


def test_a_mark_read_anew_loses_what_was_derived_from_the_old_reading() -> None:
    from tests.examples import EXAMPLES  # noqa: PLC0415 - the one test that needs it

    firearm = EXAMPLES["amend"].firearms[0]  # type: ignore[union-attr]  # an amendment
    anew = {"line": 1, "marks": [{"kind": "SERIAL", "text": "ЯБ 4817"}]}
    marks = restating.whole({"firearms": [anew]}, [firearm])["firearms"][0]["marks"]
    assert marks[0] == {"kind": "SERIAL", "text": "ЯБ 4817", "identity": True}
    assert marks[1]["kind"] == "IMPORT"


def test_an_answer_without_an_outcome_is_told_at_the_outcome_that_is_missing() -> None:
    one = sheet("result", ("_row", "answers/1"), ("answers/1/line", "1"))
    one.judge([error("answers", "answer-missing", "no line is answered")])
    assert set(one.found) == {"answers/1/outcomes"}
    assert one.lacks("answers/1/outcomes")
    assert one.label("answers/1/outcomes") == "Outcome"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_row_that_is_added_is_landed_on_without_script(made: World, reader: Any) -> None:
    ben = reader(made.us.tokens["ben"])
    page = path_to("write", thread=made.threads["theirs"], type="result")
    assert 'value="answers" formaction="#answers/2"' in (await ben.get(page)).text
