"""Each finding of the linter has its sentence, in words that are translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracer.casework.papers.alike
import tracer.casework.papers.paper
import tracer.model.lint
import tracer.model.marks
import tracer.model.serial_patterns
from tracer.errors import InputError
from tracer.model.finding import UNSAID, hint
from tracer.model.messages import TYPES
from tracer.model.thread.objections import CODES
from tracer.web.ui.faults import refused
from tracer.web.ui.findings import SENTENCES
from tracer.web.ui.words import OBJECTIONS

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
WRITERS = (
    *sorted(Path(str(tracer.model.lint.__file__)).parent.glob("*.py")),
    Path(tracer.model.marks.__file__),
    Path(tracer.model.serial_patterns.__file__),
    Path(tracer.casework.papers.alike.__file__),
    Path(tracer.casework.papers.paper.__file__),
)

SAID = """
action-contradicts-type also-sent-to-recipient antique-after-1899 asked-before attachment-empty
attachment-executable attachment-unusual barrel-longer calibre-ambiguous calibre-contradicts
calibre-contradicts-mark calibre-contradicts-model calibre-contradicts-type chain-order
components-mixed condition-contradicts-marks condition-day-past condition-twice
confidentiality-not-guaranteed consult-first converted-weapon country-contradicts country-unknown
date-impossible delete-by-past desired-day-past disclosure-late event-in-future flash-reason
ground-instrument-party ground-is-no-refusal ground-without-instrument handling-contradicts
import-before-manufacture import-country-contradicts instrument-party language-not-official
lapse-far lapse-past line-dropped-and-given line-twice line-unknown mark-confidence-count
mark-position-beyond-text mark-reading-contradicts may-be-antique may-be-no-firearm
next-day-past old-firearm one-line-per-firearm origin-not-marked photo-unknown
received-in-future recipient-not-in-marks recorded-destroyed recovered-elsewhere
recovery-in-future referral-to-asker referral-to-self review-far review-past same-firearm-twice
same-state search-in-future search-years-order serial-holds-year serial-is-other-mark
serial-may-be-model serial-prefix-lost serial-stop-list serial-suffix-lost serial-unusual
serial-with-year serials-contradict standing-long standing-past terms-calendar-short
year-after-recovery year-contradicts year-in-future year-span
"""
"""Codes about what is said, which cannot be right or deserves a look."""


def codes(path: Path) -> Iterator[str]:
    """What stands as a code in a call: behind a path, or behind a day and its path.

    `read-draft` is no finding but an act of the audit.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for argument in node.args[1:3] if isinstance(node, ast.Call) else ():
            text = argument.value if isinstance(argument, ast.Constant) else None
            if (
                isinstance(text, str)
                and CODE.fullmatch(text)
                and text not in {*TYPES, "read-draft"}
            ):
                yield text


@pytest.mark.parametrize("code", sorted({code for path in WRITERS for code in codes(path)}))
def test_a_code_of_the_linter_has_its_sentence(code: str) -> None:
    assert code in SENTENCES


def test_of_each_code_of_the_linter_it_is_decided_whether_it_is_about_what_is_not_said() -> None:
    every, said = set(SENTENCES), set(SAID.split())
    assert {code for code in every if not code.endswith("-missing")} == said | UNSAID
    assert {code for code in every if hint("a", code, "").unsaid} == every - said
    assert not said & UNSAID


def test_an_objection_to_a_message_has_its_sentence() -> None:
    assert set(OBJECTIONS) == set(CODES)


def test_an_objection_says_whose_message_it_is_about() -> None:
    closed = OBJECTIONS["after-closing"]
    assert refused(InputError("after-closing", "it would change nothing")) == closed.we
    assert (closed.we.count("we "), closed.they.count("%(who)s")) == (2, 1)
    assert not [code for code, one in OBJECTIONS.items() if re.search(r"\b[Tt]hey\b", one.we)]


def test_a_sentence_is_of_a_code_that_the_linter_writes() -> None:
    written = "".join(path.read_text("utf-8") for path in WRITERS)
    assert [code for code in SENTENCES if f'"{code}"' not in written] == []
