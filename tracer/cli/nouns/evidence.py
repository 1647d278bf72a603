"""`tracer evidence`: the file for the court."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.files import Target
from tracer.cli.output import note, show
from tracer.cli.verbs import Verbs
from tracer.errors import InputError


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
    found = ask(common, "evidence.export", given)
    path = target or Path(found["name"])
    data = base64.b64decode(found.pop("data"))
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError("file-exists", f"{path} exists already", field="--to") from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    handling = found["handling"]
    row = found if common.output == "json" else {**found, "handling": "; ".join(handling)}
    show({**row, "name": str(path), "bytes": len(data)}, common.output)
    if handling:
        note(f"Mind how they want it handled: {'; '.join(handling)}.")
    if not found["pdf"] and not no_pdf:
        note("The report is HTML only: this installation lacks the extra `pdf`.")
    if not found["joined"]:
        note("The other authority did not show that its log's heads stand in one history.")
    note(f"Anybody checks it: tracer verify {path}")
