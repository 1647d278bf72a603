"""Have a picture drawn anew by a process that can do nothing else, and believe none of its words.

1. `sniff` the bytes; only pictures go on
2. start `worker` with an empty environment, no arguments of anybody's, in a group of its own
3. hand it the bytes and read at most what an answer may have; end it when the time is over
4. check what it says: the form, the sizes, that the bytes are of the kind it names

At most one picture is drawn at a time in one node: a photo is rare, and memory is bounded for one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import msgspec

from tracer.canonical import b64url
from tracer.errors import InputError, OperatorError
from tracer.media.kinds import is_picture, sniff

WORKER: Final = (sys.executable, "-I", str(Path(__file__).with_name("worker.py")))
"""How the worker is started: by its path, isolated, so that it sees no code but its own."""
_UNBOUNDED: Final = 3
_HEADER: Final = 1024
_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one picture may cost. Bytes, seconds, pixels."""

    input: int = 64 * 1024 * 1024
    output: int = 32 * 1024 * 1024
    """Largest picture that comes out; what is larger is refused."""
    pixels: int = 50_000_000
    side: int = 20_000
    thumb: int = 360
    """Longest side of a thumbnail, in pixels."""
    memory: int = 1280 * 1024 * 1024
    cpu: int = 20
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture drawn anew, its thumbnail (JPEG), and the digest of the file as it came."""

    media_type: str
    data: bytes
    thumb: bytes
    width: int
    height: int
    original: str
    """SHA-256 of the uploaded bytes, base64url."""


class Photos(Protocol):
    """Who makes photos safe."""

    async def develop(self, data: bytes) -> Photo:
        """Draw a picture anew; errors as in `Darkroom.develop`."""
        ...  # pragma: no cover


class _Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line that heads an answer of the worker."""

    media_type: str = ""
    width: int = 0
    height: int = 0
    size: int = 0
    thumb: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Darkroom:
    """Draws pictures anew in processes of their own, one after the other."""

    bounds: Bounds = field(default_factory=Bounds)
    worker: Sequence[str] = WORKER
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def develop(self, data: bytes) -> Photo:
        """Draw a picture anew.

        Raises:
            InputError: as `sniff`; `file-type` for what is no picture; `photo-damaged`,
                `photo-dimensions`, `photo-frames`; `photo-refused` when it cannot be drawn within
                the bounds.
            OperatorError: `photo-worker`, when the process cannot be started or bounded.
        """
        media_type = sniff(data)
        if not is_picture(media_type):
            raise InputError(
                "file-type",
                f"{media_type} is not a picture",
                advice="Attach it as a document.",
                field="file",
            )
        async with self._turn:
            code, answer = await self._run(media_type, data)
        if code == _UNBOUNDED:
            raise OperatorError(
                "photo-worker",
                "the process that opens photos could not be bounded, so none is opened",
                advice="Check the service unit: it must let the node lower its own limits.",
            )
        if code != 0:
            raise _refused()
        return self._believed(answer, b64url(sha256(data).digest()))

    async def _run(self, media_type: str, data: bytes) -> tuple[int, bytes]:
        bounds = {k: v for k, v in asdict(self.bounds).items() if k not in {"output", "seconds"}}
        try:
            process = await asyncio.create_subprocess_exec(
                *self.worker,
                media_type,
                json.dumps(bounds),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        except OSError as error:
            raise OperatorError(
                "photo-worker",
                f"the process that opens photos cannot be started: {error.strerror}",
                advice="Check that the node may start programs and has memory left.",
            ) from error
        try:
            async with asyncio.timeout(self.bounds.seconds):
                return await self._talk(process, data)
        except TimeoutError as error:
            raise _refused() from error
        finally:
            await _end(process)

    async def _talk(self, process: asyncio.subprocess.Process, data: bytes) -> tuple[int, bytes]:
        giving = asyncio.create_task(_give(process, data))
        try:
            answer = await self._answer(process)
            await giving
            return await process.wait(), answer
        finally:
            giving.cancel()

    async def _answer(self, process: asyncio.subprocess.Process) -> bytes:
        """All that the worker says, at most as much as an answer may have."""
        most, parts = 2 * self.bounds.output + _HEADER, bytearray()
        if process.stdout is None:
            raise _refused()
        while chunk := await process.stdout.read(64 * 1024):
            parts += chunk
            if len(parts) > most:
                raise _refused()
        return bytes(parts)

    def _believed(self, answer: bytes, original: str) -> Photo:
        head, _, rest = answer.partition(b"\n")
        try:
            told = msgspec.json.decode(head[:_HEADER], type=_Told)
        except msgspec.DecodeError as error:
            raise _refused() from error
        if told.refused:
            raise _no(told.refused)
        data, thumb = rest[: told.size], rest[told.size :]
        whole = len(data) == told.size and len(thumb) == told.thumb
        if not (whole and data and thumb and min(told.width, told.height) > 0):
            raise _refused()
        if not (_is(data, told.media_type) and _is(thumb, "image/jpeg")):
            raise _refused()
        if len(data) > self.bounds.output:
            raise _no("dimensions")
        return Photo(
            media_type=told.media_type,
            data=data,
            thumb=thumb,
            width=told.width,
            height=told.height,
            original=original,
        )


def _is(data: bytes, media_type: str) -> bool:
    try:
        return is_picture(media_type) and sniff(data) == media_type
    except InputError:
        return False


async def _give(process: asyncio.subprocess.Process, data: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has ended: its code tells
        process.stdin.write(data)
        await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and whatever it started, and wait for it.

    What it still had to say is read away: a full pipe would keep its end from being noticed.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    while process.stdout is not None and await process.stdout.read(64 * 1024):
        pass
    await process.wait()


def _refused() -> InputError:
    return InputError(
        "photo-refused",
        "the picture could not be opened within the bounds for one picture",
        advice="Save it anew with an image program, or photograph it again.",
        field="file",
    )


def _no(code: str) -> InputError:
    says = {
        "damaged": (
            "the picture is cut off or damaged",
            "Copy it again from the camera, or save it anew with an image program.",
        ),
        "dimensions": (
            "the picture has more pixels than is taken: 50 million, 20,000 on a side",
            "Make it smaller, or cut out the part that matters.",
        ),
        "frames": (
            "the file holds more than one picture or page",
            "Attach each page as a file, or all of them as PDF.",
        ),
    }
    if code not in says:
        return _refused()
    sentence, advice = says[code]
    return InputError(f"photo-{code}", sentence, advice=advice, field="file")
