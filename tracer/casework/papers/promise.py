"""What a request is written under, and what an acknowledgement says about it.

A request names the terms that its recipient answers under: those agreed with it if there are any,
else those of its entry. An acknowledgement names the time of receipt, the terms of the request and
the instants that follow from them, so that who asked need not compute anything. Its writer may name
an earlier instant, never a later one. At release the instants are computed anew: an urgency stated
meanwhile counts.

What it does not do: judge whether a target was met (`model.clocks`).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET

from tracer.errors import InputError
from tracer.exchange.projection import events_of
from tracer.model.clocks import ClockKind, Clockwork
from tracer.model.messages import Acknowledgement, AnyMessage
from tracer.model.terms import Terms
from tracer.model.thread.course import Course, course_of
from tracer.store import Tx
from tracer.store.rows import ThreadRow
from tracer.trust.directory import Peer

_NAMES: Final = {
    ClockKind.FIRST_ANSWER: "first_answer_by",
    ClockKind.FINAL_ANSWER: "final_answer_by",
}


def terms_for(tx: Tx, peer: Peer, us: str) -> str:
    """Digest of the terms under which a request of ours to this authority is written now."""
    agreed = tx.terms.in_force(peer.authority, us)
    return peer.terms_digest if agreed is None else agreed.digest


def promised(tx: Tx, thread: ThreadRow) -> dict[str, Any]:
    """What an acknowledgement in a thread of theirs says by itself, as fields of a document."""
    course = _course(tx, thread)
    if course is None:
        return {}
    found = {"received": course.received}
    if course.kind == "request":
        found["terms"] = course.terms
    return found | _bases(tx, course)


def check_promise(tx: Tx, thread: ThreadRow, message: AnyMessage) -> None:
    """Refuse an acknowledgement that names a later instant than the terms give.

    Raises:
        InputError: `promise-late`.
    """
    course = _course(tx, thread)
    if not isinstance(message, Acknowledgement) or course is None:
        return
    for name, base in _bases(tx, course).items():
        stated = getattr(message, name)
        if stated is not UNSET and stated > base:
            raise InputError(
                "promise-late",
                f"under the terms of the request this is {base} at the latest",
                advice="Leave it out, it is filled in; or name an earlier instant.",
                field=name,
            )


def renewed(tx: Tx, thread: ThreadRow, message: AnyMessage, written: str) -> AnyMessage:
    """The message as it is released; of an acknowledgement the computed fields are computed anew.

    Args:
        tx: The transaction of the release.
        thread: The thread it stands in.
        message: As it was submitted.
        written: When the draft was last written on: an instant that was not the computed one then
            is its writer's own, and stays if it is not later than the terms give now.
    """
    course = _course(tx, thread)
    if not isinstance(message, Acknowledgement) or course is None:
        return message
    before = msgspec.structs.replace(
        course, levels=tuple(level for level in course.levels if level.at <= written)
    )
    then, now = _bases(tx, before), _bases(tx, course)
    fields: dict[str, Any] = {"received": course.received}
    if course.kind == "request":
        fields["terms"] = course.terms
    for name in _NAMES.values():
        stated, base = getattr(message, name), now.get(name, "")
        own = stated is not UNSET and stated != then.get(name)
        fields[name] = (min(stated, base) if own else base) if base else stated
    return msgspec.structs.replace(message, **fields)


def _course(tx: Tx, thread: ThreadRow) -> Course | None:
    """The course of a thread that the other side opened; None if nothing is left of it."""
    if thread.opener != "peer" or thread.purged:
        return None
    found = events_of(tx, thread)
    return course_of(found) if any(event.id == thread.id for event in found) else None


def _bases(tx: Tx, course: Course) -> dict[str, str]:
    """The instants of [F-10], without holds and postponements, of what the request asked first."""
    terms: Terms | None = tx.terms.get(course.terms) if course.kind == "request" else None
    if terms is None:
        return {}
    bare = msgspec.structs.replace(course, promise=None, holds=(), postponed=())
    return {
        _NAMES[target.kind]: target.due
        for target in Clockwork(bare, terms).targets()
        if target.kind in _NAMES and target.since == course.received
    }
