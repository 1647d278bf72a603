"""A line that errs with whole messages: it repeats, reorders, forgets, and replays old ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator

from tracer.errors import LineError
from tracer.transport.port import Offset, PeerLine
from tracer.trust.directory import Peer

LOST = "line-broken"
OF_BATCHES = ("lost", "forgotten", "twice", "shuffled", "replayed", "stale", "torn")
"""What can become of a batch and its answer."""


class ErringLine:
    """Any line, with an error in most of its exchanges. What it did is counted in `did`.

    Args:
        line: The line that carries.
        chance: Decides what goes wrong.
        errs: Probability that an exchange goes wrong; may be set to 0 later.
    """

    def __init__(self, line: PeerLine, chance: random.Random, errs: float = 0.8) -> None:
        self._line = line
        self._chance = chance
        self.errs = errs
        self.did: Counter[str] = Counter()
        self.bodies: list[bytes] = []
        self.answers: list[bytes] = []

    async def messages(self, peer: Peer, body: bytes) -> bytes:
        """Post a batch; or not, or twice, or shuffled, or an old one as well."""
        what = self._what(*OF_BATCHES)
        self.bodies.append(body)
        if what == "lost":
            raise LineError(LOST, "the batch was lost")
        if what == "shuffled":
            body = self._shuffled(body)
        if what == "damaged":
            body = _damaged(body)
        if what == "replayed":
            await self._line.messages(peer, self._chance.choice(self.bodies))
        if what == "twice":
            await self._line.messages(peer, body)
        answer = await self._line.messages(peer, body)
        self.answers.append(answer)
        if what == "forgotten":
            raise LineError(LOST, "the answer was lost")
        if what == "stale":
            return self._chance.choice(self.answers)
        if what == "torn":
            return answer[: self._chance.randrange(len(answer))]
        return self._shuffled(answer) if what == "shuffled" else answer

    async def collect(self, peer: Peer, body: bytes) -> bytes:
        """Ask for what waits; the batch may be lost on its way."""
        what = self._what("lost", "forgotten")
        if what == "lost":
            raise LineError(LOST, "the question was lost")
        found = await self._line.collect(peer, body)
        if what == "forgotten":
            raise LineError(LOST, "the batch was lost")
        return found

    async def receipts(self, peer: Peer, body: bytes) -> bytes:
        """Hand in an answer; or not, or twice, or an old one as well."""
        what = self._what("lost", "forgotten", "twice", "replayed")
        self.bodies.append(body)
        if what == "lost":
            raise LineError(LOST, "the receipts were lost")
        if what == "twice":
            await self._line.receipts(peer, body)
        if what == "replayed":
            await self._line.receipts(peer, self._chance.choice(self.bodies))
        done = await self._line.receipts(peer, body)
        if what == "forgotten":
            raise LineError(LOST, "the answer was lost")
        return done

    async def attachment_offset(self, peer: Peer, digest: str) -> Offset:
        """How much the peer holds; may be lost."""
        if self._what("lost") == "lost":
            raise LineError(LOST, "the question was lost")
        return await self._line.attachment_offset(peer, digest)

    async def attachment_send(
        self, peer: Peer, digest: str, *, offset: int, chunks: AsyncIterator[bytes]
    ) -> Offset:
        """Send what is missing; or half of it, or the answer is lost, or it is sent again."""
        what = self._what("cut", "forgotten", "twice")
        pieces = [chunk async for chunk in chunks]
        kept = pieces[: len(pieces) // 2] if what == "cut" else pieces
        held = await self._line.attachment_send(peer, digest, offset=offset, chunks=_each(kept))
        if what == "twice":
            held = await self._line.attachment_send(
                peer, digest, offset=offset, chunks=_each(pieces)
            )
        if what in ("cut", "forgotten"):
            raise LineError(LOST, "the upload broke")
        return held

    async def attachment_fetch(
        self, peer: Peer, digest: str, *, offset: int
    ) -> AsyncIterator[bytes]:
        """Fetch what is missing; or break in the midst of it."""
        what = self._what("cut")
        async for chunk in self._line.attachment_fetch(peer, digest, offset=offset):
            yield chunk
            if what == "cut":
                raise LineError(LOST, "the download broke")

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """The small endpoints work."""
        return await self._line.post(peer, what, body)

    async def add_checkpoint(self, peer: Peer, body: bytes) -> tuple[int, bytes]:
        """Show a head to a witness; question or answer may be lost."""
        what = self._what("lost", "forgotten")
        if what == "lost":
            raise LineError(LOST, "the question was lost")
        found = await self._line.add_checkpoint(peer, body)
        if what == "forgotten":
            raise LineError(LOST, "the answer was lost")
        return found

    def _what(self, *errors: str) -> str:
        done = self._chance.choice(errors) if self._chance.random() < self.errs else "right"
        self.did[done] += 1
        return done

    def _shuffled(self, body: bytes) -> bytes:
        head, *lines = body.splitlines(keepends=True)
        self._chance.shuffle(lines)
        return head + b"".join(lines)


class RecordingLine(ErringLine):
    """Carries everything as it is; `bodies` are the batches that it was given."""

    def __init__(self, line: PeerLine) -> None:
        super().__init__(line, random.Random(0), errs=0.0)  # noqa: S311 - never goes wrong


class TaintingLine(ErringLine):
    """Carries everything as it is, but changes the first byte of the next file when told to."""

    def __init__(self, line: PeerLine) -> None:
        super().__init__(line, random.Random(0), errs=0.0)  # noqa: S311 - never goes wrong
        self.taints = False

    async def attachment_send(
        self, peer: Peer, digest: str, *, offset: int, chunks: AsyncIterator[bytes]
    ) -> Offset:
        """Send what is missing, the first time with another byte."""
        return await super().attachment_send(
            peer, digest, offset=offset, chunks=self._tainted(chunks)
        )

    async def attachment_fetch(
        self, peer: Peer, digest: str, *, offset: int
    ) -> AsyncIterator[bytes]:
        """Fetch what is missing, the first time with another byte."""
        found = super().attachment_fetch(peer, digest, offset=offset)
        async for chunk in self._tainted(found):
            yield chunk

    async def _tainted(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            if self.taints and chunk:
                self.taints = False
                self.did["tainted"] += 1
                yield bytes([chunk[0] ^ 1]) + chunk[1:]
            else:
                yield chunk


class ScriptedLine(ErringLine):
    """Goes wrong exactly as it is told: `plan` holds what becomes of the next exchanges."""

    def __init__(self, line: PeerLine) -> None:
        super().__init__(line, random.Random(0))  # noqa: S311 - never asked
        self.plan: list[str] = []

    def _what(self, *errors: str) -> str:
        known = (*errors, "damaged")
        done = self.plan.pop(0) if self.plan and self.plan[0] in known else "right"
        self.did[done] += 1
        return done


class ScriptedLines:
    """The lines of a pair as they are made; `out` is the first node's."""

    def __init__(self) -> None:
        self.lines: list[ScriptedLine] = []

    def through(self, line: PeerLine) -> PeerLine:
        """Put a scripted line before one of a node's."""
        self.lines.append(ScriptedLine(line))
        return self.lines[-1]

    @property
    def out(self) -> ScriptedLine:
        """The first node's."""
        return self.lines[0]


def _damaged(body: bytes) -> bytes:
    """The first message of a batch with another byte in the midst of its ciphertext."""
    head, first, *lines = body.splitlines(keepends=True)
    middle = len(first) // 2
    other = b"A" if first[middle : middle + 1] != b"A" else b"B"
    return b"".join((head, first[:middle], other, first[middle + 1 :], *lines))


async def _each(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
