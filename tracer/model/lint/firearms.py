"""Rules about one firearm of a request: identified as well as can be, without contradiction.

Completeness is ITI paragraph 17(b): marks, type, calibre, maker, and the State of manufacture or of
the last import.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import UnsetType

from tracer.model import calibre as cartridges
from tracer.model.codes import (
    Action,
    ConditionFlag,
    FirearmType,
    MarkCondition,
    MarkKind,
    ObjectKind,
    ReadingState,
)
from tracer.model.finding import Finding, error, hint, warn
from tracer.model.firearm import Firearm, Named
from tracer.model.known_models import known_cartridges
from tracer.model.lint.common import Context, is_any
from tracer.model.marks import judge_marks, of_kind

LAST_ANTIQUE: Final = 1899
"""Firearms Protocol article 3(a): nothing made later is ever an antique."""
TRACED_SINCE: Final = 1946
"""Practice advises against tracing what was made earlier."""
_UNNAMED: Final = frozenset(
    {MarkCondition.NEVER_MARKED, MarkCondition.FULLY_OBLITERATED, MarkCondition.CORRODED}
)
_MADE_AT_HOME: Final = frozenset({ConditionFlag.PRIVATELY_MADE, ConditionFlag.PRINTED_3D})
_CONVERTED: Final = frozenset(
    {
        ConditionFlag.CONVERTED_FROM_BLANK,
        ConditionFlag.CONVERTED_FROM_ALARM,
        ConditionFlag.CONVERTED_FROM_GAS,
    }
)
_WITHOUT_CALIBRE: Final = frozenset(
    {
        FirearmType.SILENCER, FirearmType.FRAME_RECEIVER, FirearmType.BOLT, FirearmType.MAGAZINE,
        FirearmType.MANPADS, FirearmType.SLIDE,
    }
)  # fmt: skip
_REVOLVING: Final = (Action.REVOLVER_SA, Action.REVOLVER_DA)
_NOT_REVOLVING: Final = (Action.BOLT, Action.PUMP, Action.SEMI_AUTO)
_RIFLED: Final = (FirearmType.RIFLE, FirearmType.CARBINE, FirearmType.PISTOL)


def lint_firearm(
    firearm: Firearm, path: str, context: Context, *, recovered_in: str | None, year_found: int
) -> Iterator[Finding]:
    """All rules about one line. `year_found`: the last year in which it can have been found."""
    yield from _object(firearm, path)
    yield from _names(firearm, path)
    yield from _origin(firearm, path)
    yield from _calibre(firearm, path)
    yield from _years(firearm, path, context, year_found)
    yield from _build(firearm, path)
    if not _is(firearm, ObjectKind.AMMUNITION):
        yield from judge_marks(firearm, path, recovered_in=recovered_in)


def text_of(named: Named | UnsetType) -> str:
    """What a make, model or calibre says: as marked, else normalised, else the code's words."""
    if isinstance(named, UnsetType):
        return ""
    code = "" if isinstance(named.code, UnsetType) else named.code.text or named.code.value
    return named.as_marked or named.normalised or code


def _object(firearm: Firearm, path: str) -> Iterator[Finding]:
    if not firearm.object:
        yield error(f"{path}/object", "object-missing", "firearm, part or ammunition is not said")
    elif _is(firearm, ObjectKind.PART) and not firearm.part:
        yield error(f"{path}/part", "part-kind-missing", "which part it is is not said")
    if not firearm.type and not _is(firearm, ObjectKind.PART):
        yield error(
            f"{path}/type", "type-missing", "the type of the firearm is missing (ITI 17(b))"
        )
    if firearm.quantity > 1 and of_kind(firearm, MarkKind.SERIAL):
        yield warn(
            f"{path}/quantity",
            "one-line-per-firearm",
            "several firearms cannot have one serial number",
            "Give each firearm its own line: each has its own answer.",
        )
    if firearm.type and firearm.type.is_(FirearmType.GAS_OR_AIR) and not _flags(firearm):
        yield warn(
            f"{path}/type",
            "may-be-no-firearm",
            "gas and air weapons expel nothing by an explosive (Firearms Protocol art. 3(a))",
            "Set the flag for conversion, if it can fire or can readily be converted to fire.",
        )


def _names(firearm: Firearm, path: str) -> Iterator[Finding]:
    unnamed = _illegible(firearm) or bool(_flags(firearm) & _MADE_AT_HOME)
    if not text_of(firearm.make) and not of_kind(firearm, MarkKind.SYMBOL) and not unnamed:
        yield error(
            f"{path}/make",
            "make-missing",
            "the maker is missing and nothing says that it cannot be known",
            "Enter the make as marked, describe its symbol, or state the condition of the marks.",
        )
    if not text_of(firearm.model) and not _is(firearm, ObjectKind.AMMUNITION):
        yield warn(
            f"{path}/model",
            "model-missing",
            "no model is given",
            "Many makers number each model from 1: without it several firearms may fit.",
        )


def _origin(firearm: Firearm, path: str) -> Iterator[Finding]:
    imported = any(mark.country for _, mark in of_kind(firearm, MarkKind.IMPORT))
    if firearm.country_of_manufacture or imported or _is(firearm, ObjectKind.AMMUNITION):
        return
    report = warn if of_kind(firearm, MarkKind.SYMBOL, MarkKind.PROOF) else error
    if _looked_for(firearm):
        yield warn(
            f"{path}/country_of_manufacture",
            "origin-not-marked",
            "nothing on it names the State of manufacture or import",
            "Make, model and the form of its marks have to do: give photos of all of them.",
        )
        return
    if _illegible(firearm) or _not_known(firearm):
        report = warn
    yield report(
        f"{path}/country_of_manufacture",
        "origin-missing",
        "neither the State of manufacture nor an import mark is given, and nothing says that "
        "somebody looked",
        "Proof marks and symbols can tell the State; say UNKNOWN marks as SYMBOL. If nothing names "
        "it, enter a COUNTRY mark with the reading state ABSENT or UNREADABLE; if nobody has "
        "looked, NOT_EXAMINED.",
    )


