"""A page as PDF, where this installation can: the extra `pdf` and its system libraries.

The process that prints it is `media.printer`; here is what stands around it.

Drawings stand in the page as SVG, which the printer knows without the stylesheet around it; so each
gets the rules of `pictures.css` with the colours filled in (`drawn`).

What it does not do: decide what is on a page (`pages.printing`), or fetch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tracer.errors import OperatorError
from tracer.media.printer import File, Limits, Printer, Unprinted

LIMITS: Final = Limits(seconds=60.0, cpu=50)
"""What a page may cost: somebody waits for it at the desk."""
_ROOT: Final = re.compile(r":root\s*\{([^}]*)\}")
_VALUE: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE: Final = re.compile(r"var\((--[\w-]+)\)")
_DRAWING: Final = re.compile(r"<svg\b[^>]*>")
_WHY: Final = {
    Unprinted.TOO_LONG: "it is too long",
    Unprinted.OUT_OF_TIME: "it took too long",
    Unprinted.OUT_OF_MEMORY: "it needs more memory than it is given",
    Unprinted.FAILED: "the printing process ended without one",
}


class Press:
    """Prints pages, a few at a time."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._printer = Printer(limits)

    async def print(self, page: str, files: Mapping[str, File]) -> bytes | None:
        """The PDF of a page; None where the extra `pdf` is not installed.

        Args:
            page: The whole HTML.
            files: Every file it may name, by path; of any other nothing is shown.

        Raises:
            OperatorError: `print-failed`, after the time or for want of memory too.
        """
        found = await self._printer.print(page.encode(), files)
        if found is Unprinted.NOT_INSTALLED:
            return None
        if isinstance(found, Unprinted):
            raise OperatorError(
                "print-failed",
                f"a page could not be printed as PDF: {_WHY[found]}",
                advice="Print the page with the browser; see that the node has time and memory.",
            )
        return found


def drawn(page: str, stylesheet: str) -> str:
    """A page whose drawings hold the rules of their stylesheet, in the colours of light paper."""
    found = _ROOT.search(stylesheet)
    values = dict(_VALUE.findall(found[1])) if found else {}
    plain = _USE.sub(lambda use: values.get(use[1], "inherit"), stylesheet)
    rules = plain.partition(".pic {")[2].partition("}")[2].partition("@media print")[0]
    rules = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*[^{}]*\}", "", rules).replace(".pic ", "")
    return _DRAWING.sub(lambda start: f"{start[0]}<style>{rules}</style>", page)
