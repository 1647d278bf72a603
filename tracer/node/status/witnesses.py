"""What `tracer status` says of witnesses: whether ours have seen our log, whether we can be one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from tracer.clock import instant
from tracer.exchange.witness.view import OwnLog
from tracer.node.rooms import Rooms
from tracer.node.status.nouns import Check, Level, check


def witnesses(rooms: Rooms, log: OwnLog, now: datetime, *, able: bool) -> Iterator[Check]:
    """Our own witnesses, then ourselves as one."""
    yield _ours(log, now, timedelta(hours=rooms.config.witness.late_hours))
    entry, key = rooms.own(), rooms.keyring.witness_key()
    if key is None:
        yield check("witnessing", "look", "witnessing.no-key", "witnessing.make")
    elif entry.witness is UNSET or entry.witness.name != key.name:
        yield check("witnessing", "act", "witnessing.unlisted", "entry.issue")
    elif not able:
        name = rooms.home.witnessed.name
        yield check("witnessing", "act", "witnessing.forgot", "witnessing.memory", file=name)
    for member in () if entry.witnesses is UNSET else entry.witnesses.members:
        authority = member.name.partition("/")[0]
        peer = rooms.cell.get().find(authority)
        if peer is not None and peer.verified.entry.witness not in (UNSET, member):
            yield check("witness", "act", "witness.other-key", "witness.again", peer=authority)


def _ours(log: OwnLog, now: datetime, bound: timedelta) -> Check:
    if not log.quorum:
        return check("witnesses", "look", "witnesses.none", "witnesses.choose")
    failing = [one for one in log.witnesses if one.error]
    in_all = len(log.witnesses)
    told: dict[str, Any] = {"up": in_all - len(failing), "all": in_all, "quorum": log.quorum}
    level: Level = "look" if failing else "ok"
    if not log.waiting_since:
        return check("witnesses", level, "witnesses.seen", **told)
    told["left"] = log.size - log.covered
    if log.late(now, bound):
        told["hours"] = int((now - instant(log.waiting_since)).total_seconds() // 3600)
        return check("witnesses", "act", "witnesses.late", "witnesses.speak", **told)
    return check("witnesses", level, "witnesses.unseen", **told)
