"""`tracer user`: people and their roles."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import show
from tracer.cli.verbs import Verbs
from tracer.cli.words import when

_ROLE = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(["investigator", "officer", "supervisor", "auditor", "operator"]),
    help="What the person is; say it once for each role.",
)


@click.group(cls=Verbs, short_help="Add people and give them roles.")
def command() -> None:
    """Add people and give them roles. Nobody is ever deleted: acts keep their names.

    \b
    investigator  writes drafts and follows cases
    officer       also answers and releases
    supervisor    also reviews releases by one person, keeps people and authorities
    auditor       reads cases and who did what, changes nothing
    operator      keeps the node running, people and authorities; sees no case
    """


@command.command()
@click.argument("name")
@_ROLE
@pass_globals
def add(common: Globals, name: str, roles: tuple[str, ...]) -> None:
    """Put a person on record under a short login name.

    \b
    Example:
      tracer --actor officer.one user add officer.two --role officer
    """
    _show(common, [ask(common, "user.add", {"name": name, "roles": roles})])


@command.command()
@click.argument("name")
@_ROLE
@pass_globals
def roles(common: Globals, name: str, roles: tuple[str, ...]) -> None:
    """Replace a person's roles.

    \b
    Example:
      tracer --actor officer.one user roles officer.two --role officer --role supervisor
    """
    _show(common, [ask(common, "user.roles", {"name": name, "roles": roles})])


@command.command()
@click.argument("name")
@pass_globals
def disable(common: Globals, name: str) -> None:
    """Lock a person out, at once.

    \b
    Example:
      tracer --actor officer.one user disable officer.two
    """
    _show(common, [ask(common, "user.disable", {"name": name})])


@command.command()
@click.argument("name")
@pass_globals
def enable(common: Globals, name: str) -> None:
    """Let a person in again.

    \b
    Example:
      tracer --actor officer.one user enable officer.two
    """
    _show(common, [ask(common, "user.enable", {"name": name})])


@command.command()
@click.argument("name")
@click.option("--mail", help="Address that notices go to.")
@click.option("--no-mail", "mail", flag_value="", help="Write to this person no more.")
@click.option(
    "--language",
    type=click.Choice(["ar", "en", "es", "fr", "ru", "zh"]),
    help="Language of the letters.",
)
@click.option(
    "--digest/--no-digest", default=None, help="Whether what is not urgent comes as a mail a day."
)
@pass_globals
def contact(
    common: Globals,
    name: str,
    mail: str | None,
    language: str | None,
    digest: bool | None,  # noqa: FBT001  # click's way
) -> None:
    """Say where a person is written to; without an option, show it.

    Everybody may do this for themselves; for others it takes who keeps people.

    \b
    Example:
      tracer --actor officer.one user contact officer.one --mail one@xa.example --language fr
    """
    args = {"name": name, "mail": mail, "language": language, "digest": digest}
    found = ask(common, "user.contact", args)
    if common.output == "table":
        found["digest"] = "every day" if found["digest"] else "no"
        found["mail"] = found["mail"] or "none"
    show(found, common.output)


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List everybody on record.

    \b
    Example:
      tracer --actor officer.one user list
    """
    _show(common, ask(common, "user.list"))


def _show(common: Globals, rows: list[dict[str, Any]]) -> None:
    if common.output == "table":
        rows = [
            {
                "name": row["name"],
                "roles": ", ".join(row["roles"]),
                "state": "locked out" if row["disabled"] else "",
                "added": when(row["added_at"]),
                "by": row["added_by"],
            }
            for row in rows
        ]
    show(rows, common.output)
