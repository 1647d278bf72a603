"""What a peer signs for a log that it has closed for ever: a fork, kept as evidence.

A checkpoint of a closed log that is dated before the succession is harmless: it may have been under
way for weeks. One that is dated after it shows that somebody goes on with the old log, from another
copy or with a stolen key.

What it does not do: judge checkpoints of the present log (`peerlog`).
"""

from __future__ import annotations

import msgspec

from tracer.canonical import canonical_json
from tracer.clock import instant
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.exchange.accuse import FaultKind, accuse
from tracer.model.ids import parse_log_origin
from tracer.store import Tx
from tracer.store.restores import TAKEN
from tracer.trust.directory import Peer
from tracer.trust.entry import verify_entry


def closed_fork(tx: Tx, peer: Peer, note: str) -> bool:
    """Keep a checkpoint as a fault that a peer signed for a log after it had closed it.

    A checkpoint of a closed log that is older than the succession is harmless: it may have been
    under way for weeks.
    """
    shown = note.partition("\n")[0]
    row = next((one for one in tx.restores.of(peer.authority) if one.closed == shown), None)
    if row is None or row.state != TAKEN:
        return False
    for file in tx.peers.entries(peer.authority):
        log = verify_entry(file).entry.log
        if log.origin != shown:
            continue
        try:
            found = verify_checkpoint(note, origin=shown, public=log.public())
        except PeerError:
            return False
        if found.at <= instant(row.opened):
            return False
        told = msgspec.json.decode(row.announcement)
        evidence = {"succession": told, "shown": note}
        accuse(tx, FaultKind.LOG_CLOSED, peer.authority, canonical_json(evidence))
        return True
    return False


def earlier_log(note: str, peer: Peer) -> bool:
    """Whether a note that is not of the peer's present log names an earlier one of it."""
    try:
        authority, number = parse_log_origin(note.partition("\n")[0])
        return authority == peer.authority and number < parse_log_origin(peer.log.origin)[1]
    except ValueError:
        return False
