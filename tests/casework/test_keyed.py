"""Which mark records key on is settled by one rule, whoever writes the marks."""

from __future__ import annotations

from typing import Any

import pytest

from tracer.casework.papers.keyed import settle

FRAME = {"kind": "SERIAL", "location": "FRAME", "text": "AB 1"}
SLIDE = {"kind": "SERIAL", "location": "SLIDE", "text": "CD 2"}
PROOF = {"kind": "PROOF", "location": "BARREL"}


def named(*marks: dict[str, Any]) -> list[bool]:
    return [bool(one.get("identity")) for one in marks]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([SLIDE, FRAME], [False, True]),
        ([FRAME, FRAME], [True, False]),
        ([PROOF, SLIDE], [False, False]),
        ([FRAME, PROOF | {"identity": True}], [False, True]),
        ([{"kind": {"value": "SERIAL"}, "location": "RECEIVER: left"}], [True]),
        ([], []),
    ],
)
def test_the_first_serial_on_frame_or_receiver_is_named_where_no_mark_is(
    marks: list[dict[str, Any]], expected: list[bool]
) -> None:
    copies = [dict(one) for one in marks]
    settle(copies)
    assert named(*copies) == expected


def test_a_serial_that_is_read_as_something_else_is_named_no_more() -> None:
    before = FRAME | {"identity": True}
    now, other = before | {"kind": "RACK_NUMBER"}, dict(FRAME)
    settle([now, other], now, before)
    assert named(now, other) == [False, True]


def test_a_mark_that_somebody_named_for_another_reason_keeps_it() -> None:
    before = PROOF | {"identity": True}
    now, other = before | {"text": "N"}, dict(FRAME)
    settle([now, other], now, before)
    assert named(now, other) == [True, False]
