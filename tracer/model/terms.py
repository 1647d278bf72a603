"""Terms: the targets and the calendar that an authority promises, and the digest that names them.

An authority's entry carries its terms; a request names them by digest, so that both sides compute
the same targets for it for ever, whatever is changed later. The digest is base64url SHA-256 of
the canonical JSON of the terms. Days that nobody works are listed as dates, never computed from a
rule that two machines could read differently.

No treaty counts days: these are targets, not obligations, unless two States agree that they are;
then the terms say so (`nature`). Terms with a `counterpart` hold for the
requests of that authority only.

What it does not do: compute an instant from them (`model.clocks`), or sign them (`trust`).

Example:
    >>> terms = starting_terms("XA-NPOC", covers_until="2027-12-31")
    >>> len(terms_digest(terms))
    43
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tracer.canonical import b64url, canonical_json
from tracer.clock import instant
from tracer.model.codes import UrgencyLevel
from tracer.model.ids import AuthorityId
from tracer.model.text import Day, Instant, NameText

_Weekday = Annotated[int, Meta(ge=1, le=7)]
_ClockTime = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Minutes = Annotated[int, Meta(ge=-14 * 60, le=14 * 60)]


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """A length of time as people promise it: 4 hours, 3 days, 2 working days."""

    n: Annotated[int, Meta(ge=1, le=1000)]
    unit: Literal["hour", "day", "working-day"]


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is aimed at for one urgency, counted from receipt."""

    urgency: NameText
    """A value of the list `urgency-level`; values that are not known here are kept."""
    acknowledge: Span
    first_answer: Span
    """Until the first answer or interim reply."""
    final_answer: Span | UnsetType = UNSET
    """Left out: nothing is promised."""
    escalate: Span
    """After the first answer is due: when our own side is told to step in."""


class OfficeHours(Struct, frozen=True, forbid_unknown_fields=True):
    """When an office is open on a working day, in its local time."""

    opens: _ClockTime
    closes: _ClockTime


class Offset(Struct, frozen=True, forbid_unknown_fields=True):
    """Local time less UTC, in minutes, from an instant on."""

    start: Instant
    minutes: _Minutes


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One authority's terms."""

    v: Literal[1]
    authority: AuthorityId
    counterpart: AuthorityId | UnsetType = UNSET
    """Whose requests are answered under these terms; left out: those of every authority."""
    nature: Literal["deadline"] | UnsetType = UNSET
    """Left out: what is aimed at. `deadline`: the two States have agreed that it binds."""
    targets: Annotated[tuple[Target, ...], Meta(max_length=16)]
    """One for each urgency."""
    remind_after: Span
    """A question of ours that stays open: when the other side is reminded."""
    lapse_after: Span
    """After that reminder: when the question counts as dropped."""
    weekend: Annotated[tuple[_Weekday, ...], Meta(max_length=6)]
    """ISO weekdays, Monday is 1; ascending."""
    non_working: Annotated[tuple[Day, ...], Meta(max_length=400)]
    """Further days without work, ascending."""
    covers_until: Day
    """The last day for which `non_working` and `offsets` are complete."""
    office: OfficeHours
    offsets: Annotated[tuple[Offset, ...], Meta(min_length=1, max_length=64)]
    """Ascending; the first one also holds for everything earlier."""


def starting_terms(
    authority: str,
    *,
    covers_until: str,
    weekend: tuple[int, ...] = (6, 7),
    non_working: tuple[str, ...] = (),
    utc_minutes: int = 0,
) -> Terms:
    """The values a new authority begins with, until it decides on its own.

    Args:
        authority: Whose terms.
        covers_until: Last day of the calendar given, at least 18 months ahead.
        weekend: ISO weekdays.
        non_working: Public holidays, ISO dates, ascending.
        utc_minutes: Local time less UTC.
    """
    return Terms(
        v=1,
        authority=authority,
        targets=_STARTING_TARGETS,
        remind_after=Span(14, "day"),
        lapse_after=Span(30, "day"),
        weekend=weekend,
        non_working=non_working,
        covers_until=covers_until,
        office=OfficeHours("08:00", "16:00"),
        offsets=(Offset("2000-01-01T00:00:00.000Z", utc_minutes),),
    )


