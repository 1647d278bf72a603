"""What goes on beside the answer: questions about grounds, conditions, consent, enquiries, pauses.

Each is a question by one side that names what it is about, and a reply that names the question.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import Literal

from tracer.model.messages import ConditionsProposed, Correction
from tracer.model.thread import reading
from tracer.model.thread.causality import OPPOSITE, Node, before
from tracer.model.thread.concurrency import ANSWERS, DETERMINATIONS
from tracer.model.thread.lines import information_for, reply_to
from tracer.model.thread.record import View
from tracer.model.thread.state import Awaited, ConditionState, ConsentState, GroundState, Pause

_INDEX = attrgetter("index")
_GROUNDED = ("delayed", "restricted", "refused", "ground-clarified")
_CONSENTS = frozenset({"consent-given", "consent-declined"})
_NEWS = DETERMINATIONS | {"referral"}


def last_ground(view: View) -> GroundState | None:
    """The grounds stated last by the answering side, unless recalled."""
    stated = [n for n in view.standing("other", _GROUNDED) if reading.grounds(n.message)]
    if not stated:
        return None
    last = stated[-1]
    return GroundState(id=last.id, type=last.type, grounds=reading.grounds(last.message))


def conditions(view: View) -> tuple[ConditionState, ...]:
    """Every proposal of conditions, the opener's first, each side's in its order."""
    found = []
    for author in OPPOSITE:
        for proposal in view.of(author, ("conditions-proposed",)):
            reply = reply_to(proposal, view)
            offered = proposal.message
            found.append(
                ConditionState(
                    id=proposal.id,
                    author=author,
                    status=_status(proposal, reply, view, last=not _superseded(proposal, view)),
                    conditions=offered.conditions
                    if isinstance(offered, ConditionsProposed)
                    else (),
                    reply=reply.id if reply else "",
                )
            )
    return tuple(found)


def _superseded(proposal: Node, view: View) -> bool:
    lines = view.record.covers
    return any(
        later.index > proposal.index and lines[proposal.id] <= lines[later.id]
        for later in view.of(proposal.author, ("conditions-proposed",))
    )


def _status(
    proposal: Node, reply: Node | None, view: View, *, last: bool
) -> Literal["proposed", "accepted", "declined", "superseded", "recalled"]:
    if reply is not None:
        return "accepted" if reply.type == "conditions-accepted" else "declined"
    if view.recalled(proposal):
        return "recalled"
    return "proposed" if last else "superseded"


def consents(view: View) -> tuple[ConsentState, ...]:
    """Every question for consent or erasure with its last reply, the opener's first."""
    found = []
    for author in OPPOSITE:
        for asked in view.of(author, ("consent-asked", "correction")):
            message = asked.message
            if isinstance(message, Correction) and not message.erase:
                continue
            replies = [n for n in view.about(asked.id) if n.type in _CONSENTS]
            reply = max(replies, key=lambda node: node.index, default=None)
            found.append(
                ConsentState(
                    id=asked.id,
                    author=author,
                    kind="erasure" if isinstance(message, Correction) else "onward-use",
                    status=_consent(asked, reply, view),
                    reply=reply.id if reply else "",
                )
            )
    return tuple(found)


def _consent(
    asked: Node, reply: Node | None, view: View
) -> Literal["pending", "given", "declined", "recalled"]:
    if reply is not None:
        return "given" if reply.type == "consent-given" else "declined"
    return "recalled" if view.recalled(asked) else "pending"


def open_dialogues(view: View) -> Iterator[Awaited]:
    """What one side owes the other beside the answer itself."""
    for question in view.of("opener", ("clarify-ground",)):
        replied = any(n.type == "ground-clarified" for n in view.about(question.id))
        newer = view.last("other", ANSWERS)
        if not replied and not (newer and before(question, newer)):
            yield Awaited(who="other", what="clarification", about=question.id)
    for consent in consents(view):
        if consent.status == "pending":
            what: Literal["consent", "erasure"] = (
                "consent" if consent.kind == "onward-use" else "erasure"
            )
            yield Awaited(who=OPPOSITE[consent.author], what=what, about=consent.id)
    enquiry, news = view.last("opener", ("progress-enquiry",)), view.last("other", _NEWS)
    if enquiry and not (news and before(enquiry, news)):
        yield Awaited(who="other", what="progress", about=enquiry.id)


def pauses(view: View) -> tuple[Pause, ...]:
    """Spans in which the clock stands: from a request for information to what ended it.

    It ends with the information, a later determination of all its lines, its recall or the
    withdrawal of the thread; where several did, with the one received first.
    """
    found, said = [], view.of("other", DETERMINATIONS)
    for question in view.of("other", ("more-info",)):
        lines = view.record.covers[question.id]
        ends = [
            *(n for n in view.about(question.id) if n.type == "recall"),
            *(n for n in (information_for(question, view),) if n),
            *_later(question, lines, said, view),
        ]
        end = min(ends, key=lambda node: (node.at, node.author, node.index), default=None)
        found.append(
            Pause(
                id=question.id,
                lines=tuple(sorted(lines)),
                since=question.at,
                until=max(end.at, question.at) if end else "",
                ended_by=end.id if end else "",
            )
        )
    return tuple(found)


def _later(question: Node, lines: frozenset[int], said: list[Node], view: View) -> Iterator[Node]:
    for node in said[bisect_right(said, question.index, key=_INDEX) :]:
        if lines <= view.record.covers[node.id]:
            yield node
            break
    gone = view.given_up()
    if lines <= gone.keys():
        yield max((gone[line] for line in lines), key=lambda node: node.index)
