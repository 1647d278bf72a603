"""How complete a request is, in percent, and what would help most.

Two of five traces fail in one large State, and seven of ten in another's experience, because the
firearm is not identified well enough. So each thing that identifies it, and what says why it is
asked about, has points; they add up to 100. A thing is one answer of one person: the state of the
marks counts without an attempt to restore them, each side of the firearm without the other. A thing
counts when the linter has nothing to say about it and it is not said to be unknown. What an officer
fills in has no points, but can still keep a request from being sent.

What it does not do: judge anything by itself; `model.lint` does.

Example:
    >>> completeness({}, findings).percent
    60
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tracer.model.finding import Finding, Level

UNKNOWN: Final = "UNKNOWN"
"""Normal form of a make, model or calibre of which its writer says that it is not known."""


class Thing(NamedTuple):
    """One thing a request should say: its name, its points, the findings that say it is not there.

    `field` is the field of the firearm in which "not known" may stand.
    """

    name: str
    points: int
    codes: frozenset[str]
    field: str = ""


def _thing(name: str, points: int, codes: str, field: str = "") -> Thing:
    return Thing(name, points, frozenset(codes.split()), field)


THINGS: Final = (
    _thing(
        "serial",
        14,
        "serial-missing serial-text-missing serial-stop-list serial-is-other-mark "
        "serials-contradict",
    ),
    _thing("make", 10, "make-missing", "make"),
    _thing("calibre", 8, "calibre-missing calibre-ambiguous calibre-contradicts", "calibre"),
    _thing("origin", 8, "origin-missing origin-not-marked country-contradicts"),
    _thing("circumstances", 8, "circumstances-missing circumstances-short"),
    _thing("type", 6, "type-missing object-missing part-kind-missing firearm-missing", "type"),
    _thing("model", 6, "model-missing calibre-contradicts-model", "model"),
    _thing(
        "reading",
        6,
        "mark-location-missing mark-reading-missing mark-reading-contradicts "
        "mark-position-beyond-text",
    ),
    _thing(
        "recovery",
        6,
        "recovery-missing recovery-mode-missing recovery-date-missing recovery-country-missing "
        "recovery-in-future date-impossible",
    ),
    _thing("maker-mark", 4, "manufacturer-mark-missing"),
    _thing("photo-marks", 4, "photo-mark-missing photo-unknown"),
    _thing("import", 4, "import-mark-missing import-country-missing import-year-missing"),
    _thing("offence", 4, "offence-missing"),
    _thing("photo-left", 3, "photo-left-missing"),
    _thing("photo-right", 3, "photo-right-missing"),
    _thing("condition", 2, "condition-missing condition-contradicts-marks", "condition"),
    _thing("restoration", 2, "restoration-not-tried condition-missing"),
    _thing("urgency", 2, "urgency-missing urgency-reason-missing urgency-text-missing"),
)
"""Everything with points; heaviest first."""
_POINTS: Final[Mapping[str, int]] = {
    code: sum(one.points for one in THINGS if code in one.codes)
    for code in frozenset().union(*(one.codes for one in THINGS))
}
"""What a finding costs: the points of everything that does not count because of it."""
_WITHOUT_FIREARM: Final = frozenset(
    {"serial", "make", "calibre", "origin", "type", "model", "reading", "maker-mark", "condition",
     "restoration", "import", "photo-left", "photo-right", "photo-marks"}
)  # fmt: skip


class Gap(NamedTuple):
    """A thing that does not count yet, with its points, and what of the linter stands behind it.

    What one finding keeps from counting is one gap, by the name of the first and with the points of
    all. No finding: it is said to be unknown, or there is nothing that could have it.
    """

    name: str
    points: int
    finding: Finding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How complete a request is."""

    percent: int
    gaps: tuple[Gap, ...]
    """What is missing, what helps most first."""
    blocked: int
    """Findings that keep it from being sent."""


def completeness(document: Mapping[str, Any], findings: Iterable[Finding]) -> Completeness:
    """How complete a document is in the eyes of the linter."""
    found = tuple(findings)
    codes = {finding.code for finding in found}
    firearms: Sequence[Mapping[str, Any]] = document.get("firearms", ())
    gaps = _each_once(
        Gap(one.name, one.points, next((each for each in found if each.code in one.codes), None))
        for one in THINGS
        if _is_missing(one, codes, firearms)
    )
    return Completeness(
        percent=100 - sum(one.points for one in gaps),
        gaps=gaps,
        blocked=sum(finding.level is Level.ERROR for finding in found),
    )


def _each_once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps with those of one finding as one; heaviest first."""
    told: dict[Finding | str, Gap] = {}
    for gap in gaps:
        key = gap.finding or gap.name
        before = told.get(key)
        told[key] = before._replace(points=before.points + gap.points) if before else gap
    return tuple(sorted(told.values(), key=lambda one: -one.points))


def by_help(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order in which mending them helps: what blocks first, then by points."""
    order = list(Level)
    return tuple(
        sorted(findings, key=lambda one: (order.index(one.level), -_POINTS.get(one.code, 0)))
    )


def is_unknown(firearm: Mapping[str, Any], field: str) -> bool:
    """Whether a firearm of a document says of a field that it is not known."""
    value = firearm.get(field)
    if isinstance(value, Mapping):
        value = value.get("normalised") or value.get("state", "")
    return bool(value == UNKNOWN)


def _is_missing(one: Thing, codes: set[str], firearms: Sequence[Mapping[str, Any]]) -> bool:
    if not firearms and one.name in _WITHOUT_FIREARM:
        return True
    unknown = bool(one.field) and any(is_unknown(item, one.field) for item in firearms)
    unmarked = one.name == "reading" and not any(item.get("marks") for item in firearms)
    return unknown or unmarked or not one.codes.isdisjoint(codes)
