"""The control socket as a file: a name short enough for the kernel, and who is at the other end."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

LONGEST = 100
"""Bytes of a path that fit into the address of a Unix socket (107 on Linux), with some room."""
_CREDENTIALS = struct.Struct("3i")
_ROOT = 0


@contextlib.contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name of `path` that fits into a socket address, valid inside the context.

    A long one is reached through the open folder, so that a deep data folder works as well.
    """
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def peer_uid(connection: socket.socket) -> int:
    """The user of the process at the other end, as the kernel knows it."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(raw)
    return int(uid)


def may_ask(uid: int, *, ours: int) -> bool:
    """Whether a user may speak to the node: its own user, or root."""
    return uid in (ours, _ROOT)
