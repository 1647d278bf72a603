"""Proposed calendars: dates that are public, offsets as the zone has them, hour by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.trust.makers import terms
from tracer.errors import InputError
from tracer.model.calendar import Calendar
from tracer.model.terms import Offset, check_terms
from tracer.trust.calendar_proposal import propose

NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONES = (
    "Europe/Vienna",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/St_Johns",
)


def code_of(*, country: str = "", zone: str = "") -> str:
    with pytest.raises(InputError) as found:
        propose(terms("XA-NPOC"), country=country, zone=zone, now=NOW)
    return found.value.code


@pytest.mark.parametrize("zone", ZONES)
def test_the_offsets_of_a_zone_are_those_of_the_zone_in_every_hour_of_two_years(zone: str) -> None:
    local = ZoneInfo(zone)
    calendar = Calendar(propose(terms("XA-NPOC"), zone=zone, now=NOW).terms)
    moment, end = NOW, NOW + timedelta(days=731)
    while moment < end:
        assert calendar.local(moment) == moment.astimezone(local).replace(tzinfo=None)
        moment += HOUR


def test_a_change_begins_in_the_very_second() -> None:
    found = propose(terms("XA-NPOC"), zone="Europe/Vienna", now=NOW).terms.offsets
    assert found[:3] == (
        Offset("2026-03-01T00:00:00.000Z", 60),
        Offset("2026-03-29T01:00:00.000Z", 120),
        Offset("2026-10-25T01:00:00.000Z", 60),
    )


@pytest.mark.parametrize("country", ["AT", "DE-BY", "SA", "IN", "CN", "ET", "US"])
def test_a_calendar_covers_at_least_24_months_and_can_stand_in_terms(country: str) -> None:
    found = propose(terms("XA-NPOC"), country=country, zone="Europe/Vienna", now=NOW)
    check_terms(found.terms)
    assert date.fromisoformat(found.terms.covers_until) >= date(2028, 3, 17)
    assert set(found.terms.non_working) == set(found.names)
    assert found.terms.non_working[0] >= "2026-03-01"
    assert found.terms.non_working[-1] <= found.terms.covers_until


def test_moving_holidays_and_other_weekends_are_those_of_the_country() -> None:
    austria = propose(terms("XA-NPOC"), country="at", now=NOW)
    assert {"2026-04-06", "2027-03-29"} <= set(austria.terms.non_working)
    assert austria.names["2026-12-25"] == "Christmas Day"
    assert austria.terms.weekend == (6, 7)
    assert propose(terms("XA-NPOC"), country="SA", now=NOW).terms.weekend == (5, 6)


def test_what_is_not_asked_for_stays() -> None:
    stated = terms("XA-NPOC")
    assert propose(stated, now=NOW).terms == stated
    zoned = propose(stated, zone="Europe/Vienna", now=NOW).terms
    assert (zoned.non_working, zoned.covers_until) == (stated.non_working, stated.covers_until)


@pytest.mark.parametrize("country", ["XA", "QZ", "ZZ", "DE-ZZ", "NOWHERE"])
def test_a_country_without_a_calendar_is_told(country: str) -> None:
    assert code_of(country=country) == "country-unknown"


def test_a_user_assigned_code_is_called_one() -> None:
    with pytest.raises(InputError, match="user-assigned"):
        propose(terms("XA-NPOC"), country="XA", now=NOW)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../x", "/etc/passwd", "Europe"])
def test_a_zone_that_the_machine_does_not_know_is_told(zone: str) -> None:
    assert code_of(zone=zone) == "zone-unknown"
