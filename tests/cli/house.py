"""The command line in tests: the real `main`, in a thread of its own, with what it said."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.nodes import Made, free_port, make_node
from tracer.cli.main import main
from tracer.clock import SystemClock
from tracer.node.opening import open_rooms
from tracer.node.rooms import Rooms

PEOPLE = {
    "officer.one": ("officer", "operator"),
    "officer.two": ("officer", "supervisor"),
    "investigator.one": ("investigator",),
    "auditor.one": ("auditor",),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with and wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON; the command must have ended well."""
        assert self.code == 0, self.err
        return msgspec.json.decode(self.out)


def say(
    folder: Path, *arguments: str, actor: str = "officer.one", output: str = "json", typed: str = ""
) -> Said:
    """Run `tracer` on a data folder."""
    out, err, before = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(typed)
    options = ["--data-dir", str(folder), "--output", output]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*options, *(["--actor", actor] if actor else []), *arguments])
    finally:
        sys.stdin = before
    return Said(code, out.getvalue(), err.getvalue())


async def ask(
    rooms: Rooms, *arguments: str, actor: str = "officer.one", output: str = "json", typed: str = ""
) -> Said:
    """Run `tracer` on a node that runs in this event loop."""
    return await asyncio.to_thread(
        say, rooms.home.root, *arguments, actor=actor, output=output, typed=typed
    )


async def staff(rooms: Rooms) -> None:
    """Put everybody of `PEOPLE` on record."""
    for name, roles in PEOPLE.items():
        await rooms.store.write(lambda tx, n=name, r=roles: tx.people.add(n, r, by="test"))  # type: ignore[misc]


async def staffed(root: Path, authority: str = "XA-NPOC") -> Made:
    """A node on disk that does not run, with everybody of `PEOPLE`."""
    made = await make_node(root, authority, port=free_port())
    async with open_rooms(made.home, made.config, SystemClock()) as rooms:
        await staff(rooms)
    return made


@pytest.fixture
def resting(tmp_path: Path) -> Made:
    """A node that does not run."""
    return asyncio.run(staffed(tmp_path / "node"))
