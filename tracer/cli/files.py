"""Files that commands read and write: what is wrong with one is said before anything is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def window_of(path: Path) -> Iterator[Window]:
    """A file as the verifier of evidence reads it: piece by piece, wherever it likes."""
    from tracer.bundle.window import Window

    with path.open("rb") as file:
        number = file.fileno()
        size = os.fstat(number).st_size
        yield Window(lambda place, count: os.pread(number, count, place), 0, size)
