"""What a letter says: a notice told in the lines of a language, one or a day's worth. Pure.

What goes in are codes, instants and references; there is no place for a sentence of a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tracer.casework.mail.language import Words, words_of
from tracer.model.calendar import Calendar
from tracer.model.clocks import ClockKind
from tracer.model.codes import UrgencyLevel

MOST: Final = 40
"""Most notices that one digest tells; the rest is counted."""
SUBJECT: Final = "Tracer"
REFERENCE_PLACE: Final = "{reference}"
"""In the text on where to look: becomes the reference of the case."""
_RANK: Final = {level.value: rank for rank, level in enumerate(UrgencyLevel)}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_FROM_TWO: Final = 2
"""A span is told in a unit from twice that unit on: 90 minutes are not "1 hour"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice as people are told it. `binding`: the two States agreed that its end binds."""

    reference: str
    peer: str
    test: bool
    act: str
    clock: str
    ours: bool
    due: datetime
    binding: bool
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all letters of an authority share: its calendar, and the text on where to look."""

    calendar: Calendar
    where: str = ""


def pressing(told: Told) -> tuple[int, datetime, str]:
    """Sorts by urgency, then by what was due first."""
    return _RANK.get(told.urgency, len(_RANK)), told.due, told.reference


def subject_of(told: Told) -> str:
    """The subject of a letter about one case: nothing but its reference."""
    return f"{SUBJECT} {told.reference}"


def single(told: Told, now: datetime, *, language: str, desk: Desk) -> str:
    """A letter about one notice."""
    words = words_of(language)
    return _joined(words, [*notice(told, now, words, desk), "", *_end(told.reference, words, desk)])


def digest(all_told: Sequence[Told], day: date, now: datetime, *, language: str, desk: Desk) -> str:
    """A day's letter, the most pressing notice first."""
    words = words_of(language)
    lines = [words.plural("digest.intro", len(all_told), date=words.date(day))]
    ordered = sorted(all_told, key=pressing)
    for told in ordered[:MOST]:
        lines += ["", *notice(told, now, words, desk)]
        if REFERENCE_PLACE in desk.where:
            lines.append(words.foreign(_where(desk, told.reference)))
    if len(ordered) > MOST:
        lines += ["", words.plural("digest.more", len(ordered) - MOST)]
    return _joined(words, [*lines, "", *_end("", words, desk)])


def notice(told: Told, now: datetime, words: Words, desk: Desk) -> Iterator[str]:
    """The lines about one notice."""
    peer = words.foreign(told.peer)
    yield words.say("line.case", reference=words.foreign(told.reference), peer=peer)
    if told.test:
        yield words.say("line.test")
    if told.urgency in _RANK:
        yield words.say("line.urgency", urgency=words.say(f"urgency.{told.urgency}"))
    yield words.say(f"act.{phase(told, now)}")
    what = words.say(f"clock.{ClockKind(told.clock).value}")
    owed = "we_owe" if told.ours else "they_owe"
    yield words.say(f"line.{owed}", what=what, peer=peer)
    name = "deadline" if told.binding else "target"
    yield words.say(f"line.{name}", when=when(told.due, words, desk.calendar))
    yield distance(told.due, now, words)


def phase(told: Told, now: datetime) -> str:
    """What to say of the target now: a letter may be written long after the notice was told."""
    if told.act == "escalate":
        return told.act
    if now - told.due >= _MINUTE:
        return "notice-after"
    return "notice-before" if told.due - now >= _MINUTE else "notice-due"


def when(moment: datetime, words: Words, calendar: Calendar) -> str:
    """An instant in UTC and in our local time, with the difference of the two."""
    local = calendar.local(moment)
    minutes = round((local - moment.replace(tzinfo=None)) / _MINUTE)
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    return words.say(
        "line.when",
        date=words.date(moment.date()),
        time=words.foreign(f"{moment:%H:%M} UTC"),
        local_date=words.date(local.date()),
        local_time=words.foreign(f"{local:%H:%M}"),
        offset=words.foreign(f"UTC{sign}{size // 60:02}:{size % 60:02}"),
    )


def distance(due: datetime, now: datetime, words: Words) -> str:
    """How much time is left, or, from a minute on, how late it is."""
    name = "late" if now - due >= _MINUTE else "left"
    length = now - due if name == "late" else max(due - now, timedelta())
    return words.say(f"line.{name}", span=span(length, words))


def span(length: timedelta, words: Words) -> str:
    """A length of time in the largest unit that fits twice, cut down."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour")):
        if length >= _FROM_TWO * unit:
            return words.plural(f"span.{name}", length // unit)
    return words.plural("span.minute", length // _MINUTE)


def _end(reference: str, words: Words, desk: Desk) -> Iterator[str]:
    whole = desk.where if reference else desk.where.replace(REFERENCE_PLACE, "")
    if whole and (reference or whole == desk.where):
        yield words.say("line.where", where=words.foreign(_where(desk, reference)))
    else:
        yield words.say("line.nowhere")
    yield words.say("line.automatic")


def _where(desk: Desk, reference: str) -> str:
    return desk.where.replace(REFERENCE_PLACE, reference)


def _joined(words: Words, lines: Sequence[str]) -> str:
    return "".join(f"{words.line(line)}\n" for line in lines)
