"""Files that commands read and write: what is wrong with one is said before anything is asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.bundle.window import Window


class Target(click.Path):
    """A file to be written; its folder must be there, so that no act is done for nothing."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check the name and the folder it lies in."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.absolute().parent.is_dir():
            self.fail(f"the folder {path.parent} does not exist", param, ctx)
        return path


def text_of(path: Path, what: str) -> str:
    """Read a file of text.

    Raises:
        InputError: `file-form`: it is not UTF-8, so it is not `what`.
    """
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("file-form", f"{path} is not {what}: it is no text in UTF-8") from error


def lying(path: Path) -> Window:
    """A file as the verifier of evidence reads it: piece by piece, opened anew for each."""
    from tracer.bundle.window import Window

    def read(place: int, count: int) -> bytes:
        with path.open("rb") as file:
            file.seek(place)
            return file.read(count)

    return Window(read, 0, path.stat().st_size)


def free(path: Path) -> None:
    """Say that a file exists already before anything is done for it."""
    if path.exists():
        raise InputError("file-exists", f"{path} exists already", field="--to")


def save(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that does not exist yet, for its owner alone."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError("file-exists", f"{path} exists already", field="--to") from error
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(piece)
