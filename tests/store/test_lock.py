"""The lock of the data directory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tracer.errors import OperatorError
from tracer.store import StoreLock

HOLD = """
import sys, pathlib
from tracer.store import StoreLock
StoreLock.acquire(pathlib.Path(sys.argv[1]), "tracer serve")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_holder_is_told_who_the_first_is(tmp_path: Path) -> None:
    with StoreLock.acquire(tmp_path, "tracer serve"):
        with pytest.raises(OperatorError, match=r"tracer serve \(process \d+\)") as caught:
            StoreLock.acquire(tmp_path, "tracer backup")
        assert caught.value.code == "store-locked"
    StoreLock.acquire(tmp_path, "tracer backup").release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(OperatorError, match="tracer serve"):
            StoreLock.acquire(tmp_path, "tracer backup")
        other.kill()
    StoreLock.acquire(tmp_path, "tracer backup").release()


def test_releasing_twice_is_harmless(tmp_path: Path) -> None:
    lock = StoreLock.acquire(tmp_path, "x")
    lock.release()
    lock.release()
    StoreLock.acquire(tmp_path, "y").release()
