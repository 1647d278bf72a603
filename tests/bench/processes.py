"""Other processes: start a serving node, read what the system says of it, stop it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_KIB_PER_MB = 1000 / 1.024


@dataclass(frozen=True, slots=True)
class Node:
    """A serving node in a process of its own; `ready` is the seconds it took to listen."""

    pid: int
    ready: float

    @property
    def processor(self) -> float:
        """Seconds of processor time so far, of all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        return int(found[1]) / _KIB_PER_MB if found else 0.0


@contextmanager
def serving(folder: Path) -> Iterator[Node]:
    """A serving node; terminated at the end, and its end awaited.

    Raises:
        RuntimeError: it did not become ready, or did not end by itself.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.bench.serving", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError("the node did not become ready")
            yield Node(process.pid, time.perf_counter() - begun)
        finally:
            process.terminate()
        if process.wait(timeout=60):
            raise RuntimeError(f"the node ended with {process.returncode}")


def run(*arguments: str) -> str:
    """What a Python program of the tree prints."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
