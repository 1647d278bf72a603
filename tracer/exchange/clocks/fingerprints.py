"""Keeping what is searched of a thread up to its messages: the same firearm is found again."""

from __future__ import annotations

from tracer.exchange.clocks.tick import Look
from tracer.model.fingerprint import fingerprints
from tracer.model.thread import CaseState
from tracer.store import Tx


class Fingerprints:
    """`tick.Kept`: the fingerprints of the lines that a thread asks about."""

    def bring_up(self, tx: Tx, look: Look) -> None:
        """Write them anew."""
        refresh(tx, look.thread.id, look.state)


def refresh(tx: Tx, thread: str, state: CaseState) -> None:
    """Store the fingerprints of the lines a thread asks about; when its clocks are looked at."""
    tx.firearms.put(thread, [one for line in state.firearms for one in fingerprints(line)])
