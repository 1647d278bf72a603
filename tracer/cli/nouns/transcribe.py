"""`tracer transcribe`: enter what came by post, telephone or another system, and what went so."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tracer.casework.papers.documents import read_file
from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
from tracer.cli.verbs import Verbs
from tracer.errors import InputError

_MOST = 16 * 1024 * 1024
Command = Callable[..., None]


@click.group(cls=Verbs, short_help="Enter what came by post, telephone or another system.")
def command() -> None:
    """Enter what came or went outside the exchange, so that nobody keeps a second book.

    It is signed by our authority as a transcription, never as a message of the other State, and
    is in no figure. A State that is not in the exchange is written to as CC-OUTSIDE.
    """


def _envelope(work: Command) -> Command:
    for option in (
        click.option("--original", type=click.Path(path_type=Path), help="Its scan: PDF, picture."),
        click.option("--language", default="en", show_default=True, help="Of the words."),
        click.option("--words", default="", help="What it says, or what was said."),
        click.option("--dated", default="", metavar="DAY", help="The day that it bears."),
        click.option("--number", default="", help="The number that it bears."),
        click.option("--office", "who", default="", help="Which office; not a person."),
        click.option("--day", required=True, metavar="DAY", help="It came or went: 2026-03-01."),
        click.option("--way", required=True, help="POST, TELEPHONE, EMBASSY, IARMS, SIENA, ..."),
    ):
        work = option(work)
    return work


@command.command()
@click.argument("thread")
@click.argument("document", required=False, type=click.Path(path_type=Path))
@_envelope
@pass_globals
def came(common: Globals, /, thread: str, document: Path | None, **given: Any) -> None:
    """Enter what came about a case; DOCUMENT has its codes, as for `tracer reply`.

    Without DOCUMENT it is a letter: words and original.

    \b
    Example:
      tracer --actor officer.one transcribe came XA-2026-000001 --way POST --day 2026-03-01 \\
          --office "Records office" --number 12/2026 --original letter.pdf
    """
    coded = {} if document is None else read_file(document)
    kind = {} if document is None else {"kind": str(coded.pop("type", "result"))}
    _enter(common, "transcript.came", given, thread=thread, document=coded, **kind)


@command.command()
@click.argument("state", metavar="STATE")
@click.argument("document", type=click.Path(path_type=Path))
@_envelope
@pass_globals
def request(common: Globals, /, state: str, document: Path, **given: Any) -> None:
    """Enter a request of a State that is not in the exchange; it opens a case here.

    \b
    Example:
      tracer --actor officer.one transcribe request FR request.toml --way EMBASSY \\
          --day 2026-03-01 --original note.pdf
    """
    coded = read_file(document)
    _enter(common, "transcript.opened", given, state=state, document=coded)


@command.command()
@click.argument("thread")
@click.argument("message", required=False, default="")
@_envelope
@pass_globals
def sent(common: Globals, /, thread: str, message: str, **given: Any) -> None:
    """Enter on which day a message of ours was sent by hand; the request itself unless told.

    \b
    Example:
      tracer --actor officer.one transcribe sent XA-2026-000007 --way POST --day 2026-03-02
    """
    if not message:
        message = str(ask(common, "thread.show", {"thread": thread})["thread"])
    _enter(common, "transcript.sent", given, thread=thread, message=message)


@command.command()
@click.argument("thread")
@click.argument("number", type=click.IntRange(1))
@pass_globals
def compare(common: Globals, thread: str, number: int) -> None:
    """Say that you have compared entry NUMBER with its original; not for who entered it.

    \b
    Example:
      tracer --actor officer.two transcribe compare XA-2026-000001 3
    """
    show(ask(common, "transcript.compared", {"thread": thread, "number": number}), common.output)


@command.command()
@click.argument("thread")
@click.argument("number", type=click.IntRange(1))
@click.option("--to", "folder", type=click.Path(path_type=Path), default=".", help="Where to.")
@pass_globals
def save(common: Globals, thread: str, number: int, folder: Path) -> None:
    """Save the original of entry NUMBER as it was taken in. The reading is recorded.

    \b
    Example:
      tracer --actor officer.one transcribe save XA-2026-000001 3 --to papers
    """
    found = ask(common, "transcript.original", {"thread": thread, "number": number})
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / str(found["name"])
    try:
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError("file-exists", f"{target} is there already", field="to") from error
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64decode(found["data"]))
    note(f"Saved as {target}.")


def _enter(common: Globals, verb: str, given: dict[str, Any], **more: Any) -> None:
    original: Path | None = given.pop("original")
    if original is not None:
        given["original"] = _base64(original)
    show(ask(common, verb, {**given, **more}), common.output)


def _base64(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(_MOST + 1)
    except OSError as error:
        raise InputError("file-missing", f"{file}: {error.strerror}", field="original") from error
    return base64.b64encode(data).decode()
