"""Very many in an hour: whoever opens or begins them is slowed and known, never shut out.

Rules
-----
1. Counted are different cases that a person opens (by page, by file, by note, for a court), and
   drafts that they begin, each within an hour from the first. The same case again costs nothing.
2. Above the bound (`[pace]`) each further one takes a pause that grows to `LONGEST`. Those of one
   person come one after the other, however many are asked for side by side; at most `WAITING` of
   them wait, and more are told to come back in a moment (`pace-busy`).
3. The first above the bound is an act, once for that person and hour, and stands on the desk of the
   auditors.
4. A case where life is at risk is counted, takes no pause and is never told to come back.

What it does not do: judge why somebody reads. The count is in memory: a restart begins anew.

Decisions
---------
* Slow and known. Rejected: a bound that refuses; it would stop an officer in an emergency first,
  and whoever copies would copy until just below it.
* A count in memory. Rejected: counting reads in the audit trail; each page would pay for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from msgspec import Struct

from tracer.casework.roles import POLICY
from tracer.clock import Clock, instant, stamp
from tracer.errors import InputError
from tracer.store import Store, Tx

Kind = Literal["cases-many", "drafts-many"]
"""What is counted, by the act that tells of it."""
Pause = Callable[[float], Awaitable[object]]
SHOWN: Final = timedelta(days=7)
"""How long auditors see on their desk that somebody opened very many."""
MOST: Final = 20
"""How many of them are shown."""
HOUR: Final = timedelta(hours=1)
STEP: Final = 0.1
"""Seconds by which each pause is longer than the one before."""
LONGEST: Final = 5.0
"""The longest pause of one, in seconds."""
WAITING: Final = 8
"""How many of one person wait side by side."""
PEOPLE: Final = 1_000
"""Most people who are counted at a time; the one counted longest makes room."""


@dataclass(slots=True)
class _Hour:
    """What one person has opened since `began`."""

    began: datetime
    things: set[str] = field(default_factory=set)
    told: bool = False
    waiting: int = 0
    free: datetime | None = None
    """When the next may go on."""


class Many(Struct, frozen=True, kw_only=True):
    """That somebody opened or began very many, as auditors are told of it."""

    person: str
    at: str
    kind: Kind
    count: int
    """How many it were by then."""


def lately(tx: Tx) -> tuple[Many, ...]:
    """Who did so in the last days, newest first."""
    since, kinds = stamp(instant(tx.now) - SHOWN), get_args(Kind)
    found = [
        Many(person=row.subject, at=row.at, kind=kind, count=int(row.detail.get("count", 0)))
        for kind in kinds
        for row in tx.audit.list(MOST, act=kind, since=since)
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))[:MOST]


class Pace:
    """Counts, slows and tells. One for all doors of a node."""

    def __init__(
        self, *, store: Store, clock: Clock, cases: int, drafts: int, pause: Pause = asyncio.sleep
    ) -> None:
        self._store = store
        self._clock = clock
        self._bounds: dict[Kind, int] = {"cases-many": cases, "drafts-many": drafts}
        self._pause = pause
        self._hours: dict[tuple[Kind, str], _Hour] = {}

    async def read(self, actor: str, thread: str, *, urgent: bool = False) -> None:
        """Count a case that somebody opened, and take the pause it costs; outside transactions.

        Raises:
            InputError: `pace-busy`.
        """
        hour = self._hour("cases-many", actor)
        if thread not in hour.things:
            await self._one("cases-many", actor, hour, thread, urgent=urgent)

    async def begin(self, actor: str) -> None:
        """Count a draft that somebody is about to begin, and take the pause it costs.

        Raises:
            InputError: `pace-busy`.
        """
        hour = self._hour("drafts-many", actor)
        await self._one("drafts-many", actor, hour, str(len(hour.things)), urgent=False)

    def counted(self) -> int:
        """For how many people something is counted now."""
        return len(self._hours)

    def _hour(self, kind: Kind, actor: str) -> _Hour:
        now = self._clock.now()
        held = self._hours.get((kind, actor))
        if held is not None and held.began <= now < held.began + HOUR:
            return held
        over = [key for key, one in self._hours.items() if not one.began <= now < one.began + HOUR]
        for key in over or list(self._hours)[: max(0, len(self._hours) - PEOPLE + 1)]:
            del self._hours[key]
        self._hours[kind, actor] = fresh = _Hour(now)
        return fresh

    async def _one(self, kind: Kind, actor: str, hour: _Hour, thing: str, *, urgent: bool) -> None:
        over = len(hour.things) + 1 - self._bounds[kind]
        if over <= 0:
            hour.things.add(thing)
            return
        if not urgent and hour.waiting >= WAITING:
            raise InputError(
                "pace-busy",
                "very many of yours are being opened at once",
                advice="Those come first; try this one again in a few seconds.",
            )
        hour.things.add(thing)
        await self._tell(kind, actor, hour)
        if not urgent:
            await self._wait(hour, min(over * STEP, LONGEST))

    async def _tell(self, kind: Kind, actor: str, hour: _Hour) -> None:
        if hour.told:
            return
        hour.told = True
        count = len(hour.things)
        try:
            await self._store.write(
                lambda tx: tx.audit.write(POLICY, kind, actor, {"count": count})
            )
        except BaseException:
            hour.told = False
            raise

    async def _wait(self, hour: _Hour, seconds: float) -> None:
        """Let go on what is ahead, then this one after its own pause."""
        now, longest = self._clock.now(), timedelta(seconds=LONGEST * WAITING)
        ahead = now if hour.free is None or hour.free - now > longest else max(now, hour.free)
        hour.free = ahead + timedelta(seconds=seconds)
        hour.waiting += 1
        try:
            await self._pause((hour.free - now).total_seconds())
        finally:
            hour.waiting -= 1
