"""`tracer user`: people, their roles, and how they sign in at the desk."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
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


_GIVEN = """One-time password: {}
It is shown this once and counts until {}."""


@click.group(cls=Verbs, short_help="Add people, give them roles and passwords, end their sessions.")
def command() -> None:
    """Add people and give them roles. Nobody is ever deleted: acts keep their names.

    \b
    investigator  writes drafts and follows cases
    officer       also answers and releases
    supervisor    also reviews releases by one person, keeps people and authorities
    auditor       reads what is coded of cases, and who did what; changes nothing
    operator      keeps the node running, people and authorities; sees no case
    """


@command.command()
@click.argument("name")
@_ROLE
@pass_globals
def add(common: Globals, name: str, roles: tuple[str, ...]) -> None:
    """Put a person on record under a short login name, and print a password for one time.

    With it the person signs in at the desk, chooses a password and sets up a second factor.

    \b
    Example:
      tracer --actor officer.one user add officer.two --role officer
    """
    found = ask(common, "user.add", {"name": name, "roles": roles})
    _show(common, [found])
    if common.output == "table":
        note(_GIVEN.format(found["password"], when(found["password_until"])))


@command.command()
@click.argument("name")
@pass_globals
def password(common: Globals, name: str) -> None:
    """Give a person a new password for one time; the one they had and their sessions end.

    Nobody gives one to themselves who has one already.

    \b
    Example:
      tracer --actor officer.one user password officer.two
    """
    found = ask(common, "user.password", {"name": name})
    if common.output == "json":
        show(found, common.output)
        return
    show({"name": name, "one-time password": found["password"]}, common.output)
    note(f"It is shown this once and counts until {when(found['until'])}.")


@command.command()
@click.argument("name")
@pass_globals
def confirm(common: Globals, name: str) -> None:
    """Say that a person holds their account alone, after somebody made or reset it at the desk.

    Until then the two do not count as two persons where two are needed. At the desk a third person
    says so; here whoever runs the node does. Ask the person first, by voice.

    \b
    Example:
      tracer --actor officer.one user confirm officer.two
    """
    _show(common, [ask(common, "user.confirm", {"name": name})])


@command.command("reset-factor")
@click.argument("name")
@click.option(
    "--recognised",
    required=True,
    type=click.Choice(["in-person", "by-voice"]),
    help="How you made sure who asks: you saw them, or called a number that you knew before.",
)
@pass_globals
def reset_factor(common: Globals, name: str, recognised: str) -> None:
    """Take away a person's lost second factor; at the next sign-in they set up another.

    Make sure who asks; how stands in the audit trail. Their recovery codes and sessions end.

    \b
    Example:
      tracer --actor officer.one user reset-factor officer.two --recognised in-person
    """
    show(ask(common, "user.reset-factor", {"name": name, "recognised": recognised}), common.output)


@command.command()
@click.argument("name")
@pass_globals
def sessions(common: Globals, name: str) -> None:
    """List where a person is signed in.

    \b
    Example:
      tracer --actor officer.one user sessions officer.two
    """
    rows = ask(common, "user.sessions", {"name": name})
    if common.output == "table":
        rows = [
            {
                "session": row["number"],
                "since": when(row["began"]),
                "last used": when(row["seen"]),
                "from": row["address"],
                "with": row["agent"],
                "stands": "" if row["stage"] == "open" else "signing in",
            }
            for row in rows
        ]
    show(rows, common.output, empty=f"{name} is not signed in.")


@command.command("sign-out")
@click.argument("name")
@click.option("--session", type=int, help="Only this one, by its number in the list.")
@pass_globals
def sign_out(common: Globals, name: str, session: int | None) -> None:
    """End a person's sessions.

    \b
    Example:
      tracer --actor officer.one user sign-out officer.two
    """
    show(ask(common, "user.sign-out", {"name": name, "session": session}), common.output)


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
