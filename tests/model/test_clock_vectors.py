"""The vectors of clocks are what both implementations give."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.model.clock_calendar import FOLDER, HELD
from tests.model.clock_cases import SCENARIOS
from tests.model.clock_oracle import clocks
from tests.model.clock_oracle_thread import Days
from tests.model.clock_scenarios import expected, written
from tracer.clock import instant, stamp
from tracer.model.clocks import deadlines
from tracer.model.terms import Span, Terms, terms_digest
from tracer.model.thread import Event
from tracer.model.wire import from_wire

OF_THE_ANSWER = {"acknowledge", "first-answer", "final-answer"}


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_each_vector_is_what_the_messages_and_the_terms_give(name: str) -> None:
    file = FOLDER / f"{name}.json"
    assert file.read_text("utf-8") == written(name)
    read = json.loads(file.read_text("utf-8"))
    events = [
        Event(e["id"], e["author"], from_wire(e["message"], {}), e["at"]) for e in read["events"]
    ]
    terms = msgspec.convert(read["terms"], Terms) if read["terms"] else None
    now = instant(read["now"])
    found = deadlines(reversed(events), terms, now)
    assert [expected(d) for d in found] == read["expected"]
    if terms is None:
        return
    assert read["events"][0]["message"]["terms"] == terms_digest(terms)
    plain = sorted(
        (d["kind"], (line,) if line else (), d["about"], d["since"], d["due"], d["standing"])
        for d in read["expected"]
        if d["kind"] in OF_THE_ANSWER
        for line in d.get("lines", (0,))
    )
    again = clocks(events, terms, now)
    assert plain == sorted((c.kind, c.lines, c.about, c.since, c.due, c.standing) for c in again)


def test_each_span_of_the_calendars_ends_where_stepping_day_by_day_ends() -> None:
    text = (FOLDER / f"{HELD}.json").read_text("utf-8")
    assert text == written(HELD)
    read = json.loads(text)
    known = {name: msgspec.convert(terms, Terms) for name, terms in read["calendars"].items()}
    for case in read["cases"]:
        days = Days(known[case["calendar"]])
        if "day" in case:
            assert stamp(days.midnight(case["day"])) == case["end"]
        else:
            span = msgspec.convert(case["span"], Span)
            assert stamp(days.add(instant(case["start"]), span)) == case["end"], case["name"]


def test_there_is_a_file_for_each_scenario_and_no_other() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == {HELD, *SCENARIOS}


def test_no_two_vectors_prove_the_same() -> None:
    sentences = [make.__doc__ for make in SCENARIOS.values()]
    assert all(sentences)
    assert len(set(sentences)) == len(sentences) >= 40
