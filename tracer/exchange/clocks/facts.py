"""From the messages of a thread to its facts of cooperation, kept beside its case row.

Whoever looks at a thread because a message came (`tx.clocks`) calls `refresh` in the same
transaction; nothing else writes facts. They follow from the messages and the terms alone, so
`tracer store rebuild` computes the same ones.

What it does not do: read figures (`casework.figures.cooperation`).
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.exchange.clocks.tick import Look
from tracer.exchange.inforce import terms_of
from tracer.model.cooperation import Facts, facts_in, facts_of
from tracer.model.thread import Event
from tracer.store import Tx
from tracer.store.rows import ThreadRow


class KeptFacts:
    """`tick.Kept`: the facts of cooperation of a thread."""

    def bring_up(self, tx: Tx, look: Look) -> None:
        """Write them anew; the month they count in is added up again when it is read."""
        refresh(tx, look.thread, facts_in(look.judged, look.terms if look.known else None))


def refresh(tx: Tx, thread: ThreadRow, facts: Facts | None) -> bool:
    """Keep the facts of a thread; whether they have changed. Those of a purged one stay.

    Args:
        tx: The transaction in which the thread is looked at.
        thread: Its row.
        facts: What follows from its messages now; None: it does not count (yet).
    """
    if thread.purged:
        return False
    return tx.cooperation.put(thread.id, thread.peer, thread.opener, facts)


def facts_from(tx: Tx, events: Sequence[Event]) -> Facts | None:
    """The facts that follow from these messages, under the terms as they are kept here."""
    return facts_of(events, terms_of(tx, events)) if events else None
