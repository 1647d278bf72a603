"""From one stored message to what the fold takes, and from events to a case row; no store.

`projection` reads whole threads and writes their rows; `outside.course` does so for States with no
node.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.canonical import canonical_json
from tracer.envelope.sdjwt import SignedMessage, StoredMessage
from tracer.model.brief import brief
from tracer.model.messages import AnyMessage
from tracer.model.thread import Author, CaseState, Event
from tracer.model.written import message_of
from tracer.store.rows import CaseRow, MessageRow, ThreadRow


def case_at(thread: ThreadRow, found: Sequence[Event], state: CaseState) -> CaseRow:
    """The same where the state of the messages is known; the opening is among them."""
    opening = next(event.message for event in found if event.id == thread.id)
    return CaseRow(
        thread=thread.id,
        peer=thread.peer,
        opener=thread.opener,
        state=state.state,
        awaiting=state.awaiting,
        urgency=state.urgency,
        reference=getattr(opening, "reference", ""),
        test=thread.test,
        summary_json=canonical_json(
            {"brief": brief(opening, state.firearms), "events": len(found), "state": state}
        ),
        updated=max(event.at for event in found),
    )


def event(message_id: str, direction: str, opener: str, message: AnyMessage, at: str) -> Event:
    """One event of the fold; `direction` "out" is ours, `opener` "us" means we opened."""
    author: Author = "opener" if (direction == "out") == (opener == "us") else "other"
    return Event(id=message_id, author=author, message=message, at=at)


def read_message(row: MessageRow) -> AnyMessage:
    """Decode a stored message; its signature was verified before it was stored."""
    return message_of(StoredMessage(SignedMessage.of(row.jws or "", row.disclosures)))


def unreceipted(thread: ThreadRow) -> CaseRow:
    """The case row of a thread of ours of which nothing counts yet."""
    return CaseRow(
        thread=thread.id,
        peer=thread.peer,
        opener=thread.opener,
        state="SENT",
        awaiting=None,
        urgency="",
        reference="",
        test=thread.test,
        summary_json=b"{}",
        updated=thread.created,
    )
