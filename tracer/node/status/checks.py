"""Checks of a node: each says how a thing is and, where it is not well, what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from tracer.clock import instant, stamp
from tracer.model.terms import Terms
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.status.facts import Facts
from tracer.node.status.mail import mail_check
from tracer.node.status.nouns import CLOCK_OFF, Check, Level, check
from tracer.node.status.stamps import time_check
from tracer.node.status.witnesses import witnesses
from tracer.store.restores import WAITS
from tracer.trust.directory import Standing

SOON: Final = timedelta(days=30)
"""A key or an entry that ends within this time is mentioned."""
CALENDAR_SOON: Final = timedelta(days=183)
"""A calendar that ends within half a year is renewed now: what is signed reaches 18 months."""
BACKUP_OLD: Final = timedelta(days=2)
_TWO_DAYS: Final = 48
LATER: Final = "quota"
"""What a peer answers that takes the rest of our entries tomorrow."""


def checks(rooms: Rooms, facts: Facts, now: datetime) -> Iterator[Check]:
    """Look at everything, in the order in which it is shown."""
    yield _disk(rooms)
    yield _clock(rooms, now)
    yield from _keys(rooms, now)
    yield from _calendars(rooms, facts, now)
    yield _backup(facts.backup, now)
    yield mail_check(rooms.config, facts.mail, now)
    yield time_check(rooms.config, facts.stamped, rooms.store.head, now)
    yield from witnesses(rooms, facts.log, now, able=facts.cosigns)
    if facts.reviews:
        yield check("review", "look", "review.waits", "review.list", n=facts.reviews)
    yield from _restores(facts, now)
    yield from _entries(rooms, facts)
    if facts.faults:
        yield check("evidence", "act", "evidence.kept", "evidence.speak", n=facts.faults)


def _entries(rooms: Rooms, facts: Facts) -> Iterator[Check]:
    """Entries that were handed on by line and not taken, there or here: people compare them."""
    for peer in rooms.cell.get():
        name, told = peer.authority, rooms.hand.last(peer.authority)
        if peer.standing is not Standing.ACTIVE:
            continue
        if name in facts.strange:
            yield check("entry of", "act", "entry.strange", "entry.compare", of=name)
        if told is not None and told.apart and told.refused != LATER:
            number = told.holds.seq
            yield check("entry at", "act", "entry.apart", "entry.hand", of=name, number=number)


def _restores(facts: Facts, now: datetime) -> Iterator[Check]:
    """Ours that is not finished, and those of peers that are new or wait for a person."""
    if facts.ways:
        peers = ", ".join(sorted(facts.ways))
        yield check("restore", "look", "restore.open", "restore.show", peers=peers)
    for authority, rows in facts.restored.items():
        for row in rows:
            if row.state == WAITS:
                yield check(
                    *("restore of", "act", "restored.again", "restored.confirm"),
                    of=authority,
                    n=row.lost,
                )
            elif now - instant(row.at) < SOON:
                code = "restored.partly" if row.reentered < 0 else "restored.whole"
                back = max(row.reentered, 0)
                yield check("restore of", "look", code, of=authority, n=row.lost, back=back)


def _disk(rooms: Rooms) -> Check:
    free, reserve = shutil.disk_usage(rooms.home.root).free, rooms.config.limits.disk_reserve_bytes
    level: Level = "act" if free < reserve else "look" if free < 2 * reserve else "ok"
    advised = "disk.full" if level == "act" else ""
    return check("disk", level, "disk.free", advised, free_bytes=free, reserve_bytes=reserve)


def _clock(rooms: Rooms, now: datetime) -> Check:
    newest = rooms.store.head.at
    if instant(newest) - now > CLOCK_OFF:
        return check("clock", "act", "clock.behind", "clock.set", newest_at=newest)
    return check("clock", "ok", "clock.good", now_at=stamp(now))


def _keys(rooms: Rooms, now: datetime) -> Iterator[Check]:
    """Keys in use, and whether the entry that peers are given lists them."""
    listed = {key.kid: key for key in own_entry(rooms.home).entry.keys}
    for row in rooms.keyring.describe():
        if row.state == "revoked" and row.kid in listed and not listed[row.kid].revoked_from:
            yield check(f"{_USES[row.use]} key", "act", "key.revoked", "entry.issue")
        if row.state != "current" or not row.until:
            continue
        what, left = f"{_USES.get(row.use, row.use)} key", instant(row.until) - now
        rotate, day = _ROTATE.get(row.use, ""), row.until[:10]
        if row.use in {"sign", "seal"} and row.kid not in listed:
            yield check(what, "act", "key.unlisted", "entry.issue")
        elif left < timedelta(0):
            yield check(what, "act", "key.ended", rotate, until_day=day)
        elif left < SOON:
            yield check(what, "look", "key.used", rotate, until_day=day, days=left.days)
        else:
            yield check(what, "ok", "key.used", until_day=day, days=left.days)


def _calendars(rooms: Rooms, facts: Facts, now: datetime) -> Iterator[Check]:
    """How far the terms reach: ours, those of peers, and what is agreed."""
    ours = own_entry(rooms.home).entry.terms
    level, code = _calendar(ours, now)
    advised = "" if level == "ok" else "calendar.propose"
    yield check("calendar", level, code, advised, until_day=ours.covers_until)
    for peer in rooms.cell.get():
        level, code = _calendar(peer.terms, now)
        if level != "ok" and peer.standing is Standing.ACTIVE:
            day, name = peer.terms.covers_until, str(peer.authority)
            yield check("calendar of", "look", code, "entry.ask", of=name, until_day=day)
    for terms in facts.agreed:
        level, code = _calendar(terms, now)
        if level != "ok":
            ahead = terms.counterpart or ""
            other = ahead if terms.authority == rooms.authority else terms.authority
            day = terms.covers_until
            yield check("agreed with", "look", code, "terms.again", of=other, until_day=day)


def _calendar(terms: Terms, now: datetime) -> tuple[Level, str]:
    left = date.fromisoformat(terms.covers_until) - now.date()
    if left < timedelta(0):
        return "act", "calendar.ended"
    return "look" if left < CALENDAR_SOON else "ok", "calendar.complete"


_USES: Final = {"sign": "signing", "seal": "sealing", "channel": "channel"}
_ROTATE: Final = {"seal": "key.rotate-seal", "sign": "key.rotate-sign"}


def _backup(last: str | None, now: datetime) -> Check:
    if last is None:
        return check("backup", "look", "backup.none", "backup.create")
    age = now - instant(last)
    hours = int(age.total_seconds() // 3600)
    level: Level = "look" if age > BACKUP_OLD else "ok"
    advised = "backup.daily" if level == "look" else ""
    if hours < 1:
        return check("backup", level, "backup.fresh", advised)
    if hours < _TWO_DAYS:
        return check("backup", level, "backup.hours", advised, n=hours)
    return check("backup", level, "backup.days", advised, n=hours // 24)
