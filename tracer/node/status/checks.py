"""Checks of a node: each says how a thing is and, where it is not well, what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from tracer.casework.restoring import restored_peer
from tracer.clock import instant
from tracer.model.terms import Terms
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.status.facts import Facts
from tracer.node.status.mail import mail_check
from tracer.node.status.nouns import CLOCK_OFF, Check, Level
from tracer.node.status.stamps import time_check
from tracer.node.status.witnesses import witnesses
from tracer.store.restores import WAITS
from tracer.trust.directory import Standing

SOON: Final = timedelta(days=30)
"""A key or an entry that ends within this time is mentioned."""
CALENDAR_SOON: Final = timedelta(days=183)
"""A calendar that ends within half a year is renewed now: what is signed reaches 18 months."""
BACKUP_OLD: Final = timedelta(days=2)


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
        yield Check(
            "review",
            "look",
            f"{_count(facts.reviews, 'message')} released by one person",
            "A supervisor reviews them: tracer review list.",
        )
    yield from _restores(facts, now)
    if facts.faults:
        yield Check(
            "evidence",
            "act",
            f"{_count(facts.faults, 'contradiction')} signed by other authorities is kept",
            "Speak to them before anything more is exchanged.",
        )


def _restores(facts: Facts, now: datetime) -> Iterator[Check]:
    """Ours that is not finished, and those of peers that are new or wait for a person."""
    if facts.ways:
        yield Check(
            "restore",
            "look",
            f"the way back with {', '.join(sorted(facts.ways))} is open",
            "See: tracer restore show.",
        )
    for authority, rows in facts.restored.items():
        for row in rows:
            found = restored_peer(row)
            if row.state == WAITS:
                advice = f"Speak to them, then: tracer peer confirm-succession {authority}."
                yield Check(f"restore of {authority}", "act", found.sentence, advice)
            elif now - instant(row.at) < SOON:
                yield Check(f"restore of {authority}", "look", found.sentence)


def _disk(rooms: Rooms) -> Check:
    free, reserve = shutil.disk_usage(rooms.home.root).free, rooms.config.limits.disk_reserve_bytes
    sentence = f"{_bytes(free)} free, {_bytes(reserve)} are kept in reserve"
    if free < reserve:
        return Check("disk", "act", sentence, "Intake has stopped; free or add disk.")
    return Check("disk", "look" if free < 2 * reserve else "ok", sentence)


def _clock(rooms: Rooms, now: datetime) -> Check:
    head = instant(rooms.store.head.at)
    if head - now > CLOCK_OFF:
        return Check(
            "clock",
            "act",
            f"the clock is behind the newest record ({rooms.store.head.at})",
            "Set it right (chrony or systemd-timesyncd); peers refuse what is ten minutes off.",
        )
    return Check("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not behind the newest record")


def _keys(rooms: Rooms, now: datetime) -> Iterator[Check]:
    """Keys in use, and whether the entry that peers are given lists them."""
    listed = {key.kid for key in own_entry(rooms.home).entry.keys}
    for row in rooms.keyring.describe():
        if row.state != "current" or not row.until:
            continue
        what, left = f"{_USES.get(row.use, row.use)} key", instant(row.until) - now
        if row.use in {"sign", "seal"} and row.kid not in listed:
            yield Check(what, "act", "is not in our entry", "Run: tracer entry issue.")
        elif left < timedelta(0):
            yield Check(what, "act", f"ended on {row.until[:10]}", _ROTATE.get(row.use, ""))
        else:
            level: Level = "look" if left < SOON else "ok"
            sentence = f"in use until {row.until[:10]} ({left.days} days)"
            yield Check(what, level, sentence, _ROTATE.get(row.use, "") if level == "look" else "")


def _calendars(rooms: Rooms, facts: Facts, now: datetime) -> Iterator[Check]:
    """How far the terms reach: ours, those of peers, and what is agreed."""
    ours = _calendar(own_entry(rooms.home).entry.terms, now)
    if ours.level != "ok":
        advice = "Run: tracer terms propose --country CC --zone ZONE, correct it, sign it."
        ours = msgspec.structs.replace(ours, advice=advice)
    yield ours
    for peer in rooms.cell.get():
        found = _calendar(peer.terms, now)
        if found.level != "ok" and peer.standing is Standing.ACTIVE:
            what, advice = f"calendar of {peer.authority}", "Ask it for its newest entry file."
            yield Check(what, "look", found.sentence, advice)
    for terms in facts.agreed:
        found = _calendar(terms, now)
        if found.level != "ok":
            peer_name = terms.counterpart or ""
            other = peer_name if terms.authority == rooms.authority else terms.authority
            advice = f"Agree again: tracer terms propose --to {other}."
            yield Check(f"agreed with {other}", "look", found.sentence, advice)


def _calendar(terms: Terms, now: datetime) -> Check:
    left = date.fromisoformat(terms.covers_until) - now.date()
    sentence = f"complete until {terms.covers_until}"
    if left < timedelta(0):
        return Check("calendar", "act", f"ended on {terms.covers_until}: holidays are not known")
    return Check("calendar", "look" if left < CALENDAR_SOON else "ok", sentence)


_USES = {"sign": "signing", "seal": "sealing", "channel": "channel"}
_ROTATE = {
    "seal": "Run: tracer key rotate-sealing.",
    "sign": "Run: tracer key rotate-signing.",
}


def _backup(last: str | None, now: datetime) -> Check:
    if last is None:
        return Check("backup", "look", "there is none", "Run: tracer backup create FOLDER.")
    age = now - instant(last)
    sentence = f"the newest is {_ago(age)} old"
    if age > BACKUP_OLD:
        return Check("backup", "look", sentence, "Daily is enough: tracer backup create FOLDER.")
    return Check("backup", "ok", sentence)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    return _count(hours, "hour") if hours < 48 else _count(hours // 24, "day")  # noqa: PLR2004


def _bytes(size: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024:  # noqa: PLR2004
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"
