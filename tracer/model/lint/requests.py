"""Rules for what opens a thread or changes it: request, spontaneous information, amendment.

ITI paragraphs 15-17 (illicit nature, circumstances, marks, intended use), Convention article 18(15)
(authority, subject, facts, assistance sought, purpose) and 18(24) (deadlines with reasons), and the
rule to search at home first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from msgspec import UnsetType

from tracer.model.codes import (
    CheckResult,
    Instrument,
    IntendedUse,
    ReferenceScheme,
    RegisterKind,
    RequestKind,
    UrgencyLevel,
    UrgencyReason,
)
from tracer.model.dates import span
from tracer.model.finding import Finding, error, hint, warn
from tracer.model.firearm import Firearm
from tracer.model.lint.common import (
    Context,
    beyond,
    check_date,
    future,
    lint_photos,
    past_day,
    words,
)
from tracer.model.lint.firearms import lint_firearm, text_of
from tracer.model.marks import serials
from tracer.model.messages import Amend, Request, SpontaneousInformation
from tracer.model.parties import INSTRUMENTS, standing
from tracer.model.reach import is_covered
from tracer.model.routing import suggest
from tracer.model.serials import skeleton
from tracer.model.thread.reading import urgency_of
from tracer.model.values import LegalBasis, Recovery, Urgency

SHORT_TEXT: Final = 20
"""Characters; a description of circumstances below this says nothing."""
STANDING: Final = timedelta(days=731)
"""Two years: how long a standing question is usual."""
UNUSUAL: Final = "recipient-not-in-marks"
"""Finding of a request whose marks point to other States than the one that is asked."""
_FLASH_REASONS: Final = (UrgencyReason.LIFE_AT_RISK, UrgencyReason.PUBLIC_SECURITY)

Describing = Request | SpontaneousInformation | Amend


def lint_request(message: Request, context: Context) -> Iterator[Finding]:
    """A tracing request."""
    traces = not message.kind or message.kind.is_(RequestKind.TRACE)
    if not message.kind:
        yield error("kind", "kind-missing", "what kind of request this is is not said")
    yield from _requester(message)
    yield from _urgency(message.urgency, message, context)
    yield from _legal_basis(message.legal_basis, context, traces=traces)
    yield from _narrative(message, traces=traces)
    yield from _purpose(message)
    if not message.firearms:
        yield error("firearms", "firearm-missing", "no firearm is asked about")
    yield from _recoveries(message, context, traces=traces)
    yield from _firearms(message, context)
    yield from _domestic(message)
    yield from _addressee(message, context)
    yield from _standing_until(message, context)
    yield from _terms(message, context)
    if message.firearms:
        yield from lint_photos(message.attachments)


def _terms(message: Request, context: Context) -> Iterator[Finding]:
    if context.terms is None or is_covered(context.terms, context.now, urgency_of(message)):
        return
    yield warn(
        "terms",
        "terms-calendar-short",
        f"the calendar of {message.recipient} ends on {context.terms.covers_until}, before its "
        "answer would be due",
        "Its holidays after that day are not known; ask it for its newest entry file.",
    )


def lint_information(message: SpontaneousInformation, context: Context) -> Iterator[Finding]:
    """Spontaneous information (Convention article 18(4)-(5))."""
    told = message.narrative and message.narrative.summary.strip()
    if not (message.firearms or message.answers or told):
        yield error("narrative", "information-missing", "nothing is told")
    if not message.requester or not message.requester.authority:
        yield warn(
            "requester/authority", "requester-missing", "whose information it is is not said"
        )
    if message.legal_basis:
        yield from _instruments(message.legal_basis, context)
    yield from _recovery_fields(message.recoveries, {f.line for f in message.firearms}, context)
    yield from _firearms(message, context)


def lint_amend(message: Amend, context: Context) -> Iterator[Finding]:
    """A change of a request, or the answer to a request for information."""
    if not any(getattr(message, name) for name in message.__struct_fields__ if name not in _FRAME):
        yield error("about", "amendment-empty", "nothing is changed")
    if message.urgency:
        yield from _urgency(message.urgency, message, context)
    if message.legal_basis:
        yield from _instruments(message.legal_basis, context)
    named = {f.line for f in message.firearms}
    for line in sorted(named & set(message.dropped)):
        yield error("dropped", "line-dropped-and-given", f"line {line} is changed and dropped")
    yield from _recovery_fields(message.recoveries, None, context)
    yield from _firearms(message, context)
    yield from _standing_until(message, context)


_FRAME: Final = frozenset(
    {
        "v", "sender", "recipient", "issued", "nonce", "handling", "language", "test", "thread",
        "follows", "automatic", "about", "officer",
    }
)  # fmt: skip
"""Fields that say nothing new by themselves."""


def _requester(message: Request) -> Iterator[Finding]:
    if not message.requester or not message.requester.authority.strip():
        yield error(
            "requester/authority",
            "requester-missing",
            "the authority that investigates is not named (Convention art. 18(15)(a)-(b))",
        )
    elif not message.requester.function.strip():
        yield warn("requester/function", "requester-function-missing", "its function is not said")
    if not message.officer or not (message.officer.mail or message.officer.phone):
        yield warn(
            "officer",
            "officer-missing",
            "nobody is named who can be asked",
            "A name, a phone number and the languages spoken save a request for information.",
        )
    if not message.investigation or not message.investigation.offences:
        yield warn(
            "investigation/offences",
            "offence-missing",
            "subject and nature of the investigation are not said (Convention art. 18(15)(b))",
        )


def _urgency(
    urgency: Urgency | UnsetType, message: Request | Amend, context: Context
) -> Iterator[Finding]:
    if isinstance(urgency, UnsetType):
        yield warn("urgency", "urgency-missing", "no urgency is given; it is read as ROUTINE")
        return
    routine = urgency.level.is_(UrgencyLevel.ROUTINE)
    if not routine and not urgency.reason:
        yield error(
            "urgency/reason",
            "urgency-reason-missing",
            "a level above ROUTINE needs its reason",
            "The recipient puts other work aside for this.",
        )
    if urgency.reason and urgency.reason.is_(UrgencyReason.OTHER) and not words(message, "urgency"):
        yield error("urgency/reason", "urgency-text-missing", "the other reason is not written")
    flash = urgency.level.is_(UrgencyLevel.FLASH)
    if flash and urgency.reason and not any(urgency.reason.is_(r) for r in _FLASH_REASONS):
        yield warn("urgency/level", "flash-reason", "FLASH is for life at risk or public security")
    yield from past_day(
        urgency.desired_by,
        "urgency/desired_by",
        "desired-day-past",
        "the desired day is already past",
        context,
    )
    if urgency.desired_by and not (urgency.desired_reason or urgency.reason):
        yield warn(
            "urgency/desired_reason",
            "desired-reason-missing",
            "a suggested deadline comes with its reason (Convention art. 18(24))",
        )


def _legal_basis(
    basis: LegalBasis | UnsetType, context: Context, *, traces: bool
) -> Iterator[Finding]:
    if isinstance(basis, UnsetType) or not basis.instruments:
        yield error("legal_basis/instruments", "instrument-missing", "no instrument is named")
    if isinstance(basis, UnsetType) or not basis.illicit:
        yield (error if traces else warn)(
            "legal_basis/illicit",
            "illicit-basis-missing",
            "why the firearm is illicit is not said (ITI 6 and 17(a))",
            "Choose one or more of the letters of ITI paragraph 6.",
        )
    if not isinstance(basis, UnsetType):
        yield from _instruments(basis, context)


def _instruments(basis: LegalBasis, context: Context) -> Iterator[Finding]:
    for n, code in enumerate(basis.instruments, 1):
        if code.list != Instrument.LIST or code.value not in INSTRUMENTS:
            continue
        for state in sorted({context.sender_state, context.recipient_state}):
            found = standing(code.value, state)
            if not found.recorded:
                yield warn(
                    f"legal_basis/instruments/{n}",
                    "instrument-party",
                    f"{state} is not recorded as party here to: {INSTRUMENTS[code.value]}; "
                    "check the depositary",
                    f"Recorded here: {found.status} ({found.confidence}). Another instrument, "
                    "reciprocity or police cooperation may serve.",
                )


def _narrative(message: Request, *, traces: bool) -> Iterator[Finding]:
    told = message.narrative.circumstances.strip() if message.narrative else ""
    if not told:
        yield (error if traces else warn)(
            "narrative/circumstances",
            "circumstances-missing",
            "the circumstances in which it was found are not described (ITI 17(a))",
        )
    elif len(told) < SHORT_TEXT:
        yield warn(
            "narrative/circumstances", "circumstances-short", "the circumstances say very little"
        )
    if not message.narrative or not message.narrative.summary.strip():
        yield warn(
            "narrative/summary",
            "summary-missing",
            "no summary of the facts (Convention art. 18(15)(c))",
        )


def _purpose(message: Request) -> Iterator[Finding]:
    if not message.intended_use:
        yield error(
            "intended_use",
            "intended-use-missing",
            "what the information is wanted for is not said (ITI 17(c))",
        )
    if not message.asked:
        yield error(
            "asked", "asked-missing", "what is asked for is not said (Convention art. 18(15)(d))"
        )
    evidence = any(use.is_(IntendedUse.EVIDENCE_VIA_MLA) for use in message.intended_use)
    if evidence and not any(r.scheme.is_(ReferenceScheme.MLA) for r in message.references):
        yield hint(
            "references",
            "mla-reference-missing",
            "evidence for a court usually needs a request for mutual legal assistance",
            "Give the reference of that request, if there is one.",
        )


def _recoveries(message: Request, context: Context, *, traces: bool) -> Iterator[Finding]:
    lines = {firearm.line for firearm in message.firearms}
    if not message.recoveries:
        yield (error if traces else warn)(
            "recoveries", "recovery-missing", "when and where it was recovered is not said"
        )
        return
    yield from _recovery_fields(message.recoveries, lines, context)
    named = [set(recovery.lines) or lines for recovery in message.recoveries]
    for line in sorted(lines - set().union(*named)):
        yield warn("recoveries", "line-without-recovery", f"line {line} belongs to no recovery")


def _recovery_fields(
    recoveries: tuple[Recovery, ...], lines: set[int] | None, context: Context
) -> Iterator[Finding]:
    for n, recovery in enumerate(recoveries, 1):
        place = f"recoveries/{n}"
        if not recovery.mode:
            yield warn(f"{place}/mode", "recovery-mode-missing", "how it was recovered is not said")
        if not recovery.date:
            yield warn(f"{place}/date", "recovery-date-missing", "the day of recovery is missing")
        yield from check_date(recovery.date, f"{place}/date")
        if future(recovery.date, context):
            yield error(f"{place}/date", "recovery-in-future", "the recovery lies in the future")
        if not recovery.country:
            yield error(f"{place}/country", "recovery-country-missing", "the State is missing")
        elif recovery.country != context.sender_state:
            yield warn(
                f"{place}/country",
                "recovered-elsewhere",
                f"recovered in {recovery.country}, not in the requesting State",
                "A State asks about arms found within its jurisdiction (ITI 16).",
            )
        if lines is not None and not set(recovery.lines) <= lines:
            yield error(f"{place}/lines", "line-unknown", "it names a line that is not given")


def _firearms(message: Describing, context: Context) -> Iterator[Finding]:
    photos = {item.n for item in message.attachments}
    seen: dict[int, Firearm] = {}
    for firearm in message.firearms:
        place = f"firearms/{firearm.line}"
        if firearm.line in seen:
            yield error(place, "line-twice", f"line {firearm.line} is given twice")
        yield from _same_firearm(firearm, seen, place)
        seen[firearm.line] = firearm
        shown = {*firearm.photos, *(p for mark in firearm.marks for p in mark.photos)}
        if not shown <= photos:
            yield error(f"{place}/photos", "photo-unknown", "it names a photo that is not attached")
        country, year = _recovered(message.recoveries, firearm.line, context)
        yield from lint_firearm(firearm, place, context, recovered_in=country, year_found=year)


def _same_firearm(firearm: Firearm, seen: dict[int, Firearm], place: str) -> Iterator[Finding]:
    prints = {skeleton(serial) for serial in serials(firearm)} - {""}
    for line, other in seen.items():
        same_make = text_of(firearm.make).casefold() == text_of(other.make).casefold()
        if same_make and prints & {skeleton(serial) for serial in serials(other)}:
            yield warn(
                place,
                "same-firearm-twice",
                f"lines {line} and {firearm.line} look like one firearm",
            )


def _recovered(
    recoveries: tuple[Recovery, ...], line: int, context: Context
) -> tuple[str | None, int]:
    """State of recovery of a line, and the last year in which it can have been recovered."""
    for recovery in recoveries:
        if recovery.lines and line not in recovery.lines:
            continue
        country = None if isinstance(recovery.country, UnsetType) else recovery.country
        try:
            year = span(recovery.date)[1].year if recovery.date else context.today.year
        except ValueError:
            year = context.today.year
        return country, year
    return None, context.today.year


def _domestic(message: Request) -> Iterator[Finding]:
    searches = message.domestic_work.searches if message.domestic_work else ()
    done = [
        search
        for search in searches
        if not search.result
        or not any(search.result.is_(r) for r in (CheckResult.NOT_CHECKED, CheckResult.PENDING))
    ]
    flash = message.urgency and message.urgency.level.is_(UrgencyLevel.FLASH)
    if not done:
        yield (hint if flash else warn)(
            "domestic_work/searches",
            "domestic-trace-first",
            "no register at home has been searched",
            "Practice is to trace at home first, and the answer is often there.",
        )
    elif not any(search.register.is_(RegisterKind.LOST_STOLEN) for search in done):
        yield warn(
            "domestic_work/searches",
            "lost-stolen-not-searched",
            "the national register of lost and stolen firearms has not been searched",
        )
    if not any(search.register.is_(RegisterKind.INTERPOL_IARMS) for search in done):
        yield hint(
            "domestic_work/searches",
            "iarms-not-searched",
            "the INTERPOL records of lost and stolen firearms have not been searched",
        )
    for n, search in enumerate(searches, 1):
        if search.result and search.result.is_(CheckResult.HIT):
            yield hint(
                f"domestic_work/searches/{n}",
                "domestic-hit",
                "a register at home has a record of it; say what it holds",
            )


def _addressee(message: Request, context: Context) -> Iterator[Finding]:
    if context.sender_state == context.recipient_state:
        yield warn("recipient", "same-state", "sender and recipient are of one State")
    if context.recipient_state in message.also_sent_to:
        yield warn("also_sent_to", "also-sent-to-recipient", "the recipient stands there as well")
    pointed = suggest(message.firearms, (), (), own="", asked=context.asked)
    connected = {one.country for one in pointed if not one.asked}
    if connected and context.recipient_state not in connected:
        yield hint(
            "recipient",
            UNUSUAL,
            f"the marks point to {', '.join(sorted(connected))}, not to the recipient",
            "Usual order: State of manufacture, last import mark, proof house, military user.",
        )


def _standing_until(message: Request | Amend, context: Context) -> Iterator[Finding]:
    yield from past_day(
        message.standing_until,
        "standing_until",
        "standing-past",
        "the standing question has already ended",
        context,
    )
    if beyond(message.standing_until, STANDING, context):
        yield hint("standing_until", "standing-long", "longer than the usual two years")
