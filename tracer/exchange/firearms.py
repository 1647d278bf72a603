"""Keeping what is searched of a thread up to its messages: the same firearm is found again."""

from __future__ import annotations

from tracer.model.fingerprint import fingerprints
from tracer.model.thread import CaseState
from tracer.store import Tx


def refresh(tx: Tx, thread: str, state: CaseState) -> None:
    """Store the fingerprints of the lines a thread asks about; when its clocks are looked at."""
    tx.firearms.put(thread, [one for line in state.firearms for one in fingerprints(line)])
