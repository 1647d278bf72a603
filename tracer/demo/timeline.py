"""How the story is printed: one line a step, with the time, who acts, and what came of it."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

_COLOURS = {"XA": "36", "XB": "33", "XC": "35", "": "2"}


class Timeline:
    """Prints to standard output as things happen; colours only on a terminal."""

    def __init__(self) -> None:
        self._colour = sys.stdout.isatty()
        self._begun = time.monotonic()

    def title(self, text: str) -> None:
        """A heading between parts of the story."""
        self._print(f"\n{self._paint(text, '1')}")

    def step(self, who: str, text: str) -> None:
        """One thing that happened; `who` is the State, or empty for the stage itself."""
        now = datetime.now(UTC).strftime("%H:%M:%S.%f")[:-3]
        self._print(f"  {self._paint(now, '2')}  {self._paint(f'{who:<3}', _COLOURS[who])} {text}")

    def note(self, text: str) -> None:
        """A line under a step."""
        self._print(f"                     {self._paint(text, '2')}")

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._begun

    def _paint(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colour else text

    def _print(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
