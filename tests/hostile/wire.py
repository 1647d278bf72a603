"""A raw line to a node: TLS with a client certificate, bytes out, one parsed answer in."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tracer.trust.channel import Channel, client_context

PATIENCE = 30.0
"""Seconds after which a silent node counts as hung."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection at a time, opened again when the node closed it."""

    def __init__(self, port: int, channel: Channel, anchors: tuple[bytes, ...]) -> None:
        self._port = port
        self._context: ssl.SSLContext = client_context(channel, anchors=anchors)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up without a word."""
        if self._open is not None:
            self._open[1].transport.abort()
            self._open = None

    async def send(self, data: bytes) -> None:
        """Write bytes, whatever they are."""
        _, writer = await self._streams()
        writer.write(data)
        await writer.drain()

    async def half_close(self) -> None:
        """Close the connection after what was written, as a cut line does."""
        _, writer = await self._streams()
        writer.close()
        self._open = None

    async def answer(self, *, head: bool = False) -> Answer | None:
        """Read one answer; None when the node hung up instead."""
        reader, _ = await self._streams()
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._read(reader, head=head)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            await self.close()
            return None

    async def call(
        self, method: str, path: str, body: bytes = b"", *, headers: str = ""
    ) -> Answer | None:
        """One ordinary request."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        )
        try:
            await self.send(head.encode("latin-1") + body)
        except (ConnectionError, ssl.SSLError):
            await self.close()
            return None
        return await self.answer(head=method == "HEAD")

    async def post(self, what: str, body: bytes) -> Answer:
        """Post to an endpoint; a connection that the node closed between is opened once more."""
        for _ in range(2):
            found = await self.call("POST", f"/exchange/v1/{what}", body)
            if found is not None:
                return found
        raise ConnectionError("the node hung up on an ordinary request")

    async def _streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._open is None:
            self._open = await asyncio.open_connection(
                "127.0.0.1", self._port, ssl=self._context, limit=1 << 20
            )
        return self._open

    async def _read(self, reader: asyncio.StreamReader, *, head: bool) -> Answer:
        raw = await reader.readuntil(b"\r\n\r\n")
        status, *rows = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)
        }
        code = int(status.split(" ")[1])
        if head or code in (204, 304) or 100 <= code < 200:
            return Answer(code, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(code, headers, await self._chunks(reader))
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            await self.close()
        return Answer(code, headers, body)

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        found = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            found += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
        return found
