"""The life of a process: how much it sends, how fast its clock runs, where it dies by itself."""

from __future__ import annotations

import mmap
import os
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tracer.clock import Clock, SystemClock, truncate

STEP = "step"
"""Name of the file that outlives a kill and says which persistent step a process was at."""
_ROOM = 64


@dataclass(frozen=True, slots=True)
class FastClock:
    """The machine's clock, `speed` times as fast since `begun`; processes that share it agree."""

    begun: datetime
    speed: int

    def now(self) -> datetime:
        """The instant everybody believes in."""
        return truncate(self.begun + (datetime.now(UTC) - self.begun) * self.speed)


@dataclass(frozen=True, slots=True)
class Life:
    """What a process is given: how many requests it sends, and the rest."""

    count: int
    clock: Clock = field(default_factory=SystemClock)
    queued: int = 12
    """It sends no more while so many of its messages are on their way."""
    journals: bool = False
    """Whether it notes an act with each message, and enters the journal as soon as it is due."""
    fuse: tuple[str, int] | None = None
    """It kills itself when it reaches the step of this name for so many times."""


class Fuse:
    """Notes each persistent step where it outlives the process, and kills it at the chosen one."""

    def __init__(self, root: Path, chosen: tuple[str, int] | None) -> None:
        path = root / STEP
        path.write_bytes(bytes(_ROOM))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _ROOM)
        self._name, self._left = chosen or ("", 0)

    def __call__(self, step: str) -> None:
        """Be told of a step, by any thread."""
        self._page[:] = step.encode().ljust(_ROOM, b"\0")
        if step == self._name:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def last_step(root: Path) -> str:
    """The step that a process had reached last; empty if none."""
    path = root / STEP
    return path.read_bytes().rstrip(b"\0").decode() if path.exists() else ""
