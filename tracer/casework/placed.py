"""Where a message of ours is: by its receipt, the queue and the courier, as codes and in words."""

from __future__ import annotations

from typing import Final, NamedTuple

from tracer.casework import words
from tracer.store.rows import OutboxRow


class Placed(NamedTuple):
    """Where a message of ours is: `delivered`, `courier`, `on-its-way`, `held`, `undeliverable`.

    Of one to a State that has no node: `to-be-sent`, `by-hand`. `at` is since when, `code` why not.
    """

    where: str
    at: str = ""
    code: str = ""


STUCK: Final = ("held", "undeliverable")
"""Where a message stays until a person does something."""
TO_BE_SENT: Final = Placed("to-be-sent")
"""Of what is signed and waits to be printed and sent by hand."""


def place(receipt_at: str | None, queued: OutboxRow | None, carried: str | None) -> Placed:
    """Where a message of ours is.

    Args:
        receipt_at: When the other side took it; None: there is no receipt.
        queued: Its place in the queue.
        carried: Since when it is with the courier.
    """
    if receipt_at is not None:
        return Placed("delivered", receipt_at)
    if carried is not None and queued is not None and queued.state == "queued":
        return Placed("courier", carried)
    if queued is None or queued.state == "queued":
        return Placed("on-its-way")
    return Placed("held" if queued.state == "held" else "undeliverable", "", queued.last_error)


def in_words(placed: Placed) -> str:
    """The same in words."""
    where, at, code = placed
    told = {
        "delivered": f"delivered to their system, {at}",
        "courier": f"with the courier since {at[:10]} {at[11:16]} UTC",
        "on-its-way": words.ON_ITS_WAY,
        "to-be-sent": "to be printed and sent by hand",
        "by-hand": f"sent by another way, entered {at}",
        "held": f"held back ({code})",
        "undeliverable": f"could not be delivered ({code})",
    }
    return told[where]
