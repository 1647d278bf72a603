"""The worker of the clocks: tells our own people and reminds peers when something is due.

One task. It sleeps until the next thread is due, and looks at least every `tick_seconds`; it is
woken when messages came or were receipted, then waits a moment, so that a batch is looked at
together, and after each group leaves the store to others for longer than it held it: what is due in
hours gives way to what arrives now. State is in the database only (`tx.clocks`): a worker that
crashes is started again, and what it had not committed is claimed again. While the node restores
nothing is told or sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tracer.casework.reminding import Reminding
from tracer.config import Clocks
from tracer.exchange.clocks.agenda import Agenda
from tracer.exchange.clocks.facts import KeptFacts
from tracer.exchange.clocks.fingerprints import Fingerprints
from tracer.exchange.clocks.tick import Acts, Tick
from tracer.log import get_logger
from tracer.model.clocks.schedule import Policy
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import Bell, guarded

_log = get_logger("node.clocks")
CLOCKS: Final = "clocks"
"""The name under which the bell calls this worker."""
GATHER: Final = 0.5
"""Seconds in which what came together is gathered."""
YIELDING: Final = 9.0
"""For each second that a group took, the seconds that the next one waits."""


class Timekeeper:
    """The work, and the task that repeats it."""

    def __init__(
        self, *, tick: Tick, bell: Bell, every: float, restoring: Callable[[], bool]
    ) -> None:
        self._tick = tick
        self._bell = bell
        self._every = every
        self._restoring = restoring

    async def round(self) -> float:
        """Look at one group; the seconds until the next is due."""
        if self._restoring():
            return self._every
        begun = time.monotonic()
        done = await self._tick()
        if done.acts:
            _log.info("clocks.told", count=done.acts)
        least = (time.monotonic() - begun) * YIELDING
        pause = self._every if done.pause is None else done.pause
        return max(least, min(pause, self._every))

    async def work(self) -> None:
        """Repeat it until cancelled."""
        while True:
            pause = await guarded(self.round, otherwise=self._every)
            if pause < GATHER:
                await asyncio.sleep(pause)
            else:
                await self._bell.wait(CLOCKS, pause)
                await asyncio.sleep(GATHER)


def timekeeper(rooms: Rooms, bell: Bell, *, notices: Acts) -> Timekeeper:
    """The worker of a node; `notices` tells our own people."""
    settings = rooms.config.clocks
    tick = Tick(
        store=rooms.store,
        projection=rooms.projection,
        policy=policy_of(settings),
        notices=notices,
        peers=reminding(rooms),
        kept=(KeptFacts(), Fingerprints(), Agenda()),
        wake=rooms.wake,
    )
    return Timekeeper(
        tick=tick,
        bell=bell,
        every=settings.tick_seconds,
        restoring=lambda: rooms.gate.restoring,
    )


def reminding(rooms: Rooms) -> Reminding:
    """What policy sends from this node."""
    return Reminding(
        authority=rooms.authority,
        directory=rooms.cell.get,
        submit=rooms.submit,
        restoring=lambda: rooms.gate.restoring,
    )


def policy_of(settings: Clocks) -> Policy:
    """The policy that the configuration states."""
    return Policy(
        share=settings.share_percent,
        before=timedelta(hours=settings.before_hours),
        after=timedelta(hours=settings.after_hours),
        remind=timedelta(hours=settings.remind_hours),
        apart=timedelta(hours=settings.apart_hours),
        reminders=settings.reminders,
        reminders_each=settings.reminders_each,
        enquiries=settings.enquiries,
    )
