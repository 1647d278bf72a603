"""The worker that has our heads dated from outside.

One task of a node with `time.url`. It looks once in `time.every_minutes`; where no answer came it
tries again after a minute, then after twice as long, up to that time. A node that is being restored
asks for nothing: its head is not one that anybody should date.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Final

from tracer.config import Config
from tracer.errors import LineError, OperatorError
from tracer.evidence.timestamp import Roots, roots_of
from tracer.exchange.log.time_stamp import StampTime
from tracer.exchange.renew import Authority
from tracer.log import get_logger
from tracer.node.rooms import Rooms
from tracer.transport.tsa import HttpTimeLine, TimeLine

_log = get_logger("node.stamping")
FIRST_PAUSE: Final = 60.0
"""Seconds until an authority that gave no answer is asked again; doubled each time."""


def time_work(rooms: Rooms, line: TimeLine | None = None) -> Coroutine[None, None, None]:
    """The worker, to be run as a task; it ends at once where no authority is named.

    Raises:
        OperatorError: `time-roots`, before anything runs.
    """
    return _repeat(rooms, stamping(rooms, line) if rooms.config.time.url else None)


def stamping(rooms: Rooms, line: TimeLine | None = None) -> StampTime:
    """Build the verb from the settings; `line` stands in for the authority's (tests)."""
    return StampTime(
        store=rooms.store,
        ledger=rooms.ledger,
        clock=rooms.clock,
        line=line or HttpTimeLine(rooms.config.time.url),
        roots=time_roots(rooms.config),
        every=timedelta(minutes=rooms.config.time.every_minutes),
    )


def time_roots(config: Config) -> Roots:
    """The roots that tokens must lead to.

    Raises:
        OperatorError: `time-roots`: the file is missing or holds no certificate.
    """
    path = config.data_dir / config.time.roots
    try:
        return roots_of(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OperatorError(
            "time-roots",
            f"{path} holds no root certificates of the time-stamp authority",
            advice="Put them there in PEM, or leave time.url empty.",
        ) from error


def time_authority(config: Config) -> Authority | None:
    """The authority that the settings name, for a single question; None if they name none.

    Raises:
        OperatorError: `time-roots`.
    """
    if not config.time.url:
        return None
    return Authority(HttpTimeLine(config.time.url), time_roots(config))


async def _repeat(rooms: Rooms, work: StampTime | None) -> None:
    if work is None:
        return
    every = rooms.config.time.every_minutes * 60.0
    pause = 0.0
    while True:
        await asyncio.sleep(pause)
        pause = await _round(rooms, work, after=pause, every=every)


async def _round(rooms: Rooms, work: StampTime, *, after: float, every: float) -> float:
    """Look once; seconds until the next look."""
    if rooms.gate.restoring:
        return FIRST_PAUSE
    try:
        kept = await work()
    except LineError as error:
        _log.warning("time.missing", code=error.code)
        return min(max(2 * after, FIRST_PAUSE) if after < every else FIRST_PAUSE, every)
    if kept:
        _log.info("time.stamped")
    return every
