"""`tracer evidence`: the file for the court."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import program
from tracer.cli.context import Globals, pass_globals
from tracer.cli.files import Target, free, save
from tracer.cli.output import note, show
from tracer.cli.verbs import Verbs

_PIECE = 1 << 20
UNPRINTED = {
    "not-installed": "the extra `pdf`, or a library that it needs, is not installed",
    "too-long": "it is too long to print",
    "out-of-time": "printing it took too long; export it again when the node has less to do",
    "out-of-memory": "printing it needed more memory than it is given",
    "failed": "the process that prints it ended without a PDF",
}
"""Why there is no PDF, by the word for it (`media.printer.Unprinted`)."""
_SAID_BELOW = frozenset(("unprinted", "absent", "forked"))


@click.group(cls=Verbs, short_help="Export a case as evidence that anybody can check.")
def command() -> None:
    """Export a case as one file that proves itself, for a prosecutor or a court.

    It holds what was signed, the receipts and proofs of both logs, the keys of that time and a
    report in plain words. Anybody checks it: tracer verify FILE.zip.
    """


@command.command()
@click.argument("thread")
@click.option(
    "-o",
    "--to",
    "target",
    type=Target(),
    help="Write to this file, which must not exist yet.",
)
@click.option(
    "--without",
    "groups",
    multiple=True,
    metavar="GROUP",
    help="Leave out this group of every message: persons, place, narrative, officer, free_text, "
    "chain_parties, attachment_keys. The rest stays proved. Say it once for each.",
)
@click.option(
    "--attachments/--digests-only",
    default=True,
    show_default=True,
    help="With the encrypted files, or with their digests alone.",
)
@click.option("--offline", is_flag=True, help="Do not ask the other authority to join its heads.")
@click.option("--no-pdf", is_flag=True, help="The report as HTML only.")
@pass_globals
def export(
    common: Globals,
    thread: str,
    target: Path | None,
    groups: tuple[str, ...],
    *,
    attachments: bool,
    offline: bool,
    no_pdf: bool,
) -> None:
    """Write the evidence of a case to a file. The export is recorded, with the file's digest.

    \b
    Example:
      tracer --actor officer.one evidence export XA-2026-000001 -o case.zip
      tracer --actor officer.one evidence export XA-2026-000001 --without persons -o case.zip
    """
    given = {
        "thread": thread,
        "without": [one.replace("-", "_") for one in groups],
        "attachments": attachments,
        "offline": offline,
        "pdf": not no_pdf,
    }
    if target is not None:
        free(target)
    found = ask(common, "evidence.export", given)
    path = target or Path(found["name"])
    carry(common.data_dir / "evidence" / found.pop("lies"), path)
    handling = found["handling"]
    row = found if common.output == "json" else _line(found)
    show({**row, "name": str(path)}, common.output)
    if found["absent"]:
        named = ", ".join(name.replace("_", "-") for name in found["absent"])
        note(f"To be left out, and in no message of the case: {named}.")
    if handling:
        note(f"Mind how they want it handled: {'; '.join(handling)}.")
    if found["unprinted"]:
        note(f"The report is HTML only: {UNPRINTED[found['unprinted']]}.")
    if not found["witnesses"]:
        note("No witness has confirmed these logs yet; exported again later, it holds more.")
    if found["forked"]:
        note(
            "The other authority showed a history of its log that contradicts this one. Both are "
            f"kept: {program()} peer show AUTHORITY."
        )
    elif not found["joined"]:
        note("The other authority did not show that its log's heads stand in one history.")
    note(f"Anybody checks it: {program()} verify {path}")


@command.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="OLD...",
)
@click.option(
    "-o",
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="The new file; for several old ones a folder, which gets a file of each name.",
)
@click.option(
    "--stamp/--no-stamp",
    default=True,
    show_default=True,
    help="Ask the time-stamp authority of the settings (time.url), if there is one.",
)
@pass_globals
def renew(common: Globals, files: tuple[Path, ...], target: Path, *, stamp: bool) -> None:
    """Put a fresh layer around old evidence, before what it relies on gets too old.

    Each old file is checked and stands in the new one byte for byte. The new layer dates it again:
    by our log, and by the time-stamp authority if one is set. Several files in one go share one
    time stamp; each new file is checked by itself. It need not be evidence of this node.

    \b
    Examples:
      tracer --actor officer.one evidence renew case.zip -o case-2036.zip
      tracer --actor officer.one evidence renew archive/*.zip -o renewed/
    """
    from tracer.cli.renewing import renew_files

    renew_files(common, files, target, stamp=stamp)


def _line(found: dict[str, Any]) -> dict[str, Any]:
    """What was exported as a row for a person, but for what is said below it."""
    row = {name: value for name, value in found.items() if name not in _SAID_BELOW}
    return {**row, "handling": "; ".join(found["handling"])}


def carry(lying: Path, path: Path) -> None:
    """Take a file out of the node's folder to where a person wants it; none is overwritten."""
    with lying.open("rb") as source:
        save(path, iter(lambda: source.read(_PIECE), b""))
    lying.unlink()
