"""The worker of the journal: looks each minute whether its head is to be entered (`exchange`)."""

from __future__ import annotations

import asyncio
from typing import Final

from tracer.exchange.log.journal import EnterJournal
from tracer.log import get_logger
from tracer.node.workers.bell import guarded

_log = get_logger("node.journal")
EVERY: Final = 60.0
"""Seconds before the first look and between two; the clock may be set meanwhile."""


class JournalWork:
    """The worker: enters the head when an hour of the clock is over."""

    def __init__(self, enter: EnterJournal) -> None:
        self._enter = enter

    async def round(self) -> float:
        """Enter what is to be entered; the seconds until the next look."""
        done = await self._enter()
        if done is not None:
            _log.info("journal.entered", size=done.size)
        return EVERY

    async def work(self) -> None:
        """Repeat it until cancelled; a node that has just started has other things to do."""
        pause = EVERY
        while True:
            await asyncio.sleep(pause)
            pause = await guarded(self.round, otherwise=EVERY)
