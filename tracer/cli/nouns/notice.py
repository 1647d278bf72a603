"""`tracer notice`: what is awaited or late in a person's own cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show, show_json
from tracer.cli.verbs import Verbs
from tracer.cli.words import when
from tracer.wording import counted


@click.group(cls=Verbs, short_help="Show what is awaited or late in your cases.")
def command() -> None:
    """Show what is awaited or late in your cases, and note it as seen."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what you have seen before.")
@pass_globals
def list_(common: Globals, everything: bool) -> None:  # noqa: FBT001  # click's way
    """List your notices: which case, what is awaited from whom, until when, how late.

    \b
    Example:
      tracer --actor officer.one notice list
    """
    rows = ask(common, "notice.list", {"all": everything})
    if common.output == "json":
        show_json(rows)
        return
    show(table_of(rows, everything=everything), common.output, empty="There is nothing new.")


def table_of(rows: Sequence[dict[str, Any]], *, everything: bool) -> list[dict[str, Any]]:
    """Notices as rows with the same headings; with `everything`, also when each was seen."""
    return [
        {
            "number": row["number"],
            "case": row["reference"] + (" (test)" if row["test"] else ""),
            "with": row["peer"],
            "urgency": "LIFE AT RISK" if row["life_at_risk"] else row["urgency"].lower(),
            "awaited": f"{row['what']}, from {row['awaited_from']}",
            "until": when(row["due"]) + (" (deadline)" if row["binding"] else ""),
            "now": row["how_late"],
        }
        | ({"seen": when(row["seen_at"])} if everything else {})
        for row in rows
    ]


@command.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[N ...]")
@pass_globals
def seen(common: Globals, numbers: tuple[int, ...]) -> None:
    """Note that you have seen these notices, or all of them.

    \b
    Example:
      tracer --actor officer.one notice seen 3 4
    """
    found = ask(common, "notice.seen", {"numbers": numbers})
    if common.output == "json":
        show_json(found)
    else:
        note(f"{counted(len(found['seen']), 'notice')} noted as seen.")
