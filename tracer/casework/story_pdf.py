"""The report as PDF, where this installation can: the extra `pdf` and its system libraries.

Nothing is fetched: a page that names anything outside itself is printed without it. Without the
extra there is no PDF and nothing else changes; the HTML has a style for printing.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NoReturn


def as_pdf(page: bytes) -> bytes | None:
    """Print a page; None where the extra `pdf` or a library of its is not installed."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra; loading it takes a second
    except (ImportError, OSError):
        return None
    document: Any = HTML(string=page.decode(), url_fetcher=_refuse)
    identifier = sha256(page).digest()[:16]
    return bytes(document.write_pdf(pdf_identifier=identifier, pdf_variant="pdf/ua-1"))


def _refuse(*_: object, **__: object) -> NoReturn:
    raise ValueError("a report names nothing outside itself")
