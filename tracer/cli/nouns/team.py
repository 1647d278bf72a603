"""`tracer team`: who works on cases together, and the agencies under this authority."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import show
from tracer.cli.verbs import Verbs


@click.group(cls=Verbs, short_help="Make teams and agencies, and say who is in them.")
def command() -> None:
    """Make teams and agencies, and say who is in them.

    Where there is a team, investigators see the cases of their teams, those they are assigned to
    and those they wrote; officers and supervisors see every case that is not restricted to another
    team. A team that carries the name of an agency is of that agency: what its people write goes
    out through the authority's officers, and they do nothing in the authority's name.
    """


@command.command()
@click.argument("team")
@click.option("--name", default="", help="What people call it; else the id.")
@click.option("--agency", default="", help="The agency under this authority that it is of.")
@pass_globals
def add(common: Globals, team: str, name: str, agency: str) -> None:
    """Make a team under a short id.

    \b
    Example:
      tracer --actor officer.one team add north --name "North district" --agency city-police
    """
    given = {"team": team, "name": name, "agency": agency}
    _show(common, [ask(common, "team.add", given)])


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List the teams with their people.

    \b
    Example:
      tracer --actor officer.one team list
    """
    _show(common, ask(common, "team.list"))


@command.command()
@click.argument("team")
@click.argument("name")
@pass_globals
def join(common: Globals, team: str, name: str) -> None:
    """Put a person into a team; nobody does that for themselves.

    \b
    Example:
      tracer --actor officer.one team join north investigator.one
    """
    _show(common, [ask(common, "team.join", {"team": team, "name": name})])


@command.command()
@click.argument("team")
@click.argument("name")
@pass_globals
def leave(common: Globals, team: str, name: str) -> None:
    """Take a person out of a team; nobody does that for themselves.

    \b
    Example:
      tracer --actor officer.one team leave north investigator.one
    """
    _show(common, [ask(common, "team.leave", {"team": team, "name": name})])


@command.command()
@click.argument("team")
@pass_globals
def close(common: Globals, team: str) -> None:
    """Give a team no more people and cases; what it has it keeps.

    \b
    Example:
      tracer --actor officer.one team close north
    """
    _show(common, [ask(common, "team.close", {"team": team})])


@command.command("open")
@click.argument("team")
@pass_globals
def open_(common: Globals, team: str) -> None:
    """Open a closed team again.

    \b
    Example:
      tracer --actor officer.one team open north
    """
    _show(common, [ask(common, "team.open", {"team": team})])


def _show(common: Globals, rows: list[dict[str, Any]]) -> None:
    if common.output == "table":
        rows = [
            {
                "team": row["id"],
                "name": row["name"],
                "of": row["agency"] or "the authority",
                "people": ", ".join(row["people"]),
                "state": "closed" if row["closed"] else "",
            }
            for row in rows
        ]
    show(rows, common.output, empty="There are no teams.")
