"""`tracer attach`: add a photo or document to a draft."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.papers import next_step, show_draft
from tracer.errors import InputError

_MOST = 32 * 1024 * 1024


@click.command(short_help="Add a photo or document to a draft.")
@click.argument("draft")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--kind", default="", help="What it shows, e.g. PHOTO_MARK.")
@click.option("--caption", default="", help="One line for the reader.")
@click.option("--clear", is_flag=True, help="Take all files off the draft instead.")
@pass_globals
def command(
    common: Globals, draft: str, file: Path | None, kind: str, caption: str, *, clear: bool
) -> None:
    """Add FILE to a draft: JPEG, PNG, WebP, TIFF or PDF, at most 32 MB.

    A photo is drawn anew without what the camera wrote into it; the file as it came stays here as
    evidence. What is sent is encrypted for the recipient; the name of the file stays here.

    \b
    Example:
      tracer --actor officer.one attach D1 left-side.jpg --caption "Left side with serial"
    """
    if clear == (file is not None):
        raise InputError("file-missing", "give either a file or --clear", field="file")
    if file is None:
        found = ask(common, "draft.clear-files", {"draft": draft})
    else:
        given = {"draft": draft, "data": _base64(file), "kind": kind, "caption": caption}
        found = ask(common, "draft.attach", given)
    show_draft(common, found)
    next_step(common, found)


def _base64(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(_MOST + 1)
    except OSError as error:
        raise InputError("file-missing", f"{file}: {error.strerror}", field="file") from error
    if len(data) > _MOST:
        raise InputError("file-too-large", f"{file} has more than 32 MB", field="file")
    return base64.b64encode(data).decode()
