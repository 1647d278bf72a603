"""Files that are written whole or not at all, piece by piece: a courier's, wherever they lie."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from tracer.disk import sync_folder
from tracer.errors import OperatorError


def write_whole(
    path: Path, pieces: Iterable[bytes], *, fault: Callable[[str], None] = lambda _: None
) -> None:
    """Write a file, mode 0600: a temporary one beside it, fsync, rename, fsync of the folder.

    Args:
        path: The file; one of that name is replaced.
        pieces: Its bytes; never more than one piece is held.
        fault: Called with the name of each persistent step (tests).

    Raises:
        OperatorError: `disk-failed`; nothing is left of it.
    """
    temporary = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write(temporary, pieces, fault)
        fault("courier.rename")
        temporary.replace(path)
        fault("courier.placed")
        with suppress(OSError):  # some file systems of sticks know no sync of a folder
            sync_folder(path.parent)
        fault("courier.renamed")
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OperatorError(
            "disk-failed",
            f"{path} cannot be written: {error.strerror}",
            advice="Check the disk and its free space, then do it again.",
        ) from error


def _write(path: Path, pieces: Iterable[bytes], fault: Callable[[str], None]) -> None:
    number = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(number, "wb") as out:
        fault("courier.write")
        for piece in pieces:
            out.write(piece)
        out.flush()
        fault("courier.sync")
        os.fsync(number)
