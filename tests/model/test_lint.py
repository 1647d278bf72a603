"""The linter finds what makes a trace fail, and says what would help."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.model.linting import (
    FIREARM,
    MARKS,
    NOW,
    REQUEST,
    SEARCH,
    SECURITY,
    WORDS,
    found,
    message,
    reply,
    request,
    with_firearm,
    with_mark,
)
from tests.model.threads import code, id_of
from tracer.model.calendar import PUT_OFF_AT_MOST
from tracer.model.lint import RULES, Level, blocks, lint
from tracer.model.messages import TYPES, Request
from tracer.model.wire import from_wire


def test_a_complete_request_has_neither_errors_nor_warnings() -> None:
    assert {f.code for f in found(REQUEST).values()} == {
        "photo-left-missing", "photo-right-missing", "photo-mark-missing",
    }  # fmt: skip
    assert not blocks(lint(message(REQUEST), now=NOW))


def test_a_day_on_no_calendar_is_found_in_a_message_that_was_not_read_from_the_wire() -> None:
    made = message(request())
    assert isinstance(made, Request)
    recovery = msgspec.structs.replace(made.recoveries[0], date="2026-02-30")
    findings = lint(msgspec.structs.replace(made, recoveries=(recovery,)), now=NOW)
    assert "date-impossible" in {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("body", "code_"),
    [
        (request(kind=None), "kind-missing"),
        (request(requester=None), "requester-missing"),
        (request(legal_basis=None), "instrument-missing"),
        (request(legal_basis=None), "illicit-basis-missing"),
        (request(narrative=None), "circumstances-missing"),
        (request(intended_use=None), "intended-use-missing"),
        (request(asked=None), "asked-missing"),
        (request(firearms=None), "firearm-missing"),
        (request(recoveries=None), "recovery-missing"),
        (request(urgency={"level": code("urgency-level", "FLASH")}), "urgency-reason-missing"),
        (request(recoveries=[{"date": "2026-02-01"}]), "recovery-country-missing"),
        (request(recoveries=[{"date": "2026-05-01", "country": "XA"}]), "recovery-in-future"),
        (request(recoveries=[{"country": "XA", "lines": [4]}]), "line-unknown"),
        (request(persons=[{"role": code("person-role", "POSSESSOR")}]), "lawful-basis-missing"),
        (request(handling={"code": code("handling-code", "H3")}), "handling-text-missing"),
        (request(firearms=[FIREARM, FIREARM]), "line-twice"),
        (request(standing_until="2026-01-01"), "standing-past"),
        (with_firearm(make=None), "make-missing"),
        (with_firearm(calibre=None), "calibre-missing"),
        (with_firearm(type=None), "type-missing"),
        (with_firearm(object=None), "object-missing"),
        (with_firearm(marks=MARKS[:1]), "serial-missing"),
        (with_firearm(marks=MARKS[:2], country_of_manufacture=None), "origin-missing"),
        (with_firearm(year_of_manufacture=2027), "year-in-future"),
        (with_firearm(barrel_mm=300, overall_mm=200), "barrel-longer"),
        (with_firearm(photos=[1]), "photo-unknown"),
        (
            with_firearm(calibre={"as_marked": "9x19", "normalised": "9x18 Makarov"}),
            "calibre-contradicts",
        ),
        (
            with_firearm(
                year_of_manufacture=1950,
                condition={
                    "state": code("mark-condition", "INTACT"),
                    "flags": [code("condition-flag", "ANTIQUE_CLAIMED")],
                },
            ),
            "antique-after-1899",
        ),
        (with_mark(1, text="12345"), "serial-stop-list"),
        (with_mark(1, text="NONE"), "serial-stop-list"),
        (with_mark(1, text=""), "serial-text-missing"),
        (with_mark(1, unreadable=[9]), "mark-position-beyond-text"),
        (with_mark(1, confidence=[90]), "mark-confidence-count"),
    ],
)
def test_a_request_that_lacks_what_a_trace_needs_is_not_sent(
    body: dict[str, Any], code_: str
) -> None:
    assert found(body)[code_].level is Level.ERROR


@pytest.mark.parametrize(
    ("body", "code_"),
    [
        (request(officer=None), "officer-missing"),
        (request(urgency=None), "urgency-missing"),
        (request(domestic_work=None), "domestic-trace-first"),
        (request(investigation=None), "offence-missing"),
        (request(also_sent_to=["XB"]), "also-sent-to-recipient"),
        (request(language="de"), "language-not-official"),
        (request(recoveries=[{"country": "XC", "date": "2026-02"}]), "recovered-elsewhere"),
        (request(recipient="RU-NPOC"), "instrument-party"),
        (
            request(handling={"code": code("handling-code", "H0"), "cannot_guarantee": True}),
            "confidentiality-not-guaranteed",
        ),
        (with_firearm(model=None), "model-missing"),
        (with_firearm(condition=None), "condition-missing"),
        (with_firearm(calibre={"as_marked": "9 mm"}), "calibre-ambiguous"),
        (with_firearm(calibre={"as_marked": "12 GA"}), "calibre-contradicts-type"),
        (with_firearm(action=code("action", "REVOLVER_DA")), "action-contradicts-type"),
        (with_firearm(year_of_manufacture=1890), "may-be-antique"),
        (with_firearm(year_of_manufacture=2020), "import-before-manufacture"),
        (with_firearm(quantity=2), "one-line-per-firearm"),
        (
            with_firearm(make={"as_marked": "Tokarev"}, model={"as_marked": "TT-33"}),
            "calibre-contradicts-model",
        ),
        (with_mark(1, text="AB47?1"), "mark-reading-contradicts"),
        (with_mark(1, location=None), "mark-location-missing"),
        (with_mark(1, reading=None), "mark-reading-missing"),
        (with_mark(2, country=None), "import-country-missing"),
        (with_mark(2, country="XC"), "import-country-contradicts"),
        (with_mark(0, country="XC"), "country-contradicts"),
        (
            with_firearm(
                marks=[
                    *MARKS,
                    {**MARKS[1], "location": code("mark-location", "SLIDE"), "text": "9"},
                ]
            ),
            "components-mixed",
        ),
        (with_firearm(marks=[*MARKS, {**MARKS[1], "text": "CD99"}]), "serials-contradict"),
        (
            with_firearm(marks=[*MARKS, {**MARKS[1], "kind": code("mark-kind", "RACK_NUMBER")}]),
            "serial-is-other-mark",
        ),
        (
            with_firearm(marks=[*MARKS, {"kind": code("mark-kind", "STATE_TRANSFER")}]),
            "state-transfer-country-missing",
        ),
        (
            with_firearm(condition={"state": code("mark-condition", "PARTLY_OBLITERATED")}),
            "restoration-not-tried",
        ),
        (
            with_firearm(condition={"state": code("mark-condition", "NEVER_MARKED")}),
            "condition-contradicts-marks",
        ),
    ],
)
def test_what_makes_an_answer_less_likely_is_a_warning(body: dict[str, Any], code_: str) -> None:
    assert found(body)[code_].level is Level.WARN


@pytest.mark.parametrize(
    ("body", "code_"),
    [
        (request(recipient="XC-NPOC"), "recipient-not-in-marks"),
        (with_firearm(marks=MARKS[:2]), "import-mark-missing"),
        (with_firearm(year_of_manufacture=1940), "old-firearm"),
        (request(intended_use=[code("intended-use", "EVIDENCE_VIA_MLA")]), "mla-reference-missing"),
    ],
)
def test_what_usually_helps_is_a_hint(body: dict[str, Any], code_: str) -> None:
    assert found(body)[code_].level is Level.HINT


def test_obliterated_marks_excuse_a_missing_serial_and_make() -> None:
    condition = {
        "state": code("mark-condition", "FULLY_OBLITERATED"),
        "restoration": code("restoration", "FAILED"),
    }
    body = with_firearm(marks=[], make=None, condition=condition)
    assert not {"serial-missing", "make-missing"} & found(body).keys()


def test_described_symbols_stand_in_for_a_serial() -> None:
    symbol = {"kind": code("mark-kind", "SYMBOL"), "symbol": "66 in a triangle"}
    assert "serial-missing" not in found(with_firearm(marks=[symbol]))
    assert "symbol-not-described" not in found(with_firearm(marks=[symbol]))


def test_the_same_firearm_on_two_lines_is_noticed() -> None:
    assert "same-firearm-twice" in found(request(firearms=[FIREARM, {**FIREARM, "line": 2}]))


def test_a_finding_names_its_place_so_that_it_can_be_asked_about() -> None:
    assert found(with_mark(1, text="NONE"))["serial-stop-list"].path == "firearms/1/marks/2/text"


@pytest.mark.parametrize(
    ("body", "code_"),
    [
        (reply("refused"), "ground-missing"),
        (reply("refused", grounds=SECURITY), "ground-text-missing"),
        (reply("restricted", grounds=SECURITY, **WORDS), "withheld-missing"),
        (reply("delayed", review="2026-06-01"), "ground-missing"),
        (reply("delayed", review="2026-02-01", grounds=SECURITY, **WORDS), "review-past"),
        (
            reply("refused", grounds=[code("ground", "EU-2023-977-6-A")], **WORDS),
            "ground-is-no-refusal",
        ),
        (reply("no-record"), "searched-missing"),
        (reply("no-record", searched=[SEARCH]), "reason-missing"),
        (
            reply("no-record", searched=[{"register": code("register-kind", "IMPORT")}]),
            "search-years-missing",
        ),
        (reply("unidentifiable"), "helpful-missing"),
        (reply("more-info"), "question-missing"),
        (reply("more-info", questions=[{"n": 1}]), "question-empty"),
        (reply("result"), "answer-missing"),
        (reply("result", answers=[{"line": 1}]), "outcome-missing"),
        (reply("referral", country="XB"), "referral-to-self"),
        (reply("referral", country="XA"), "referral-to-asker"),
        (reply("referral", country="ZZ"), "country-unknown"),
        (reply("conditions-proposed"), "conditions-missing"),
        (reply("consent-asked"), "use-missing"),
        (reply("disclosure-notice"), "disclosure-to-missing"),
        (reply("correction", about=id_of("o0")), "correction-empty"),
        (reply("ground-clarified", about=id_of("o0")), "ground-text-missing"),
        (reply("amend"), "amendment-empty"),
        (reply("interim", next_by="2026-01-01"), "next-day-past"),
    ],
)
def test_a_reply_that_says_too_little_is_not_sent(body: dict[str, Any], code_: str) -> None:
    assert found(body)[code_].level is Level.ERROR


@pytest.mark.parametrize(
    ("kind", "field", "code_"),
    [("delayed", "review", "review-far"), ("more-info", "lapses", "lapse-far")],
)
def test_a_day_that_the_clocks_cut_off_is_a_warning_and_says_so(
    kind: str, field: str, code_: str
) -> None:
    last = NOW.date() + PUT_OFF_AT_MOST
    assert code_ not in found(reply(kind, **{field: last.isoformat()}))
    beyond = found(reply(kind, **{field: (last + timedelta(days=1)).isoformat()}))[code_]
    assert (beyond.level, beyond.path) == (Level.WARN, field)
    assert "90 days from receipt at most" in beyond.message


@pytest.mark.parametrize(
    "outcome", ["POSSIBLE_MATCHES", "MISIDENTIFIED", "FULL_CHAIN", "EXPORTED_TO"]
)
def test_an_outcome_brings_what_it_promises(outcome: str) -> None:
    answer = {"line": 1, "outcomes": [code("result-code", outcome)]}
    assert blocks(lint(message(reply("result", answers=[answer])), now=NOW))


def test_a_refusal_with_ground_words_and_a_way_out_can_be_sent() -> None:
    body = reply(
        "refused", grounds=SECURITY, alternative=code("alternative", "MLA_REQUEST"), **WORDS
    )
    assert {f.code for f in found(body).values()} == {"consult-first"}


def test_a_chain_that_runs_backwards_is_noticed() -> None:
    chain = [
        {"n": 1, "kind": code("chain-event", "EXPORTED"), "date": "1990"},
        {"n": 2, "kind": code("chain-event", "MANUFACTURED"), "date": "1985-05"},
    ]
    body = reply("interim", answers=[{"line": 1, "chain": chain}])
    assert "chain-order" in found(body)


def test_a_program_is_no_attachment() -> None:
    item = {
        "n": 1,
        "media_type": "application/x-msdownload",
        "size": 3,
        "digest": id_of("a"),
        "cipher_size": 30,
        "cipher_digest": id_of("b"),
    }
    findings = found(request(attachments=[item]))
    assert findings["attachment-executable"].level is Level.ERROR
    assert findings["attachment-key-missing"].level is Level.ERROR


def test_every_rule_is_of_a_known_type() -> None:
    assert set(RULES) <= set(TYPES)


@pytest.mark.parametrize("type_", sorted(set(TYPES) - {"request", "spontaneous-information"}))
def test_an_almost_empty_message_of_any_type_is_judged_without_failing(type_: str) -> None:
    fields: dict[str, dict[str, Any]] = {
        "acknowledgement": {"received": NOW_TEXT},
        "delayed": {"review": "2026-06-30"},
        "referral": {"country": "XC"},
    }
    kind = TYPES[type_]
    needs_about = "about" in kind.__struct_fields__ and type_ not in NO_ABOUT
    about = {"about": id_of("o0")} if needs_about else {}
    clear = reply(type_, **about, **fields.get(type_, {}))
    for finding in lint(from_wire(clear, {}), now=NOW):
        assert re.fullmatch(r"[a-z][a-z0-9-]*", finding.code)
        assert re.fullmatch(r"[a-z_]+(/[a-z0-9_]+)*", finding.path)
        assert finding.message


NOW_TEXT = "2026-03-01T12:00:00.000Z"
NO_ABOUT = {"disclosure-notice", "consent-asked"}
