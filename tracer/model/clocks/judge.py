"""How targets stand at an instant, and when that changes next.

*After* an instant means later by a millisecond or more, as on the wire (PROTOCOL.md, 19.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tracer.clock import instant, stamp, truncate
from tracer.model.clocks.state import Deadline, Standing, Target

SOON_SHARE = 4
"""A clock is due soon in the last quarter of its time ..."""
SOON_CAP = timedelta(days=3)
"""... but not earlier than three days before its end."""
_AFTER = timedelta(milliseconds=1)


def judge(target: Target, now: datetime) -> Deadline:
    """The target as it stands at `now`."""
    return Deadline(target=target, standing=standing(target, now), soon=stamp(_soon(target)))


def next_change(targets: Iterable[Target], now: datetime) -> datetime | None:
    """The first instant after `now` at which one of these stands differently, or is to be acted on.

    What has passed is so a millisecond after its end: at the end itself it can still be met.
    None: nothing changes until another message comes.
    """
    coming = [moment for target in targets for moment in _moments(target) if moment > now]
    return min(coming, default=None)


def standing(target: Target, now: datetime) -> Standing:
    """How the target stands at `now`: what `judge` says, for whoever needs no more."""
    if target.waived:
        return Standing.WAIVED
    if target.ended:
        return Standing.MET if _in_time(target) else _missed(target)
    if target.lapses and now > instant(target.lapses):
        return Standing.WAIVED
    if target.paused:
        return Standing.PAUSED
    if now > instant(target.due):
        return Standing.PASSED
    return Standing.DUE_SOON if now >= _soon(target) else Standing.PENDING


def _in_time(target: Target) -> bool:
    return target.ended <= target.due


def _missed(target: Target) -> Standing:
    return Standing.PASSED if target.given_up else Standing.MET_LATE


def _soon(target: Target) -> datetime:
    since, due = instant(target.since), instant(target.due)
    return truncate(due - min(max(due - since, timedelta()) / SOON_SHARE, SOON_CAP))


def _moments(target: Target) -> Iterator[datetime]:
    """When it stands differently or is acted on, in no order; nothing after it has lapsed."""
    if target.ended:
        return
    lapsed = instant(target.lapses) + _AFTER if target.lapses else None
    if lapsed is not None:
        yield lapsed
    if target.paused:
        return
    acts = [instant(text) for text in (target.remind, target.escalate) if text]
    for moment in (_soon(target), instant(target.due) + _AFTER, *acts):
        if lapsed is None or moment < lapsed:
            yield moment
