"""The listener for peers: `/exchange/v1/` over mutual TLS 1.3.

Each handler is three lines: whose channel is this (`_peer`), bounded bytes, the verb. Quotas are
counted per peer and day in memory, while the bytes come in or go out; what a peer may have
unfinished at once is bounded for each endpoint, and a line on which nothing moves is cut.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from aiohttp import web

from tracer.errors import PeerError
from tracer.exchange.collect import Counter
from tracer.exchange.receive import Receive
from tracer.exchange.uploads import Intake, Shelf
from tracer.exchange.witness.answer import AnswerWitness
from tracer.metrics import Metrics
from tracer.transport.port import Offset
from tracer.trust.channel import spki_digest
from tracer.trust.directory import Directory, Peer, Standing
from tracer.web.problems import Handler, anonymous, expected, problems
from tracer.web.quota import Quota, RefusalCap

NDJSON = "application/x-ndjson"
BASE = "/exchange/v1/"
OTHER = "{what}"
"""The path of the small verbs."""
QUESTIONS = "questions"
"""Where a peer that opens no port brings what it was asked: a page of messages, too."""
OFFSET_DIGITS = 16
SUBJECT = web.RequestKey("subject", str)
"""Whom a refusal of the request is counted for: the authority, or the channel's digest."""
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


