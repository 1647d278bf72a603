"""Asking a peer that opens no port: what we want of it waits here until it comes by.

    POST questions  {"profile", "answer": null}                      have you a question to me?
                    {"profile", "question": {"number", "what", "body"}}           or null: none
    POST questions  {"profile", "answer": {"number", "code", "body"}}      what I answer to it
                    {"profile", "question": ...}                                  the next one

`what` and `body` are those of a request that would be posted to the peer if it had a port (`log`,
`resync`, `succession`); it answers by the same verbs, and what it brings is judged as if it had
been fetched. So a restored authority goes the way back with a peer that collects: the peer is told
`restore-mode` when it wants to collect, and then asks for questions.

`VisitedLine` is the line with that added: verbs do not know which peers have a port.

Decision: the question waits in memory and is asked anew after a restart. Rejected: a table of
questions; whoever asks (`workers.restoring`) repeats itself until it has the answer. Rejected, too:
an endpoint of its own for each thing; the way back is three, and nobody could add to it.

What it does not do: decide when there is a question, or when to come by.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import msgspec

from tracer.canonical import canonical_json, strict_json
from tracer.errors import REFUSALS, LineError, PeerError
from tracer.exchange import batch as wire
from tracer.exchange.greetings import read
from tracer.transport.port import Offset, PeerLine
from tracer.trust.directory import Directory, Peer

What = Literal["log", "resync", "succession"]
PATIENCE: Final = 120.0
"""Seconds that a question waits for the peer to come by."""
LINGER: Final = 5.0
"""Seconds that a peer which came by is kept for the next question, if there is to be one."""
MOST: Final = 10_000
"""Questions that are answered on one way."""
_EMPTY: Final = ""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request as it would be posted to the peer."""

    number: int
    what: What
    body: str


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its answer; `code` is why there is none, else empty."""

    number: int
    code: str
    body: str


class Brought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a peer that comes by brings."""

    profile: str
    answer: Answered | None


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it is asked next; null: nothing."""

    profile: str
    question: Question | None


class Verb(Protocol):
    """What answers a question: bytes of a peer in, bytes out."""

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Answer the peer."""
        ...


@dataclass(slots=True)
class _Open:
    question: Question
    answer: asyncio.Future[Answered]


