"""May what another State told us go on to a third? The handling of the message answers, or consent.

The rule fails closed: a code, limit or condition that is not known here forbids. Sources: handling
codes H0 to H3 in police use, ITI paragraph 15, Convention article 18(19): no onward use without the
prior consent of the State that gave the information.

Example:
    >>> forbids(Handling(code=code(HandlingCode.H2)), "XC-NPOC", today=today)
    Barrier(code='permission', value='')
    >>> str(_)
    'H2: not to be passed on without permission'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from tracer.model.codes import HandlingCode, HandlingLimit, OnwardUse
from tracer.model.dates import span
from tracer.model.messages import AnyMessage, ConsentAsked, ConsentGiven
from tracer.model.values import Handling

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "permission": "H2: not to be passed on without permission",
        "restrictions": "H3: other restrictions, for a person to read",
        "code-unknown": "handling code %(value)s is not known here",
        "no-third-state": "no third State",
        "commercial": "commercial information",
        "secret": "secret",
        "named-only": "only for the authorities it names",
        "limit-unknown": "limit %(value)s is not known here",
        "not-allowed": "passing on to a third State is not among what it allows",
        "deleted-by": "was to be deleted by %(value)s",
    }
)
"""Why a message may not go on, in English by code; the desk says it in the reader's language."""


class Barrier(NamedTuple):
    """Why a message may not go on: a code of `SENTENCES`, and what stands in its place."""

    code: str
    value: str = ""

    def __str__(self) -> str:
        """The sentence in English."""
        return SENTENCES[self.code] % {"value": self.value}


_BY_CODE: Final = {
    HandlingCode.H0: "",
    HandlingCode.H1: "",
    HandlingCode.H2: "permission",
    HandlingCode.H3: "restrictions",
}
_BY_LIMIT: Final = {
    HandlingLimit.NO_INDUSTRY: "",
    HandlingLimit.PURPOSE_ONLY: "",
    HandlingLimit.DELETE_BY: "",
    HandlingLimit.NO_THIRD_STATE: "no-third-state",
    HandlingLimit.COMMERCIAL_PROPRIETARY: "commercial",
    HandlingLimit.SECRET_REQUEST: "secret",
}


def forbids(handling: Handling, authority: str, *, today: date) -> Barrier | None:
    """Why a message may not be quoted to an authority of a third State; None: it may."""
    known = handling.code.known()
    by_code = _BY_CODE.get(known) if isinstance(known, HandlingCode) else None
    if by_code is None:
        return Barrier("code-unknown", handling.code.value)
    for limit in handling.limits:
        member = limit.known()
        if member is HandlingLimit.ONLY_AUTHORITIES_NAMED:
            why = "" if authority in handling.authorities else "named-only"
        else:
            found = _BY_LIMIT.get(member) if isinstance(member, HandlingLimit) else None
            if found is None:
                return Barrier("limit-unknown", limit.value)
            why = found
        if why:
            return Barrier(why)
    if by_code or not handling.third_state:
        return Barrier(by_code or "not-allowed")
    if handling.delete_by and date.fromisoformat(handling.delete_by) < today:
        return Barrier("deleted-by", handling.delete_by)
    return None


def consented(
    asked: Mapping[str, ConsentAsked], given: Iterable[ConsentGiven], country: str, *, today: date
) -> frozenset[str]:
    """The messages that may go to a State because their author consented, without conditions.

    `asked` holds our questions by id. Consent with conditions is left to a person.
    """
    found: set[str] = set()
    for reply in given:
        question = asked.get(reply.about)
        if question is None or reply.conditions:
            continue
        if reply.until and span(reply.until)[0] < today:
            continue
        uses = reply.uses or question.uses
        onward = any(use.is_(OnwardUse.FORWARD_TO_THIRD_STATE) for use in uses)
        in_question = any(use.is_(OnwardUse.FORWARD_TO_THIRD_STATE) for use in question.uses)
        if onward and in_question and country in question.countries:
            found.update(question.about)
    return frozenset(found)


def quotable(
    message_id: str, message: AnyMessage, authority: str, agreed: frozenset[str], *, today: date
) -> Barrier | None:
    """Why a message may not be quoted to an authority, its author's consent considered."""
    return None if message_id in agreed else forbids(message.handling, authority, today=today)
