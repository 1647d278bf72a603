"""`tracer status`: how this node and its peers are doing, in plain words and as data.

Gathered in one read of the store and a few looks at the folder; nobody is called. Each check says
how it is and, where it is not well, what to do. Levels: `ok`, `look` (soon), `act` (now).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, cast

import msgspec
from msgspec import Struct

from tracer import __version__
from tracer.casework.restoring import restored_peer
from tracer.clock import instant, stamp
from tracer.exchange.witness_view import OwnLog, own_log
from tracer.model.terms import Terms
from tracer.node.custody import own_entry
from tracer.node.mail import mail_state
from tracer.node.reach import Way, inward, outward, stopped
from tracer.node.rooms import Rooms
from tracer.node.stamping import Stamped, time_state
from tracer.node.witness_check import witnesses
from tracer.store import MailStats, OutboxStats, PeerRow, PeerStateRow, RefusalCount, Tx
from tracer.store.courier import Abroad
from tracer.store.restore_rows import SuccessionRow
from tracer.store.restores import WAITS
from tracer.store.rows import HeadRow
from tracer.trust.directory import Peer, Standing
from tracer.trust.entry import fingerprint
from tracer.trust.nouns import Entry

Level = Literal["ok", "look", "act"]
SOON = timedelta(days=30)
"""A key or an entry that ends within this time is mentioned."""
CALENDAR_SOON = timedelta(days=183)
"""A calendar that ends within half a year is renewed now: what is signed reaches 18 months."""
BACKUP_OLD = timedelta(days=2)
CLOCK_OFF = timedelta(minutes=2)
BACKUP_MARK = "backup.last"
"""Name in `tx.meta` of the instant of the newest backup."""


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    level: Level
    sentence: str
    advice: str = ""


class PeerStatus(Struct, frozen=True):
    """One peer: both ways of the line, and what waits for it."""

    authority: str
    name: str
    standing: str
    fingerprint: str
    we_reach_them: Way
    they_reach_us: Way
    waiting: int
    stuck: int
    """Messages that a person must look at: refused for good, or given up."""
    oldest: str
    carried: int
    """Messages that are with a courier and have no receipt yet."""
    carried_since: str


class Differs(Struct, frozen=True):
    """A setting that is not a default, and where it came from."""

    name: str
    value: str | int
    origin: str


class Status(Struct, frozen=True):
    """All of it."""

    authority: str
    name: str
    version: str
    at: str
    running: bool
    restoring: str
    """Why the node is in restore mode; empty if it is not."""
    mode: str
    fingerprint: str
    log_size: int
    checks: tuple[Check, ...]
    peers: tuple[PeerStatus, ...]
    refusals: tuple[RefusalCount, ...]
    log: OwnLog
    """Our log as witnesses have seen it."""
    settings: tuple[Differs, ...]
    """Settings that are not defaults."""


class _Facts(Struct, frozen=True):
    """What one read of the store gives."""

    peers: list[PeerRow]
    lines: dict[str, PeerStateRow]
    waiting: dict[str, OutboxStats]
    refusals: list[RefusalCount]
    backup: str | None
    faults: int
    reviews: int
    agreed: list[Terms]
    mail: MailStats
    stamped: Stamped
    abroad: list[Abroad]
    ways: frozenset[str]
    """Peers with which the way back after a restore is open."""
    restored: dict[str, list[SuccessionRow]]
    log: OwnLog
    cosigns: bool
    """Whether we know what we have cosigned, and may go on."""


async def status(rooms: Rooms, *, running: bool) -> Status:
    """Look at everything."""
    now = rooms.clock.now()
    entry, head = rooms.own(), rooms.store.head
    facts = await rooms.store.read(lambda tx: _facts(tx, entry, head, rooms))
    directory = rooms.cell.get()
    ours = own_entry(rooms.home)
    return Status(
        authority=rooms.authority,
        name=ours.entry.name,
        version=__version__,
        at=stamp(now),
        running=running,
        restoring=_restoring(rooms),
        mode=ours.entry.mode,
        fingerprint=fingerprint(ours.jws),
        log_size=rooms.store.head.size,
        checks=tuple(_checks(rooms, facts, now)),
        peers=tuple(
            _peer(row, directory.find(row.authority), facts, now, ours=rooms.entry.entry.mode)
            for row in facts.peers
        ),
        refusals=tuple(sorted(facts.refusals, key=lambda one: one.last_at, reverse=True)[:20]),
        log=facts.log,
        settings=tuple(
            Differs(row.name, row.value, row.origin)
            for row in rooms.config.describe()
            if row.value != row.default
        ),
    )


def _facts(tx: Tx, entry: Entry, head: HeadRow, rooms: Rooms) -> _Facts:
    return _Facts(
        peers=tx.peers.all(),
        lines=tx.peers.states(),
        waiting=tx.outbox.stats(),
        refusals=tx.peers.refusals(),
        backup=tx.meta.get(BACKUP_MARK),
        faults=len(tx.peers.faults()),
        reviews=len(tx.drafts.list(review=True)),
        agreed=tx.terms.agreed(),
        mail=tx.mail.stats(),
        stamped=Stamped(tx, head),
        abroad=tx.courier.abroad(),
        ways=tx.restores.pending(),
        restored={row.authority: tx.restores.of(row.authority) for row in tx.peers.all()},
        log=own_log(tx, entry),
        cosigns=rooms.witness.able(),
    )


def _restoring(rooms: Rooms) -> str:
    mark = rooms.home.restoring
    return mark.read_text("utf-8").strip() or "restoring" if mark.exists() else ""


def _peer(
    row: PeerRow, peer: Peer | None, facts: _Facts, now: datetime, *, ours: str
) -> PeerStatus:
    line = facts.lines.get(row.authority, PeerStateRow(row.authority))
    waits = facts.waiting.get(row.authority, OutboxStats(row.authority, 0, 0, 0, ""))
    mode = "reached" if peer is None else peer.mode
    out = outward(line, mode="courier" if ours == "courier" else mode, waiting=waits.queued)
    back = inward(line, mode=mode, ours=ours, now=now)
    bags = [one for one in facts.abroad if one.file.peer == row.authority]
    if row.status != "active":
        out = back = stopped(row.status)
    return PeerStatus(
        authority=row.authority,
        name="" if peer is None else peer.verified.entry.name,
        standing=row.status,
        fingerprint=row.fingerprint,
        we_reach_them=out,
        they_reach_us=back,
        waiting=waits.queued,
        stuck=waits.held + waits.undeliverable,
        oldest=waits.oldest if waits.queued + waits.held + waits.undeliverable else "",
        carried=max((one.open for one in bags), default=0),
        carried_since=min((one.file.at for one in bags), default=""),
    )


def _checks(rooms: Rooms, facts: _Facts, now: datetime) -> Iterator[Check]:
    yield _disk(rooms)
    yield _clock(rooms, now)
    yield from _keys(rooms, now)
    yield from _calendars(rooms, facts, now)
    yield _backup(facts.backup, now)
    level, sentence, advice = mail_state(rooms.config, facts.mail, now)
    yield Check("mail", cast("Level", level), sentence, advice)
    level, sentence, advice = time_state(rooms.config, facts.stamped, rooms.store.head, now)
    yield Check("time", cast("Level", level), sentence, advice)
    for seen in witnesses(rooms, facts.log, now, able=facts.cosigns):
        yield Check(seen.what, cast("Level", seen.level), seen.sentence, seen.advice)
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


def _restores(facts: _Facts, now: datetime) -> Iterator[Check]:
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


def _calendars(rooms: Rooms, facts: _Facts, now: datetime) -> Iterator[Check]:
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
