"""A page is printed by a process that has bounds, or it is said why not."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.media.printing import printing
from tracer.clock import instant
from tracer.media.printer import Limits, Printer, Unprinted

AT = instant("2026-03-01T12:00:00.000Z")
PAGE = b"<p>"
LIMITS = Limits(seconds=60.0, cpu=50, longest=len(PAGE))


async def test_a_page_is_printed_within_its_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printing(tmp_path, "pass")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert await Printer(LIMITS).print(PAGE, at=AT) == b"%PDF-"


async def test_a_page_that_was_printed_is_there_whatever_libraries_do_when_they_are_taken_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printing(tmp_path, "pass", head="import atexit, os; atexit.register(os.abort)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert await Printer(LIMITS).print(PAGE, at=AT) == b"%PDF-"


@pytest.mark.parametrize(
    ("body", "limits", "why"),
    [
        ("import time; time.sleep(3600)", Limits(seconds=2.0, cpu=50), Unprinted.OUT_OF_TIME),
        ("while True: pass", Limits(seconds=60.0, cpu=1), Unprinted.OUT_OF_TIME),
        ("held = bytearray(3 * 1024**3)", LIMITS, Unprinted.OUT_OF_MEMORY),
        ("raise ValueError", LIMITS, Unprinted.FAILED),
        ("raise OSError", LIMITS, Unprinted.FAILED),
        ("import os; os.abort()", LIMITS, Unprinted.FAILED),
        ("return", LIMITS, Unprinted.FAILED),
    ],
)
async def test_what_kept_a_page_from_being_printed_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, limits: Limits, why: Unprinted
) -> None:
    printing(tmp_path, body)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert await Printer(limits).print(PAGE, at=AT) is why


async def test_a_page_that_is_too_long_is_not_begun_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    printing(tmp_path, "pass")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        assert await Printer(LIMITS).print(PAGE * 2, at=AT) is Unprinted.TOO_LONG
    told: list[Any] = [one.msg for one in caplog.records if "page-unprinted" in str(one.msg)]
    assert [one["error.code"] for one in told] == ["too-long"]


async def test_a_library_that_is_missing_counts_as_the_extra_not_being_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printing(tmp_path, "pass", head="raise OSError('cannot load library')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert await Printer(LIMITS).print(PAGE, at=AT) is Unprinted.NOT_INSTALLED
