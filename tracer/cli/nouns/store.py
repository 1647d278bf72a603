"""`tracer store`: check, migrate and rebuild the database."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.exits import Exit
from tracer.cli.output import note, show, show_json
from tracer.cli.verbs import Verbs
from tracer.wording import counted


@click.group(cls=Verbs, short_help="Check, migrate and rebuild the database.")
def command() -> None:
    """Check, migrate and rebuild the database."""


@command.command()
@pass_globals
def verify(common: Globals) -> int:
    """Check everything as a stranger would: database file, log, messages, every receipt.

    Runs beside the node. Ends with 1 if something does not hold.

    \b
    Example:
      tracer store verify
    """
    from tracer.cli.checking import check_folder

    return check_folder(common, common.data_dir)


@command.command()
@pass_globals
def scrub(common: Globals) -> None:
    """Empty the write-ahead file, in which older versions of erased rows may still stand.

    Erasing and purging do it themselves; repeat it where they said that a long read was in the way.

    \b
    Example:
      tracer --actor officer.one store scrub
    """
    ask(common, "store.scrub")
    note("The write-ahead file is empty.")


@command.command()
@click.option("--dry-run", is_flag=True, help="Report differences and change nothing.")
@pass_globals
def rebuild(common: Globals, *, dry_run: bool) -> int:
    """Make all case rows again from the messages, and tell what differed.

    With --dry-run nothing is changed, nobody need be named, and it ends with 1 if something
    differs.

    \b
    Example:
      tracer store rebuild --dry-run
      tracer --actor officer.one store rebuild
    """
    found = ask(common, "store.rebuild", {"write": not dry_run}, acts=not dry_run)
    differences: list[dict[str, Any]] = found["differences"]
    if common.output == "json":
        show_json(found)
    elif differences:
        show([_short(one) for one in differences], common.output)
    cases = counted(found["threads"], "case")
    if not differences:
        note(f"{cases} computed again; nothing differs.")
    elif dry_run:
        note(f"{cases} computed again; {counted(len(differences), 'field')} would change.")
    else:
        note(f"{cases} computed again; {counted(len(differences), 'field')} put right.")
    return Exit.FAILURE if dry_run and differences else Exit.OK


@command.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_globals
def migrate(common: Globals, *, yes: bool) -> None:
    """Move the database to the form this version needs. The node is stopped, a backup is made.

    \b
    Example:
      tracer store migrate
    """
    from tracer.node.home import Home
    from tracer.store import StoreLock, migrate

    home = Home(common.data_dir)
    home.require()
    with StoreLock.acquire(home.root, "tracer store migrate"):
        before = migrate.revision(home.database)
        if before == migrate.SCHEMA:
            note(f"The database has the form this version needs ({before}).")
            return
        if not yes:
            click.confirm(f"Is there a backup? Move from {before} to {migrate.SCHEMA}", abort=True)
        migrate.upgrade(home.database)
        show({"from": before, "to": migrate.revision(home.database)}, common.output)


def _short(difference: dict[str, Any]) -> dict[str, Any]:
    return {
        "thread": difference["thread"][:10],
        "field": difference["field"],
        "stored": _clip(difference["stored"]),
        "computed": _clip(difference["computed"]),
    }


def _clip(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - columns of a table
