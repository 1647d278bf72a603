"""Data on standard output."""

import json

import pytest

from tracer.cli.output import printable, show


def test_rows_become_a_json_array(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"peer": "XB-NPOC", "late": 2}], "json")
    assert json.loads(capsys.readouterr().out) == [{"peer": "XB-NPOC", "late": 2}]


def test_rows_become_a_table_with_the_keys_as_headings(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"peer": "XB-NPOC", "late": 2}, {"peer": "XC-NPOC", "late": None}], "table")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["peer", "late"], ["XB-NPOC", "2"], ["XC-NPOC"]]


def test_one_record_becomes_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    show({"state": "open"}, "table")
    assert capsys.readouterr().out.split() == ["state", "open"]


def test_no_rows_leave_standard_output_empty(capsys: pytest.CaptureFixture[str]) -> None:
    show([], "table")
    assert capsys.readouterr().out == ""


def test_what_a_peer_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"name": "[red]\x1b[2J\u202eevil"}], "table")
    assert r"[red]\x1b[2J\u202eevil" in capsys.readouterr().out
    assert printable("a\nb") == r"a\nb"
    assert printable("AB\u3164C\U000e0101") == r"AB\u3164C\U000e0101"
