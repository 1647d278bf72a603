"""Data on standard output: a table for people, JSON for scripts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from tracer.cli.context import Output

Row = Mapping[str, Any]


def show(data: Sequence[Row] | Row, output: Output, *, title: str = "") -> None:
    """Write rows (a table, a JSON array) or one record (two columns, a JSON object).

    The keys of the first row are the headings. Control characters of peers' texts are shown as
    escapes, so that nothing a peer wrote can steer the terminal.
    """
    if output == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2).decode())
    elif isinstance(data, Mapping):
        _table([{"": key, " ": value} for key, value in data.items()], title)
    else:
        _table(data, title)


def note(text: str) -> None:
    """Tell the person something that is not data, on standard error."""
    click.echo(printable(text), err=True)


def printable(value: object) -> str:
    """A value as one line of text without control or direction-changing characters."""
    text = "" if value is None else str(value)
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _table(rows: Sequence[Row], title: str) -> None:
    if not rows:
        note("Nothing to show.")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for heading in rows[0]:
        table.add_column(Text(heading), overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(row.get(heading))) for heading in rows[0]))
    Console(file=sys.stdout).print(table)
