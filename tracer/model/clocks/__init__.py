"""Deadlines: a pure function of the messages, the signed terms and an instant.

Both nodes hold the same receipted messages and the same signed terms, so both compute the same
targets; nobody declares them. No treaty counts days ("prompt", "within available means"): a target
that has passed is a state that is shown and counted, never a refusal, and is called a target unless
the terms say that the two States agreed on more (`Terms.nature`).

The way through, in one file each:

1. `thread.rounds`, `thread.course`  what was asked, settled, held, postponed, and when received
2. `walk`       one clock, from what began it through all that touches it
3. `targets`    what the answering side is awaited to do, until when
4. `questions`  what either side owes beside that
5. `judge`      how a target stands at an instant, and when that changes next

`calendar` turns spans into instants with what the terms carry; nothing is asked of the machine.

What it does not do: send, remind or write anything; rank States.

Decision: an acknowledgement may name an instant only up to the one that the terms give; a later one
is shown but does not count. Rejected: whatever is named stands; a State could then put off by
itself what it is measured by.

Decision: every line has its clocks, and a hold is one of a line, by the same rule that makes the
line INFO_REQUESTED or CONDITIONS; so a clock stands exactly while the state says so. Rejected:
holds of whole questions; one line that was answered stayed held until the last one was.

Decision: a message is received not before one that its author knew, whatever the two logs' clocks
say. Rejected: receipts as they are; then an answer could come before its question.

`next_change` names the first millisecond at which something is different: a clock has passed
*after* its end, so whoever looks at the end itself finds nothing and must look again.

Example:
    >>> [(d.target.kind, d.standing, d.target.due) for d in deadlines(events, terms, now)]
    [('acknowledge', 'met', '2026-03-04T16:00:00.000Z'), ...]
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tracer.model.calendar import Calendar
from tracer.model.clocks.judge import judge, next_change, standing
from tracer.model.clocks.questions import question_targets
from tracer.model.clocks.state import RUNNING, ClockKind, Deadline, Origin, Standing, Target
from tracer.model.clocks.targets import Clockwork
from tracer.model.terms import NO_TERMS, Terms
from tracer.model.thread import Event, Timers
from tracer.model.thread.course import Judged, judged
from tracer.model.thread.fold import outline

__all__ = [
    "RUNNING",
    "Calendar",
    "ClockKind",
    "Clockwork",
    "Deadline",
    "Origin",
    "Standing",
    "Target",
    "deadlines",
    "deadlines_in",
    "judge",
    "next_change",
    "standing",
    "targets",
    "targets_in",
]


def targets(events: Iterable[Event], terms: Terms | None, now: datetime) -> tuple[Target, ...]:
    """Everything that is awaited in the thread that these messages make, until when.

    `now` decides only what has lapsed or closed by itself. `terms` are those that the request
    names; None, or a thread that names none (spontaneous information): nothing is promised, and
    questions lapse as `NO_TERMS` says.

    Raises:
        ValueError: as `thread.fold` does.
    """
    return targets_in(judged(events), terms, now)


def targets_in(thread: Judged, terms: Terms | None, now: datetime) -> tuple[Target, ...]:
    """As `targets`, for a thread that is judged already."""
    view, _, course = thread
    named = terms if course.terms and terms is not None else NO_TERMS
    found = outline(view, now, Timers(terms=named))
    received = {id_: node.at for id_, node in view.record.by_id.items()}
    return (*Clockwork(course, named).targets(), *question_targets(found, received, named))


def deadlines(events: Iterable[Event], terms: Terms | None, now: datetime) -> tuple[Deadline, ...]:
    """The same as they stand at `now`, in the order of kinds."""
    return deadlines_in(judged(events), terms, now)


def deadlines_in(thread: Judged, terms: Terms | None, now: datetime) -> tuple[Deadline, ...]:
    """As `deadlines`, for a thread that is judged already."""
    order = list(ClockKind)
    found = [judge(target, now) for target in targets_in(thread, terms, now)]
    return tuple(sorted(found, key=lambda d: (order.index(d.target.kind), d.target.lines)))
