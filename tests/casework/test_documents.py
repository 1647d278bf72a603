"""What a person writes becomes a message, and back; errors name the field and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.casework.desks import document
from tests.examples import EXAMPLES
from tracer.casework.papers.documents import (
    FILLED,
    MAX_BYTES,
    read_document,
    read_file,
    to_document,
    to_message,
)
from tracer.casework.papers.files import without_files
from tracer.errors import InputError
from tracer.model.messages import TYPES, Request

REQUEST = """
language = "fr"
handling = "h1"
asked = "last holder"
intended_use = ["LOCATE_DIVERSION", "prosecution-lead"]
urgency = { level = "urgent", reason = "OTHER: trial opens" }
free_text = "Please call before you answer."

[[firearms]]
type = "pistol"
action = "semi auto"
make = "VOSTOK ARMS"
marks = { kind = "serial", text = "4?17", reading = "partly readable" }

[[firearms]]
type = "revolver"

[[recoveries]]
mode = "seized"
date = 2026-02-27
country = "XA"

[narrative]
summary = "Found at a road check."
"""


def filled(kind: str = "request") -> dict[str, Any]:
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(EXAMPLES[kind]))
    own = FILLED | {"language", "handling", "test"}
    return {f: v for f, v in data.items() if f in own and not f.startswith("attachment")}


def toml(value: Any, *, top: bool = True) -> str:
    """A document as TOML: one line a field, tables inline."""
    if isinstance(value, dict):
        fields = [f"{name} = {toml(item, top=False)}" for name, item in value.items()]
        return "\n".join(fields) if top else "{" + ", ".join(fields) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item, top=False) for item in value) + "]"
    return msgspec.json.encode(value).decode()


def write(text: str) -> Request:
    message = to_message("request", read_document(text, "toml"), filled=filled())
    assert isinstance(message, Request)
    return message


def test_a_request_can_be_written_in_plain_toml() -> None:
    message = write(REQUEST)
    assert [item.line for item in message.firearms] == [1, 2]
    pistol = message.firearms[0]
    assert pistol.type
    assert (pistol.type.list, pistol.type.value) == ("firearm-type", "PISTOL")
    assert pistol.make
    assert pistol.make.as_marked == "VOSTOK ARMS"
    assert pistol.marks[0].reading
    assert pistol.marks[0].reading.value == "PARTLY_READABLE"
    assert message.urgency
    assert message.urgency.reason
    assert (message.urgency.reason.value, message.urgency.reason.text) == ("OTHER", "trial opens")
    assert message.recoveries[0].date == "2026-02-27"
    assert message.handling.code.value == "H1"
    assert message.asked[0].value == "LAST_HOLDER"
    assert message.free_text
    assert message.free_text[0].text == "Please call before you answer."


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_type_of_message_comes_back_from_its_document(kind: str) -> None:
    bare = EXAMPLES[kind]
    if getattr(bare, "attachments", ()):
        bare = without_files(bare)
    written = document(kind)
    assert to_message(kind, written, filled=filled(kind)) == bare
    for text, form in ((toml(written), "toml"), (msgspec.json.encode(written), "json")):
        assert to_message(kind, read_document(text, form), filled=filled(kind)) == bare


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_document_holds_nothing_that_the_node_fills_in(kind: str) -> None:
    own = FILLED - ({"terms"} if kind != "request" else set())
    assert not own & to_document(EXAMPLES[kind]).keys()


@pytest.mark.parametrize(
    ("text", "field", "code", "advice"),
    [
        ('asked = "CHAIN_OF_SAIL"', "asked/1", "code-unknown", "CHAIN_OF_SALE"),
        ('[[firearms]]\ntype = "PSITOL"', "firearms/1/type", "code-unknown", "PISTOL"),
        (
            '[[firearms]]\n[[firearms]]\nmarks = [{kind="SERIAL"}, {kind="x"}]',
            "firearms/2/marks/2/kind",
            "code-unknown",
            "SERIAL",
        ),
        ('[[firearms]]\nline = 7\ntpye = "PISTOL"', "firearms/7/tpye", "field-unknown", "type"),
        ('askd = "OTHER"', "askd", "field-unknown", "asked"),
        ('recoveries = [{country = "France"}]', "recoveries/1/country", "field-form", ""),
        ('recoveries = [{date = "27.2.2026"}]', "recoveries/1/date", "field-form", ""),
        ("urgency = {}", "urgency/level", "field-missing", ""),
        ("[[firearms]]\nbarrel_mm = 11.2", "firearms/1/barrel_mm", "field-form", ""),
        ('sender = "XB-NPOC"', "sender", "field-filled", "Leave it out"),
        ('reference = "XA-2026-000001"', "reference", "field-filled", "Leave it out"),
        ("attachments = []", "attachments", "field-filled", "tracer attach"),
        ('legal_basis = "UNTOC"', "legal_basis", "field-form", "instruments"),
        ('type = "result"', "type", "type-mismatch", ""),
        ('type = "requst"', "type", "type-unknown", "request"),
        ('[[firearms]]\nmake = {code = "GLC"}', "firearms/1/make/code", "code-list", "list"),
        (
            '[[firearms]]\ntype = {list = "action", value = "BOLT"}',
            "firearms/1/type",
            "code-list",
            "",
        ),
        ("asked = [true]", "asked/1", "code-unknown", ""),
    ],
)
def test_an_error_names_the_field_and_what_is_allowed(
    text: str, field: str, code: str, advice: str
) -> None:
    with pytest.raises(InputError) as caught:
        write(text)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert advice in caught.value.advice


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('recoveries = [{date = "27.2.2026"}]', "2026-03-01, 2026-03 or 2026"),
        ('recoveries = [{date = "2026-02-30"}]', "2026-03-01, 2026-03 or 2026"),
        ('standing_until = "2026-02-30"', "2026-03-01"),
    ],
)
def test_a_date_that_is_on_no_calendar_is_answered_by_how_to_write_one(
    text: str, form: str
) -> None:
    with pytest.raises(InputError) as caught:
        write(text)
    assert caught.value.message == f"not on the calendar, or not written as {form}"


def test_a_country_that_is_no_code_is_answered_by_how_to_write_one() -> None:
    with pytest.raises(InputError) as caught:
        write('recoveries = [{country = "Atlantis"}]')
    assert caught.value.field == "recoveries/1/country"
    assert caught.value.message == "a country is written as two capital letters, as FR"


def test_a_short_list_is_shown_whole_when_nothing_is_near() -> None:
    with pytest.raises(InputError) as caught:
        write('handling = "secret"')
    assert caught.value.field == "handling/code"
    assert caught.value.advice == "Allowed are H0, H1, H2, H3."


def test_control_characters_are_refused_where_they_are_written() -> None:
    with pytest.raises(InputError) as caught:
        write('[[firearms]]\nmake = "VOS\\u202eTOK"')
    assert caught.value.code == "field-form"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("asked = ", "toml"),
        ("[]", "json"),
        ('{"a": 1, "a": 2}', "json"),
        ("{", "json"),
        (b"\xff", "toml"),
        (b"a = 1\n" + b"#" * MAX_BYTES, "toml"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_of_its_writer(text: str | bytes, form: str) -> None:
    with pytest.raises(InputError) as caught:
        read_document(text, form)
    assert caught.value.code == "document-form"


def test_a_file_is_read_by_its_ending(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"asked": "OTHER"}')
    (tmp_path / "a.toml").write_text('asked = "OTHER"')
    assert read_file(tmp_path / "a.json") == read_file(tmp_path / "a.toml")
    with pytest.raises(InputError) as caught:
        read_file(tmp_path / "b.toml")
    assert caught.value.code == "document-missing"
