"""How far witnesses have seen our log: for status, and to tell somebody when they are late.

What is judged: the largest head that the quorum has cosigned, and since when a record stands in the
log that it does not cover. A record of a moment ago is not late; one that waits longer than the
operator's bound is, and somebody is told. Nothing is delayed for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import UNSET

from tracer.clock import instant, stamp
from tracer.errors import OperatorError
from tracer.evidence.record import parse_record
from tracer.store import Tx
from tracer.store.witness import WitnessStateRow
from tracer.trust.nouns import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWitness:
    """A witness we have chosen: how far it has seen our log, and how asking it goes."""

    name: str
    size: int
    """The largest head of our log that it has cosigned."""
    at: str
    """When it cosigned that; empty if never."""
    asked_at: str
    error: str
    """Code of the last failure; empty if the last answer was good."""
    next_attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLog:
    """Our log as witnesses have seen it."""

    quorum: int
    """0 if no witness is chosen."""
    witnesses: tuple[OneWitness, ...]
    size: int
    """Records of our log."""
    covered: int
    """Records that the quorum has seen."""
    waiting_since: str
    """Time of the oldest record that it has not seen; empty if there is none."""

    def late(self, now: datetime, bound: timedelta) -> bool:
        """Whether a record has waited longer than `bound` for the quorum."""
        waits = bool(self.quorum and self.waiting_since)
        return waits and now - instant(self.waiting_since) > bound


def own_log(tx: Tx, entry: Entry) -> OwnLog:
    """Look at our log; `entry` is our own as it is now."""
    head = tx.log.head()
    witnesses = tuple(_each(tx, entry, head.origin))
    quorum = 0 if entry.witnesses is UNSET else entry.witnesses.quorum
    sizes = sorted((one.size for one in witnesses), reverse=True)
    covered = sizes[quorum - 1] if 0 < quorum <= len(sizes) else 0
    return OwnLog(
        quorum=quorum,
        witnesses=witnesses,
        size=head.size,
        covered=covered,
        waiting_since=_time_of(tx, covered) if covered < head.size else "",
    )


def _each(tx: Tx, entry: Entry, origin: str) -> Iterator[OneWitness]:
    largest = tx.witness.largest(origin)
    for member in () if entry.witnesses is UNSET else entry.witnesses.members:
        state, signed = tx.witness.state(member.name), largest.get(member.name)
        if state.origin != origin:
            state = WitnessStateRow(member.name, origin)
        yield OneWitness(
            name=member.name,
            size=0 if signed is None else signed.size,
            at="" if signed is None else signed.at,
            asked_at=state.asked_at or "",
            error=state.error,
            next_attempt=state.next_attempt,
        )


def _time_of(tx: Tx, index: int) -> str:
    try:
        return stamp(parse_record(tx.log.record(index)).at)
    except (OperatorError, ValueError):
        return ""
