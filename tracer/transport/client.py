"""Lines to peers over HTTPS, on aiohttp's client."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
import msgspec

from tracer.errors import REFUSALS, LineError
from tracer.transport.port import Offset
from tracer.trust.directory import Peer

NDJSON = "application/x-ndjson"
OFFSET_DIGITS = 16
PROBLEM = "application/problem+json"
WITNESS_STATUS = frozenset((200, 400, 403, 404, 409, 422))
"""What a witness answers; 404 as a problem document says that there is no witness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLimits:
    """Bounds of one line."""

    body: int = 40_000_000
    """Largest answer in bytes."""
    connect: float = 15.0
    """Seconds to establish a connection, TLS included."""
    silence: float = 60.0
    """Seconds without a byte from the other side after which the line counts as broken."""
    total: float = 600.0
    """Seconds one request may take."""


class HttpsLine:
    """`PeerLine` over HTTPS. Use as an asynchronous context manager."""

    def __init__(
        self, context_for: Callable[[Peer], ssl.SSLContext], limits: LineLimits | None = None
    ) -> None:
        self._context_for = context_for
        self._limits = limits or LineLimits()
        self._contexts: dict[tuple[str, tuple[bytes, ...]], ssl.SSLContext] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(
                total=limits.total, sock_connect=limits.connect, sock_read=limits.silence
            ),
            connector=aiohttp.TCPConnector(limit_per_host=4, keepalive_timeout=60),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            skip_auto_headers=("User-Agent", "Accept-Encoding"),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def messages(self, peer: Peer, body: bytes) -> bytes:
        """Post a batch, return the answer."""
        return await self.post(peer, "messages", body)

    async def collect(self, peer: Peer, body: bytes) -> bytes:
        """Ask a peer for what waits for us."""
        return await self.post(peer, "collect", body)

    async def receipts(self, peer: Peer, body: bytes) -> bytes:
        """Hand a peer the answer to a collected batch."""
        return await self.post(peer, "receipts", body)

    async def post(self, peer: Peer, what: str, body: bytes) -> bytes:
        """Post to one of the peer's endpoints under `/exchange/v1/`."""
        headers = {"Content-Type": NDJSON}
        _, answer = await self._request(peer, "POST", what, headers=headers, data=body)
        return answer

    async def add_checkpoint(self, peer: Peer, body: bytes) -> tuple[int, bytes]:
        """Ask a peer to cosign a head of our log; what a witness may answer is no failure."""
        url, context = self._target(peer, "add-checkpoint")
        headers = {"Content-Type": "text/plain"}
        try:
            async with self._live().post(
                url, ssl=context, allow_redirects=False, headers=headers, data=body
            ) as response:
                answer = await self._bounded(response)
                if response.content_type == PROBLEM or response.status not in WITNESS_STATUS:
                    _expect(response.status, answer)
                return response.status, answer
        except _BROKEN as error:
            raise _broken(peer, error) from error

    async def attachment_offset(self, peer: Peer, digest: str) -> Offset:
        """How much of an attachment of ours the peer holds."""
        headers, _ = await self._request(peer, "HEAD", f"attachments/{digest}")
        return _offset(headers)

    async def attachment_send(
        self, peer: Peer, digest: str, *, offset: int, chunks: AsyncIterator[bytes]
    ) -> Offset:
        """Continue an upload at `offset`, in chunks, so that a cut line keeps what was sent."""
        headers, _ = await self._request(
            peer,
            "PATCH",
            f"attachments/{digest}",
            headers={"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"},
            data=chunks,
        )
        return _offset(headers)

    async def attachment_fetch(
        self, peer: Peer, digest: str, *, offset: int
    ) -> AsyncIterator[bytes]:
        """Continue a download at `offset`."""
        url, context = self._target(peer, f"attachments/{digest}")
        try:
            async with self._live().get(
                url, ssl=context, allow_redirects=False, headers={"Upload-Offset": str(offset)}
            ) as response:
                _expect(response.status)
                async for chunk in response.content.iter_any():
                    yield chunk
        except _BROKEN as error:
            raise _broken(peer, error) from error

    async def _request(
        self,
        peer: Peer,
        method: str,
        what: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | AsyncIterator[bytes] | None = None,
    ) -> tuple[Mapping[str, str], bytes]:
        url, context = self._target(peer, what)
        try:
            async with self._live().request(
                method, url, ssl=context, allow_redirects=False, headers=headers, data=data
            ) as response:
                body = await self._bounded(response)
                _expect(response.status, body)
                return response.headers, body
        except _BROKEN as error:
            raise _broken(peer, error) from error

    async def _bounded(self, response: aiohttp.ClientResponse) -> bytes:
        parts, size = [], 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > self._limits.body:
                raise LineError("answer-too-large", "the peer's answer is longer than allowed")
            parts.append(chunk)
        return b"".join(parts)

    def _target(self, peer: Peer, what: str) -> tuple[str, ssl.SSLContext]:
        if not peer.endpoint:
            raise LineError("no-endpoint", f"{peer.authority} opens no port; it collects")
        key = (peer.authority, peer.certificates)
        if key not in self._contexts:
            self._contexts[key] = self._context_for(peer)
        return f"{peer.endpoint.rstrip('/')}/exchange/v1/{what}", self._contexts[key]

    def _live(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the line is used outside its context")
        return self._session


_BROKEN = (aiohttp.ClientError, asyncio.TimeoutError, OSError, ssl.SSLError, UnicodeError)
"""What a line can break with; a name that no resolver takes is a `UnicodeError`."""


def _broken(peer: Peer, error: BaseException) -> LineError:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return LineError(
            "line-certificate",
            f"{peer.authority} answered with another certificate than its entry holds",
            advice="Ask the authority whether it changed its channel key, and for its new entry.",
        )
    where = urlsplit(peer.endpoint).netloc
    if isinstance(error, asyncio.TimeoutError):
        return LineError("line-timeout", f"{peer.authority} does not answer in time at {where}")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return LineError("line-broken", f"no address is known for {where}: is the name right?")
    if isinstance(error, aiohttp.ClientConnectorError):
        return LineError(
            "line-broken",
            f"nobody answers at {where}: is the node of {peer.authority} running, "
            "is the address right?",
        )
    return LineError(
        "line-broken", f"{peer.authority} at {where} broke off before its answer was complete"
    )


class _Problem(msgspec.Struct):
    code: str = ""


def _expect(status: int, body: bytes = b"") -> None:
    """Everything but success is the line's matter: signed refusals come with success.

    A code of our table is kept, so that people see why; it was not signed and settles nothing.
    """
    if status in (200, 204):
        return
    try:
        code = msgspec.json.decode(body, type=_Problem).code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        code = ""
    known = code if code in REFUSALS else f"http-{status}"
    raise LineError(known, f"the peer answered {status} {code[:40]}".strip())


def _offset(headers: Mapping[str, str]) -> Offset:
    text = headers.get("Upload-Offset", "")
    if not text.isascii() or not text.isdigit() or len(text) > OFFSET_DIGITS:
        raise LineError("answer-form", "the peer did not say how much of the attachment it holds")
    return Offset(int(text), headers.get("Upload-Complete") == "?1")
