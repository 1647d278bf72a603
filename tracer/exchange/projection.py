"""From stored messages to the case row: the projection that can always be made again.

`project` folds the receipted messages of a thread (`model.thread`) and writes the case row with
coded, non-personal fields only. `receive`, `deliver` and `tracer store rebuild` all use this one
function, so that a rebuilt case is equal to the one that grew.

What was sent and has no receipt yet is not part of the fold: the outbox shows it as on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracer.canonical import canonical_json
from tracer.envelope.sdjwt import SignedMessage, stored
from tracer.model.brief import brief
from tracer.model.messages import AnyMessage
from tracer.model.thread import Author, Event, fold
from tracer.model.wire import from_wire
from tracer.store import Tx
from tracer.store.rows import CaseRow, MessageRow, ThreadRow

Events = Mapping[str, Sequence[Event]]
"""Thread id -> events the caller has just decoded."""


def project(tx: Tx, threads: Iterable[ThreadRow], fresh: Events | None = None) -> None:
    """Recompute and store the case rows of these threads.

    `fresh` is complete for a thread whose messages it holds all (a thread just opened); any other
    thread is read from the store.
    """
    tx.cases.put_many([_case(tx, thread, (fresh or {}).get(thread.id, ())) for thread in threads])


def case_of(thread: ThreadRow, found: Sequence[Event]) -> CaseRow:
    """The case row of a thread: a pure function of its row and its receipted messages."""
    state = fold(found)
    opening = next((event.message for event in found if event.id == thread.id), None)
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
            {
                "brief": None if opening is None else brief(opening),
                "events": len(found),
                "state": state,
            }
        ),
        updated=max((event.at for event in found), default=thread.created),
    )


def events_of(tx: Tx, thread: ThreadRow) -> list[Event]:
    """The receipted messages of a thread, decoded."""
    receipts = {name: receipt.at for name, receipt in tx.messages.receipts_of(thread.id).items()}
    found = []
    for row in tx.messages.of_thread(thread.id):
        at = row.at if row.direction == "in" else receipts.get(row.id)
        if at is not None and row.jws is not None:
            found.append(event(row.id, row.direction, thread.opener, read_message(row), at))
    return found


def event(message_id: str, direction: str, opener: str, message: AnyMessage, at: str) -> Event:
    """One event of the fold; `direction` "out" is ours, `opener` "us" means we opened."""
    author: Author = "opener" if (direction == "out") == (opener == "us") else "other"
    return Event(id=message_id, author=author, message=message, at=at)


def read_message(row: MessageRow) -> AnyMessage:
    """Decode a stored message; its signature was verified before it was stored."""
    clear, groups = stored(SignedMessage.of(row.jws or "", row.disclosures))
    return from_wire(clear, groups)


def _case(tx: Tx, thread: ThreadRow, fresh: Sequence[Event]) -> CaseRow:
    complete = len(fresh) == thread.own_count + thread.peer_count
    return case_of(thread, fresh if complete else events_of(tx, thread))
