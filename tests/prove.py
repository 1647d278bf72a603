"""Run the long proofs at full size, one after the other, and go on where the last run stopped.

    python -m tests.prove [--again] [WORD ...]

A proof is a test marked `prove` (see `conftest`). Each runs in a process of its own; what passed is
written to `.prove/`, under the name of the tree it passed on, so that a run that was interrupted
takes up the next proof. WORDs choose proofs by part of their name; `--again` forgets what passed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATE = ROOT / ".prove"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-m", "prove", "-s", "--no-header")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is left; 0 if all chosen proofs have passed on this tree."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a proof's name")
    parser.add_argument("--again", action="store_true", help="forget what passed before")
    options = parser.parse_args(arguments)
    STATE.mkdir(exist_ok=True)
    record = STATE / f"{tree()}.passed"
    if options.again:
        record.unlink(missing_ok=True)
    passed = set(record.read_text().splitlines()) if record.exists() else set()
    chosen = [name for name in proofs() if all(word in name for word in options.words)]
    left = [name for name in chosen if name not in passed]
    say(f"{len(chosen)} proofs, {len(chosen) - len(left)} passed before on this tree")
    failed = 0
    for number, name in enumerate(left, start=1):
        say(f"[{number}/{len(left)}] {name}")
        begun = time.monotonic()
        if run(name):
            with record.open("a") as file:
                file.write(f"{name}\n")
            say(f"    passed in {time.monotonic() - begun:.0f} s")
        else:
            failed += 1
            say(f"    FAILED after {time.monotonic() - begun:.0f} s: {log_of(name)}")
    say(f"{len(chosen) - failed} passed, {failed} failed")
    return bool(failed)


def proofs() -> list[str]:
    """The names of all proofs, the parameters of one together."""
    found = subprocess.run(  # noqa: S603 # our own interpreter
        [*PYTEST, "--collect-only"],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    names = re.findall(r"^(tests/\S+\.py::\w+)", found.stdout, re.MULTILINE)
    return list(dict.fromkeys(names))


def run(name: str) -> bool:
    """Run one proof; its output is kept, and what it tells of its size is shown."""
    with log_of(name).open("w") as file:
        done = subprocess.run(  # noqa: S603
            [*PYTEST, name],
            cwd=ROOT,
            env=_environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    for line in _told(log_of(name).read_text()):
        say(f"    {line}")
    return done.returncode == 0


def log_of(name: str) -> Path:
    """Where the output of a proof is kept."""
    return STATE / (re.sub(r"\W+", "-", name.removeprefix("tests/")) + ".log")


def tree() -> str:
    """The state of the tracked files, committed or not."""

    def git(*words: str) -> bytes:
        return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603, S607

    return sha256(git("rev-parse", "HEAD") + git("diff", "HEAD")).hexdigest()[:16]


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201


def _told(output: str) -> Iterator[str]:
    """What the proof itself printed: neither pytest's dots nor its summary."""
    for line in output.splitlines():
        if re.search(r"[a-z]{3}", line) and not re.match(r"\d+ passed|=|[.FE]+\s*\[", line):
            yield line[:300]


def _environment() -> dict[str, str]:
    return {**os.environ, "PROVE": "1"}


if __name__ == "__main__":
    sys.exit(main())
