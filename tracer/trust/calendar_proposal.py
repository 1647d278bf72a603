"""A calendar as it could stand in terms: public holidays of a country, clock changes of a zone.

It is a proposal: a person corrects it, and what is signed are dates and instants. Nothing here is
asked when a deadline is computed, so that two machines with other holiday rules or other time zone
data still agree. The library of holidays is imported only when a proposal is written.

What it does not do: know days that an authority keeps for itself, or working days that a State
moves to a weekend; some days are announced a few weeks ahead and are estimated here.

Example:
    >>> found = propose(terms, country="AT", zone="Europe/Vienna", now=now)
    >>> found.names["2026-12-25"], found.terms.offsets[1]
    ('Christmas Day', Offset(start='2026-03-29T01:00:00.000Z', minutes=120))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tracer.clock import stamp
from tracer.errors import InputError
from tracer.model.terms import Offset, Terms

if TYPE_CHECKING:
    from holidays import HolidayBase

MONTHS: Final = 24
"""How far a proposed calendar reaches at least; it ends with a month."""
_USER_ASSIGNED: Final = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
"""Codes that ISO 3166-1 leaves to their users."""
_STEP: Final = timedelta(hours=12)
"""No zone moves its clocks twice within this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Terms with a proposed calendar; `names` says what each proposed date is."""

    terms: Terms
    names: Mapping[str, str] = field(default_factory=dict)


def propose(terms: Terms, *, country: str = "", zone: str = "", now: datetime) -> Proposed:
    """The terms with the calendar of a country and the clock changes of a zone.

    Args:
        terms: What is not proposed stays as it is here; dates it lists already stay, too.
        country: ISO 3166-1 code, or with a part of the country: `AT`, `DE-BY`; empty: none.
        zone: Name of the zone, `Europe/Vienna`; empty: none.
        now: The calendar begins with its month and ends at least 24 months later.

    Raises:
        InputError: `country-unknown`, `zone-unknown`.
    """
    first = now.date().replace(day=1)
    until = _month_later(first, MONTHS + 1) - timedelta(days=1)
    names: dict[str, str] = {}
    if country:
        days = _holidays(country, first.year, until.year)
        found = dict.fromkeys(terms.non_working, "in the present terms only")
        found |= {str(day): _line(name) for day, name in days.items()}
        names = {day: found[day] for day in sorted(found) if str(first) <= day <= str(until)}
        terms = msgspec.structs.replace(
            terms,
            weekend=tuple(sorted(day + 1 for day in days.weekend)),
            non_working=tuple(names),
            covers_until=str(until),
        )
    if zone:
        end = max(until, date.fromisoformat(terms.covers_until)) + timedelta(days=2)
        start = datetime.combine(first, datetime.min.time(), UTC)
        offsets = zone_offsets(zone, start, datetime.combine(end, datetime.min.time(), UTC))
        terms = msgspec.structs.replace(terms, offsets=offsets)
    return Proposed(terms=terms, names=names)


def zone_offsets(zone: str, start: datetime, end: datetime) -> tuple[Offset, ...]:
    """Local time less UTC in a zone at `start`, and every change until `end`.

    Raises:
        InputError: `zone-unknown`.
    """
    try:
        local = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            "zone-unknown",
            f"there is no time zone {zone!r} on this machine",
            advice="Like Europe/Vienna; the system's package tzdata holds the zones.",
            field="zone",
        ) from error
    return tuple(
        Offset(stamp(moment), _minutes(local, moment)) for moment in _changes(local, start, end)
    )


def _changes(local: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The start, and every instant at which another offset begins."""
    yield start
    moment = start
    while moment < end:
        after = moment + _STEP
        if _minutes(local, after) != _minutes(local, moment):
            yield _first(local, moment, after)
        moment = after


def _first(local: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second in which the offset of `after` begins."""
    new = _minutes(local, after)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (before, middle) if _minutes(local, middle) == new else (middle, after)
    return after


def _minutes(local: ZoneInfo, moment: datetime) -> int:
    shift = moment.astimezone(local).utcoffset() or timedelta()
    return round(shift / timedelta(minutes=1))


def _holidays(country: str, first: int, last: int) -> HolidayBase:
    import holidays  # noqa: PLC0415 - a large library, and few commands propose anything

    code, _, part = country.upper().partition("-")
    years = range(first, last + 1)
    try:
        found = holidays.country_holidays(code, subdiv=part or None, years=years)
        if "en_US" in found.supported_languages:
            found = holidays.country_holidays(
                code, subdiv=part or None, years=years, language="en_US"
            )
    except NotImplementedError as error:
        raise _unknown(country, code) from error
    return found


def _unknown(country: str, code: str) -> InputError:
    advice = "Write the dates into the file by hand, or start from another country's: --country AT."
    if _USER_ASSIGNED.fullmatch(code):
        return InputError(
            "country-unknown",
            f"{code} is a user-assigned code: nobody publishes a calendar for it",
            advice=advice,
            field="country",
        )
    return InputError(
        "country-unknown", f"no calendar is known for {country!r}", advice=advice, field="country"
    )


def _month_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _line(name: str) -> str:
    return "".join(each for each in name if each.isprintable())
