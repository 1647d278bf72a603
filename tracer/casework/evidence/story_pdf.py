"""The report as PDF, where this installation can: the extra `pdf` and its system libraries.

It is printed in a process of its own: native libraries for fonts see what peers wrote, and they
shall see no key and no other case; and the moment that fonts carry is set there to that of the
export, so that the same page gives the same bytes. Nothing is fetched. The process has bounded time
and memory, and a story that is too long for it is not begun. Without a PDF nothing else changes:
the HTML is whole, and has a style for printing.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NoReturn

NOT_HERE: Final = 69
"""Exit code of the printing process: the extra, or a library of its, is not installed."""
LONGEST: Final = 4 * 1024 * 1024
"""Bytes of a page that is printed: some thousand messages."""
SECONDS: Final = 120.0
CPU_SECONDS: Final = 110
MEMORY: Final = 2 * 1024**3
"""Bytes of address space of the process; fonts of all scripts are mapped into it."""


def as_pdf(page: bytes, at: datetime, *, seconds: float = SECONDS) -> bytes | None:
    """Print a page; None where the extra `pdf` is not installed or the page cannot be printed.

    Args:
        page: The whole HTML.
        at: The moment that its fonts carry.
        seconds: How long it may take.
    """
    if len(page) > LONGEST:
        return None
    moment = str(int(at.timestamp()))
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tracer.casework.evidence.story_pdf"],
            input=page,
            capture_output=True,
            env={**kept, "SOURCE_DATE_EPOCH": moment},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"%PDF-") else None


def confine(*, cpu: int, memory: int) -> None:
    """Bound this process: its seconds of work, its bytes of address space; no core is written."""
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_AS: memory,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Print standard input to standard output."""
    confine(cpu=CPU_SECONDS, memory=MEMORY)
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra; loading it takes a second
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError):
        return NOT_HERE

    class Nothing(URLFetcher):  # type: ignore[misc] # it ships no types
        """Fetches nothing: not a file of this machine, not a page of the network."""

        def fetch(self, url: str, headers: object = None) -> NoReturn:  # noqa: ARG002
            raise ValueError(f"a report names nothing outside itself: {url}")

    page = sys.stdin.buffer.read()
    document: Any = HTML(string=page.decode(), url_fetcher=Nothing())
    identifier = sha256(page).digest()[:16]
    document.write_pdf(sys.stdout.buffer, pdf_identifier=identifier, pdf_variant="pdf/ua-1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
