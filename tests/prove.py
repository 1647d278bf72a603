"""Run the long proofs at full size, one after the other, and go on where the last run stopped.

    python -m tests.prove [--again] [WORD ...]

A proof is a test marked `prove` (see `conftest`). Each runs in a process of its own; what passed is
written to `.prove/`, under the name of the tree it passed on, so that a run that was interrupted
takes up the next proof. A proof of which anything was skipped, or nothing ran, has not passed.
WORDs choose proofs by part of their name; `--again` forgets what passed.
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
from xml.etree import ElementTree as ET

import pytest

from tests.rules.tree import ROOT, kept

STATE = ".prove"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-m", "prove", "-s", "--no-header")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run what is left; 0 if all chosen proofs have passed on this tree."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a proof's name")
    parser.add_argument("--again", action="store_true", help="forget what passed before")
    options = parser.parse_args(arguments)
    (root / STATE).mkdir(exist_ok=True)
    record = root / STATE / f"{tree(root)}.passed"
    if options.again:
        record.unlink(missing_ok=True)
    passed = set(record.read_text().splitlines()) if record.exists() else set()
    chosen = [name for name in proofs(root) if all(word in name for word in options.words)]
    if not chosen:
        say(f"No proof has {' and '.join(options.words) or 'any'} in its name: nothing is proved")
        return 1
    left = [name for name in chosen if name not in passed]
    say(f"{len(chosen)} proofs, {len(chosen) - len(left)} passed before on this tree")
    failed = 0
    for number, name in enumerate(left, start=1):
        say(f"[{number}/{len(left)}] {name}")
        begun = time.monotonic()
        fault = run(name, root)
        took = f"{time.monotonic() - begun:.0f} s"
        if fault:
            failed += 1
            say(f"    FAILED after {took}: {fault}")
        else:
            with record.open("a") as file:
                file.write(f"{name}\n")
            say(f"    passed in {took}")
    say(f"{len(chosen) - failed} passed, {failed} failed")
    return bool(failed)


def proofs(root: Path = ROOT) -> list[str]:
    """The names of all proofs, the parameters of one together."""
    found = subprocess.run(  # noqa: S603 # our own interpreter
        [*PYTEST, "--collect-only"],
        cwd=root,
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    names = re.findall(r"^(tests/\S+\.py::\w+)", found.stdout, re.MULTILINE)
    return list(dict.fromkeys(names))


def run(name: str, root: Path = ROOT) -> str:
    """Run one proof and say why it did not pass; empty text if it did.

    Its output is kept, and what it tells of its size is shown.
    """
    log = log_of(name, root)
    report = log.with_suffix(".xml")
    report.unlink(missing_ok=True)
    with log.open("w") as file:
        done = subprocess.run(  # noqa: S603
            [*PYTEST, f"--junitxml={report}", name],
            cwd=root,
            env=_environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    for line in _told(log.read_text()):
        say(f"    {line}")
    return _fault(done.returncode, report, log)


def log_of(name: str, root: Path = ROOT) -> Path:
    """Where the output of a proof is kept."""
    return root / STATE / (re.sub(r"\W+", "-", name.removeprefix("tests/")) + ".log")


def tree(root: Path = ROOT) -> str:
    """The state of all files that git does not ignore: committed or not, in a clone or not."""
    digest = sha256()
    for path in kept(root):
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201


def _fault(code: int, report: Path, log: Path) -> str:
    """Judge a run by pytest's own report: all of it ran, and all of it passed."""
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        return f"nothing ran: {log}"
    if code != pytest.ExitCode.OK or not report.exists():
        return str(log)
    said = ET.parse(report)  # noqa: S314 # written by our own pytest
    cases = list(said.iter("testcase"))
    skipped = [each.get("message") or "no reason is given" for each in said.iter("skipped")]
    if not cases:
        return f"nothing ran: {log}"
    if skipped:
        reasons = "; ".join(dict.fromkeys(skipped))
        return (
            f"{len(skipped)} of {len(cases)} were skipped and prove nothing: {reasons}. "
            "Install what is missing and run it again"
        )
    return ""


def _told(output: str) -> Iterator[str]:
    """What the proof itself printed: neither pytest's dots nor its summary."""
    for line in output.splitlines():
        if re.search(r"[a-z]{3}", line) and not re.match(r"\d+ passed|=|[.FE]+\s*\[", line):
            yield line[:300]


def _environment() -> dict[str, str]:
    return {**os.environ, "PROVE": "1"}


if __name__ == "__main__":
    sys.exit(main())
