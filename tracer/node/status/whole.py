"""All that `tracer status` says, from one read of the store and a few looks at the folder."""

from __future__ import annotations

from datetime import datetime

from tracer import __version__
from tracer.casework.reach import inward, lineless, outward, stopped
from tracer.clock import stamp
from tracer.node.own import own_entry
from tracer.node.rooms import Rooms
from tracer.node.status.checks import checks
from tracer.node.status.facts import Facts, gathered
from tracer.node.status.nouns import Differs, PeerStatus, Status
from tracer.node.status.scanner import scanner_check
from tracer.store import OutboxStats, PeerRow, PeerStateRow
from tracer.trust.directory import Peer
from tracer.trust.entry import fingerprint


async def status(rooms: Rooms, *, running: bool) -> Status:
    """Look at everything."""
    now = rooms.clock.now()
    entry, head = rooms.own(), rooms.store.head
    facts = await rooms.store.read(lambda tx: gathered(tx, entry, head, rooms))
    scanner = await scanner_check(rooms.scanner)
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
        desk=rooms.config.desk.address(),
        log_size=rooms.store.head.size,
        checks=(*checks(rooms, facts, now), scanner),
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


def _restoring(rooms: Rooms) -> str:
    mark = rooms.home.restoring
    return mark.read_text("utf-8").strip() or "restoring" if mark.exists() else ""


def _peer(row: PeerRow, peer: Peer | None, facts: Facts, now: datetime, *, ours: str) -> PeerStatus:
    line = facts.lines.get(row.authority, PeerStateRow(row.authority))
    waits = facts.waiting.get(row.authority, OutboxStats(row.authority, 0, 0, 0, ""))
    mode = "reached" if peer is None else peer.mode
    out = outward(line, mode="courier" if lineless(mode, ours) else mode, waiting=waits.queued)
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
