"""The report as PDF, where this installation can: the extra `pdf` and its system libraries.

It is printed in a process of its own: native libraries for fonts see what peers wrote, and they
shall see no key and no other case; and the moment that fonts carry is set there to that of the
export, so that the same page gives the same bytes. Nothing is fetched. Without the extra there is
no PDF and nothing else changes; the HTML has a style for printing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NoReturn

NOT_HERE: Final = 69
"""Exit code of the printing process: the extra, or a library of its, is not installed."""


def as_pdf(page: bytes, at: datetime) -> bytes | None:
    """Print a page; None where the extra `pdf` is not installed or the page cannot be printed."""
    moment = str(int(at.timestamp()))
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "tracer.casework.evidence.story_pdf"],
        input=page,
        capture_output=True,
        env={**kept, "SOURCE_DATE_EPOCH": moment},
        check=False,
    )
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"%PDF-") else None


def main() -> int:
    """Print standard input to standard output."""
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
