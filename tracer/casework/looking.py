"""The small pictures of a case belong to the one act of opening its page, which counts its files.

A browser asks for each of them by itself, just after the page. Where the last thing that a person
did with the case was to open it, and that lies minutes back, they add nothing to the trail: the act
of opening stands there with the number of files. Anything else, and each file that is opened whole,
is an act of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tracer.clock import instant
from tracer.store import Tx

OPENED: Final = "read-case"
FILES: Final = "files"
"""How many files messages of the case carry, in the detail of the act."""
WITHIN: Final = timedelta(minutes=5)
"""How long after its page a picture counts as shown with it."""


def shown_with_page(tx: Tx, actor: str, thread: str) -> bool:
    """Whether the act of opening the case already says that its files were shown."""
    last = next(iter(tx.audit.list(1, subject=thread, actor=actor)), None)
    if last is None or last.act != OPENED or not last.detail.get(FILES):
        return False
    return instant(tx.now) - instant(last.at) <= WITHIN
