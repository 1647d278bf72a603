"""Whom to ask next about a firearm, and why.

The country of manufacture rarely holds more than the export: the chain goes on where the firearm
went. So the order is: where the answers say that it went; what the answering State names; the last
import mark; the proof house; a military user; the country of manufacture. One country is named
once, for its strongest reason; our own and those that were asked stay in the list and say so.

What it does not do: ask anybody, or pass on what an answer said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from tracer.model.chain import ChainEvent, LineAnswer, OnwardHint
from tracer.model.codes import ChainEventKind, Code, MarkKind, OnwardReason
from tracer.model.firearm import Firearm, Mark
from tracer.model.marks import import_mark, of_kind

ORDER: Final = (
    OnwardReason.EXPORTED_THERE,
    OnwardReason.HOLDER_MOVED,
    OnwardReason.OTHER,
    OnwardReason.LAST_IMPORT_THERE,
    OnwardReason.PROOFED_THERE,
    OnwardReason.MILITARY_USER,
    OnwardReason.TRANSIT,
    OnwardReason.MANUFACTURED_THERE,
)
"""Reasons, strongest first."""
LEADING: Final = ORDER[:3]
"""Reasons of an answer for asking on elsewhere: it went there, or the record is there."""
WHY: Final = {
    OnwardReason.EXPORTED_THERE: "an answer says that it was exported there",
    OnwardReason.HOLDER_MOVED: "an answer says that its holder moved there",
    OnwardReason.OTHER: "an answering State names it",
    OnwardReason.LAST_IMPORT_THERE: "its last import mark names it",
    OnwardReason.PROOFED_THERE: "it bears a proof mark of that country",
    OnwardReason.MILITARY_USER: "it bears a military or property mark of that country",
    OnwardReason.TRANSIT: "an answer says that it passed through",
    OnwardReason.MANUFACTURED_THERE: "it was made there",
}
"""Each reason in words."""
_USED: Final = (MarkKind.MILITARY_ACCEPTANCE, MarkKind.PROPERTY, MarkKind.STATE_TRANSFER)


class Suggestion(NamedTuple):
    """A State that may hold the next record, and why; whether it was asked about it already."""

    country: str
    reason: OnwardReason
    why: str
    asked: bool
    from_answer: bool
    """Known from an answer: following it may need the answering State's consent."""


def suggest(
    firearms: Iterable[Firearm],
    chain: Iterable[ChainEvent],
    hints: Iterable[OnwardHint],
    *,
    own: str,
    asked: Collection[str],
) -> tuple[Suggestion, ...]:
    """States to ask next, strongest reason first.

    Args:
        firearms: As we described them.
        chain: The events that answers gave, in their order.
        hints: Onward hints and referrals of answers.
        own: Our own country, never suggested.
        asked: Countries that were asked about these firearms.
    """
    found: dict[str, tuple[OnwardReason, bool]] = {}
    ways = [*_from_answers(chain, hints), *_from_marks(firearms)]
    for country, reason, from_answer in sorted(ways, key=lambda way: ORDER.index(way[1])):
        if country != own:
            found.setdefault(country, (reason, from_answer))
    return tuple(
        Suggestion(country, reason, WHY[reason], country in asked, from_answer)
        for country, (reason, from_answer) in found.items()
    )


def exports_of(code: Code, answers: Iterable[LineAnswer]) -> tuple[str, ...]:
    """States that the answers which give this code say a firearm was exported to; each once."""
    said = [one for one in answers if code in one.outcomes]
    return tuple(dict.fromkeys(state for one in said for state in exported_to(one)))


def exported_to(answer: LineAnswer) -> tuple[str, ...]:
    """States that an answer says a firearm was exported to, by licence, arrival or name; each once.

    What an answer names without a reason counts only where nothing else says where it went.
    """
    found: list[str] = []
    left = False
    for event in answer.chain:
        if event.kind.is_(ChainEventKind.EXPORTED):
            left = True
            found += [event.licence.import_country or ""] if event.licence else []
        elif left and event.kind.is_(ChainEventKind.IMPORTED):
            found.append(event.country or "")
    there = OnwardReason.EXPORTED_THERE
    found += [one.country for one in answer.onward if one.reason and one.reason.is_(there)]
    named = filter(None, found) if any(found) else _unreasoned(answer)
    return tuple(dict.fromkeys(named))


def _unreasoned(answer: LineAnswer) -> Iterator[str]:
    return (one.country for one in answer.onward if not one.reason)


def _from_answers(
    chain: Iterable[ChainEvent], hints: Iterable[OnwardHint]
) -> Iterator[tuple[str, OnwardReason, bool]]:
    for event in reversed(tuple(chain)):
        yield from _from_event(event)
    for hint in hints:
        known = hint.reason.known() if hint.reason else None
        reason = known if isinstance(known, OnwardReason) else OnwardReason.OTHER
        yield hint.country, reason, True


def _from_event(event: ChainEvent) -> Iterator[tuple[str, OnwardReason, bool]]:
    if event.kind.is_(ChainEventKind.EXPORTED) and event.licence and event.licence.import_country:
        yield event.licence.import_country, OnwardReason.EXPORTED_THERE, True
    elif event.kind.is_(ChainEventKind.IMPORTED) and event.country:
        yield event.country, OnwardReason.EXPORTED_THERE, True
    elif event.kind.is_(ChainEventKind.TRANSITED) and event.country:
        yield event.country, OnwardReason.TRANSIT, True
    elif event.kind.is_(ChainEventKind.MANUFACTURED) and event.country:
        yield event.country, OnwardReason.MANUFACTURED_THERE, True


def _from_marks(firearms: Iterable[Firearm]) -> Iterator[tuple[str, OnwardReason, bool]]:
    for firearm in firearms:
        imports = [mark for _, mark in of_kind(firearm, MarkKind.IMPORT)]
        dated = sorted(imports, key=_import_year, reverse=True)
        yield from _countries(dated[:1], OnwardReason.LAST_IMPORT_THERE)
        proofs = [mark for _, mark in of_kind(firearm, MarkKind.PROOF)]
        yield from _countries(proofs, OnwardReason.PROOFED_THERE)
        used = [mark for _, mark in of_kind(firearm, *_USED)]
        yield from _countries(used, OnwardReason.MILITARY_USER)
        if firearm.country_of_manufacture:
            yield firearm.country_of_manufacture, OnwardReason.MANUFACTURED_THERE, False
        made = [mark for _, mark in of_kind(firearm, MarkKind.COUNTRY, MarkKind.MANUFACTURER)]
        yield from _countries(made, OnwardReason.MANUFACTURED_THERE)


def _countries(
    marks: Iterable[Mark], reason: OnwardReason
) -> Iterator[tuple[str, OnwardReason, bool]]:
    for mark in marks:
        read = import_mark(mark.text) if reason is OnwardReason.LAST_IMPORT_THERE else None
        if country := mark.country or (read.country if read else ""):
            yield country, reason, False


def _import_year(mark: Mark) -> int:
    read = import_mark(mark.text)
    return mark.year or (read.year if read and read.year else 0)
