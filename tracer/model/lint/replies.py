"""Rules for what the requested State sends: an answer must say what was done, or why not.

A reason in words goes with every ground (ITI 23, Convention art. 18(23)); "no record" names the
registers and years searched; "not identifiable" says what would help; a delay has its review day.
A day beyond what the clocks count (`review-far`, `lapse-far`) is said before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from tracer.clock import instant
from tracer.model.calendar import PUT_OFF_AT_MOST
from tracer.model.chain import ChainEvent, LineAnswer
from tracer.model.codes import ChainEventKind, Code, Ground, ResultCode
from tracer.model.dates import span
from tracer.model.finding import Finding, error, hint, warn
from tracer.model.lint.common import Context, beyond, check_date, future, past_day, words
from tracer.model.messages import (
    Acknowledgement,
    AnyMessage,
    Correction,
    Delayed,
    Interim,
    MoreInfo,
    NoRecord,
    Referral,
    Refused,
    Restricted,
    Result,
    Unidentifiable,
)
from tracer.model.parties import standing
from tracer.model.values import RegisterSearch

_OTHER_MESSAGE: Final = {
    Ground.EU_INFO_NOT_HELD: "no-record",
    Ground.EU_REQUEST_INCOMPLETE: "more-info",
}
"""Grounds that are no refusal: the type of message that says the same."""
_DAYS: Final = f"{PUT_OFF_AT_MOST.days} days"
_AWAY: Final = f"more than {_DAYS} away; the clocks count {_DAYS} from receipt at most"
"""Of a day that counts so long after receipt at most (PROTOCOL.md, [F-12], [F-13], [F-15])."""


def lint_acknowledgement(message: Acknowledgement, context: Context) -> Iterator[Finding]:
    """An acknowledgement."""
    if instant(message.received).date() > context.today:
        yield error("received", "received-in-future", "the time of receipt lies in the future")
    if not message.terms:
        yield warn("terms", "terms-missing", "the terms that the targets follow are not named")
    if not (message.first_answer_by or message.final_answer_by or message.expected):
        yield hint("expected", "expected-missing", "when an answer can be expected is not said")


def lint_more_info(message: MoreInfo, context: Context) -> Iterator[Finding]:
    """A request for information: it stops the clock, so it asks something that can be answered."""
    if not message.questions:
        yield error("questions", "question-missing", "nothing is asked; the clock would stop")
    for n, question in enumerate(message.questions, 1):
        if not (question.field or question.helpful or words(message, f"questions/{question.n}")):
            yield error(
                f"questions/{n}",
                "question-empty",
                "the question names no field, no data and has no words",
            )
    yield from past_day(
        message.lapses, "lapses", "lapse-past", "the request would have lapsed already", context
    )
    if beyond(message.lapses, PUT_OFF_AT_MOST, context):
        yield warn(
            "lapses",
            "lapse-far",
            f"{_AWAY}, then the question lapses",
            "Name a day within that time; what is still needed then can be asked again.",
        )


def lint_interim(message: Interim, context: Context) -> Iterator[Finding]:
    """An interim reply."""
    if not message.next_by:
        yield warn("next_by", "next-day-missing", "the day of the next answer is not said")
    yield from past_day(
        message.next_by, "next_by", "next-day-past", "the day of the next answer is past", context
    )
    yield from lint_answers(message.answers, message, context)


def lint_result(message: Result, context: Context) -> Iterator[Finding]:
    """A result."""
    if not message.answers:
        yield error("answers", "answer-missing", "no line is answered")
    for answer in message.answers:
        place = f"answers/{answer.line}"
        if not answer.outcomes:
            yield error(f"{place}/outcomes", "outcome-missing", "what was found is not coded")
        if not (answer.searched or message.searched):
            yield warn(
                f"{place}/searched",
                "searched-missing",
                "which registers and years were searched is not said",
            )
    yield from lint_answers(message.answers, message, context)
    yield from _searches(message.searched, "searched", context, years=False)


def lint_no_record(message: NoRecord, context: Context) -> Iterator[Finding]:
    """Nothing found."""
    if not message.searched:
        yield error(
            "searched",
            "searched-missing",
            "which registers and years were searched is not said",
            "Without it the other State cannot know whether to ask again.",
        )
    yield from _searches(message.searched, "searched", context, years=True)
    if not message.reasons:
        yield error("reasons", "reason-missing", "why nothing was found is not coded")
    yield from past_day(
        message.standing_until, "standing_until", "standing-past", "this day is past", context
    )
    if not message.onward:
        yield hint("onward", "onward-missing", "does another State hold the record?")


def lint_unidentifiable(message: Unidentifiable, context: Context) -> Iterator[Finding]:
    """Not identifiable from what was sent."""
    if not message.helpful and not words(message, "helpful"):
        yield error("helpful", "helpful-missing", "what would help is not said")
    if not message.reasons:
        yield warn("reasons", "reason-missing", "why it cannot be identified is not coded")
    yield from _searches(message.searched, "searched", context, years=False)


def lint_delayed(message: Delayed, context: Context) -> Iterator[Finding]:
    """A delay."""
    yield from lint_grounds(message.grounds, message, context)
    yield from past_day(
        message.review, "review", "review-past", "the review day is already past", context
    )
    if beyond(message.review, PUT_OFF_AT_MOST, context):
        yield warn(
            "review",
            "review-far",
            f"{_AWAY}, then the answer is late",
            "Name a day within that time; a further delay can put the answer off again.",
        )


def lint_restricted(message: Restricted, context: Context) -> Iterator[Finding]:
    """A restriction."""
    yield from lint_grounds(message.grounds, message, context)
    if not message.withheld:
        yield error("withheld", "withheld-missing", "which categories are left out is not said")


def lint_refused(message: Refused, context: Context) -> Iterator[Finding]:
    """A refusal."""
    yield from lint_grounds(message.grounds, message, context)
    for n, ground in enumerate(message.grounds, 1):
        known = ground.known()
        if isinstance(known, Ground) and known in _OTHER_MESSAGE:
            yield error(
                f"grounds/{n}",
                "ground-is-no-refusal",
                f"this ground is no refusal: send {_OTHER_MESSAGE[known]}",
            )
    if not message.alternative:
        yield warn("alternative", "alternative-missing", "which way stays open is not said")
    yield hint(
        "grounds",
        "consult-first",
        "before refusing, States consult on conditions (Convention art. 18(26))",
        "Conditions can be proposed as a message of their own.",
    )


def lint_referral(message: Referral, context: Context) -> Iterator[Finding]:
    """A referral."""
    if message.country == context.sender_state:
        yield error("country", "referral-to-self", "this is the sender's own State")
    if message.country == context.recipient_state:
        yield error("country", "referral-to-asker", "this is the State that asked")
    if not message.reason:
        yield hint("reason", "referral-reason-missing", "why that State holds the record")


def lint_grounds(
    grounds: tuple[Code, ...], message: AnyMessage, context: Context
) -> Iterator[Finding]:
    """A ground is named, belongs to an instrument that binds, and is explained in words."""
    if not grounds:
        yield error("grounds", "ground-missing", "no ground is named (ITI 22-23)")
    if not words(message, "grounds"):
        yield error(
            "free_text",
            "ground-text-missing",
            "the reason is not given in words (ITI 23, Convention art. 18(23))",
            "One sentence is enough; it can say why no more is said.",
        )
    for n, ground in enumerate(grounds, 1):
        place = f"grounds/{n}"
        if ground.is_(Ground.OTHER):
            yield warn(place, "ground-without-instrument", "the ground is of no named instrument")
        if ground.value.startswith("EU-"):
            for state in (context.sender_state, context.recipient_state):
                if not standing("EU_2023_977", state).recorded:
                    yield warn(
                        place,
                        "ground-instrument-party",
                        f"{state} is not recorded here as bound by Directive (EU) 2023/977",
                    )


def lint_answers(
    answers: Iterable[LineAnswer],
    message: Result | Interim | Correction,
    context: Context,
) -> Iterator[Finding]:
    """What is said about single lines, in a result, an interim reply or a correction."""
    named = {party.n for party in message.chain_parties or ()}
    for answer in answers:
        place = f"answers/{answer.line}"
        yield from _outcome_parts(answer, place)
        yield from _chain(answer.chain, place, context)
        used = {p for e in answer.chain for p in (e.from_party, e.to_party) if p}
        if not used <= named:
            yield warn(
                f"{place}/chain",
                "chain-party-unnamed",
                "events name parties that are not described",
                "Describe them, or say in a restriction that they are withheld.",
            )
        yield from _searches(answer.searched, f"{place}/searched", context, years=False)


def _outcome_parts(answer: LineAnswer, place: str) -> Iterator[Finding]:
    def given(code: ResultCode) -> bool:
        return any(outcome.is_(code) for outcome in answer.outcomes)

    if given(ResultCode.POSSIBLE_MATCHES) and not answer.matches:
        yield error(f"{place}/matches", "matches-missing", "possible matches, but none is given")
    if given(ResultCode.MISIDENTIFIED) and not answer.identified:
        yield error(
            f"{place}/identified", "identification-missing", "the right identification is missing"
        )
    if given(ResultCode.FULL_CHAIN) and not answer.chain:
        yield error(f"{place}/chain", "chain-missing", "a full chain, but no event is given")
    exported = any(event.kind.is_(ChainEventKind.EXPORTED) for event in answer.chain)
    if given(ResultCode.EXPORTED_TO) and not (exported or answer.onward):
        yield error(f"{place}/onward", "export-country-missing", "exported, but not where to")
    if given(ResultCode.DESTROYED_RECORD):
        yield warn(
            f"{place}/outcomes",
            "recorded-destroyed",
            "recorded as destroyed, and found: both States should look into it",
        )


def _chain(chain: tuple[ChainEvent, ...], place: str, context: Context) -> Iterator[Finding]:
    latest: date | None = None
    for event in sorted(chain, key=lambda e: e.n):
        spot = f"{place}/chain/{event.n}"
        yield from check_date(event.date, f"{spot}/date")
        if future(event.date, context):
            yield error(f"{spot}/date", "event-in-future", "the event lies in the future")
        try:
            first, last = span(event.date) if event.date else (None, None)
        except ValueError:
            continue
        if first and last and latest and last < latest and not event.circa:
            yield warn(f"{spot}/date", "chain-order", "the chain does not run forward in time here")
        latest = max(filter(None, (latest, first)), default=None)
        if event.kind.is_(ChainEventKind.EXPORTED) and not event.licence:
            yield hint(f"{spot}/licence", "licence-missing", "no export licence is given")
        if event.kind.is_(ChainEventKind.DESTROYED) and not event.destruction:
            yield warn(
                f"{spot}/destruction",
                "destruction-method-missing",
                "how it was destroyed is not recorded (Firearms Protocol art. 6)",
            )


def _searches(
    searches: Iterable[RegisterSearch], place: str, context: Context, *, years: bool
) -> Iterator[Finding]:
    for n, search in enumerate(searches, 1):
        spot = f"{place}/{n}"
        if years and not (search.from_year and search.to_year):
            yield error(spot, "search-years-missing", "which years the register covers is not said")
        if search.from_year and search.to_year and search.from_year > search.to_year:
            yield error(spot, "search-years-order", "the years end before they begin")
        yield from check_date(search.date, f"{spot}/date")
        if future(search.date, context):
            yield error(f"{spot}/date", "search-in-future", "the search lies in the future")
