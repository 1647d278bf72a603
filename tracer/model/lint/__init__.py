"""Is this message complete, consistent and lawful in form, before a person releases it?

Bad identification is the first cause of traces that fail, and silence about reasons the first cause
of anger: the linter looks at both directions with the same care. ERROR keeps a message from being
sent, WARN is shown and can be overridden by sending, HINT offers help. Rules come from ITI
paragraphs 15-23, Convention article 18, Firearms Protocol articles 3, 6, 8, 10 and 12, and the
practice of searching at home first. Codes are stable; the texts are English and meant to be
translated by code.

What it does not do: change a message, look at the thread (`thread` does), or decide for the
officer. It judges the draft as its author has it, with all groups; a received message may lack
groups and is never refused for what is said here.

Example:
    >>> [f.code for f in lint(refusal, now=now) if f.level is Level.ERROR]
    ['ground-missing', 'ground-text-missing']
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from tracer.model.finding import Finding, Level, blocks
from tracer.model.lint import dialogue, replies, requests
from tracer.model.lint.common import Context, lint_common
from tracer.model.lint.countries import lint_countries
from tracer.model.messages import AnyMessage, type_of
from tracer.model.terms import Terms

Rules = Callable[[Any, Context], Iterable[Finding]]

RULES: Final[Mapping[str, Rules]] = MappingProxyType(
    {
        "request": requests.lint_request,
        "spontaneous-information": requests.lint_information,
        "amend": requests.lint_amend,
        "acknowledgement": replies.lint_acknowledgement,
        "more-info": replies.lint_more_info,
        "interim": replies.lint_interim,
        "result": replies.lint_result,
        "no-record": replies.lint_no_record,
        "unidentifiable": replies.lint_unidentifiable,
        "delayed": replies.lint_delayed,
        "restricted": replies.lint_restricted,
        "refused": replies.lint_refused,
        "referral": replies.lint_referral,
        "ground-clarified": dialogue.lint_ground_clarified,
        "clarify-ground": dialogue.lint_clarify_ground,
        "withdraw": dialogue.lint_withdraw,
        "feedback": dialogue.lint_feedback,
        "conditions-proposed": dialogue.lint_conditions,
        "conditions-declined": dialogue.lint_declined,
        "consent-asked": dialogue.lint_consent_asked,
        "consent-declined": dialogue.lint_declined,
        "disclosure-notice": dialogue.lint_disclosure,
        "correction": dialogue.lint_correction,
        "recall": dialogue.lint_recall,
    }
)
"""The rules of a type, in addition to those of every message."""


def lint(
    message: AnyMessage,
    *,
    now: datetime,
    recipient_state: str | None = None,
    terms: Terms | None = None,
    asked: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Everything the rules say about a draft, errors first, then in the order of the message.

    `recipient_state` (alpha-2) is needed only where it is not that of the recipient's id; `terms`
    are those that the message names, where they are known; `asked` are the States of the cases that
    a request continues.
    """
    context = Context(
        today=now.date(),
        sender_state=message.sender[:2],
        recipient_state=recipient_state or message.recipient[:2],
        now=now,
        terms=terms,
        asked=frozenset(asked),
    )
    found = [*lint_common(message, context), *lint_countries(message)]
    rules = RULES.get(type_of(message))
    if rules is not None:
        found.extend(rules(message, context))
    order = list(Level)
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: order.index(finding.level)))


__all__ = ["RULES", "Finding", "Level", "blocks", "lint"]
