"""The port to a peer: what the exchange asks of a line, whoever carries it.

`transport.client` implements it over HTTPS; tests implement it in memory or with faults. Every
method raises `LineError` when nothing is known about what the other side did, and returns the raw
body otherwise: judging it is the exchange's work.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from tracer.trust.directory import Peer


@dataclass(frozen=True, slots=True)
class Offset:
    """How much of an attachment is held, in bytes of ciphertext, and if it is whole."""

    stored: int
    complete: bool


class PeerLine(Protocol):
    """A line to any peer that can be reached."""

    async def messages(self, peer: Peer, body: bytes) -> bytes:
        """Post a batch, return the answer."""
        ...

    async def collect(self, peer: Peer, body: bytes) -> bytes:
        """Ask a peer for what waits for us, return a batch (empty: nothing waits)."""
        ...

    async def receipts(self, peer: Peer, body: bytes) -> bytes:
        """Hand a peer the answer to a collected batch."""
        ...

    async def attachment_offset(self, peer: Peer, digest: str) -> Offset:
        """How much of an attachment of ours the peer holds."""
        ...

    async def attachment_send(
        self, peer: Peer, digest: str, *, offset: int, chunks: AsyncIterator[bytes]
    ) -> Offset:
        """Continue an upload at `offset`."""
        ...

    def attachment_fetch(self, peer: Peer, digest: str, *, offset: int) -> AsyncIterator[bytes]:
        """Continue a download at `offset`."""
        ...

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """Any of the small endpoints, such as `ping`, `hello`, `log`, `resync`."""
        ...

    async def add_checkpoint(self, peer: Peer, body: bytes) -> tuple[int, bytes]:
        """Ask a peer to cosign a head of our log; its status and answer (C2SP tlog-witness)."""
        ...
