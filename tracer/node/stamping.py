"""The worker that has our heads dated from outside, and what the operator is told of it.

One task of a node with `time.url`. It looks once in `time.every_minutes`; where no answer came it
tries again after a minute, then after twice as long, up to that time. A node that is being restored
asks for nothing: its head is not one that anybody should date.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Final

from tracer.clock import instant
from tracer.config import Config
from tracer.errors import LineError, OperatorError
from tracer.evidence.timestamp import Roots, roots_of
from tracer.exchange.renew import Authority
from tracer.exchange.time_stamp import OFF_MARK, StampTime
from tracer.log import get_logger
from tracer.node.rooms import Rooms
from tracer.store import Tx
from tracer.store.rows import HeadRow, TimeStampRow
from tracer.transport.tsa import HttpTimeLine, TimeLine

_log = get_logger("node.stamping")
FIRST_PAUSE: Final = 60.0
"""Seconds until an authority that gave no answer is asked again; doubled each time."""
CLOCK_OFF: Final = timedelta(minutes=2)
"""Peers refuse what is ten minutes off; the operator hears of it earlier."""


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


class Stamped:
    """What one read of the store says about time from outside."""

    def __init__(self, tx: Tx, head: HeadRow) -> None:
        self.last: TimeStampRow | None = tx.time_stamps.newest(head.origin)
        self.off = timedelta(seconds=int(tx.meta.get(OFF_MARK) or 0))


def time_state(
    config: Config, stamped: Stamped, head: HeadRow, now: datetime
) -> tuple[str, str, str]:
    """How it stands: level, sentence, advice, for `tracer status`."""
    if not config.time.url:
        return "ok", "no time-stamp authority is asked (time.url)", ""
    if abs(stamped.off) > CLOCK_OFF:
        way = "ahead of" if stamped.off > timedelta(0) else "behind"
        minutes = round(abs(stamped.off).total_seconds() / 60)
        return (
            "act",
            f"our clock is {minutes} minutes {way} the time-stamp authority's",
            "Set it right (chrony or systemd-timesyncd).",
        )
    last = stamped.last
    if last is None:
        level = "look" if head.size else "ok"
        return level, "nothing is stamped yet", "Is the authority reached? See the log: time."
    if last.size >= head.size:
        return "ok", f"all is stamped, the newest at {last.at[:16]} UTC", ""
    if now - instant(last.at) > timedelta(hours=config.time.late_hours):
        return (
            "act",
            f"no token since {last.at[:16]} UTC; what came later is dated by our clock alone",
            "See time.url and time.roots; nothing is delayed meanwhile.",
        )
    return "ok", f"the newest token is of {last.at[:16]} UTC", ""
