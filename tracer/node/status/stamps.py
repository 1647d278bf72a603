"""What `tracer status` says of time from outside: whether our heads are dated by a stranger."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracer.clock import instant
from tracer.config import Config
from tracer.exchange.log.time_stamp import OFF_MARK
from tracer.node.status.nouns import CLOCK_OFF, Check, Level
from tracer.store import Tx
from tracer.store.rows import HeadRow, TimeStampRow


class Stamped:
    """What one read of the store says about time from outside."""

    def __init__(self, tx: Tx, head: HeadRow) -> None:
        self.last: TimeStampRow | None = tx.time_stamps.newest(head.origin)
        self.off = timedelta(seconds=int(tx.meta.get(OFF_MARK) or 0))


def time_check(config: Config, stamped: Stamped, head: HeadRow, now: datetime) -> Check:
    """How it stands with time from outside."""
    return Check("time", *_judged(config, stamped, head, now))


def _judged(
    config: Config, stamped: Stamped, head: HeadRow, now: datetime
) -> tuple[Level, str, str]:
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
        level: Level = "look" if head.size else "ok"
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