class Questions:
    """The questions that wait, one for each peer at a time."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._open: dict[str, _Open] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._fresh: dict[str, asyncio.Event] = {}
        self._number = 0

    async def ask(self, authority: str, what: str, body: bytes) -> bytes:
        """Let a question wait for the peer; its answer.

        Raises:
            LineError: it has not come by in time, or answered with a code.
        """
        async with self._locks.setdefault(authority, asyncio.Lock()):
            self._number += 1
            question = msgspec.convert(
                {"number": self._number, "what": what, "body": body.decode()}, Question
            )
            waits = _Open(question, asyncio.get_running_loop().create_future())
            self._open[authority] = waits
            self._event(authority).set()
            try:
                async with asyncio.timeout(self._patience):
                    answer = await waits.answer
            except TimeoutError as error:
                raise LineError("line-timeout", f"{authority} has not come by") from error
            finally:
                del self._open[authority]
        if answer.code:
            known = answer.code if answer.code in REFUSALS else "answer-form"
            raise LineError(known, f"the peer answered {answer.code[:40]}")
        return answer.body.encode()

    def settle(self, authority: str, answer: Answered) -> None:
        """Take an answer; one that nobody waits for any more is dropped."""
        waits = self._open.get(authority)
        if waits is None or waits.question.number != answer.number or waits.answer.done():
            return
        self._event(authority).clear()
        waits.answer.set_result(answer)

    async def next(self, authority: str, seconds: float) -> Question | None:
        """The question to a peer, the next one if none waits now and one comes in time."""
        if seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._event(authority).wait()
            except TimeoutError:
                return None
        waits = self._open.get(authority)
        return None if waits is None or waits.answer.done() else waits.question

    def _event(self, authority: str) -> asyncio.Event:
        return self._fresh.setdefault(authority, asyncio.Event())


class VisitedLine:
    """A line on which peers without a port are asked when they come by.

    To a node that opens no port itself (not `comes`) nobody ever does.
    """

    def __init__(self, line: PeerLine, questions: Questions, *, comes: bool = True) -> None:
        self._line = line
        self._questions = questions
        self._comes = comes

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """To the port of a peer, or to it when it comes by."""
        if peer.mode == "collects" and self._comes:
            return await self._questions.ask(peer.authority, what, body)
        return await self._line.post(peer, what, body)

    async def messages(self, peer: Peer, body: bytes) -> bytes:
        """As on the line."""
        return await self._line.messages(peer, body)

    async def collect(self, peer: Peer, body: bytes) -> bytes:
        """As on the line."""
        return await self._line.collect(peer, body)

    async def receipts(self, peer: Peer, body: bytes) -> bytes:
        """As on the line."""
        return await self._line.receipts(peer, body)

    async def attachment_offset(self, peer: Peer, digest: str) -> Offset:
        """As on the line."""
        return await self._line.attachment_offset(peer, digest)

    async def attachment_send(
        self, peer: Peer, digest: str, *, offset: int, chunks: AsyncIterator[bytes]
    ) -> Offset:
        """As on the line."""
        return await self._line.attachment_send(peer, digest, offset=offset, chunks=chunks)

    def attachment_fetch(self, peer: Peer, digest: str, *, offset: int) -> AsyncIterator[bytes]:
        """As on the line."""
        return self._line.attachment_fetch(peer, digest, offset=offset)

    async def add_checkpoint(self, peer: Peer, body: bytes) -> tuple[int, bytes]:
        """As on the line."""
        return await self._line.add_checkpoint(peer, body)


class AnswerQuestions:
    """The side that has questions. `due`: whether there are to be some; `came` makes them come."""

    def __init__(
        self,
        *,
        questions: Questions,
        due: Callable[[str], bool],
        came: Callable[[], None],
        linger: float = LINGER,
    ) -> None:
        self._questions = questions
        self._due = due
        self._came = came
        self._linger = linger

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Take what is brought, say what is asked next.

        Raises:
            PeerError: `batch-form`.
        """
        brought = _read(body)
        if brought.answer is not None:
            self._questions.settle(peer.authority, brought.answer)
        due = self._due(peer.authority)
        if due and brought.answer is None:
            self._came()
        found = await self._questions.next(peer.authority, self._linger if due else 0)
        return canonical_json(Wanted(wire.PROFILE, found))


class GoQuestions:
    """The side of the peer that opens no port: comes by and answers."""

    def __init__(
        self,
        *,
        line: PeerLine,
        verbs: Mapping[str, Callable[[Peer, bytes], Awaitable[bytes]]],
        directory: Callable[[], Directory],
    ) -> None:
        self._line = line
        self._verbs = verbs
        self._directory = directory

    async def __call__(self, peer: Peer) -> int:
        """Answer what the peer asks; how many questions that were.

        Raises:
            LineError: it cannot be reached, or knows no such way.
            PeerError: what it sends is not of this form.
        """
        brought = Brought(wire.PROFILE, None)
        for count in range(MOST):
            found = await self._line.post(peer, "questions", canonical_json(brought))
            question = read(found, Wanted).question
            if question is None:
                return count
            now = self._directory().find(peer.authority) or peer  # it may have told a succession
            brought = Brought(wire.PROFILE, await self._answer(now, question))
        return MOST

    async def _answer(self, peer: Peer, question: Question) -> Answered:
        try:
            body = await self._verbs[question.what](peer, question.body.encode())
        except PeerError as error:
            return Answered(question.number, error.code, _EMPTY)
        return Answered(question.number, _EMPTY, body.decode())


def _read(body: bytes) -> Brought:
    """What is brought; a page of messages is larger than other bodies of this kind."""
    try:
        found = msgspec.convert(strict_json(body), Brought)
    except (ValueError, msgspec.ValidationError) as error:
        raise PeerError("batch-form", "not an answer to a question") from error
    if found.profile != wire.PROFILE:
        raise PeerError("batch-form", "not of profile tracer-1")
    return found