def _looked_for(firearm: Firearm) -> bool:
    """Whether it is said that no mark of the country is there, or that it cannot be read.

    ITI 17(b) wants the marks and what else identifies the firearm "to the extent possible": who has
    looked and found nothing has done what is possible, as with the serial number.
    """
    return any(
        is_any(mark.reading, ReadingState.ABSENT, ReadingState.UNREADABLE)
        for _, mark in of_kind(firearm, MarkKind.COUNTRY)
    )


def _not_known(firearm: Firearm) -> bool:
    """Whether it is said that nobody knows the country, and that nobody has looked for it yet."""
    return any(
        is_any(mark.reading, ReadingState.NOT_EXAMINED)
        for _, mark in of_kind(firearm, MarkKind.COUNTRY)
    )


def _calibre(firearm: Firearm, path: str) -> Iterator[Finding]:
    written, place = text_of(firearm.calibre), f"{path}/calibre"
    if not written:
        without = _is(firearm, ObjectKind.PART) or any(
            firearm.type and firearm.type.is_(kind) for kind in _WITHOUT_CALIBRE
        )
        if not without:
            yield error(place, "calibre-missing", "the calibre is missing (ITI 17(b))")
        return
    if choices := cartridges.ambiguous(written):
        yield warn(
            place,
            "calibre-ambiguous",
            f"{written!r} is a diameter, not a cartridge",
            f"It could be {', '.join(choices)}.",
        )
    yield from _calibre_agrees(firearm, place, written)


def _calibre_agrees(firearm: Firearm, place: str, written: str) -> Iterator[Finding]:
    normalised = firearm.calibre.normalised if firearm.calibre else ""
    if normalised and cartridges.relation(written, normalised) == "different":
        yield error(
            place, "calibre-contradicts", f"{written!r} and {normalised!r} are two cartridges"
        )
    for n, mark in of_kind(firearm, MarkKind.CALIBRE):
        if mark.text and cartridges.relation(written, mark.text) == "different":
            yield warn(
                place, "calibre-contradicts-mark", f"mark {n} reads {mark.text!r}, not {written!r}"
            )
    known = known_cartridges(text_of(firearm.make), text_of(firearm.model))
    found = cartridges.cartridge(written)
    if known and found and found not in known:
        yield warn(
            place,
            "calibre-contradicts-model",
            f"this model is known here in {', '.join(sorted(known))}",
            "Check model and calibre; a converted barrel is worth a word.",
        )
    smooth = bool(found) and ("gauge" in str(found) or "bore" in str(found))
    unfit = _RIFLED if smooth else (FirearmType.SHOTGUN,)
    if found and is_any(firearm.type, *unfit):
        yield warn(place, "calibre-contradicts-type", "type and calibre do not fit together")


def _years(firearm: Firearm, path: str, context: Context, year_found: int) -> Iterator[Finding]:
    made, place = firearm.year_of_manufacture, f"{path}/year_of_manufacture"
    if isinstance(made, UnsetType):
        return
    if made > context.today.year:
        yield error(place, "year-in-future", "the year of manufacture has not come yet")
    elif made > year_found:
        yield error(place, "year-after-recovery", "made after it was recovered")
    if isinstance(firearm.year_to, int) and firearm.year_to < made:
        yield error(f"{path}/year_to", "year-span", "the span of years ends before it begins")
    if ConditionFlag.ANTIQUE_CLAIMED in _flags(firearm) and made > LAST_ANTIQUE:
        yield error(
            f"{path}/condition/flags",
            "antique-after-1899",
            "nothing made after 1899 is an antique (Firearms Protocol art. 3(a))",
        )
    elif made <= LAST_ANTIQUE:
        yield warn(place, "may-be-antique", "made before 1900: it may be outside the Protocol")
    elif made < TRACED_SINCE:
        yield hint(place, "old-firearm", "made before 1946: records rarely reach back that far")


def _build(firearm: Firearm, path: str) -> Iterator[Finding]:
    if firearm.barrel_mm and firearm.overall_mm and firearm.barrel_mm > firearm.overall_mm:
        yield error(f"{path}/barrel_mm", "barrel-longer", "the barrel is longer than the whole")
    pistol = is_any(firearm.type, FirearmType.PISTOL) and is_any(firearm.action, *_REVOLVING)
    revolver = is_any(firearm.type, FirearmType.REVOLVER) and is_any(
        firearm.action, *_NOT_REVOLVING
    )
    if pistol or revolver:
        yield warn(f"{path}/action", "action-contradicts-type", "type and action do not fit")
    if _flags(firearm) & _CONVERTED:
        yield hint(
            f"{path}/condition/flags",
            "converted-weapon",
            "the maker knows it as an alarm or gas weapon",
            "Ask for the sale of the alarm weapon, not for a firearm record.",
        )


def _is(firearm: Firearm, kind: ObjectKind) -> bool:
    return is_any(firearm.object, kind)


def _illegible(firearm: Firearm) -> bool:
    return not isinstance(firearm.condition, UnsetType) and is_any(
        firearm.condition.state, *_UNNAMED
    )


def _flags(firearm: Firearm) -> frozenset[ConditionFlag]:
    if isinstance(firearm.condition, UnsetType):
        return frozenset()
    known = (flag.known() for flag in firearm.condition.flags)
    return frozenset(flag for flag in known if isinstance(flag, ConditionFlag))
