"""The line to a scanner for malware: clamd's INSTREAM, over a UNIX socket of this machine.

Rules:
    1. A UNIX socket and nothing else: what is scanned is case content, which does not leave the
       machine.
    2. One connection a file; the file goes in chunks, each behind its length in four bytes, a
       length of zero at the end. The answer is one short line, and bounded; sending and reading go
       side by side, for a scanner that has enough answers before the end.
    3. Only `stream: OK` means that nothing was found. An answer that is not understood, none in
       time, or a limit of the scanner's own is none: the file was not scanned.

What it does not do: keep what was said, or decide what becomes of the file (`casework.scanning`).
"""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import suppress
from typing import Final, Protocol

from tracer.errors import OperatorError

CHUNK: Final = 64 * 1024
PING_SECONDS: Final = 5.0
"""Time to say that it is there."""
_ANSWER: Final = 1024
"""Longest answer in bytes."""
_SAID: Final = re.compile(r"stream: (?P<name>[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?) FOUND")
_CLEAN: Final = "stream: OK"
_TOO_LARGE: Final = "INSTREAM size limit exceeded. ERROR"
_LIMITS: Final = "Heuristics.Limits.Exceeded"
"""How clamd calls a file that it gave up on begins, if it is set to tell (AlertExceedsMax)."""


class Scanner(Protocol):
    """Who looks for malware; `ClamdLine`, and fakes in tests."""

    async def scan(self, data: bytes) -> str:
        """What was found in a file, by the scanner's name for it; empty: nothing.

        Raises:
            OperatorError: the file was not scanned: `scanner-down`, or `scanner-size`, too large.
        """
        ...

    async def ping(self) -> None:
        """Whether it answers at all.

        Raises:
            OperatorError: `scanner-down`.
        """
        ...


class ClamdLine:
    """`Scanner` at the socket of a clamd. `seconds` is the time for one file, all in all."""

    def __init__(self, path: str, *, seconds: float) -> None:
        self._path = path
        self._seconds = seconds

    async def scan(self, data: bytes) -> str:
        """Hand a file over and read what is said of it."""
        said = await self._asked(b"zINSTREAM\0", data, self._seconds)
        found = _SAID.fullmatch(said)
        if said == _TOO_LARGE or (found is not None and found["name"].startswith(_LIMITS)):
            raise OperatorError(
                "scanner-size",
                "the file is larger than the scanner for malware takes",
                advice="Raise StreamMaxLength, MaxFileSize and MaxScanSize in clamd.conf.",
            )
        if found is not None:
            return found["name"]
        if said != _CLEAN:
            raise _down("it says something else than its protocol has")
        return ""

    async def ping(self) -> None:
        """Ask, and hear the one answer there is."""
        if await self._asked(b"zPING\0", None, min(self._seconds, PING_SECONDS)) != "PONG":
            raise _down("it says something else than its protocol has")

    async def _asked(self, command: bytes, data: bytes | None, within: float) -> str:
        try:
            async with asyncio.timeout(within):
                return await self._talk(command, data)
        except TimeoutError as error:
            raise _down("it did not answer in time") from error
        except (OSError, UnicodeError) as error:
            raise _down(type(error).__name__) from error

    async def _talk(self, command: bytes, data: bytes | None) -> str:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.setblocking(False)
            await loop.sock_connect(line, self._path)
            giving = asyncio.create_task(_give(line, command, data))
            try:
                return await _answer(line)
            finally:
                giving.cancel()
                await asyncio.gather(giving, return_exceptions=True)


async def _give(line: socket.socket, command: bytes, data: bytes | None) -> None:
    """Send all of it; where the other side has hung up, its answer tells."""
    loop, whole = asyncio.get_running_loop(), memoryview(data or b"")
    with suppress(ConnectionError):
        await loop.sock_sendall(line, command)
        for start in range(0, len(whole), CHUNK):
            part = whole[start : start + CHUNK]
            await loop.sock_sendall(line, len(part).to_bytes(4, "big"))
            await loop.sock_sendall(line, part)
        if data is not None:
            await loop.sock_sendall(line, bytes(4))


async def _answer(line: socket.socket) -> str:
    """The answer up to its zero byte; one without, cut off or too long, is none."""
    loop, held = asyncio.get_running_loop(), b""
    while b"\0" not in held and len(held) <= _ANSWER:
        more = await loop.sock_recv(line, _ANSWER)
        if not more:
            break
        held += more
    said, end, _ = held.partition(b"\0")
    return said.decode("ascii") if end else ""


def _down(why: str) -> OperatorError:
    return OperatorError(
        "scanner-down",
        f"the scanner for malware did not look at it: {why}",
        advice="Start clamd, or mend section [scanner]; tracer status tells whether it answers.",
    )
