"""What a file system needs to be told before a name in a folder survives a loss of power."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: after a rename, a link or an unlink.

    Raises:
        OSError: the folder cannot be opened, or its file system knows no such thing.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
