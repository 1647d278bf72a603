"""One process at a time: an advisory lock on the data directory.

A running node holds it; so does every command that writes. The kernel releases it when its holder
dies, so that no stale lock ever has to be removed by hand.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tracer.errors import OperatorError

NAME: Final = "lock"
SERVES: Final = "tracer serve"
"""What a node that serves calls itself."""


class StoreLock:
    """Held until `release`, the end of a `with`, or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, data_dir: Path, who: str) -> Self:
        """Take the lock of a data directory, at once or not at all.

        Args:
            data_dir: Existing directory.
            who: What the holder is, for the message others get.

        Raises:
            OperatorError: `store-locked`, telling who holds it.
        """
        path = data_dir / NAME
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise OperatorError(
                "store-locked",
                f"{data_dir} is in use by {holder(data_dir) or 'another process'}",
                advice="Stop it first, or let it do the work.",
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{who} (process {os.getpid()})\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back; twice is harmless."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def holder(data_dir: Path) -> str:
    """Who wrote their name into the lock last; empty if nobody holds it by that file."""
    with contextlib.suppress(OSError):
        return (data_dir / NAME).read_text("utf-8").strip()
    return ""
