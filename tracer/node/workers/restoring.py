"""The way back with each peer after a restore: tell it, fetch what is lost, open the gate to it.

For every peer with which the way is not gone yet:

1. it is told of the succession;
2. its threads are compared and what was lost comes back (`resync`); files that it sent us are
   fetched, as far as they are missing;
3. if it goes on with the new log, the way is noted as gone in one transaction, and the gate is open
   to this peer; if it does not, it would refuse what we send: its people decide first;
4. it is told how much came back.

Several peers are asked at once, each for a bounded time in a round: one that never comes to an end
keeps no other waiting. A peer that does not answer is tried again every minute. One that opens no
port is asked when it comes by to collect (`exchange.questions`). One of an older version does not
hear: a person leaves it out, by name and with a reason, when it has taken our entry file by hand.
"""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import Struct

from tracer.errors import LineError, PeerError, TracerError
from tracer.exchange.resync.fetch import Resynced
from tracer.exchange.succession.telling import TellSuccession
from tracer.log import get_logger
from tracer.node.rooms import Rooms
from tracer.node.workers.bell import Bell, guarded
from tracer.store import Tx
from tracer.store.restore_rows import RestoringRow
from tracer.store.restores import DONE, PENDING
from tracer.trust.directory import Peer

_log = get_logger("node.restore")
RESTORE = "restore"
"""The name under which the bell calls this worker."""
EVERY = 60.0
"""Seconds until a peer that did not answer is tried again."""
AT_ONCE: Final = 8
"""Peers with which the way back is gone at once."""
AT_MOST: Final = 1800.0
"""Seconds that one of them may take of a round."""


class Round(Struct, frozen=True):
    """What one round did: with whom the way is gone now, and with whom it is not, and why."""

    done: tuple[str, ...]
    left: dict[str, str]


async def go_back(rooms: Rooms, *, at_most: float = AT_MOST) -> Round:
    """Try the way back with every peer with which it is not gone yet, with several at once.

    `at_most` is how many seconds one peer may take of a round; what came back by then stays.
    """
    names = sorted(await rooms.store.read(lambda tx: tx.restores.pending()))
    places = asyncio.Semaphore(AT_ONCE)

    async def one(authority: str) -> str:
        peer = rooms.cell.get().find(authority)
        if peer is None:
            return "its entry is not known here any more"
        if peer.mode == "collects":  # waits until it comes by: it takes no place from others
            return await _try(rooms, peer, at_most)
        async with places:
            return await _try(rooms, peer, at_most)

    why = dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))
    done = tuple(name for name in names if not why[name])
    return Round(done, {name: words for name, words in why.items() if words})


async def _try(rooms: Rooms, peer: Peer, at_most: float) -> str:
    """The way back with one peer; why it is not gone, empty if it is."""
    try:
        async with asyncio.timeout(at_most):
            await _with(rooms, peer)
    except TracerError as error:
        _log.info("restore.waits", peer=peer.authority, code=error.code)
        return error.message
    except TimeoutError:
        _log.warning("restore.waits", peer=peer.authority, code="restore-slow")
        return "it answered without coming to an end; it is asked again"
    return ""


async def _with(rooms: Rooms, peer: Peer) -> None:
    tell = TellSuccession(
        store=rooms.store,
        ledger=rooms.ledger,
        line=rooms.line,
        entry=rooms.home.entry.read_bytes,
    )
    untold = await _told(tell, peer, None)
    found = await rooms.resync(peer)
    await _files(rooms, peer)
    state = PENDING if untold else DONE
    count = await rooms.store.write(lambda tx: _gone(tx, peer.authority, state, found))
    if untold:
        raise untold
    await _told(tell, peer, count)
    rooms.gate.expect(rooms.store.glance(lambda tx: tx.restores.pending()))
    rooms.wake(peer.authority)
    _log.info("restore.back", peer=peer.authority, count=count)


async def _told(tell: TellSuccession, peer: Peer, count: int | None) -> TracerError | None:
    """Tell it; why it does not go on with the new log, if it does not."""
    try:
        heard = await tell(peer, reentered=count)
    except (LineError, PeerError) as error:
        _log.info("restore.untold", peer=peer.authority, code=error.code)
        return error
    if heard.state == "taken":
        return None
    return LineError("restore-doubted", "its people decide whether to go on with our new log")


async def _files(rooms: Rooms, peer: Peer) -> None:
    """Fetch what it has sent us and is not here; what does not come is tried in the next round."""
    if peer.mode == "collects":
        return  # it is not asked for files; what it sends again it brings itself
    rows = await rooms.store.read(lambda tx: tx.attachments.pending(peer.authority, incoming=True))
    for row in rows:
        if row.direction == "in":
            try:
                await rooms.download(peer, row)
            except (LineError, PeerError) as error:
                _log.info("restore.file", peer=peer.authority, code=error.code)


def _gone(tx: Tx, peer: str, state: str, found: Resynced) -> int:
    """Note what came back; how much of it there is by now."""
    before = next(row for row in tx.restores.ways() if row.authority == peer)
    count = before.reentered + found.reentered
    left = (found.orphaned, found.gone, found.quarantined)
    tx.restores.settle(RestoringRow(peer, state, count, *left, tx.now))
    return count


async def work(rooms: Rooms, bell: Bell, *, every: float = EVERY) -> None:
    """Repeat it until cancelled; rung when a restore was approved."""

    async def once() -> float:
        await go_back(rooms)
        return every

    while True:
        await bell.wait(RESTORE, await guarded(once, otherwise=every))
