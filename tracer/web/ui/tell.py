"""Clocks, deliveries and states told in the reader's language, from the facts of casework.

Each function takes a `Speech` and a fact and gives one sentence of `words`, filled. They are
filters of templates under the same names.

What it does not do: compute anything about clocks (`casework.owed` and `model.clocks` did).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from markupsafe import Markup

from tracer.casework.begun import Begun
from tracer.casework.leaving import Leaving
from tracer.casework.lists import Called
from tracer.casework.owed import Owed
from tracer.casework.papers.handling import SENTENCES, Barrier
from tracer.casework.placed import Placed
from tracer.casework.reads import Step
from tracer.clock import instant
from tracer.exchange.outside.statement import LETTER
from tracer.model.brief import brief
from tracer.model.clocks import ClockKind, Standing
from tracer.model.codes import Code, ResultCode
from tracer.model.messages import AnyMessage
from tracer.model.routing import exports_of
from tracer.web.ui import words
from tracer.web.ui.filters import Speech
from tracer.web.ui.firearms import in_list
from tracer.web.ui.texts import N_

_ENDS: Final = {ClockKind.INFORMATION: "question-drops", ClockKind.FEEDBACK: "closes"}


def owes(speech: Speech, owed: Owed, peer: str) -> Markup:
    """Who owes what; `peer` is the other authority of the case."""
    both = words.OWES.get(owed.clock) or words.OWES[owed.what]
    return speech.say(both.we if owed.ours else both.they, peer=peer)


def until(speech: Speech, owed: Owed) -> Markup:
    """Until when, and how far away that is; of a clock that stands, what is left."""
    sentence = words.UNTIL[owed.nature, owed.standing]
    if owed.standing == Standing.PAUSED:
        left = instant(owed.until) - instant(owed.paused)
        return speech.say(sentence, since=speech.moment(owed.paused), left=speech.span(left))
    return speech.say(
        sentence, when=speech.moment(owed.until), distance=speech.from_now(owed.until)
    )


def then(speech: Speech, owed: Owed, peer: str) -> Markup:
    """What happens at the end of the clock, or next after it."""
    head = speech.moment(owed.escalate) if owed.escalate else ""
    return speech.say(words.THEN[_then(owed, speech.now)], peer=peer, head=head)


def _then(owed: Owed, now: datetime) -> str:
    passed = owed.standing == Standing.PASSED
    if owed.clock in _ENDS:
        return _ENDS[ClockKind(owed.clock)]
    if owed.standing == Standing.PAUSED:
        return "goes-on"
    if not owed.ours:
        return "reminded" if passed else "remind"
    if passed and owed.escalate and instant(owed.escalate) <= now:
        return "head-told"
    return f"they-{'saw' if passed else 'see'}{'-head' if owed.escalate else ''}"


class Referred(Protocol):
    """What has the reference of a case."""

    @property
    def reference(self) -> str:
        """Empty where it has none."""
        ...


def called(speech: Speech, one: Referred) -> str | Markup:
    """A case by its reference, as people know it; never by its id."""
    return one.reference or speech.say(words.NO_REFERENCE)


def titled(speech: Speech, one: Called) -> Markup:
    """A case by its reference and firearm; a draft by what it becomes, too."""
    becomes = [speech.say(words.TYPES.get(one.type, one.type))] if one.type else []
    case = [called(speech, one)] if one.thread else []
    return speech.beside([*becomes, *case, *armed(speech, one.brief)])


def begun(speech: Speech, one: Begun) -> Markup:
    """A draft of one's own by what it becomes, the reference of its case, and its firearm."""
    reference = [one.reference] if one.reference else []
    kind = speech.say(words.TYPES.get(one.type, one.type))
    return speech.beside([kind, *reference, *armed(speech, one.brief)])


def leaving(speech: Speech, held: Leaving) -> Markup:
    """A draft by what it becomes, the reference of its request and its firearm."""
    case = [held.reference] if held.reference else []
    told = brief(held.message, held.firearms) if held.message else {}
    return speech.beside(
        [speech.say(words.TYPES.get(held.draft.type, held.draft.type)), *case, *armed(speech, told)]
    )


def armed(speech: Speech, brief: Mapping[str, Any]) -> list[str | Markup]:
    """The first firearm of a case in a few words, and how many more there are."""
    every = brief.get("firearms", ())
    if not every:
        return []
    told: list[str | Markup] = [in_list(speech, every[0])]
    more = len(every) - 1
    text = speech.words.ngettext("and %(n)s more", "and %(n)s more", more)
    return [*filter(None, told), *([speech.filled(text, {"n": more})] if more else [])]


def barred(speech: Speech, barrier: Barrier) -> Markup:
    """Why a message may not go on to another State; a day in it as the language writes days."""
    day = barrier.code == "deleted-by"
    return speech.say(
        SENTENCES[barrier.code], value=speech.day(barrier.value) if day else barrier.value
    )


def placed(speech: Speech, where: Placed) -> Markup:
    """Where a message of ours is."""
    return speech.say(words.PLACES[where.where], at=speech.moment(where.at), code=where.code)


def said(speech: Speech, step: Step) -> Markup:
    """Who did what by a message."""
    sentence = words.SAID.get(step.type)
    return (
        speech.say(sentence, who=step.by)
        if sentence
        else Markup("{}: {}").format(step.by, step.type)
    )


class Written(Protocol):
    """What has the id, the type and the instant of a message."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def type(self) -> str:
        """Its type."""
        ...

    @property
    def at(self) -> str:
        """When it was written here."""
        ...


def called_of(speech: Speech, steps: Iterable[Written]) -> dict[str, Markup]:
    """What the messages of a case are called where another is about them: kind and instant.

    So is what came by another way, a letter without codes too.
    """
    return {
        one.id: speech.beside([speech.say(_kind(one.type)), speech.moment(one.at)]) for one in steps
    }


def _kind(name: str) -> str:
    """What a kind of message is called; of one whose content was deleted, no kind is known."""
    if name == LETTER:
        return N_("A letter came by another way")
    return words.TYPES.get(name, name) or N_("Something that came by another way")


def outcome(speech: Speech, step: Step, message: AnyMessage | None = None) -> list[str]:
    """What came of it, in words: grounds, outcomes, reasons; each once, the last with the mark."""
    shown = came(speech, step.codes, message)
    return [*shown[:-1], *(speech.drafted(last, step.codes) for last in shown[-1:])]


def came(speech: Speech, codes: Iterable[Code], message: AnyMessage | None) -> list[str]:
    """Codes of what came of it in words, each once; an export with the States that it names."""
    return list(dict.fromkeys(_came(speech, code, message) for code in codes))


def _came(speech: Speech, code: Code, message: AnyMessage | None) -> str:
    if not code.is_(ResultCode.EXPORTED_TO):
        return speech.label(code)
    states = exports_of(code, getattr(message, "answers", ()))
    told = speech.listed(map(speech.country, states))
    return speech.say(N_("Exported to %(states)s"), states=told) if states else speech.label(code)
