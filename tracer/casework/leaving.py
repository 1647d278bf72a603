"""What is about to leave, as whoever lets it go sees it: the queue, and one draft as it is read.

The queue has the most urgent first, then what has waited longest. A draft is shown as the message
the other side reads, computed fields and all, with everybody whose hand is on it; the reading is on
record before anything is shown.

What it does not do: let anything go (`release`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple

from tracer.casework.begun import brief_of
from tracer.casework.papers import paper
from tracer.casework.papers.paper import Draft, Earlier
from tracer.casework.papers.promise import renewed
from tracer.casework.second import Doubt, standing
from tracer.casework.sight import lets_go, seen_only, sees
from tracer.clock import instant
from tracer.exchange.accuse import holding_up
from tracer.exchange.projection import events_of
from tracer.model.codes import UrgencyLevel
from tracer.model.firearm import Firearm
from tracer.model.messages import AnyMessage, Interim, Result
from tracer.model.thread import CaseState, State, fold
from tracer.store import PersonRow, Tx
from tracer.store.rows import ApprovalRow, CaseRow, DraftRow, MessageHead

_ANSWERED: Final = frozenset({State.ANSWERED, State.REFUSED})
_ORDER: Final = (*(level.value for level in UrgencyLevel), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One draft in the queue, or one release on the list for review; no content."""

    draft: str
    type: str
    peer: str
    thread: str
    """Of a request that opens one: empty."""
    reference: str
    author: str
    submitted_by: str
    released_by: str
    reason: str
    since: str
    version: int
    urgency: str
    brief: Mapping[str, Any]
    """The firearms that it is about, in coded words."""
    state: str
    mine: bool
    """A hand of whoever asks is on it: somebody else lets it go, or looks it over."""
    doubt: Doubt | None
    """Whoever asks does not count as a second person beside one of those (`second`)."""


class Hand(NamedTuple):
    """What one person did to a draft in a row: from which version on, and the last of it."""

    first: int
    last: ApprovalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One draft as it will leave: `message` is what the other side reads."""

    draft: Draft
    message: AnyMessage | None
    """None: it has left or is destroyed."""
    hands: tuple[ApprovalRow, ...]
    mine: bool
    doubt: Doubt | None
    """As in `Waiting`."""
    lets_go: bool
    """Whoever asks acts for the authority, not for an agency (`sight.check_releases`)."""
    back: Earlier | None
    """The version that was sent back last."""
    reference: str
    """Of the request that it opens or belongs to."""
    firearms: tuple[Firearm, ...]
    """As the draft describes them; of one that describes none, as the case has them now. Of a case
    that the reader may not see any more, none."""
    silent: tuple[int, ...]
    """Firearms that are asked about and of which neither this answer nor an earlier one says
    anything; of an interim answer or a result that answers others of them."""
    messages: tuple[MessageHead, ...]
    """Of its case, without their content; none where the reader may not see it any more."""
    faults: int
    """Recorded faults of the recipient's log: it leaves with a written override only."""

    def runs(self) -> list[Hand]:
        """The hands in their order, those of one kind by one person in a row as one."""
        runs = groupby(self.hands, key=lambda one: (one.person, one.act))
        acts = (list(run) for _, run in runs)
        return [Hand(run[0].version, run[-1]) for run in acts]


def queued(tx: Tx, person: PersonRow) -> tuple[Waiting, ...]:
    """What waits for a second person, of what this one may see."""
    rows = paper.seen(tx, person, tx.drafts.list("submitted"))
    found = [waiting(tx, person, row) for row in rows]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.urgency), one.since)))


def count_queued(tx: Tx, person: PersonRow) -> int:
    """How many `queued` has, without looking at each."""
    return len(paper.seen(tx, person, tx.drafts.list("submitted")))


def to_review(tx: Tx, person: PersonRow) -> tuple[DraftRow, ...]:
    """What one person let go alone and nobody has looked over yet, of cases this one may see."""
    return seen_only(tx, person, tx.drafts.list("released", review=True), paper.case_of)


def all_hands(tx: Tx, row: DraftRow) -> frozenset[str | None]:
    """Everybody whose hand is on a draft, and whoever let it go."""
    return paper.writers(tx, row) | {row.released_by}


