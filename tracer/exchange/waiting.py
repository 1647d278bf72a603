"""The waiting room: messages that are right in themselves but came before their parents.

At most 1,000 a peer, for 30 days (protocol step 12). What waits has no leaf and no receipt; when
the last parent is committed it follows in the same transaction. It is kept as the signed bytes with
the sender's proof and checkpoint, encrypted at rest, and is verified again when it comes out: the
store is not trusted to hand back what was once verified.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import msgspec

from tracer.clock import instant, stamp
from tracer.envelope.sdjwt import split, verify
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.evidence.proof import parse_proof
from tracer.exchange.checks import Candidate
from tracer.exchange.contradictions import keep_revoked
from tracer.exchange.threads import Waits
from tracer.model.written import message_of
from tracer.store import Tx
from tracer.trust.directory import Directory
from tracer.trust.validity import judge

ROOM = 1000
"""Messages of one peer that may wait."""
STAY = timedelta(days=30)
"""How long a message waits before it is dropped; the peer can send it again."""


def missing(parents: Sequence[str]) -> PeerError:
    """What the sender of a message that waits is told."""
    return PeerError(
        "parents-missing", "messages it follows have not arrived", hints=tuple(parents)
    )


class _Kept(msgspec.Struct, frozen=True):
    sd_jwt: str
    proof: dict[str, object]
    checkpoint: str


class Waiting:
    """The room's rules over the store's table."""

    def __init__(
        self, directory: Callable[[], Directory], *, room: int = ROOM, stay: timedelta = STAY
    ) -> None:
        self._directory = directory
        self._room = room
        self._stay = stay

    def keep(self, tx: Tx, waits: Waits) -> PeerError:
        """Let a candidate wait, if there is room; what its sender is told.

        A second copy changes nothing, and needs no place in a full room. The answer is
        `parents-missing` with the ids, or `quota`.
        """
        candidate = waits.candidate
        if candidate.id in tx.waiting.lacking(candidate.peer, [candidate.id]):
            return missing(waits.missing)
        if tx.waiting.count(candidate.peer) >= self._room:
            self.expire(tx)
            if tx.waiting.count(candidate.peer) >= self._room:
                return PeerError(
                    "quota", f"{self._room} messages of this peer wait for their parents"
                )
        kept = _Kept(
            candidate.verified.signed.compact, candidate.proof.to_wire(), candidate.checkpoint.note
        )
        tx.waiting.put(
            candidate.peer, candidate.id, waits.missing, msgspec.json.encode(kept), tx.now
        )
        return missing(waits.missing)

    def expire(self, tx: Tx) -> int:
        """Drop what has waited too long; how many."""
        return tx.waiting.expire(stamp(instant(tx.now) - self._stay))

    def ready(self, tx: Tx, peer: str, arrived: Sequence[str]) -> list[Candidate]:
        """Take out what waited for these messages and for nothing else any more.

        What does not verify any more (the peer has changed keys or log meanwhile) is dropped: it
        has no receipt, so its sender still holds it and sends it again.
        """
        return self._out(tx, peer, arrived)[0]

    def again(
        self, tx: Tx, peer: str, copies: Collection[str]
    ) -> tuple[list[Candidate], dict[str, PeerError]]:
        """Look at the parents of what waits and came again, and at nothing else of it.

        Returns:
            What waits no longer, as its parents came in another way; and what the sender of each
            copy is told if that is not among them: its parents are missing, or why it was dropped.
        """
        if not copies:
            return [], {}
        lacking = tx.waiting.lacking(peer, sorted(copies))
        parents = {parent for some in lacking.values() for parent in some}
        here = [place.id for place in tx.messages.places(peer, sorted(parents))]
        found, dropped = self._out(tx, peer, here)
        left = {name: set(lacking.get(name, ())) - set(here) for name in copies}
        told = {name: missing(sorted(some)) for name, some in left.items()}
        return found, told | dropped

    def _out(
        self, tx: Tx, peer: str, arrived: Sequence[str]
    ) -> tuple[list[Candidate], dict[str, PeerError]]:
        rows = tx.waiting.ready(peer, arrived)
        tx.waiting.remove(peer, [row.id for row in rows])
        found: list[Candidate] = []
        dropped: dict[str, PeerError] = {}
        for row in rows:
            kept = msgspec.json.decode(row.blob, type=_Kept)
            try:
                found.append(self._reread(peer, kept, instant(row.arrived)))
            except PeerError as error:
                dropped[row.id] = error
                if error.code == "key-revoked":
                    keep_revoked(tx, peer, [row.id], kept.checkpoint)
        return found, dropped

    def _reread(self, authority: str, kept: _Kept, arrived: datetime) -> Candidate:
        """Verify it again, as of when it came.

        The head that it came under is one of the sender's that we have held since, dated by our
        clock: it proves against a revocation, too, that became known meanwhile.
        """
        peer = self._directory().peer(authority)
        verified = verify(split(kept.sd_jwt), keys=peer.verify_keys)
        head = verify_checkpoint(kept.checkpoint, origin=peer.log.origin, public=peer.log)
        judge(
            peer.signing[verified.kid],
            claimed=head.at,
            first_arrival=arrived,
            proof_of_existence=arrived,
        )
        return Candidate(
            peer=authority,
            id=verified.signed.id,
            message=message_of(verified),
            verified=verified,
            proof=parse_proof(kept.proof),
            checkpoint=head,
        )
