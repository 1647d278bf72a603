"""The demonstration, as a newcomer runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_demonstration_ends_with_evidence_that_a_stranger_has_checked(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-m", "tracer", "demo", "--once", "--folder", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert "witnessed by 2 of 2" in done.stdout
    assert "evidence for the court: case.zip" in done.stdout
    assert (tmp_path / "demo" / "case.zip").stat().st_size > 0
