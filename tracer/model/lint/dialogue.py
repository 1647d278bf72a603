"""Rules for what goes on beside the answer: grounds, conditions, consent, notice, correction."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.model.codes import ConditionKind, CorrectionReason, OnwardUse, WithdrawReason
from tracer.model.finding import Finding, error, hint, warn
from tracer.model.lint.common import Context, check_date, in_past, past_day, words
from tracer.model.lint.replies import lint_answers
from tracer.model.messages import (
    ClarifyGround,
    ConditionsDeclined,
    ConditionsProposed,
    ConsentAsked,
    ConsentDeclined,
    Correction,
    DisclosureNotice,
    Feedback,
    GroundClarified,
    Recall,
    Withdraw,
)


def lint_clarify_ground(message: ClarifyGround, _context: Context) -> Iterator[Finding]:
    """A question about a ground."""
    if not message.grounds and not words(message, "grounds"):
        yield hint("grounds", "ground-question-open", "say which ground is not clear, and why")


def lint_ground_clarified(message: GroundClarified, _context: Context) -> Iterator[Finding]:
    """The answer to a question about a ground."""
    if not words(message, "grounds"):
        yield error(
            "free_text", "ground-text-missing", "a clarification without words clarifies nothing"
        )


def lint_withdraw(message: Withdraw, _context: Context) -> Iterator[Finding]:
    """A withdrawal."""
    if not message.reason:
        yield warn("reason", "withdraw-reason-missing", "why it is withdrawn is not said")
    elif message.reason.is_(WithdrawReason.OTHER) and not words(message, "reason"):
        yield warn("reason", "withdraw-reason-missing", "the other reason is not written")


def lint_feedback(message: Feedback, _context: Context) -> Iterator[Finding]:
    """Feedback."""
    if not message.outcomes and not any(line.outcomes for line in message.lines):
        yield warn(
            "outcomes",
            "outcome-missing",
            "what became of the case is not said",
            "The State that answered learns from it, and answers better.",
        )
    if not message.usefulness:
        yield hint("usefulness", "usefulness-missing", "how useful the answer was")


def lint_conditions(message: ConditionsProposed, context: Context) -> Iterator[Finding]:
    """Conditions offered."""
    if not message.conditions:
        yield error("conditions", "conditions-missing", "no condition is offered")
    seen: set[int] = set()
    for offered in message.conditions:
        place = f"conditions/{offered.n}"
        if offered.n in seen:
            yield error(place, "condition-twice", f"condition {offered.n} is given twice")
        seen.add(offered.n)
        if offered.kind.is_(ConditionKind.OTHER) and not words(message, place):
            yield error(place, "condition-text-missing", "the other condition is not written")
        if offered.kind.is_(ConditionKind.DELETE_BY_DATE) and not offered.until:
            yield error(f"{place}/until", "condition-day-missing", "the day of deletion is missing")
        yield from past_day(
            offered.until, f"{place}/until", "condition-day-past", "this day is past", context
        )


def lint_declined(
    message: ConditionsDeclined | ConsentDeclined, _context: Context
) -> Iterator[Finding]:
    """Conditions or consent declined."""
    if not message.grounds:
        yield warn("grounds", "ground-missing", "why it is declined is not said")


def lint_consent_asked(message: ConsentAsked, _context: Context) -> Iterator[Finding]:
    """A question for consent."""
    if not message.uses:
        yield error("uses", "use-missing", "which use consent is asked for is not said")
    if not message.about:
        yield warn("about", "about-missing", "which message it is about is not said")
    forwards = any(use.is_(OnwardUse.FORWARD_TO_THIRD_STATE) for use in message.uses)
    if forwards and not message.countries:
        yield error("countries", "country-missing", "to which State is not said")


def lint_disclosure(message: DisclosureNotice, context: Context) -> Iterator[Finding]:
    """Notice of a disclosure that must be made (Firearms Protocol article 12(5))."""
    if not message.to:
        yield error("to", "disclosure-to-missing", "to whom is not said")
    if not message.duty:
        yield error("duty", "disclosure-duty-missing", "which duty compels it is not said")
    if not message.about:
        yield warn("about", "about-missing", "what will be disclosed is not said")
    yield from check_date(message.on, "on")
    if not message.on:
        yield warn("on", "disclosure-day-missing", "on which day is not said")
    elif not list(check_date(message.on, "on")) and in_past(message.on, context):
        yield warn("on", "disclosure-late", "notice is given before the disclosure, not after")


def lint_correction(message: Correction, context: Context) -> Iterator[Finding]:
    """A correction."""
    content = (
        message.firearms, message.recoveries, message.answers, message.attachments,
        message.persons, message.chain_parties, message.place, message.narrative,
        message.erase, message.free_text,
    )  # fmt: skip
    if not any(content):
        yield error("about", "correction-empty", "nothing is corrected")
    if not message.reason:
        yield warn("reason", "correction-reason-missing", "why it is corrected is not said")
    elif message.reason.is_(CorrectionReason.OTHER) and not words(message, "reason"):
        yield warn("reason", "correction-reason-missing", "the other reason is not written")
    yield from lint_answers(message.answers, message, context)


def lint_recall(message: Recall, _context: Context) -> Iterator[Finding]:
    """A recall."""
    if not message.reason:
        yield warn("reason", "recall-reason-missing", "why it is taken back is not said")