def waiting(tx: Tx, person: PersonRow, row: DraftRow) -> Waiting:
    """One draft without its content."""
    thread = paper.case_of(row)
    case = _case(tx, person, row)
    message = paper.read_body(row) if row.body else None
    stated = getattr(message, "urgency", None)
    urgency = stated.level.value if stated else case.urgency if case else ""
    return Waiting(
        draft=row.id,
        type=row.type,
        peer=row.peer,
        thread=thread,
        reference=_reference(tx, person, row, message),
        author=row.author,
        submitted_by=row.submitted_by or "",
        released_by=row.released_by or "",
        reason=row.reason,
        since=row.updated,
        version=row.version,
        urgency=urgency if urgency in _ORDER else "",
        brief=brief_of(message, case),
        state=row.state,
        mine=person.name in all_hands(tx, row),
        doubt=doubt_about(tx, person, row),
    )


def doubt_about(tx: Tx, person: PersonRow, row: DraftRow) -> Doubt | None:
    """Who of those with a hand on a draft may be the same human; None: their own hand is, or none.

    Once it is released, whoever released it is one of them.
    """
    if person.name in all_hands(tx, row):
        return None
    done = paper.writings(tx, row)
    gone = ((item.person, item.at) for item in tx.drafts.approvals(row.id) if item.act == "release")
    return standing(tx).doubt(person.name, (*done, *gone))


def in_case(tx: Tx, person: PersonRow, thread: str) -> tuple[Waiting, ...]:
    """What is being written in a case and has not left."""
    rows = tx.drafts.list(thread=thread, states=paper.CHANGEABLE)
    return tuple(waiting(tx, person, row) for row in paper.seen(tx, person, rows))


def opened(tx: Tx, person: PersonRow, draft_id: str) -> Leaving:
    """A draft in full; puts the reading on record.

    Raises:
        InputError: `draft-unknown`.
    """
    row = paper.load(tx, draft_id, person)
    message = as_of_now(tx, row) if row.body else None
    back, state = paper.earlier(row), _state_of(tx, person, row)
    paper.note_reading(tx, person.name, row, message, back)
    return Leaving(
        draft=paper.view(tx, row),
        message=message,
        hands=tuple(tx.drafts.approvals(row.id)),
        mine=person.name in paper.writers(tx, row),
        doubt=doubt_about(tx, person, row),
        lets_go=lets_go(tx, person),
        back=back,
        reference=_reference(tx, person, row, message),
        firearms=getattr(message, "firearms", ()) or (state.firearms if state else ()),
        silent=_silent(message, state) if state else (),
        messages=_heads(tx, person, row),
        faults=len(holding_up(tx, row.peer)),
    )


def _case(tx: Tx, person: PersonRow, row: DraftRow) -> CaseRow | None:
    """The case of a draft; None: there is none yet, or it is no longer theirs to see."""
    thread = paper.case_of(row)
    return tx.cases.get(thread) if thread and sees(tx, person, thread) else None


def _reference(tx: Tx, person: PersonRow, row: DraftRow, message: AnyMessage | None) -> str:
    """How people name the request that a draft opens or belongs to."""
    case = _case(tx, person, row)
    return getattr(message, "reference", "") or (case.reference if case else "")


def _state_of(tx: Tx, person: PersonRow, row: DraftRow) -> CaseState | None:
    """The case that a draft belongs to as it stands; None: the draft opens it, or as `_case`."""
    if not row.thread or not sees(tx, person, row.thread):
        return None
    thread = tx.threads.get(row.thread)
    events = events_of(tx, thread) if thread else ()
    return fold(events, now=instant(tx.now)) if events else None


def _heads(tx: Tx, person: PersonRow, row: DraftRow) -> tuple[MessageHead, ...]:
    if not row.thread or not sees(tx, person, row.thread):
        return ()
    return tuple(tx.messages.heads([row.thread])[row.thread])


def _silent(message: AnyMessage | None, state: CaseState) -> tuple[int, ...]:
    """As in `Leaving`; what the opener changed after an answer has to be answered again."""
    if not isinstance(message, Interim | Result) or not message.answers:
        return ()
    said = {one.line for one in message.answers} | set(getattr(message, "lines", ()))
    told = {one.line for one in state.chain}
    said |= {
        one.line
        for one in state.lines
        if one.state is not State.REOPENED
        and (one.state in _ANSWERED or one.outcomes or one.line in told)
    }
    return tuple(one.line for one in state.firearms if one.line not in said)


def as_of_now(tx: Tx, row: DraftRow) -> AnyMessage:
    """The message of a draft, with what is computed from the thread computed anew."""
    message = paper.read_body(row)
    thread = tx.threads.get(row.thread) if row.thread else None
    if thread is None:
        return message
    writings = [item.at for item in tx.drafts.approvals(row.id) if item.act == "write"]
    return renewed(tx, thread, message, max(writings, default=row.created))
