"""Finding a thread by what people have at hand, and what a reply in it says by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, cast

import msgspec

from tracer.casework.papers.promise import promised
from tracer.errors import InputError
from tracer.exchange.outside.course import entries
from tracer.exchange.reading import read_message
from tracer.model.codes import HandlingCode, code
from tracer.model.ids import is_digest, is_outside, state_of
from tracer.model.messages import AnyMessage, AnyOpening, type_of
from tracer.store import Tx
from tracer.store.rows import MessageHead, OutboxRow, ThreadRow

ABOUT: Final = {
    "amend": ("more-info",),
    "clarify-ground": ("refused", "restricted", "delayed"),
    "conditions-accepted": ("conditions-proposed",),
    "conditions-declined": ("conditions-proposed",),
    "consent-given": ("consent-asked", "correction"),
    "consent-declined": ("consent-asked", "correction"),
    "ground-clarified": ("clarify-ground",),
}
"""What a reply is about unless it says so: the other side's newest message of these types."""
_SHORTEST: Final = 6
"""Characters of a thread id that are enough to look for it."""
_MOST: Final = 1000
"""Cases of one reference that are looked at."""
_ALIKE: Final = 50
"""Threads of one beginning that are looked at."""
Seen = Callable[[Sequence[str]], Sequence[str]]
"""Those of some threads that somebody may see."""

_UNDELIVERED: Final = ("queued", "held", "undeliverable")


class OnItsWay(NamedTuple):
    """A request or information of ours that has not been receipted."""

    row: ThreadRow
    opening: AnyOpening
    queued: OutboxRow
    carried: str | None = None
    """Since when it is with the courier."""


def find(tx: Tx, text: str, *, seen: Seen | None = None) -> ThreadRow:
    """A thread by its id, the beginning of its id, or its human reference.

    A reference names a case that we opened before one that the State in it opened, and that before
    one of anybody else: nobody makes a reference unusable by writing it on a request of their own.

    Args:
        tx: Where it is looked for.
        text: What people have at hand.
        seen: Those of some threads that count, by id; what is left out is as if it were not here.

    Raises:
        InputError: `thread-unknown`, or `thread-ambiguous` when several fit alike.
    """
    text = text.strip()
    fitting = (set(seen(ids) if seen else ids) for ids in _fitting(tx, text))
    ids = next(filter(None, fitting), set[str]())
    if len(ids) > 1:
        raise InputError(
            "thread-ambiguous",
            f"several cases fit {text}",
            advice="Give the whole id.",
            field="thread",
        )
    row = tx.threads.get(ids.pop()) if ids else None
    if row is None:
        raise unknown(text)
    return row


def unknown(text: str) -> InputError:
    """What is said of a case that is not here, and of one that is not for whoever asks."""
    return InputError("thread-unknown", f"there is no case {text.strip()}", field="thread")


def on_its_way(tx: Tx, among: Iterable[str] | None = None) -> list[OnItsWay]:
    """Threads of ours whose opening message has no receipt yet: their case row is all but empty.

    `among` are the threads to look for; None: every one.
    """
    found = []
    named = None if among is None else [row for one in among for row in tx.outbox.rows(thread=one)]
    for state in _UNDELIVERED:
        rows = tx.outbox.rows(state=state) if named is None else named
        items = [item for item in rows if item.message_id == item.thread and item.state == state]
        carried = tx.courier.since([item.message_id for item in items])
        for item in items:
            thread = tx.threads.get(item.thread)
            row = tx.messages.find(item.peer, item.message_id)
            if thread is not None and row is not None and row.jws is not None:
                opening = cast("AnyOpening", read_message(row))
                found.append(OnItsWay(thread, opening, item, carried.get(item.message_id)))
    return found


def messages(tx: Tx, thread: str) -> dict[str, tuple[MessageHead, AnyMessage | None]]:
    """All messages of a thread by id, in the order of their commit; None where it is deleted."""
    heads = {head.id: head for head in tx.messages.heads([thread])[thread]}
    return {
        row.id: (heads[row.id], read_message(row) if row.jws is not None else None)
        for row in tx.messages.of_thread(thread)
    }


def reply_defaults(tx: Tx, thread: ThreadRow, tag: str, handling: HandlingCode) -> dict[str, Any]:
    """Subject and handling of a reply: no laxer than the strictest message it may quote."""
    held = messages(tx, thread.id)
    theirs = [(head.id, one) for head, one in held.values() if one and head.direction == "in"]
    if is_outside(thread.peer):
        theirs += [
            (row.id, said.message)
            for row, said in entries(tx, thread.id)
            if said and said.message and said.statement.direction == "in"
        ]
    laxest = strictest((message for _, message in theirs), floor=handling)
    found: dict[str, Any] = {"handling": {"code": msgspec.to_builtins(code(laxest))}}
    named = [name for name, message in theirs if type_of(message) in ABOUT.get(tag, ())]
    if named:
        found["about"] = named[-1]
    return found | (promised(tx, thread) if tag == "acknowledgement" else {})


def theirs_about(tx: Tx, thread: ThreadRow, tag: str) -> dict[str, Any]:
    """What a message of theirs that came on paper is about: our newest of these types."""
    ours = [
        head.id
        for head in tx.messages.heads([thread.id])[thread.id]
        if head.direction == "out" and head.type in ABOUT.get(tag, ())
    ]
    return {"about": ours[-1]} if ours else {}


def strictest(messages: Iterable[AnyMessage], *, floor: HandlingCode) -> HandlingCode:
    """The strictest handling of these messages, at least `floor`."""
    return max([floor, *map(_code_of, messages)])


def _code_of(message: AnyMessage) -> HandlingCode:
    """The handling code; one not known here counts as the strictest."""
    known = message.handling.code.known()
    return known if isinstance(known, HandlingCode) else HandlingCode.H3


def _fitting(tx: Tx, text: str) -> Iterator[list[str]]:
    """Threads that a text may mean, the surest first."""
    if is_digest(text) and tx.threads.get(text) is not None:
        yield [text]
    ours = [case.thread for case in tx.cases.list(reference=text, opener="us", limit=_MOST)]
    yield ours + [one.row.id for one in on_its_way(tx) if one.opening.reference == text]
    theirs = tx.cases.list(reference=text, opener="peer", limit=_MOST)
    yield [case.thread for case in theirs if state_of(case.peer) == text[:2]]
    yield [case.thread for case in theirs]
    if len(text) >= _SHORTEST:
        rows = tx.threads.list(after=text, limit=_ALIKE)
        yield [row.id for row in rows if row.id.startswith(text)]
