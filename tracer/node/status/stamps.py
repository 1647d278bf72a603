"""What `tracer status` says of time from outside: whether our heads are dated by a stranger."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracer.clock import instant
from tracer.config import Config
from tracer.exchange.log.time_stamp import OFF_MARK
from tracer.node.status.nouns import CLOCK_OFF, Check, check
from tracer.store import Tx
from tracer.store.rows import HeadRow, TimeStampRow


class Stamped:
    """What one read of the store says about time from outside."""

    def __init__(self, tx: Tx, head: HeadRow) -> None:
        self.last: TimeStampRow | None = tx.time_stamps.newest(head.origin)
        self.off = timedelta(seconds=int(tx.meta.get(OFF_MARK) or 0))


def time_check(config: Config, stamped: Stamped, head: HeadRow, now: datetime) -> Check:
    """How it stands with time from outside."""
    if not config.time.url:
        return check("time", "off", "time.off")
    if abs(stamped.off) > CLOCK_OFF:
        code = "time.ahead" if stamped.off > timedelta(0) else "time.behind"
        minutes = round(abs(stamped.off).total_seconds() / 60)
        return check("time", "act", code, "time.set", n=minutes)
    last = stamped.last
    if last is None:
        return check("time", "look" if head.size else "ok", "time.none", "time.reached")
    if last.size >= head.size:
        return check("time", "ok", "time.all", last_at=last.at)
    if now - instant(last.at) > timedelta(hours=config.time.late_hours):
        return check("time", "act", "time.late", "time.see", last_at=last.at)
    return check("time", "ok", "time.newest", last_at=last.at)
