"""Data on standard output: a table or a page for people, JSON for scripts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.context import Output
from tracer.model.unseen import UNSEEN

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Row = Mapping[str, Any]
PIPE_WIDTH = 200
"""Columns where nobody looks: a script's table is not folded at 80."""


def show(data: Sequence[Row] | Row, output: Output, *, title: str = "", empty: str = "") -> None:
    """Write rows (a table, a JSON array) or one record (two columns, a JSON object).

    The keys of the first row are the headings. Control characters of peers' texts are shown as
    escapes, so that nothing a peer wrote can steer the terminal. `empty` is said, on standard
    error, when there are no rows.
    """
    if output == "json":
        show_json(data)
    elif isinstance(data, Mapping):
        _record(data, title)
    elif data:
        _table(data, title)
    else:
        note(empty or "Nothing to show.")


def show_json(data: object) -> None:
    """Write JSON, indented."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2).decode())


def note(text: str) -> None:
    """Tell the person something that is not data, on standard error."""
    click.echo("\n".join(printable(line) for line in text.split("\n")), err=True)


def printable(value: object) -> str:
    """A value as one line of text in which nothing hides or changes direction."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each.encode("unicode_escape").decode()
        if not each.isprintable() or UNSEEN.match(each)
        else each
        for each in text
    )


def console() -> Console:
    """Standard output for pages: colours for a terminal, unless NO_COLOR is set; none in a pipe."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def emit(renderable: RenderableType, *, style: str = "") -> None:
    """Print to standard output without the blanks that fill lines up."""
    screen = console()
    with screen.capture() as captured:
        screen.print(renderable, style=style or None)
    click.echo("\n".join(line.rstrip() for line in captured.get().split("\n")), nl=False)


def _table(rows: Sequence[Row], title: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for heading in rows[0]:
        number = all(isinstance(row.get(heading), int | None) for row in rows)
        table.add_column(
            Text(_heading(heading)), overflow="fold", justify="right" if number else "left"
        )
    for row in rows:
        table.add_row(*(Text(printable(row.get(heading))) for heading in rows[0]))
    emit(table)


def _record(record: Row, title: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=None, pad_edge=False, show_header=False
    )
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in record.items():
        table.add_row(Text(_heading(key)), Text(printable(value)))
    emit(table)


def _heading(key: str) -> str:
    return printable(key.replace("_", " "))
