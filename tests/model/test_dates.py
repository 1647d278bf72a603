from datetime import date

import pytest
from msgspec import UNSET

from tests.examples import EXAMPLES, REQUEST
from tracer.model.codes import DatePrecision
from tracer.model.dates import precision, span
from tracer.model.lines import lines_of


def test_a_partial_date_is_as_precise_as_it_is_long() -> None:
    found = [precision(text) for text in ("2014-05-03", "2014-05", "2014", UNSET)]
    assert found == [
        DatePrecision.DAY,
        DatePrecision.MONTH,
        DatePrecision.YEAR,
        DatePrecision.UNKNOWN,
    ]


def test_a_partial_date_spans_the_days_it_may_mean() -> None:
    assert span("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert span("2014") == (date(2014, 1, 1), date(2014, 12, 31))
    assert span("2014-05-03") == (date(2014, 5, 3), date(2014, 5, 3))


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "0000"])
def test_a_date_on_no_calendar_has_no_span(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        span(text)


def test_lines_are_found_wherever_a_type_names_them() -> None:
    assert lines_of(REQUEST) == (1, 2)
    assert {
        name: lines_of(EXAMPLES[name]) for name in ("amend", "result", "feedback", "refused")
    } == {
        "amend": (1, 2),
        "result": (1,),
        "feedback": (1,),
        "refused": (1,),
    }
    assert lines_of(EXAMPLES["recall"]) == ()