def european_terms(terms: Terms) -> Terms:
    """The same terms with the times of Directive (EU) 2023/977, article 5: 8 hours, 3 and 7 days.

    The directive knows urgent requests with directly accessible information (8 hours), other urgent
    ones (3 days), and all others (7 days). Which of our four levels is which is our own reading.
    """
    return msgspec.structs.replace(terms, targets=_EUROPEAN_TARGETS)


def target_of(terms: Terms, urgency: str) -> Target | None:
    """What is aimed at for an urgency; None if these terms promise nothing for it."""
    return next((one for one in terms.targets if one.urgency == urgency), None)


def terms_digest(terms: Terms) -> str:
    """The name of the terms, as a request carries it: base64url SHA-256, 43 characters."""
    return b64url(sha256(canonical_json(msgspec.to_builtins(terms))).digest())


def check_terms(terms: Terms) -> None:
    """Check what the types cannot say.

    Raises:
        ValueError: an urgency missing, a list out of order, a day that no calendar has.
    """
    urgencies = [target.urgency for target in terms.targets]
    if len(set(urgencies)) != len(urgencies) or not set(UrgencyLevel) <= set(urgencies):
        raise ValueError("terms have one target for each urgency")
    starts = [offset.start for offset in terms.offsets]
    ascending = (
        sorted(set(terms.weekend)) == list(terms.weekend),
        sorted(set(terms.non_working)) == list(terms.non_working),
        sorted(set(starts)) == starts,
    )
    if not all(ascending):
        raise ValueError("lists of terms are ascending, without repetition")
    for day in (*terms.non_working, terms.covers_until):
        date.fromisoformat(day)
    for offset in terms.offsets:
        instant(offset.start)
    if terms.counterpart == terms.authority:
        raise ValueError("terms between an authority and itself")
    if terms.office.opens >= terms.office.closes:
        raise ValueError("an office opens before it closes")


def _target(
    urgency: UrgencyLevel, acknowledge: Span, first: Span, final: Span, escalate: Span
) -> Target:
    return Target(
        urgency=urgency,
        acknowledge=acknowledge,
        first_answer=first,
        final_answer=final,
        escalate=escalate,
    )


_STARTING_TARGETS = (
    _target(UrgencyLevel.FLASH, Span(1, "hour"), Span(8, "hour"), Span(3, "day"), Span(2, "hour")),
    _target(
        UrgencyLevel.URGENT, Span(4, "hour"), Span(24, "hour"), Span(7, "day"), Span(12, "hour")
    ),
    _target(
        UrgencyLevel.PRIORITY,
        Span(1, "working-day"),
        Span(3, "day"),
        Span(30, "day"),
        Span(2, "day"),
    ),
    _target(
        UrgencyLevel.ROUTINE,
        Span(2, "working-day"),
        Span(28, "day"),
        Span(90, "day"),
        Span(7, "day"),
    ),
)
"""A proposal of this project, in no instrument: no treaty gives numbers."""

NO_TERMS = Terms(
    v=1,
    authority="ZZ-NONE",
    targets=(),
    remind_after=Span(14, "day"),
    lapse_after=Span(16, "day"),
    weekend=(6, 7),
    non_working=(),
    covers_until="9999-12-31",
    office=OfficeHours("08:00", "16:00"),
    offsets=(Offset("2000-01-01T00:00:00.000Z", 0),),
)
"""What counts in a thread that names no terms (spontaneous information): nothing is promised, and
a question lapses 30 days after its receipt, all in UTC."""

_EUROPEAN_TARGETS = (
    _target(UrgencyLevel.FLASH, Span(1, "hour"), Span(8, "hour"), Span(3, "day"), Span(2, "hour")),
    _target(
        UrgencyLevel.URGENT, Span(4, "hour"), Span(8, "hour"), Span(3, "day"), Span(12, "hour")
    ),
    _target(
        UrgencyLevel.PRIORITY,
        Span(1, "working-day"),
        Span(3, "day"),
        Span(7, "day"),
        Span(2, "day"),
    ),
    _target(
        UrgencyLevel.ROUTINE, Span(2, "working-day"), Span(7, "day"), Span(7, "day"), Span(2, "day")
    ),
)
