"""The course of a thread with a State that has no node: its events and its case.

Events are what was entered with coded content, and messages of ours from the entry that they were
sent. Both follow from rows of this node alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from tracer.canonical import canonical_json
from tracer.envelope.sdjwt import SignedMessage
from tracer.exchange.outside.statement import Stated, read
from tracer.exchange.reading import case_at, event, read_message, unreceipted
from tracer.model.brief import brief
from tracer.model.messages import AnyMessage
from tracer.model.thread import Event, closed, fold
from tracer.store import Tx
from tracer.store.account_rows import TranscriptRow
from tracer.store.rows import CaseRow, ThreadRow


class Entry(NamedTuple):
    """A row with what it states; None where its content is destroyed."""

    row: TranscriptRow
    stated: Stated | None


def entries(tx: Tx, thread: str) -> list[Entry]:
    """What was entered in a thread, oldest first."""
    return [Entry(row, stated(row)) for row in tx.transcripts.of(thread)]


def stated(row: TranscriptRow) -> Stated | None:
    """What a row states; None where its content is destroyed."""
    return read(SignedMessage.of(row.jws, row.disclosures)) if row.jws else None


def events(tx: Tx, thread: ThreadRow) -> list[Event]:
    """The events of such a thread, closed under ancestors."""
    ours = {
        row.id: read_message(row)
        for row in tx.messages.of_thread(thread.id)
        if row.jws is not None and row.direction == "out"
    }
    return events_in(thread, ours, entries(tx, thread.id))


def events_in(
    thread: ThreadRow, ours: Mapping[str, AnyMessage], entered: Iterable[Entry]
) -> list[Event]:
    """The same from messages of ours by id and from what was entered."""
    found: dict[str, Event] = {}
    for row, said in entered:
        if said is None:
            continue
        if said.message is not None and said.statement.direction == "in":
            found[row.id] = event(row.id, "in", thread.opener, said.message, row.at)
        sent = said.statement.sent
        if sent is not UNSET and sent in ours and sent not in found:
            found[sent] = event(sent, "out", thread.opener, ours[sent], row.at)
    return closed(found.values())


def sent_by_hand(entered: Iterable[Entry]) -> dict[str, TranscriptRow]:
    """The entry that a message of ours was sent, by its id."""
    found: dict[str, TranscriptRow] = {}
    for row, said in entered:
        if said is not None and said.statement.sent:
            found.setdefault(said.statement.sent, row)
    return found


def case_of(tx: Tx, thread: ThreadRow) -> CaseRow:
    """The case row of such a thread; until the request is sent, what it says itself."""
    found = events(tx, thread)
    opening: AnyMessage | None = None
    if not any(one.id == thread.id for one in found):
        row = tx.messages.find(thread.peer, thread.id)
        opening = read_message(row) if row is not None and row.jws is not None else None
    return case_in(thread, found, opening)


def case_in(thread: ThreadRow, found: Sequence[Event], opening: AnyMessage | None) -> CaseRow:
    """The same from its events, and from the request where that is not sent."""
    if any(one.id == thread.id for one in found):
        return case_at(thread, found, fold(found))
    waiting = unreceipted(thread)
    if opening is None:
        return waiting
    urgency = getattr(opening, "urgency", None)
    return replace(
        waiting,
        urgency=urgency.level.value if urgency else "",
        reference=getattr(opening, "reference", ""),
        summary_json=canonical_json({"brief": brief(opening)}),
    )
