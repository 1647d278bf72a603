"""Is this database as new as what this node has signed? Asked at each start (protocol 5, restore).

Two witnesses are asked, and neither lies in the database or its backups:

1. the high-water file, before anything listens: the highest (origin, size, root) ever signed here;
2. the peers, soon after: the newest checkpoint of ours that each remembers. Only what carries our
   own two signatures counts; a peer can so remind us, but not stop us by a lie.

A size beyond our head, or another root at a size that we have, means that commits were lost: a
backup was put back, a replica promoted, a disk lied. The node enters restore mode (`gate`): nothing
is taken in, appended or released, because a log that goes on from there would contradict what peers
hold. A peer that does not answer is asked again until it has.

What it does not do: end the restore. That takes a new log and two persons.
"""

from __future__ import annotations

import asyncio

from tracer.canonical import b64url
from tracer.errors import LineError, PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.evidence.merkle import frontier_nodes, reader_of, root
from tracer.exchange.log.ledger import HighWater
from tracer.log import get_logger
from tracer.node.rooms import Rooms
from tracer.store import Store
from tracer.trust.directory import Standing
from tracer.wording import counted

_log = get_logger("node.restore")
ASK_EVERY = 60.0
"""Seconds until the peers that did not answer are asked again."""


async def check_high_water(rooms: Rooms) -> None:
    """Compare the file beside the database with its head; close the gate if they contradict.

    Raises:
        OperatorError: `high-water`: the file cannot be read.
    """
    head = rooms.store.head
    present = rooms.keyring.log_key().origin
    if present != head.origin:
        rooms.gate.close(f"the keyring signs {present}, the database ends in {head.origin}")
    mark = HighWater(rooms.home.high_water).read()
    if mark is None:
        return
    origin, size, noted = mark
    if origin == head.origin:
        found = await contradiction(rooms.store, size, noted)
        if found:
            rooms.gate.close(f"this node has signed {found}")
    elif origin not in await rooms.store.read(lambda tx: tx.log.origins()):
        rooms.gate.close(f"this node has signed {origin}, which the database does not know")


async def check_peers(rooms: Rooms, *, every: float = ASK_EVERY) -> None:
    """Ask every peer that can be reached, each until it has answered once."""
    if rooms.entry.entry.mode == "courier":
        return  # what they saw of our log is in the files they send
    asked = {
        peer.authority
        for peer in rooms.cell.get()
        if peer.mode == "reached" and peer.standing is Standing.ACTIVE
    }
    while asked:
        answers = await asyncio.gather(*(_ask(rooms, authority) for authority in sorted(asked)))
        asked -= {name for name in answers if name}
        if asked:
            await asyncio.sleep(every)


async def contradiction(store: Store, size: int, noted: str | bytes) -> str:
    """What a signed (size, root) of our present log says against the database; empty if nothing."""
    head = store.head
    wanted = b64url(noted) if isinstance(noted, bytes) else noted
    if size > head.size:
        return f"{counted(size, 'record')} of {head.origin}, the database holds {head.size}"
    addresses = frontier_nodes(size)
    nodes = reader_of(dict(zip(addresses, await store.nodes(addresses), strict=True)))
    if b64url(root(size, nodes)) != wanted:
        return f"another history of {head.origin} at {counted(size, 'record')}"
    return ""


async def _ask(rooms: Rooms, authority: str) -> str:
    """Ask one peer; its name if it needs not be asked again."""
    peer = rooms.cell.get().find(authority)
    if peer is None:
        return authority
    try:
        shown = await rooms.greet.log(peer, 0)
    except (LineError, PeerError) as error:
        _log.info("restore.unanswered", peer=authority, code=error.code)
        return ""
    if shown.yours is not None:
        await check_shown(rooms, authority, shown.yours)
    return authority


async def check_shown(rooms: Rooms, authority: str, note: str) -> None:
    """Compare the newest checkpoint of our log that a peer holds; close the gate if we lost some.

    What does not carry our own signatures says nothing.
    """
    public = rooms.keyring.log_key().public
    try:
        newest = verify_checkpoint(note, origin=public.origin, public=public)
    except PeerError as error:  # of a log that is closed, or not ours at all
        _log.info("restore.not-ours", peer=authority, code=error.code)
        return
    found = await contradiction(rooms.store, newest.size, newest.root)
    if found:
        rooms.gate.close(f"{authority} holds our signature on {found}")
