"""Documents from the command line: examples, files, single fields."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import msgspec
import pytest

from tests.cli.house import say
from tests.examples import EXAMPLES, TERMS, THREAD
from tracer.casework.papers.documents import read_document, to_message
from tracer.cli.page import Page
from tracer.cli.papers import set_fields, show_document, template
from tracer.cli.words import ago, when
from tracer.clock import instant
from tracer.errors import InputError
from tracer.model.finding import blocks
from tracer.model.lint import lint
from tracer.wording import counted

NAMES = sorted(
    one.name.removesuffix(".toml")
    for one in (resources.files("tracer.cli") / "templates").iterdir()
)
NOW = instant("2026-03-01T12:00:00.000Z")


@pytest.mark.parametrize("name", NAMES)
def test_every_example_of_a_document_becomes_a_message_that_may_be_sent(name: str) -> None:
    base = msgspec.json.decode(msgspec.json.encode(EXAMPLES[name]))
    kept = {
        "v", "sender", "recipient", "issued", "nonce", "thread", "follows", "reference",
        "handling", "language", "test", "received",
    }  # fmt: skip
    filled = {field: value for field, value in base.items() if field in kept}
    if name == "request":
        filled["terms"] = TERMS
    else:
        filled["thread"] = THREAD
    message = to_message(name, read_document(template(name), "toml"), filled=filled)
    errors = [one for one in lint(message, now=NOW) if blocks([one])]
    assert errors == []


def test_an_unknown_example_names_those_there_are() -> None:
    with pytest.raises(InputError, match="no example") as caught:
        template("../../config/settings")
    assert "request" in caught.value.advice


def test_single_fields_are_set_by_their_place() -> None:
    document = set_fields({"test": True}, ("urgency=URGENT", "lines=[1, 2]", "test=false"))
    assert document == {"test": False, "urgency": "URGENT", "lines": [1, 2]}


def test_a_list_grows_by_one_and_is_counted_from_1() -> None:
    fields = ("firearms.1.make=A", "firearms.2.make=B", "firearms.1.marks.1.text=X=1")
    assert set_fields({}, fields) == {
        "firearms": [{"make": "A", "marks": [{"text": "X=1"}]}, {"make": "B"}]
    }


@pytest.mark.parametrize(
    "field", ["urgency", "=1", "firearms.0.make=A", "firearms.2.make=A", "a..b=1", "1.a=1"]
)
def test_a_field_that_has_no_place_is_refused(field: str) -> None:
    with pytest.raises(InputError):
        set_fields({}, (field,))


def test_a_field_inside_a_plain_value_is_refused() -> None:
    with pytest.raises(InputError, match="no place"):
        set_fields({"urgency": "URGENT"}, ("urgency.level=ROUTINE",))


def test_instants_and_ages_are_told_as_people_say_them() -> None:
    assert when("2026-03-01T12:34:56.000Z") == "2026-03-01 12:34 UTC"
    assert when(None) == ""
    ages = {
        "2026-03-01T11:59:59.000Z": "just now",
        "2026-03-01T11:58:00.000Z": "2 minutes ago",
        "2026-03-01T11:00:00.000Z": "1 hour ago",
        "2026-02-26T12:00:00.000Z": "3 days ago",
    }
    assert {text: ago(text, now=NOW) for text in ages} == ages
    assert counted(1, "case") == "1 case"
    assert counted(2, "entry", "entries") == "2 entries"


def test_a_character_that_cannot_be_read_is_told_by_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_document(Page(), {"marks": [{"text": "B7 60?21", "unreadable": [6]}]})
    assert "unreadable: character 6" in capsys.readouterr().out


def test_conditions_are_offered_to_who_was_asked_though_the_protocol_lets_both_send_them(
    tmp_path: Path,
) -> None:
    offered = {one["type"]: one["sent by"] for one in say(tmp_path, "reply", "--types").json}
    assert (offered["conditions-proposed"], offered["conditions-accepted"]) == (
        "who was asked",
        "both",
    )
