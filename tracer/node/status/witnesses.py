"""What `tracer status` says of witnesses: whether ours have seen our log, whether we can be one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import UNSET

from tracer.clock import instant
from tracer.exchange.witness.view import OwnLog
from tracer.node.rooms import Rooms
from tracer.node.status.nouns import Check


def witnesses(rooms: Rooms, log: OwnLog, now: datetime, *, able: bool) -> Iterator[Check]:
    """Our own witnesses, then ourselves as one."""
    yield _ours(log, now, timedelta(hours=rooms.config.witness.late_hours))
    entry, key = rooms.own(), rooms.keyring.witness_key()
    if key is None:
        yield Check(
            "witnessing",
            "look",
            "this node has no witness key: it can watch nobody's log",
            "Make one: tracer key rotate-witness.",
        )
    elif entry.witness is UNSET or entry.witness.name != key.name:
        yield Check("witnessing", "act", "the key is not in our entry", "Run: tracer entry issue.")
    elif not able:
        yield Check(
            "witnessing",
            "act",
            "this node does not know what it has cosigned, and cosigns nothing",
            f"Put {rooms.home.witnessed.name} back, or make a new key: tracer key rotate-witness.",
        )
    for member in () if entry.witnesses is UNSET else entry.witnesses.members:
        authority = member.name.partition("/")[0]
        peer = rooms.cell.get().find(authority)
        if peer is not None and peer.verified.entry.witness not in (UNSET, member):
            yield Check(
                "witness",
                "act",
                f"{authority} has another witness key by now",
                "Choose again: tracer witness choose.",
            )


def _ours(log: OwnLog, now: datetime, bound: timedelta) -> Check:
    if not log.quorum:
        return Check(
            "witnesses",
            "look",
            "nobody watches our log",
            "Choose some: tracer witness choose AUTHORITY...",
        )
    failing = [one for one in log.witnesses if one.error]
    up = len(log.witnesses) - len(failing)
    sentence = f"{up} of {len(log.witnesses)} answer, {log.quorum} are enough"
    if log.waiting_since:
        sentence += f"; {log.size - log.covered} records are not seen yet"
    if log.late(now, bound):
        hours = int((now - instant(log.waiting_since)).total_seconds() // 3600)
        return Check(
            "witnesses",
            "act",
            f"{sentence}, the oldest for {hours} hours",
            "Speak to them, or choose others: tracer witness list.",
        )
    return Check("witnesses", "look" if failing else "ok", sentence)
