"""The small exchanges between nodes: ping, hello, log. None of them ever reaches a case.

* ping: are you there, and is it you? Answered with our authority, our time and the asker's nonce.
* hello: "I am back." Moves our next try to that peer to now + 0-60 s, nothing else, once in 5 min.
* log: our signed checkpoint with a consistency proof, and the newest checkpoint of the asker's log
  that we remember: what a node that was restored from a backup needs to notice it (protocol 5).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from tracer.canonical import b64url, canonical_json, strict_json
from tracer.clock import Clock, instant, stamp
from tracer.errors import PeerError
from tracer.exchange import batch as wire
from tracer.exchange.log.ledger import Ledger
from tracer.store import Store, Tx
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer

NONCE_LENGTH = 64
"""Longest nonce of a ping, in characters."""
SMALL_BYTES = 300_000
"""Longest body of these; the longest real one carries two checkpoints and a consistency proof."""
HELLO_EVERY = timedelta(minutes=5)
"""A hello within this time of the last one changes nothing."""
HELLO_SPREAD = 60.0
"""Seconds over which the answer to a hello is spread, so that a return is no stampede."""

T = TypeVar("T")


class Ping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ping. `nonce` is at most 64 characters and comes back."""

    profile: str
    nonce: str


class Pong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to a ping; `at` is the answering node's clock."""

    profile: str
    authority: str
    nonce: str
    at: str


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hello after an outage."""

    profile: str


class AskLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for a checkpoint; `remembers` is the size of our log the asker holds."""

    profile: str
    remembers: int


class ShowLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our checkpoint, the proof from what the asker remembers, the asker's own as we hold it."""

    profile: str
    checkpoint: str
    consistency: dict[str, Any] | None
    yours: str | None


class AnswerPing:
    """Answers a ping."""

    def __init__(self, *, authority: str, clock: Clock) -> None:
        self._authority = authority
        self._clock = clock

    async def __call__(self, peer: Peer, body: bytes) -> bytes:  # noqa: ARG002 - one form of all
        """The pong. `peer` has been identified by its channel; nothing is stored."""
        ping = read(body, Ping)
        if len(ping.nonce) > NONCE_LENGTH:
            raise PeerError("batch-form", "the nonce is too long")
        at = stamp(self._clock.now())
        return canonical_json(Pong(wire.PROFILE, self._authority, ping.nonce, at))


class AnswerHello:
    """Answers a hello: brings the next try forward."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        chance: random.Random,
        wake: Callable[[str], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._wake = wake

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Note the hello and move the next try; a second one within 5 minutes does nothing."""
        read(body, Hello)
        moved = await self._store.write(lambda tx: self._move(tx, peer.authority))
        if moved:
            self._wake(peer.authority)
        return canonical_json(Hello(wire.PROFILE))

    def _move(self, tx: Tx, authority: str) -> bool:
        now = self._clock.now()
        last = tx.peers.state(authority).last_hello_in
        if last and now - instant(last) < HELLO_EVERY:
            return False
        until = now + timedelta(seconds=self._chance.random() * HELLO_SPREAD)
        tx.peers.note_contact(
            authority, last_in=tx.now, last_hello_in=tx.now, failures=0, breaker_until=""
        )
        tx.outbox.hasten(authority, stamp(until))
        return True


class AnswerLog:
    """Answers a question for our log."""

    def __init__(self, *, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Our newest signed checkpoint, and the asker's newest one as we remember it."""
        ask = read(body, AskLog)
        remembered = await self._store.read(lambda tx: tx.peers.remembered(peer.authority))
        checkpoint = await self._ledger.checkpoint()
        shown = ShowLog(
            wire.PROFILE,
            checkpoint.note,
            await self._ledger.consistency(ask.remembers, checkpoint),
            None if remembered is None else remembered.note,
        )
        return canonical_json(shown)


class Greet:
    """The asking side of all three."""

    def __init__(self, *, line: PeerLine, random_bytes: Callable[[int], bytes]) -> None:
        self._line = line
        self._random_bytes = random_bytes

    async def ping(self, peer: Peer) -> Pong:
        """Ping a peer.

        Raises:
            LineError: it cannot be reached.
            PeerError: it answers for somebody else, or with another nonce.
        """
        nonce = b64url(self._random_bytes(16))
        body = canonical_json(Ping(wire.PROFILE, nonce))
        pong = read(await self._line.post(peer, "ping", body), Pong)
        if (pong.authority, pong.nonce) != (peer.authority, nonce):
            raise PeerError("party-mismatch", "the pong is not of this peer or not for this ping")
        return pong

    async def hello(self, peer: Peer) -> None:
        """Say that we are back."""
        read(await self._line.post(peer, "hello", canonical_json(Hello(wire.PROFILE))), Hello)

    async def log(self, peer: Peer, remembers: int) -> ShowLog:
        """Ask a peer for its checkpoint and for the newest one of ours that it holds."""
        body = canonical_json(AskLog(wire.PROFILE, remembers))
        return read(await self._line.post(peer, "log", body), ShowLog)


def read(body: bytes, kind: type[T]) -> T:
    """Decode one of these small bodies strictly.

    Raises:
        PeerError: `batch-form`, or `too-large`: an answer is not parsed whatever its size.
    """
    if len(body) > SMALL_BYTES:
        raise PeerError("too-large", f"a body of this kind is at most {SMALL_BYTES} bytes")
    try:
        found = msgspec.convert(strict_json(body), kind)
    except (ValueError, msgspec.ValidationError) as error:
        raise PeerError("batch-form", f"not a {kind.__name__}") from error
    if getattr(found, "profile", wire.PROFILE) != wire.PROFILE:
        raise PeerError("batch-form", "not of profile tracer-1")
    return found