class Small(Protocol):
    """A small verb: bytes of a peer in, bytes out, such as `ping` and `log`."""

    async def __call__(self, peer: Peer, body: bytes) -> bytes:
        """Answer the peer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLimits:
    """Bounds of one request of a peer."""

    batch_bytes: int = 40_000_000
    """Largest batch in bytes."""
    small_bytes: int = 1_000_000
    """Largest body of the other endpoints in bytes."""
    body_seconds: float = 60.0
    """Time for a whole body; for an attachment, time without a byte that comes or is taken."""


class PeerListener:
    """The aiohttp application for peers."""

    def __init__(
        self,
        *,
        directory: Callable[[], Directory],
        receive: Receive,
        counter: Counter,
        intake: Intake,
        shelf: Shelf,
        small: dict[str, Small],
        witness: AnswerWitness,
        quota: Quota,
        refusals: RefusalCap,
        gate: Callable[[str], None],
        sending: Callable[[str], None],
        metrics: Metrics,
        heard: Callable[[str], None],
        limits: PeerLimits | None = None,
    ) -> None:
        self._directory = directory
        self._receive = receive
        self._counter = counter
        self._intake = intake
        self._shelf = shelf
        self._small = small
        self._witness = witness
        self._quota = quota
        self._refusals = refusals
        self._gate = gate
        self._sending = sending
        self._metrics = metrics
        self._heard = heard
        self._limits = limits or PeerLimits()

    def application(self) -> web.Application:
        """The application with its routes."""
        app = web.Application(
            middlewares=[problems, self._counted], client_max_size=self._limits.batch_bytes
        )
        app.on_response_prepare.append(anonymous)
        for method, path, handler in self._routes():
            app.router.add_route(method, f"{BASE}{path}", handler, expect_handler=expected)
        return app

    def served(self) -> tuple[tuple[str, str], ...]:
        """Method and path of every endpoint; the path of an attachment holds `{digest}`."""
        routes = [(method, path) for method, path, _ in self._routes() if path != OTHER]
        return tuple((method, f"{BASE}{path}") for method, path in routes) + tuple(
            ("POST", f"{BASE}{what}") for what in self._small
        )

    def _routes(self) -> tuple[tuple[str, str, Handler], ...]:
        return (
            ("POST", "messages", self._messages),
            ("POST", "collect", self._collect),
            ("POST", "receipts", self._receipts),
            ("HEAD", "attachments/{digest}", self._offset),
            ("PATCH", "attachments/{digest}", self._upload),
            ("GET", "attachments/{digest}", self._download),
            ("POST", "add-checkpoint", self._cosign),
            ("POST", OTHER, self._other),
        )

    async def _messages(self, request: web.Request) -> web.Response:
        peer = self._peer(request)
        self._gate(peer.authority)
        with self._quota.request(peer.authority):
            body = await self._body(request, peer, self._limits.batch_bytes)
            return _ndjson(await self._receive(self._now(request, peer), body, heard=True))

    async def _collect(self, request: web.Request) -> web.Response:
        peer = self._peer(request)
        self._sending(peer.authority)
        with self._quota.request(f"{peer.authority} collect"):
            body = await self._body(request, peer, self._limits.small_bytes)
            return _ndjson(await self._counter.batch(peer, body))

    async def _receipts(self, request: web.Request) -> web.Response:
        peer = self._peer(request)
        with self._quota.request(f"{peer.authority} receipts"):
            body = await self._body(request, peer, self._limits.batch_bytes)
            await self._counter.receipts(peer, body)
            return web.Response(status=204)

    async def _cosign(self, request: web.Request) -> web.Response:
        """The one endpoint whose statuses are not ours but those of C2SP tlog-witness."""
        peer = self._peer(request)
        with self._quota.request(f"{peer.authority} small"):
            body = await self._body(request, peer, self._limits.small_bytes)
            answer = await self._witness(peer, body)
        return web.Response(
            status=answer.status, body=answer.body, content_type=answer.content_type
        )

    async def _other(self, request: web.Request) -> web.Response:
        peer = self._peer(request)
        verb = self._small.get(request.match_info["what"])
        if verb is None:
            raise web.HTTPNotFound
        with self._quota.request(f"{peer.authority} small"):
            large = request.match_info["what"] == QUESTIONS
            limit = self._limits.batch_bytes if large else self._limits.small_bytes
            body = await self._body(request, peer, limit)
            return _ndjson(await verb(peer, body))

    async def _offset(self, request: web.Request) -> web.Response:
        peer = self._peer(request)
        with self._quota.request(f"{peer.authority} attachments"):
            return _held(await self._intake.offset(peer, _digest(request)))

    async def _upload(self, request: web.Request) -> web.Response:
        peer = self._peer(request)
        self._gate(peer.authority)
        with self._quota.request(f"{peer.authority} attachments"):
            held = await self._intake.take(
                peer,
                _digest(request),
                offset=_offset(request),
                chunks=self._chunks(request, peer),
            )
        return _held(held)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        peer = self._peer(request)
        digest, offset = _digest(request), _offset(request)
        with self._quota.request(f"{peer.authority} attachments"):
            row = await self._intake.offered(peer, digest)
            await self._intake.fetched(row, offset)
            if offset < row.size:
                self._quota.bytes(_fetched(peer), 0)
            return await self._give(request, peer, digest, offset)

    async def _give(
        self, request: web.Request, peer: Peer, digest: str, offset: int
    ) -> web.StreamResponse:
        """Send what a peer fetches, read beside the loop and counted.

        It is cut where nobody takes it, where the day's bytes are used up and where the file was
        destroyed meanwhile or cannot be read. Once the answer has begun no code can be sent any
        more: the peer asks for the rest, and hears then what keeps it.
        """
        try:
            chunk = await asyncio.to_thread(self._shelf.piece, digest, offset)
        except FileNotFoundError as error:
            raise PeerError("attachment-unknown", "it was destroyed meanwhile") from error
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while chunk:
                self._quota.bytes(_fetched(peer), len(chunk))
                async with asyncio.timeout(self._limits.body_seconds):
                    await response.write(chunk)
                offset += len(chunk)
                chunk = await asyncio.to_thread(self._shelf.piece, digest, offset)
            async with asyncio.timeout(self._limits.body_seconds):
                await response.write_eof()
        except (OSError, PeerError):  # no time left, no bytes left, no file left
            if request.transport is not None:
                request.transport.abort()
        return response

    async def _chunks(self, request: web.Request, peer: Peer) -> AsyncIterator[bytes]:
        """The body as it comes, counted, with a bound on silence."""
        if "Content-Encoding" in request.headers:
            raise PeerError("batch-form", "requests are not compressed")
        while True:
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    chunk = await request.content.readany()
            except TimeoutError as error:
                raise web.HTTPRequestTimeout from error
            if not chunk:
                return
            self._quota.bytes(peer.authority, len(chunk))
            yield chunk

    async def _body(self, request: web.Request, peer: Peer, limit: int) -> bytes:
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for chunk in self._chunks(request, peer):
                    size += len(chunk)
                    if size > limit:
                        raise PeerError("too-large", f"the body is longer than {limit} bytes")
                    parts.append(chunk)
        except TimeoutError as error:
            raise web.HTTPRequestTimeout from error
        return b"".join(parts)

    @web.middleware
    async def _counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count what is refused as a whole; the refusals of single messages are counted inside."""
        try:
            return await handler(request)
        except PeerError as error:
            self._metrics.refused(error.code, request.get(SUBJECT, "-"))
            raise

    def _peer(self, request: web.Request) -> Peer:
        """Whose channel this is, and that it is active: asked, and noted, at each request."""
        tls = request.transport.get_extra_info("ssl_object") if request.transport else None
        der = tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
        if der is None:
            raise PeerError("peer-unknown", "the channel shows no certificate")
        digest = _spki(der)
        peer = None if digest is None else self._directory().by_channel(digest)
        if peer is None:
            raise PeerError("peer-unknown", "no peer has this channel certificate")
        request[SUBJECT] = peer.authority
        self._refusals.check(peer.authority)
        if peer.standing is not Standing.ACTIVE:
            raise PeerError("peer-suspended", f"{peer.authority} is {peer.standing.value}")
        self._heard(peer.authority)
        return peer

    def _now(self, request: web.Request, peer: Peer) -> Peer:
        """The peer as it is when its body has come: a revocation counts at once."""
        is_same = self._directory().find(peer.authority) is peer
        return peer if is_same else self._peer(request)


@lru_cache(maxsize=1024)
def _spki(der: bytes) -> str | None:
    """The digest of a channel key; None for a kind of key that no entry lists.

    A peer whose certificate may issue others gets those through the handshake, of any kind and
    number: they are nobody's here, and only so many are remembered.
    """
    try:
        return spki_digest(der)
    except ValueError:
        return None


def _fetched(peer: Peer) -> str:
    """Under what the bytes are counted that a peer fetches."""
    return f"{peer.authority} fetched"


def _ndjson(body: bytes) -> web.Response:
    return web.Response(body=body, content_type=NDJSON)


def _held(held: Offset) -> web.Response:
    complete = "?1" if held.complete else "?0"
    return web.Response(
        status=204, headers={"Upload-Offset": str(held.stored), "Upload-Complete": complete}
    )


def _digest(request: web.Request) -> str:
    digest = request.match_info["digest"]
    if not _DIGEST.fullmatch(digest):
        raise PeerError("attachment-unknown", "not a digest")
    return digest


def _offset(request: web.Request) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not text.isascii() or not text.isdigit() or len(text) > OFFSET_DIGITS:
        raise PeerError("attachment-offset", "no offset is given")
    return int(text)
