"""A page on the terminal: headings, lines with a mark, wrapped text.

What a peer wrote is shown with escapes, so that it cannot steer the terminal.
"""

from __future__ import annotations

from typing import Literal

import click

from tracer.cli.output import emit, printable

Level = Literal["ok", "look", "act", "off"]
_MARKS: dict[Level, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "look": ("look", "yellow"),
    "act": ("ACT", "bold red"),
    "off": ("-", "dim"),
}


class Page:
    """Writes to standard output, line by line, aligned."""

    def title(self, text: str) -> None:
        """The first line."""
        emit(printable(text), style="bold")

    def heading(self, text: str) -> None:
        """A heading, after an empty line."""
        click.echo()
        emit(printable(text), style="bold")

    def line(self, *parts: tuple[str, str], indent: int = 2) -> None:
        """One line of (text, style) parts, folded under its own beginning."""
        from rich.padding import Padding
        from rich.text import Text

        text = Text.assemble(*((printable(part), style) for part, style in parts))
        emit(Padding(text, (0, 0, 0, indent)))

    def text(self, text: str, *, indent: int = 2, style: str = "") -> None:
        """A paragraph; its line breaks stay."""
        for row in text.split("\n"):
            self.line((row, style), indent=indent)

    def marked(
        self, level: Level, what: str, sentence: str, advice: str = "", *, width: int = 16
    ) -> None:
        """A mark, what was looked at, how it is and, below, what to do."""
        mark, style = _MARKS[level]
        widths = (4, width)
        self.grid([(mark, style), (what, ""), (sentence, "")], widths=widths)
        if advice:
            told = (f"-> {advice}", "bold" if level == "act" else "")
            self.grid([("", ""), ("", ""), told], widths=widths)

    def grid(self, cells: list[tuple[str, str]], *, widths: tuple[int, ...] = (4, 16)) -> None:
        """Cells side by side, the first ones of fixed width, the last as wide as there is room."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for width in widths:
            table.add_column(min_width=width, max_width=max(width, 40), overflow="fold")
        table.add_column(overflow="fold")
        table.add_row(*(Text(printable(text), style=style) for text, style in cells))
        emit(Padding(table, (0, 0, 0, 2)))
