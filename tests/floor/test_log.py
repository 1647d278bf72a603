"""What may and may not appear in the operator's log."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.config import Log
from tracer.errors import PeerError
from tracer.log import FIELDS, configure, get_logger, redacted

AT = "2026-03-01T12:00:00.000Z"
SECRET = "Jane Roe hid the pistol in Elm Street"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The log as JSON in memory; the root logger is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    configure(Log(format="json", level="debug"), stream=written, now=lambda: AT)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_allowed_field_appears_under_its_ecs_name(stream: io.StringIO) -> None:
    get_logger("exchange").info("refused", peer="XB-NPOC", code="jwe-form", count=3)
    assert lines(stream) == [
        {
            "@timestamp": AT,
            "log.level": "info",
            "event.action": "refused",
            "log.logger": "tracer.exchange",
            "service.name": "tracer",
            "ecs.version": "8.11.0",
            "tracer.peer": "XB-NPOC",
            "error.code": "jwe-form",
            "tracer.count": 3,
        }
    ]


def test_a_field_that_is_not_listed_is_replaced_by_type_and_length(stream: io.StringIO) -> None:
    get_logger("casework").info("drafted", narrative=SECRET, key=b"\x00" * 32)
    line = lines(stream)[0]
    assert line["labels.narrative"] == f"[str {len(SECRET)}]"
    assert line["labels.key"] == "[bytes 32]"


def test_a_listed_field_with_another_shape_is_replaced_too(stream: io.StringIO) -> None:
    get_logger("casework").info("drafted", peer=SECRET, count=SECRET, code=SECRET)
    assert "Jane" not in stream.getvalue()


def test_an_event_that_is_a_sentence_is_replaced(stream: io.StringIO) -> None:
    get_logger("casework").info(f"opened {SECRET}")
    assert lines(stream)[0]["event.action"] == f"[str {len(SECRET) + 7}]"


def test_an_exception_leaves_type_code_and_places_but_no_text(stream: io.StringIO) -> None:
    try:
        raise PeerError("payload-schema", SECRET)
    except PeerError:
        get_logger("exchange").exception("refused")
    line = lines(stream)[0]
    assert line["log.level"] == "error"
    assert line["error.type"] == "PeerError"
    assert line["error.code"] == "payload-schema"
    assert "floor/test_log.py:" in line["error.stack_trace"]
    assert "Jane" not in stream.getvalue()


def test_a_library_line_keeps_its_logger_and_loses_its_text(stream: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("aiohttp.server").exception("bad %s", SECRET)
    line = lines(stream)[0]
    assert line["event.action"] == "library-message"
    assert line["log.logger"] == "aiohttp.server"
    assert line["error.type"] == "ValueError"
    assert "Jane" not in stream.getvalue()


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    configure(Log(format="json", level="warning"), stream=stream, now=lambda: AT)
    get_logger("node").info("started")
    assert stream.getvalue() == ""


def test_bound_values_pass_the_same_table(stream: io.StringIO) -> None:
    get_logger("node").bind(passphrase="hunter2", peer="XB-NPOC").info("started")
    assert "hunter2" not in stream.getvalue()
    assert lines(stream)[0]["tracer.peer"] == "XB-NPOC"


def test_the_console_form_is_redacted_as_well(stream: io.StringIO) -> None:
    configure(Log(format="console"), stream=stream, now=lambda: AT)
    get_logger("node").info("started", narrative=SECRET, port=7443)
    assert "Jane" not in stream.getvalue()
    assert "server.port=7443" in stream.getvalue()


def test_a_process_that_never_configured_its_log_does_not_spill(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    get_logger("node").warning("started", narrative=SECRET)
    assert "Jane" not in capsys.readouterr().err


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["L", "N", "P"])))
def test_no_text_shape_takes_control_characters_or_spaces_of_case_content(text: str) -> None:
    spilling = [name for name, field in FIELDS.items() if name != "stack" and field.shape(text)]
    assert not spilling


@pytest.mark.parametrize(
    ("value", "expected"), [("abc", "[str 3]"), (7, "[int]"), ([1, 2], "[list 2]")]
)
def test_redacted_tells_type_and_length_only(value: object, expected: str) -> None:
    assert redacted(value) == expected
