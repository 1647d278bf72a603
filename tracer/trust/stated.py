"""Whether what a statement tells of one request can be so, by the records of its messages.

Records prove who sent each message and when it was received; so an act is of the side whose role it
is, and a target is met only by an act that the records date in time. Facts of a whole request stand
where its worst line stands (rule 3 of the figures): of a final answer a third party can tell no
more than that some answer was in time, or that the last one was late. Honest facts always pass.

Where the two logs' clocks disagree, a message can be on record earlier than one that its author had
read; it is then dated by the record of that one, which the statement shows too. Rejected: to give
each act the instant of its own record; the two compute targets with the later one, and an answer
could then stand before its question.

What it does not do: tell whether a target was given up, put off or held, or whether the author of
a message had read the one that dates it; those who signed do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from tracer.clock import instant
from tracer.errors import PeerError
from tracer.model.clocks import Standing
from tracer.model.cooperation import Facts
from tracer.model.cooperation.facts import Act, Clocked

_BY_OPENER = frozenset({"request", "given-up"})
"""Roles of messages of the side that asks; all others are of the side that answers."""
_OPEN = frozenset({Standing.PENDING, Standing.DUE_SOON, Standing.PAUSED})
_MET = frozenset({Standing.MET, Standing.MET_LATE})


class Receipted(NamedTuple):
    """What the record of a message says: when it was received, who sent it, and where it stands."""

    at: str
    sender: str
    origin: str
    place: int


def check_request(
    facts: Facts, records: Mapping[str, Receipted], *, asks: str, answers: str, at: str
) -> None:
    """Hold the facts of a request against its records.

    Args:
        facts: What is told.
        records: By id of message.
        asks: Whose request it is.
        answers: Of whom it is asked.
        at: The instant of the statement: nothing later counts.

    Raises:
        PeerError: `statement-facts`.
    """
    for act in facts.acts:
        found = records.get(act.id)
        if found is None or act.at > at or not _dated(act, found, records):
            raise _wrong(facts, "a message is dated otherwise")
        if found.sender != (asks if act.role in _BY_OPENER else answers):
            raise _wrong(facts, f"its {act.role} is of the other side")
    opening = records.get(facts.thread)
    own = (opening.at, opening.sender) if opening else None
    if facts.at("request") != facts.received or own != (facts.received, asks):
        raise _wrong(facts, "its receipt is dated otherwise")
    if not _targets(facts):
        raise _wrong(facts, "a target is told wrongly")
    if not _times(facts):
        raise _wrong(facts, "a time is told wrongly")


def _dated(act: Act, own: Receipted, records: Mapping[str, Receipted]) -> bool:
    """Whether an act has the instant of its record, or of a later one that it can have followed.

    In one log what is followed stands first.
    """
    if not act.dated:
        return own.at == act.at
    by = records.get(act.dated)
    if by is None or not own.at < by.at == act.at:
        return False
    return by.origin != own.origin or by.place < own.place


def _wrong(facts: Facts, what: str) -> PeerError:
    return PeerError("statement-facts", f"{facts.thread}: {what}")


def _targets(facts: Facts) -> bool:
    return (
        _once(facts.acknowledge, facts.at("acknowledge"))
        and _once(facts.first_answer, facts.at("first-answer"))
        and _final(facts.final_answer, _answers(facts))
    )


def _once(clock: Clocked | None, at: str) -> bool:
    """A clock that a request has once: met by its act, and open only without one."""
    if clock is None:
        return True
    if clock.standing in _MET:
        in_time = clock.standing is Standing.MET
        return bool(at) and (at <= clock.due) is in_time
    return not (at and clock.standing in _OPEN) and clock.then not in _MET


def _final(clock: Clocked | None, answers: Sequence[str]) -> bool:
    """Lines and rounds together: `due` is that of one of those that stand worst."""
    if clock is None:
        return True
    if clock.standing is Standing.MET:
        return any(at <= clock.due for at in answers)
    if clock.standing is Standing.MET_LATE:
        return any(at > clock.due for at in answers)
    return clock.then not in _MET or bool(answers)


def _times(facts: Facts) -> bool:
    """The two first times are those of their acts; a full answer took no longer than its last."""
    answers, took = _answers(facts), facts.answer_minutes
    whole = took is None or (bool(answers) and took <= (_minutes(facts, max(answers)) or 0))
    return (
        whole
        and bool(facts.kind) is (took is not None)
        and facts.acknowledge_minutes == _minutes(facts, facts.at("acknowledge"))
        and facts.first_answer_minutes == _minutes(facts, facts.at("first-answer"))
    )


def _answers(facts: Facts) -> list[str]:
    return [act.at for act in facts.acts if act.role == "answer"]


def _minutes(facts: Facts, until: str) -> int | None:
    if not until:
        return None
    took = instant(until) - instant(facts.received)
    return max(took, timedelta()) // timedelta(minutes=1)
