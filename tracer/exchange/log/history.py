"""Asking a peer to show that the heads of its log that we hold stand in one history.

We keep a peer's signed heads, not its tree, so only the peer can join them. Each of our sizes is
asked for once, by the question for the log that every node answers ([P] of PROTOCOL.md), and what
comes back is verified before it counts: signatures, and the path between the two heads.

Steps: (1) ask from the smallest size on; (2) verify the head that is shown; (3) keep the path to
it; (4) where the log has grown between two answers, ask from the earlier head on, too. The number
of questions is bounded: what is not joined by then stays open.

What it does not do: remember the head that is shown; that belongs to messages and their answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tracer.errors import PeerError
from tracer.evidence.checkpoint import Checkpoint, verify_checkpoint
from tracer.evidence.proof import ConsistencyProof, compare, parse_consistency
from tracer.exchange.greetings import ShowLog
from tracer.exchange.log.peerlog import LogView, keep_contradiction
from tracer.store import Store
from tracer.trust.directory import Directory, Peer

MOST = 200
"""Heads that are asked for at once; a thread has two a message at most."""


class Greeter(Protocol):
    """The asking side of the small exchanges (`greetings.Greet`)."""

    async def log(self, peer: Peer, remembers: int) -> ShowLog:
        """The peer's checkpoint with the proof from a size on."""
        ...


@dataclass(frozen=True, slots=True)
class Joined:
    """Paths between heads of one log, and the notes of heads that came with the answers."""

    origin: str
    notes: Mapping[int, str]
    paths: tuple[ConsistencyProof, ...]


class JoinHeads:
    """The verb."""

    def __init__(self, *, greet: Greeter, directory: Callable[[], Directory], store: Store) -> None:
        self._greet = greet
        self._directory = directory
        self._store = store

    async def __call__(self, authority: str, heads: Sequence[Checkpoint]) -> Joined:
        """Join heads of the peer's present log.

        Args:
            authority: The peer.
            heads: Verified heads of one origin, at least one of them not empty.

        Raises:
            LineError: the peer cannot be reached.
            PeerError: it answers otherwise than the protocol says; `log-fork` proves a fault, which
                is kept.
        """
        peer = self._directory().peer(authority)
        notes: dict[int, str] = {}
        paths: dict[tuple[int, int], ConsistencyProof] = {}
        left = sorted({head.size: head for head in heads}.items(), reverse=True)[:MOST]
        shown: Checkpoint | None = None
        for _ in range(2 * MOST):
            if not left:
                break
            _, head = left.pop()
            before, shown = shown, await self._join(peer, head, notes, paths)
            if before is not None and before.size < shown.size:
                left.append((before.size, before))
        return Joined(heads[0].origin, notes, tuple(paths[place] for place in sorted(paths)))

    async def _join(
        self,
        peer: Peer,
        head: Checkpoint,
        notes: dict[int, str],
        paths: dict[tuple[int, int], ConsistencyProof],
    ) -> Checkpoint:
        answer = await self._greet.log(peer, head.size)
        if peer.log.origin != head.origin:
            raise PeerError("log-origin", "the heads are of an earlier log of this peer")
        shown = verify_checkpoint(answer.checkpoint, origin=head.origin, public=peer.log)
        path = None if answer.consistency is None else parse_consistency(answer.consistency)
        try:
            compare(head, shown, path)
        except PeerError as error:
            view = LogView(shown, unproven=error)
            if view.fork:
                await self._store.write(
                    lambda tx: keep_contradiction(tx, peer.authority, head.note, view)
                )
            raise
        notes[shown.size] = shown.note
        if path is not None and head.size:
            paths[path.old, path.new] = path
        return shown
