"""Other processes: start a serving node, read what the system says of it, stop it."""

from __future__ import annotations

import atexit
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NO_CACHE = {"PYTHONDONTWRITEBYTECODE"}
PATIENCE_SECONDS = 60
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
    """`tracer serve`, until it told (as it tells systemd) that it is ready; ended at the end.

    Raises:
        TimeoutError: it did not say that it is ready.
        RuntimeError: it did not end well.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        address = f"\0tracer-bench-{os.getpid()}-{os.urandom(4).hex()}"
        told.bind(address)
        told.settimeout(PATIENCE_SECONDS)
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tracer", "--data-dir", str(folder), "serve"],
            cwd=ROOT,
            env=_environment(NOTIFY_SOCKET="@" + address[1:], TRACER_LOG__LEVEL="error"),
            stderr=subprocess.DEVNULL,
        )
        with process:
            try:
                while told.recv(100) != b"READY=1":
                    pass
                yield Node(process.pid, time.perf_counter() - begun)
            finally:
                process.terminate()
                code = process.wait(timeout=PATIENCE_SECONDS)
    if code:
        raise RuntimeError(f"the node ended with {code}")


def run(*arguments: str) -> str:
    """What a Python program of the tree prints."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=_environment(),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


@cache
def _compiled() -> str:
    """Where compiled modules are kept for this run, as an installation keeps them.

    Where writing them is switched off, every start would compile all of them anew, which is not
    what is measured.
    """
    folder = tempfile.TemporaryDirectory(prefix="tracer-bench-compiled-")
    atexit.register(folder.cleanup)
    return folder.name


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NO_CACHE}
    return {**kept, "PYTHONPYCACHEPREFIX": _compiled(), **more}
