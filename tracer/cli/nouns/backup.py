"""`tracer backup`: copy the running node's data; verify and restore a copy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.asking import ask, progress
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
from tracer.cli.verbs import Verbs
from tracer.cli.words import when
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.node.backup.form import Manifest

_SOURCE = click.Path(exists=True, path_type=Path)


@click.group(cls=Verbs, short_help="Copy the running node's data; verify and restore a copy.")
def command() -> None:
    """Copy the running node's data; verify and restore a copy.

    The key that opens the keyring is never in a copy: keep it elsewhere.
    """


@command.command()
@click.argument("target", type=click.Path(path_type=Path))
@pass_globals
def create(common: Globals, target: Path) -> None:
    """Copy everything to TARGET, a new folder, or one file if its name ends in .tar.

    The node goes on working. Run this as the node's user, or root.

    \b
    Example:
      tracer backup create /mnt/safe/tracer-2026-03-01.tar
    """
    from hashlib import sha256

    from tracer.clock import SystemClock
    from tracer.node.backup import whole as backup
    from tracer.node.home import Home

    with progress() as tell:
        made = asyncio.run(
            backup.create(Home(common.data_dir), target.absolute(), SystemClock(), tell)
        )
    digest = sha256(made.write()).hexdigest()
    ask(common, "backup.note", {"at": made.at, "digest": digest}, acts=False)
    _show(common, target, made)


@command.command()
@click.argument("source", type=_SOURCE)
@pass_globals
def verify(common: Globals, source: Path) -> None:
    """Read a whole copy: every file against its digest, the database against itself.

    \b
    Example:
      tracer backup verify /mnt/safe/tracer-2026-03-01.tar
    """
    from tracer.node.backup import whole as backup

    with progress() as tell:
        _show(common, source, asyncio.run(backup.verify(source, tell)))
    note("The copy is whole. A restore twice a year shows that it can be used.")


@command.command()
@click.argument("source", type=_SOURCE)
@pass_globals
def restore(common: Globals, source: Path) -> None:
    """Fill the empty folder of --data-dir from a copy; the node then starts in restore mode.

    Stop the old node first, and never run it again: two copies of one authority would contradict
    each other.

    \b
    Example:
      tracer --data-dir /var/lib/tracer backup restore /mnt/safe/tracer-2026-03-01.tar
    """
    from tracer.clock import SystemClock
    from tracer.node.backup import whole as backup
    from tracer.node.home import Home

    home = Home(common.data_dir)
    with progress() as tell:
        made = asyncio.run(backup.restore(source, home, SystemClock(), tell))
    _show(common, source, made)
    note(_restored(common, made))


def _restored(common: Globals, made: Manifest) -> str:
    show_ = typed(common, "restore show", actor="NAME")
    return (
        f"\nRestored to {common.data_dir}, in restore mode. Next:\n"
        "  1. Put the key that opens the keyring in its place (keyring.kek in the configuration).\n"
        f"  2. Run: {typed(common, 'store verify')}\n"
        f"  3. Run: {typed(common, 'serve')}\n"
        f"     and then: {show_}\n"
        "     What is missing?\n"
        f"  4. Nothing: {typed(common, 'backup finish', actor='NAME')}\n"
        f"     Something, by two persons: {typed(common, 'restore approve', actor='NAME')}\n"
        f"  5. Erase, purge and hold again what was after {made.at}: this copy does not know it.\n"
        "     restore show says where to look"
    )


@command.command()
@click.option(
    "--without",
    multiple=True,
    metavar="AUTHORITY",
    help="Finish although this authority cannot be asked; say it once for each.",
)
@pass_globals
def finish(common: Globals, without: tuple[str, ...]) -> None:
    """End restore mode: ask every authority what it saw of our log; go on if nothing is missing.

    \b
    Example:
      tracer --actor officer.one backup finish
    """
    found = ask(common, "backup.finish", {"without": list(without)})
    show(found["asked"], common.output, empty="No authority had to be asked.")
    note("Nothing is missing. Restore mode has ended.")


def _show(common: Globals, where: Path, made: Manifest) -> None:
    size = sum(file.size for file in made.files)
    row: dict[str, Any] = {
        "copy": str(where),
        "authority": made.authority,
        "made": when(made.at) if common.output == "table" else made.at,
        "files": len(made.files),
        "bytes": size,
        "log": f"{counted(made.log_size, 'record')} of {made.log_origin}",
    }
    show(row, common.output)
