"""How targets stand at an instant, and when that changes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tracer.clock import instant, stamp
from tracer.model.clocks.state import Deadline, Standing, Target

SOON_SHARE = 4
"""A clock is due soon in the last quarter of its time ..."""
SOON_CAP = timedelta(days=3)
"""... but not earlier than three days before its end."""


def judge(target: Target, now: datetime) -> Deadline:
    """The target as it stands at `now`."""
    return Deadline(target=target, standing=_standing(target, now), soon=stamp(_soon(target)))


def next_change(targets: Iterable[Target], now: datetime) -> datetime | None:
    """The first instant after `now` at which one of these stands differently, or is to be acted on.

    None: nothing changes until another message comes.
    """
    coming = [moment for target in targets for moment in _moments(target) if moment > now]
    return min(coming, default=None)


def _standing(target: Target, now: datetime) -> Standing:
    due = instant(target.due)
    if target.waived:
        return Standing.WAIVED
    if target.ended:
        return Standing.MET if _in_time(target) else _missed(target)
    if target.paused:
        lapsed = target.lapses and now > instant(target.lapses)
        return Standing.WAIVED if lapsed else Standing.PAUSED
    if now > due:
        return Standing.PASSED
    return Standing.DUE_SOON if now >= _soon(target) else Standing.PENDING


def _in_time(target: Target) -> bool:
    return target.ended <= target.due


def _missed(target: Target) -> Standing:
    return Standing.PASSED if target.given_up else Standing.MET_LATE


def _soon(target: Target) -> datetime:
    since, due = instant(target.since), instant(target.due)
    return due - min(max(due - since, timedelta()) / SOON_SHARE, SOON_CAP)


def _moments(target: Target) -> list[datetime]:
    if target.ended:
        return []
    if target.paused:
        return [instant(target.lapses)] if target.lapses else []
    texts = (target.remind, target.due, target.escalate)
    return [_soon(target), *(instant(text) for text in texts if text)]
