"""A clamd of the test: its protocol over a UNIX socket, in the loop of the test."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

VIRUS = b"X5O!P%@AP-TEST"
"""Bytes that the scanner of the test calls harmful."""
SILENCE = b""
"""An answer that never comes."""


@dataclass(slots=True)
class Clamd:
    """What it was handed, and how it answers. `says`: always that, whatever it was handed."""

    scanned: list[bytes] = field(default_factory=list)
    says: bytes | None = None
    limit: int = 1 << 40
    """Largest file in bytes; a larger one is answered before its end, and the line hung up."""
    pinged: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            await self._talk(reader, writer)
            if self.says == SILENCE:
                await reader.read()  # until the other side gives up
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            self.pinged += 1
            writer.write(b"PONG\0" if self.says is None else self.says)
        elif command == b"zINSTREAM\0":
            writer.write(await self._file(reader))
        else:
            writer.write(b"UNKNOWN COMMAND\0")
        await writer.drain()

    async def _file(self, reader: asyncio.StreamReader) -> bytes:
        held = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            if len(held) + size > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
            held += await reader.readexactly(size)
        self.scanned.append(held)
        if self.says is not None:
            return self.says
        return b"stream: Eicar-Test FOUND\0" if VIRUS in held else b"stream: OK\0"


@asynccontextmanager
async def clamd(made: Clamd) -> AsyncIterator[str]:
    """A scanner that listens; the path of its socket, short enough for the system."""
    over: list[asyncio.Task[None]] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over.append(asyncio.create_task(made.serve(reader, writer)))

    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path = str(Path(folder) / "clamd.ctl")
        server = await asyncio.start_unix_server(connected, path)
        try:
            yield path
        finally:
            server.close()
            await asyncio.gather(*over)
            await server.wait_closed()
