"""Ending restore mode: what did others see of our log that this copy does not know?

Every authority we know is asked for the newest checkpoint of ours that it remembers. If none is
beyond our head, nothing that anybody answered for is missing, the log goes on and the mark is
removed. If one is, the old log must never be continued from here: its holder has our signature over
records we no longer have.

What it does not do: open the next log (`succeed`). An authority that does not
answer, or that only fetches, is left out by name and by a person, who answers for it.
"""

from __future__ import annotations

from msgspec import Struct

from tracer.errors import LineError, OperatorError, PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.node.rooms import Rooms
from tracer.trust.directory import Peer, Standing
from tracer.wording import counted


class Asked(Struct, frozen=True):
    """What one authority said: the size of our log it has seen."""

    authority: str
    saw: int | None
    sentence: str


class Finished(Struct, frozen=True):
    """Restore mode has ended after these were asked."""

    asked: tuple[Asked, ...]


async def finish(rooms: Rooms, *, without: tuple[str, ...], actor: str) -> Finished:
    """Ask everybody; end restore mode if nothing is missing.

    Raises:
        OperatorError: `restore-none`; `restore-open`, naming who did not answer; `restore-gap`.
    """
    if not rooms.home.restoring.exists():
        raise OperatorError("restore-none", "this node is not in restore mode")
    head = rooms.store.head
    peers = [peer for peer in rooms.cell.get() if peer.standing is Standing.ACTIVE]
    asked = [await _ask(rooms, peer) for peer in peers if peer.authority not in without]
    ahead = [one for one in asked if one.saw is not None and one.saw > head.size]
    if ahead:
        most = max(ahead, key=lambda one: one.saw or 0)
        raise OperatorError(
            "restore-gap",
            f"{most.authority} holds our signature over {counted(most.saw or 0, 'record')}; "
            f"this copy knows {head.size}",
            advice="Restore a newer backup. If there is none, two persons close the log and "
            "open its successor: tracer restore show, tracer --actor NAME restore approve.",
        )
    silent = [one.authority for one in asked if one.saw is None]
    if silent:
        raise OperatorError(
            "restore-open",
            f"it is not known what {', '.join(silent)} saw: {asked[0].sentence}"
            if len(silent) == 1 and len(asked) == 1
            else f"it is not known what {', '.join(silent)} saw",
            advice="Try again when they are reached, or ask them by telephone and leave them out: "
            f"tracer backup finish {' '.join(f'--without {name}' for name in silent)}",
        )
    detail = {"asked": [one.authority for one in asked], "without": list(without)}
    await rooms.store.write(lambda tx: tx.audit.write(actor, "restore-finish", head.origin, detail))
    rooms.home.restoring.unlink()
    return Finished(tuple(asked))


async def _ask(rooms: Rooms, peer: Peer) -> Asked:
    if peer.mode == "collects":
        return Asked(peer.authority, None, "it only fetches and cannot be asked")
    if peer.mode == "courier" or rooms.entry.entry.mode == "courier":
        return Asked(peer.authority, None, "there is no line to ask it by")
    try:
        shown = await rooms.greet.log(peer, 0)
        if shown.yours is None:
            return Asked(peer.authority, 0, "has seen nothing of this log")
        public = rooms.keyring.log_key().public
        seen = verify_checkpoint(shown.yours, origin=public.origin, public=public)
    except (LineError, PeerError) as error:
        return Asked(peer.authority, None, error.message)
    return Asked(peer.authority, seen.size, f"has seen {counted(seen.size, 'record')}")
