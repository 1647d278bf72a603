"""The way of a witness that opens no port: it comes, takes what it is to cosign, brings its answer.

    POST to-witness  {"profile", "status": null, "body": ""}      what am I to cosign?
                     {"profile", "request": "old 20 ..."}          or null: nothing
    POST to-witness  {"profile", "status": 200, "body": "..."}    what I answer to that

Each answer brings the next question, so that a witness that holds another size (409) is asked again
on the same way. Request, status and body are those of `add-checkpoint`; the witness judges as it
would at its own port, and what it brings is judged as if it had been fetched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from tracer.canonical import canonical_json
from tracer.exchange import batch as wire
from tracer.exchange.greetings import read
from tracer.exchange.witness.answer import AnswerWitness
from tracer.exchange.witness.cosign import Cosign
from tracer.transport.port import PeerLine
from tracer.trust.directory import Peer

ROUNDS: Final = 3
"""Most questions that are answered on one way."""


class ToWitness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a witness brings: its answer, or nothing yet (`status` null, `body` empty)."""

    profile: str
    status: int | None
    body: str


class ForWitness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it is asked next: the body of an `add-checkpoint`, or null."""

    profile: str
    request: str | None


class AnswerToWitness:
    """The side whose log is witnessed."""

    def __init__(self, *, cosign: Cosign) -> None:
        self._cosign = cosign

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Judge what is brought, say what is asked next; nothing if the peer is no witness of ours.

        Raises:
            PeerError: `batch-form` or `too-large`.
        """
        brought = read(body, ToWitness)
        if brought.status is not None:
            await self._cosign.settle(peer, brought.status, brought.body.encode())
        asked = await self._cosign.request(peer)
        request = None if asked is None else asked.decode()
        return canonical_json(ForWitness(wire.PROFILE, request))


class GoWitness:
    """The side of the witness: goes to a peer and answers there."""

    def __init__(
        self, *, line: PeerLine, answer: AnswerWitness, serves: Callable[[], bool]
    ) -> None:
        self._line = line
        self._answer = answer
        self._serves = serves

    async def __call__(self, peer: Peer) -> int:
        """Answer what the peer asks; how many questions that were.

        Raises:
            LineError: it cannot be reached, or knows no such way.
            PeerError: what it sends is not of this form.
        """
        brought = ToWitness(wire.PROFILE, None, "")
        for answered in range(ROUNDS if self._serves() else 0):
            found = await self._line.post(peer, "to-witness", canonical_json(brought))
            request = read(found, ForWitness).request
            if request is None:
                return answered
            answer = await self._answer(peer, request.encode())
            brought = ToWitness(wire.PROFILE, answer.status, answer.body.decode())
        if brought.status is not None:
            await self._line.post(peer, "to-witness", canonical_json(brought))
        return ROUNDS if brought.status is not None else 0
