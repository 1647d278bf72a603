"""Spans become instants: against zoneinfo, against stepping day by day, at the edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.model.clock_oracle_thread import Days
from tests.model.clocks import TERMS, with_offsets
from tests.model.timed_talks import SPANS, START, terms
from tracer.clock import instant, stamp
from tracer.model.calendar import FIRST, LAST, Calendar
from tracer.model.terms import OfficeHours, Offset, Span, Terms

pytestmark = pytest.mark.prove
DAY = timedelta(days=1)
ZONES = ("Europe/Berlin", "America/Santiago", "Asia/Tehran", "Australia/Lord_Howe", "Asia/Kolkata")
"""Clocks that change in March and October, the other way round, not any more, by half an hour,
never."""
MOMENTS = st.integers(0, 900 * 86_400).map(lambda s: START - 100 * DAY + timedelta(seconds=s))


def offsets_of(zone: str) -> Terms:
    """Terms with the offsets of a place, found by going through the hours of three years."""
    known = ZoneInfo(zone)
    moment, last, found = datetime(2025, 1, 1, tzinfo=UTC), None, []
    while moment.year < 2029:
        shift = moment.astimezone(known).utcoffset()
        if shift != last and shift is not None:
            found.append(Offset(stamp(moment), int(shift.total_seconds()) // 60))
            last = shift
        moment += timedelta(minutes=30)
    return replace(TERMS, offsets=tuple(found))


PLACES = {zone: offsets_of(zone) for zone in ZONES}


@pytest.mark.parametrize("zone", ZONES)
@given(moment=MOMENTS)
def test_local_time_is_what_the_place_shows(zone: str, moment: datetime) -> None:
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert Calendar(PLACES[zone]).local(moment) == shown


@pytest.mark.parametrize("zone", ZONES)
@given(moment=MOMENTS)
def test_a_day_leads_to_the_same_local_time(zone: str, moment: datetime) -> None:
    place = ZoneInfo(zone)
    local = moment.astimezone(place).replace(tzinfo=None) + DAY
    skipped = local.replace(tzinfo=place).astimezone(UTC).astimezone(place).replace(tzinfo=None)
    fold = 0 if skipped != local else 1
    expected = local.replace(tzinfo=place, fold=fold).astimezone(UTC)
    assert Calendar(PLACES[zone]).add(moment, Span(1, "day")) == expected


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59:00.000Z"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00.000Z"),
        ("2026-03-29T03:00", "2026-03-29T01:00:00.000Z"),
        ("2026-10-25T01:59", "2026-10-24T23:59:00.000Z"),
        ("2026-10-25T02:30", "2026-10-25T01:30:00.000Z"),
        ("2026-10-25T03:00", "2026-10-25T02:00:00.000Z"),
    ],
)
def test_a_skipped_hour_is_told_unmoved_and_a_repeated_one_is_the_later(
    local: str, utc: str
) -> None:
    calendar = Calendar(PLACES["Europe/Berlin"])
    assert stamp(calendar.utc(datetime.fromisoformat(local))) == utc


def test_a_repeated_hour_west_of_greenwich_is_the_later_too() -> None:
    west = with_offsets(
        TERMS, ("2025-09-07T04:00:00.000Z", -180), ("2026-04-05T03:00:00.000Z", -240)
    )
    told = datetime.fromisoformat("2026-04-04T23:30")
    assert stamp(Calendar(west).utc(told)) == "2026-04-05T03:30:00.000Z"


@given(terms(), MOMENTS, SPANS)
def test_spans_end_where_stepping_day_by_day_ends(
    promised: Terms, start: datetime, span: Span
) -> None:
    assert Calendar(promised).add(start, span) == Days(promised).add(start, span)


@given(terms(), MOMENTS)
def test_an_end_in_working_days_is_moved_to_the_next_closing(
    promised: Terms, moment: datetime
) -> None:
    days = Days(promised)
    closing = days.utc(days.next_closing(days.local(moment), after=False))
    found = Calendar(promised).at_work(moment)
    assert found == closing or days.local(found) == days.local(closing)


@given(terms(), MOMENTS, SPANS)
def test_a_longer_span_never_ends_earlier(promised: Terms, start: datetime, span: Span) -> None:
    steady = replace(promised, offsets=promised.offsets[:1])
    calendar, longer = Calendar(steady), Span(span.n + 1, span.unit)
    assert start <= calendar.add(start, span) < calendar.add(start, longer)


def test_friday_and_saturday_are_a_weekend_where_the_terms_say_so() -> None:
    calendar = Calendar(replace(TERMS, weekend=(5, 6)))
    thursday = instant("2026-03-05T10:00:00.000Z")
    assert stamp(calendar.add(thursday, Span(1, "working-day"))) == "2026-03-08T16:00:00.000Z"


def test_a_moving_holiday_counts_only_on_its_date_in_that_year() -> None:
    """Easter Monday: 6 April 2026, 29 March 2027."""
    calendar = Calendar(replace(TERMS, non_working=("2026-04-06", "2027-03-29")))
    assert not calendar.works(date(2026, 4, 6))
    assert calendar.works(date(2027, 4, 6))
    maundy = instant("2026-04-03T10:00:00.000Z")
    assert stamp(calendar.add(maundy, Span(1, "working-day"))) == "2026-04-07T16:00:00.000Z"


def test_the_turn_of_the_year_is_no_boundary() -> None:
    calendar = Calendar(replace(TERMS, non_working=("2026-12-25", "2027-01-01")))
    eve = instant("2026-12-31T15:59:59.999Z")
    assert stamp(calendar.add(eve, Span(1, "working-day"))) == "2027-01-04T16:00:00.000Z"
    assert stamp(calendar.add(eve, Span(1, "day"))) == "2027-01-01T15:59:59.999Z"


def test_after_the_last_known_day_weekends_count_and_the_last_offset_goes_on() -> None:
    known = with_offsets(TERMS, ("2026-03-29T01:00:00.000Z", 120), ("2026-10-25T01:00:00.000Z", 60))
    calendar = Calendar(replace(known, covers_until="2026-12-31", non_working=("2026-12-25",)))
    friday = instant("2031-07-04T14:59:00.000Z")
    assert stamp(calendar.add(friday, Span(1, "working-day"))) == "2031-07-07T15:00:00.000Z"


def test_what_comes_at_closing_time_counts_as_received_on_the_next_working_day() -> None:
    calendar = Calendar(TERMS)
    for text, end in (("15:59:59.999", "03"), ("16:00:00.000", "04")):
        start = instant(f"2026-03-02T{text}Z")
        assert stamp(calendar.add(start, Span(1, "working-day"))) == f"2026-03-{end}T16:00:00.000Z"


def test_offsets_may_change_at_any_minute() -> None:
    calendar = Calendar(with_offsets(TERMS, ("2026-03-02T10:00:00.000Z", 0), ODD))
    assert calendar.local(instant("2026-03-02T11:16:59.999Z")).time() < time(11, 17)
    assert calendar.local(instant("2026-03-02T11:17:00.000Z")).time() == time(11, 54)
    assert stamp(calendar.utc(datetime(2026, 3, 2, 11, 30))) == "2026-03-02T11:30:00.000Z"  # noqa: DTZ001


ODD = ("2026-03-02T11:17:00.000Z", 37)


def test_the_worst_terms_that_can_be_signed_end_soon_and_somewhere() -> None:
    """One working day a week, 400 of them free, a thousand to count, the clock thrown about."""
    mondays = [date(2026, 3, 2) + week * 7 * DAY for week in range(400)]
    worst = replace(
        TERMS,
        weekend=(2, 3, 4, 5, 6, 7),
        non_working=tuple(day.isoformat() for day in mondays),
        offsets=tuple(
            Offset(stamp(START + day * DAY), 840 if day % 2 else -840) for day in range(64)
        ),
        office=OfficeHours("00:00", "23:59"),
    )
    end = Calendar(worst).add(START, Span(1000, "working-day"))
    assert end.date() == mondays[0] + 1400 * 7 * DAY
    for moment in (FIRST, LAST, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        for unit in ("hour", "day", "working-day"):
            assert FIRST <= Calendar(worst).add(moment, Span(1000, unit)) <= LAST
    assert Calendar(worst).end_of(date.max) == LAST
