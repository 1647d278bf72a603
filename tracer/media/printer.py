"""Pages as PDF, where this installation can: the extra `pdf` and its system libraries.

A page is printed in a process of its own, which is given the page and every file that it names,
reaches nothing else, holds no key, and has bounded time and memory: native libraries for fonts and
pictures see what peers wrote. Where a moment is given, fonts and the file carry it, so that the
same page gives the same bytes. The event loop waits for the process and works on.

What it does not do: say in words why a page was not printed (whoever wanted it does), or fetch.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import msgspec

from tracer.log import get_logger

NOT_HERE: Final = 69
"""Exit code of the printing process: the extra, or a library of its, is not installed."""
NO_MEMORY: Final = 71
"""Exit code of the printing process: its memory did not suffice."""
MEMORY: Final = 2 * 1024**3
"""Bytes of address space of the process; fonts of all scripts are mapped into it."""
BASE: Final = "http://page.invalid"
"""What addresses on the page begin with while it is printed; the name leads nowhere."""
_KEPT: Final = ("PATH", "PYTHONPATH", "LANG")
_log = get_logger("media")


class Unprinted(StrEnum):
    """Why a page was not printed."""

    NOT_INSTALLED = "not-installed"
    """The extra `pdf`, or a library that it needs, is not here."""
    TOO_LONG = "too-long"
    """The page has more bytes than are begun."""
    OUT_OF_TIME = "out-of-time"
    OUT_OF_MEMORY = "out-of-memory"
    FAILED = "failed"
    """The process ended otherwise without a PDF."""


class File(NamedTuple):
    """A file that a page names."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one page may cost."""

    seconds: float
    """From when it is wanted, waiting for a turn included."""
    cpu: int
    """Seconds of work."""
    memory: int = MEMORY
    longest: int = 16 * 1024**2
    """Bytes of a page that is begun."""


class _Job(msgspec.Struct, frozen=True):
    """What the process is given: a page, its files by their path, a name for the file."""

    page: bytes
    files: dict[str, tuple[str, bytes]]
    identifier: bytes | None


class Printer:
    """Prints pages, a few at a time."""

    def __init__(self, limits: Limits, *, at_once: int = 2) -> None:
        self._limits = limits
        self._turn = asyncio.Semaphore(at_once)

    async def print(
        self, page: bytes, files: Mapping[str, File] | None = None, *, at: datetime | None = None
    ) -> bytes | Unprinted:
        """The PDF of a page, or why there is none; that is in the log, too.

        Args:
            page: The whole HTML.
            files: Every file it may name, by path; of any other nothing is shown.
            at: The moment that it carries; None: that of the printing.
        """
        found = await self._printed(page, files or {}, at)
        if isinstance(found, Unprinted):
            told = _log.info if found is Unprinted.NOT_INSTALLED else _log.warning
            told("page-unprinted", code=str(found), bytes=len(page))
        return found

    async def _printed(
        self, page: bytes, files: Mapping[str, File], at: datetime | None
    ) -> bytes | Unprinted:
        if len(page) > self._limits.longest:
            return Unprinted.TOO_LONG
        identifier = None if at is None else sha256(page).digest()[:16]
        job = _Job(
            page, {path: (one.media_type, one.data) for path, one in files.items()}, identifier
        )
        try:
            async with asyncio.timeout(self._limits.seconds), self._turn:
                code, printed = await _run(msgspec.msgpack.encode(job), self._limits, at)
        except TimeoutError:
            return Unprinted.OUT_OF_TIME
        if code == 0 and printed.startswith(b"%PDF-"):
            return printed
        return _ENDS.get(code, Unprinted.FAILED)


_ENDS: Final = {
    NOT_HERE: Unprinted.NOT_INSTALLED,
    NO_MEMORY: Unprinted.OUT_OF_MEMORY,
    -signal.SIGKILL: Unprinted.OUT_OF_MEMORY,
    -signal.SIGXCPU: Unprinted.OUT_OF_TIME,
}
"""What an exit code says. We end the process after the time only; before, a system kills one for
want of memory."""


def installed() -> bool:
    """Whether the extra `pdf` is installed here, so that a page offers it."""
    return find_spec("weasyprint") is not None


async def _run(job: bytes, limits: Limits, at: datetime | None) -> tuple[int, bytes]:
    moment = {} if at is None else {"SOURCE_DATE_EPOCH": str(int(at.timestamp()))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tracer.media.printer",
        str(limits.cpu),
        str(limits.memory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT if name in os.environ} | moment,
    )
    try:
        printed, _ = await process.communicate(job)
        return process.returncode or 0, printed
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _confine(*, cpu: int, memory: int) -> None:
    """Bound this process: its seconds of work, its bytes of address space; no core is written.

    At the first bound of time its end says so; one second later it is ended whatever it does.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main(cpu: str, memory: str) -> int:
    """Print the job on standard input to standard output; all of it has left when this returns."""
    _confine(cpu=int(cpu), memory=int(memory))
    try:
        import weasyprint  # noqa: PLC0415 - an extra; loading it takes a second
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except (ImportError, OSError):
        return NOT_HERE
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Job)

    class Given(URLFetcher):  # type: ignore[misc] # it ships no types
        """Gives the files of the job: nothing of this machine, nothing of the network."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            held = job.files.get(url.removeprefix(BASE))
            if held is None or not url.startswith(f"{BASE}/"):
                raise ValueError("the page was not given this file")
            return URLFetcherResponse(url, body=held[1], headers={"Content-Type": held[0]})

    try:
        document: Any = weasyprint.HTML(
            string=job.page.decode(), base_url=f"{BASE}/", url_fetcher=Given()
        )
        document.write_pdf(sys.stdout.buffer, pdf_identifier=job.identifier, pdf_variant="pdf/ua-1")
        sys.stdout.buffer.flush()
    except MemoryError:
        return NO_MEMORY
    return 0


if __name__ == "__main__":
    # Nothing is taken down: the libraries for fonts have threads of their own, and one that still
    # ran when its library was unloaded ended a process by SIGSEGV whose PDF was whole.
    os._exit(main(*sys.argv[1:]))
