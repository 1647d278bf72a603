"""An extra `pdf` that does what a test wants, for the printing process to load."""

from __future__ import annotations

from pathlib import Path


def printing(folder: Path, body: str, *, head: str = "") -> None:
    """The extra, as it would be if its printing did this."""
    (folder / "weasyprint").mkdir()
    (folder / "weasyprint/urls.py").write_text(
        "class URLFetcher: ...\nclass URLFetcherResponse: ...\n"
    )
    (folder / "weasyprint/__init__.py").write_text(
        f"{head}\n"
        "class HTML:\n"
        "    def __init__(self, **_): ...\n"
        "    def write_pdf(self, out, **_):\n"
        f"        {body}\n        out.write(b'%PDF-')\n"
    )
