"""A page as PDF, where this installation can: the extra `pdf` and its system libraries.

It is printed in a process of its own, which is given the page and every file that it names, reaches
nothing else, holds no key, and has bounded time and memory: native libraries for fonts and pictures
see what peers wrote. The event loop waits for it and works on.

Drawings stand in the page as SVG, which the printer knows without the stylesheet around it; so each
gets the rules of `pictures.css` with the colours filled in (`drawn`).

What it does not do: decide what is on a page (`pages.printing`), or fetch.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import msgspec

from tracer.casework.evidence.story_pdf import MEMORY, confine
from tracer.errors import OperatorError

NOT_HERE: Final = 69
"""Exit code of the printing process: the extra, or a library of its, is not installed."""
SECONDS: Final = 60.0
AT_ONCE: Final = 2
"""Printing processes at a time."""
CPU_SECONDS: Final = 50
BASE: Final = "http://page.invalid"
"""What addresses on the page begin with while it is printed; the name leads nowhere."""
_ROOT: Final = re.compile(r":root\s*\{([^}]*)\}")
_VALUE: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE: Final = re.compile(r"var\((--[\w-]+)\)")
_DRAWING: Final = re.compile(r"<svg\b[^>]*>")
_KEPT: Final = ("PATH", "PYTHONPATH", "LANG")


class File(NamedTuple):
    """A file that a page names."""

    media_type: str
    data: bytes


class Job(msgspec.Struct, frozen=True):
    """What the printing process is given: a page, and its files by their path."""

    page: str
    files: dict[str, tuple[str, bytes]]


def installed() -> bool:
    """Whether the extra `pdf` is installed here, so that a page offers it."""
    return find_spec("weasyprint") is not None


class Press:
    """Prints pages, a few at a time."""

    def __init__(self, *, seconds: float = SECONDS, at_once: int = AT_ONCE) -> None:
        self._seconds = seconds
        self._turn = asyncio.Semaphore(at_once)

    async def print(self, page: str, files: Mapping[str, File]) -> bytes | None:
        """The PDF of a page; None where the extra `pdf` is not installed.

        Args:
            page: The whole HTML.
            files: Every file it may name, by path; of any other nothing is shown.

        Raises:
            OperatorError: `print-failed`, after the time or for want of memory too.
        """
        job = msgspec.msgpack.encode(
            Job(page, {path: (one.media_type, one.data) for path, one in files.items()})
        )
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                code, printed = await _run(job)
        except TimeoutError as error:
            raise _failed("it took too long") from error
        if code == NOT_HERE:
            return None
        if code != 0 or not printed.startswith(b"%PDF-"):
            raise _failed(f"the printing process ended with {code}")
        return printed


def drawn(page: str, stylesheet: str) -> str:
    """A page whose drawings hold the rules of their stylesheet, in the colours of light paper."""
    found = _ROOT.search(stylesheet)
    values = dict(_VALUE.findall(found[1])) if found else {}
    plain = _USE.sub(lambda use: values.get(use[1], "inherit"), stylesheet)
    rules = plain.partition(".pic {")[2].partition("}")[2].partition("@media print")[0]
    rules = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*[^{}]*\}", "", rules).replace(".pic ", "")
    return _DRAWING.sub(lambda start: f"{start[0]}<style>{rules}</style>", page)


async def _run(job: bytes) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tracer.web.ui.printing",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )
    try:
        printed, _ = await process.communicate(job)
        return process.returncode or 0, printed
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _failed(why: str) -> OperatorError:
    return OperatorError(
        "print-failed",
        f"a page could not be printed as PDF: {why}",
        advice="Print the page with the browser; see that the node has time and memory left.",
    )


def main() -> int:
    """Print the job on standard input to standard output."""
    confine(cpu=CPU_SECONDS, memory=MEMORY)
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra; loading it takes a second
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except (ImportError, OSError):
        return NOT_HERE
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)

    class Given(URLFetcher):  # type: ignore[misc] # it ships no types
        """Gives the files of the job: nothing of this machine, nothing of the network."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            held = job.files.get(url.removeprefix(BASE))
            if held is None or not url.startswith(f"{BASE}/"):
                raise ValueError("the page was not given this file")
            return URLFetcherResponse(url, body=held[1], headers={"Content-Type": held[0]})

    document: Any = HTML(string=job.page, base_url=f"{BASE}/", url_fetcher=Given())
    document.write_pdf(sys.stdout.buffer, pdf_variant="pdf/ua-1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
