"""Whether what we are about to say would change anything: asked before it is said, not after.

The fold ignores what it objects to (`model.thread.objections`), and the other side reads it all the
same: a second acknowledgement, feedback where nothing was answered. So a reply is judged as the
fold will judge it, in the thread as it stands here, with all that we have sent taken as arrived: a
message of ours follows all of that, so nothing that comes later changes the judgement.

What we say once (`ONCE`) is looked for among the drafts as well, so that two people do not each
write it.

What it does not do: judge what is sent on paper, where the fold reads what was entered by hand.
"""

from __future__ import annotations

from typing import Final

import msgspec

from tracer.casework import threads
from tracer.casework.papers import paper
from tracer.errors import InputError
from tracer.exchange.reading import event
from tracer.model.ids import is_outside
from tracer.model.messages import AnyMessage
from tracer.model.thread import closed
from tracer.model.thread.course import judged
from tracer.model.thread.objections import CODES
from tracer.store import Tx
from tracer.store.rows import ThreadRow

ONCE: Final = frozenset({"acknowledgement"})
"""Types that the fold takes once in a thread, whatever they are about."""
_NEXT: Final = "A" * 43
"""Stands for the id of the message while it is not signed."""


def check_once(tx: Tx, thread: ThreadRow, tag: str) -> None:
    """Refuse to write again what is said once and is sent, or waits to be.

    Raises:
        InputError: `already-acknowledged`, when it is sent; `draft-twice` with the draft that
            waits, which may be somebody else's.
    """
    if tag not in ONCE:
        return
    heads = tx.messages.heads([thread.id]).get(thread.id, ())
    if any(head.direction == "out" and head.type == tag for head in heads):
        raise _ignored("already-acknowledged")
    waiting = tx.drafts.list(thread=thread.id, states=paper.CHANGEABLE)
    held = next((row for row in waiting if row.type == tag), None)
    if held is not None:
        raise InputError(
            "draft-twice",
            f"{held.id} by {held.author} says so already and has not left",
            advice=f"Go on with {held.id}, or discard it first.",
            field="type",
        )


def check_counts(tx: Tx, thread_id: str | None, message: AnyMessage) -> None:
    """Refuse a reply that the fold would ignore, by the code of its objection.

    Raises:
        InputError: with a code of `model.thread.objections.CODES`.
    """
    thread = tx.threads.get(thread_id) if thread_id else None
    if thread is None or thread.purged or is_outside(thread.peer):
        return
    follows = tuple(sorted(filter(None, (thread.own_tip, thread.peer_tip))))
    held = closed(
        event(head.id, head.direction, thread.opener, one, head.at)
        for head, one in threads.messages(tx, thread.id).values()
        if one is not None
    )
    if not {thread.id, *follows} <= {one.id for one in held}:
        return  # something that it stands on was destroyed
    said = msgspec.structs.replace(message, thread=thread.id, follows=follows)
    last = event(_NEXT, "out", thread.opener, said, tx.now)
    found = {one.id: one.code for one in judged([*held, last]).objections}
    if _NEXT in found:
        raise _ignored(found[_NEXT])


def _ignored(code: str) -> InputError:
    return InputError(
        code,
        f"it would change nothing: {CODES[code]}",
        advice="Discard the draft, or write what fits the case as it stands.",
    )
