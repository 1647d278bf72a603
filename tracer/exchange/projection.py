"""From stored messages to the case row: the projection that can always be made again.

`Projection` folds the receipted messages of threads (`model.thread`) and writes their case rows
with coded, non-personal fields only. `submit`, `receive` and `deliver` use it as they go; `tracer
store rebuild` computes the same rows with `events_of` and `case_of` alone, so that a rebuilt case
is equal to the one that grew.

What was sent and has no receipt yet is not part of the fold: the outbox shows it as on its way.

Decoding a message costs more than folding it, and a message never changes under its id; so the
newest decoded messages are kept in memory, a bounded number. Rejected: storing the fold's state and
adding to it; the fold is a function of the set, and a stored intermediate would be a second truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tracer.exchange.closings import Stands, tell
from tracer.exchange.outside import course
from tracer.exchange.reading import case_at, event, read_message, unreceipted
from tracer.model.ids import is_outside
from tracer.model.messages import AnyMessage
from tracer.model.thread import Event, closed, fold
from tracer.store import Tx
from tracer.store.rows import CaseRow, MessageHead, MessageRow, ThreadRow

KEPT = 4096
"""Decoded messages kept in memory."""
Opened = tuple[ThreadRow, Event]
"""A thread that was just opened, and its only message."""


class Projection:
    """Writes case rows; remembers the newest decoded messages by id.

    `marked` is called in the lane's thread after each commit that marked clocks; it must not raise.
    """

    def __init__(self, kept: int = KEPT, *, marked: Callable[[], None] = lambda: None) -> None:
        self._kept = kept
        self._marked = marked
        self._decoded: dict[str, AnyMessage] = {}

    def remember(self, message_id: str, message: AnyMessage) -> None:
        """Keep a message that was just signed or verified; the oldest makes room."""
        self._decoded[message_id] = message
        if len(self._decoded) > self._kept:
            self._decoded.pop(next(iter(self._decoded)), None)

    def forget(self, message_id: str) -> None:
        """Drop a message whose groups were erased."""
        self._decoded.pop(message_id, None)

    def write(self, tx: Tx, threads: Iterable[ThreadRow], *, opened: Iterable[Opened] = ()) -> None:
        """Recompute and store the case rows of threads; their clocks are looked at anew.

        Which of them are closed by it, or open again, is told as acts (`closings`). The case row of
        a purged thread stays as it was.

        Args:
            tx: The transaction that changed them.
            threads: Those whose messages are read from the store.
            opened: Those that this transaction opened, with the one message there is.
        """
        rows = {thread.id: thread for thread in threads if not thread.purged}
        heads = tx.messages.heads(list(rows))
        receipts = tx.messages.receipted(list(rows))
        cases, stands = [case_of(row, (only,)) for row, only in opened], []
        for row in rows.values():
            found = self.events(tx, row, heads[row.id], receipts)
            if any(event.id == row.id for event in found):
                stands.append(Stands(row.id, found, fold(found)))
                cases.append(case_at(row, found, stands[-1].state))
            else:
                cases.append(case_from(tx, row, found))
        tx.cases.put_many(cases)
        tell(tx, stands)
        tx.clocks.mark([case.thread for case in cases])
        tx.after_commit(self._marked)

    def events(
        self,
        tx: Tx,
        thread: ThreadRow,
        heads: Sequence[MessageHead],
        receipts: Mapping[str, str],
    ) -> list[Event]:
        """The receipted messages of a thread that are closed under ancestors.

        Of a State with no node, what counts as such (`outside.course`).
        """
        if is_outside(thread.peer):
            return course.events(tx, thread)
        counted = [(head, at) for head in heads if (at := _received(head, receipts)) is not None]
        decoded = self._messages(tx, thread.id, [head.id for head, _ in counted])
        return closed(
            event(head.id, head.direction, thread.opener, message, at)
            for head, at in counted
            if (message := decoded.get(head.id)) is not None
        )

    def _messages(self, tx: Tx, thread: str, names: Sequence[str]) -> dict[str, AnyMessage]:
        """These messages of a thread, decoded; those whose text was destroyed are left out.

        Held here until they are folded: remembering one may make room among the others.
        """
        found = {name: self._decoded[name] for name in names if name in self._decoded}
        if len(found) < len(names):
            missing = {*names} - found.keys()
            for row in tx.messages.of_thread(thread):
                if row.id in missing and row.jws is not None:
                    found[row.id] = read_message(row)
                    self.remember(row.id, found[row.id])
        return found


def case_of(thread: ThreadRow, found: Sequence[Event]) -> CaseRow:
    """The case row of a thread: a pure function of its row and its receipted messages.

    A thread of ours whose opening message has no receipt yet is `SENT` and awaits nothing.
    """
    opening = next((event.message for event in found if event.id == thread.id), None)
    return unreceipted(thread) if opening is None else case_at(thread, found, fold(found))


def events_of(tx: Tx, thread: ThreadRow) -> list[Event]:
    """The receipted messages of a thread that are closed under ancestors, read from the store."""
    if is_outside(thread.peer):
        return course.events(tx, thread)
    receipts = tx.messages.receipted([thread.id])
    return closed(
        event(row.id, row.direction, thread.opener, read_message(row), at)
        for row in tx.messages.of_thread(thread.id)
        if row.jws is not None and (at := _received(row, receipts)) is not None
    )


def _received(message: MessageHead | MessageRow, receipts: Mapping[str, str]) -> str | None:
    """The instant of receipt: in our own log for theirs, in the peer's for ours."""
    return message.at if message.direction == "in" else receipts.get(message.id)


def case_from(tx: Tx, thread: ThreadRow, found: Sequence[Event]) -> CaseRow:
    """The case row of a thread and its events, whichever way they came."""
    return course.case_of(tx, thread) if is_outside(thread.peer) else case_of(thread, found)
