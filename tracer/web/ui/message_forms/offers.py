"""What may be written in a case now: what is owed first, then what else the state allows.

What is offered is a help, not a rule: casework refuses a side that may not send a type, and the
fold ignores what does not fit. So a type is left out only where it would certainly be ignored, or
would say nothing: conditions from the side that has no answer to give, a reminder of nothing owed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracer.casework.effect import ONCE
from tracer.casework.leaving import Waiting
from tracer.casework.owed import Owed
from tracer.casework.reads import Case
from tracer.casework.words import senders
from tracer.model.messages import ROLES
from tracer.model.thread import CaseState
from tracer.model.thread.state import SETTLED, State
from tracer.web.ui.message_forms.parts import Shape
from tracer.web.ui.message_forms.shapes import SHAPES

ANSWERS: Final = ("result", "no-record", "more-info", "interim")
OWED: Final[Mapping[str, tuple[str, ...]]] = {
    "acknowledgement": ("acknowledgement",),
    "answer": ANSWERS,
    "review": ANSWERS,
    "information": ("amend",),
    "decision": ("conditions-accepted", "conditions-declined"),
    "clarification": ("ground-clarified",),
    "consent": ("consent-given", "consent-declined"),
    "erasure": ("consent-given", "consent-declined"),
    "progress": ("interim",),
    "feedback": ("feedback",),
}
"""By what is owed: the messages that settle it, the first first."""
_ANSWERING: Final = frozenset(
    {
        "result", "no-record", "unidentifiable", "interim", "more-info", "delayed", "restricted",
        "refused", "conditions-proposed", "referral",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing owed, with the forms that settle it, and drafts that do once they leave."""

    owed: Owed
    shapes: tuple[Shape, ...]
    """Those of which no draft waits."""
    drafts: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be written: for what is owed, and beside it."""

    owed: tuple[Offer, ...]
    more: tuple[Shape, ...]


def offers(case: Case, drafts: Sequence[Waiting] = ()) -> Offers:
    """What we may write in a case as it stands; a draft that waits stands in place of its form."""
    may = tuple(name for name in SHAPES if allowed(case, name))
    waiting = {one.type for one in drafts}
    owed = tuple(_offer(one, may, drafts, waiting) for one in case.owed if one.ours)
    first = {shape.type for offer in owed for shape in offer.shapes}
    first |= ONCE & waiting
    return Offers(owed, tuple(SHAPES[name] for name in may if name not in first))


def _offer(
    owed: Owed, may: Collection[str], drafts: Sequence[Waiting], waiting: Collection[str]
) -> Offer:
    named = [name for name in OWED.get(owed.what, ()) if name in may]
    return Offer(
        owed,
        tuple(SHAPES[name] for name in named if name not in waiting),
        tuple(one for one in drafts if one.type in OWED.get(owed.what, ())),
    )


def allowed(case: Case, name: str) -> bool:
    """Whether a type could count in the case as it stands."""
    side = "opener" if case.ours else "other"
    state = case.state
    if state is None or name not in ROLES or side not in senders(name):
        return False
    return _FITS[name](case, state) if name in _FITS else True


def _open(_: Case, state: CaseState) -> bool:
    return state.state not in SETTLED


def _reminding(case: Case, state: CaseState) -> bool:
    """A reminder is of something: the other side owes it."""
    return _open(case, state) and any(not one.ours for one in case.owed)


def _running(_: Case, state: CaseState) -> bool:
    return state.state not in {State.WITHDRAWN, State.CLOSED}


def _asked(case: Case, state: CaseState) -> bool:
    """It is a request, and the answer is not the last word yet."""
    if state.kind != "request" or state.state in {State.WITHDRAWN, State.CLOSED}:
        return False
    return _open(case, state) or state.state in {State.ANSWERED, State.REFUSED}


def _decision(case: Case, state: CaseState) -> bool:
    other = "other" if case.ours else "opener"
    return any(one.author == other and one.status == "proposed" for one in state.conditions)


def _consent(case: Case, state: CaseState) -> bool:
    other = "other" if case.ours else "opener"
    return any(one.author == other and one.status == "pending" for one in state.consents)


def _ground(case: Case, state: CaseState) -> bool:
    return state.ground is not None and case.ours


def _explain(case: Case, state: CaseState) -> bool:
    return state.ground is not None and any(step.type == "clarify-ground" for step in case.steps)


def _said(case: Case, _: CaseState) -> bool:
    """The other side has said something that could be used or disclosed."""
    ours = {one.id for one in case.steps if one.placed is not None}
    return any(one.id not in ours for one in case.steps)


def _spoken(case: Case, _: CaseState) -> bool:
    return any(one.placed is not None for one in case.steps)


def _new(case: Case, state: CaseState) -> bool:
    """Nobody has taken it; what is on its way says so already."""
    if any(one.placed is not None and one.type == "acknowledgement" for one in case.steps):
        return False
    return not state.milestones.acknowledged and state.state not in {State.WITHDRAWN, State.CLOSED}


def _settled(case: Case, state: CaseState) -> bool:
    informed = state.kind != "request"
    if case.ours is informed:
        return False  # who asked says what became of the answer, who was told of the information
    return informed or state.state in {State.ANSWERED, State.REFUSED, State.LAPSED}


_FITS: Final[Mapping[str, Callable[[Case, CaseState], bool]]] = {
    **dict.fromkeys(_ANSWERING, _asked),
    "acknowledgement": _new,
    "amend": _running,
    "withdraw": _running,
    "progress-enquiry": _open,
    "reminder": _reminding,
    "feedback": _settled,
    "conditions-accepted": _decision,
    "conditions-declined": _decision,
    "consent-asked": _said,
    "consent-given": _consent,
    "consent-declined": _consent,
    "disclosure-notice": _said,
    "clarify-ground": _ground,
    "ground-clarified": _explain,
    "correction": _spoken,
    "recall": _spoken,
}
