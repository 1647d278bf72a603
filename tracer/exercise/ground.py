"""The folder of an exercise: one node of the learners, and one of each simulated authority.

`exercise.json` in it says who is there; a folder that has one is gone on with.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tracer.clock import SystemClock
from tracer.demo.cast import Authority
from tracer.errors import InputError
from tracer.exercise.temper import Temper
from tracer.node.setup import NewNode, set_up
from tracer.trust.nouns import Contact

FILE: Final = "exercise.json"
LEARNERS: Final = "XT-NPOC"
MOST: Final = 8
"""Simulated authorities at once; each is a process of some 95 MB."""
_STATES: Final = ("XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH")
_SETTINGS: Final = """\
[node]
exercise = true

[delivery]
backoff_base_seconds = 1
"""
_DESK: Final = """
[desk]
host = "127.0.0.1"
port = {}

[accounts]
second_factor = "optional"
"""
People = tuple[tuple[str, tuple[str, ...]], ...]
LEARNING: Final[People] = (
    ("investigator", ("investigator",)),
    ("officer", ("officer",)),
    ("supervisor", ("officer", "supervisor", "operator")),
)
"""Who learns: one asks, two may release each other's answers, one keeps people and node."""


class Simulated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One simulated authority, and the State to which it says its firearms went."""

    id: str
    temper: Temper
    port: int
    onward: str


class Exercise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `exercise.json` says; `desk` is the port at which the learners' pages are."""

    port: int
    desk: int
    simulated: tuple[Simulated, ...]

    def learners(self, root: Path) -> Authority:
        """The node of those who learn: one writes, one keeps the house."""
        return _authority(root, LEARNERS, self.port, ("investigator", "supervisor"))

    def played(self, root: Path) -> list[Authority]:
        """The simulated authorities, in their order."""
        return [
            _authority(root, one.id, one.port, ("writer", "releaser")) for one in self.simulated
        ]


async def prepare(root: Path, tempers: Sequence[Temper]) -> tuple[Exercise, bool]:
    """Read the exercise in a folder, or make one; whether it is new.

    Raises:
        InputError: `exercise-folder`: the folder holds something else; `exercise-size`.
    """
    there = looked(root, tempers)
    if there is not None:
        return there, False
    exercise = _new(tempers)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    await _found(exercise.learners(root), LEARNING, _SETTINGS + _DESK.format(exercise.desk))
    for authority in exercise.played(root):
        roles = ("officer", "supervisor", "operator")
        people = ((authority.writer, ("investigator",)), (authority.releaser, roles))
        await _found(authority, people, _SETTINGS)
    _write(root / FILE, msgspec.json.encode(exercise))
    return exercise, True


def looked(root: Path, tempers: Sequence[Temper]) -> Exercise | None:
    """The exercise in a folder; None where one can be made.

    Raises:
        InputError: `exercise-folder`: the folder holds something else; `exercise-size`.
    """
    file = root / FILE
    if file.exists():
        try:
            return msgspec.json.decode(file.read_bytes(), type=Exercise)
        except msgspec.DecodeError as error:
            raise InputError("exercise-folder", f"{file} is not of this version") from error
    if root.exists() and any(root.iterdir()):
        raise InputError(
            "exercise-folder", f"{root} is not empty", advice="Name another folder, or a new one."
        )
    if not 1 <= len(tempers) <= MOST:
        raise InputError("exercise-size", f"an exercise has 1 to {MOST} other authorities")
    return None


def _new(tempers: Sequence[Temper]) -> Exercise:
    states = _STATES[: len(tempers)]
    return Exercise(
        port=_free_port(),
        desk=_free_port(),
        simulated=tuple(
            Simulated(
                id=f"{state}-NPOC",
                temper=temper,
                port=_free_port(),
                onward=states[(n + 1) % len(states)],
            )
            for n, (state, temper) in enumerate(zip(states, tempers, strict=True))
        ),
    )


async def _found(authority: Authority, people: People, settings: str) -> None:
    state = authority.id[:2]
    desk = Contact(
        name="Exercise desk",
        role="desk",
        phone="",
        mail=f"desk@{state.lower()}.example",
        hours="24 hours",
    )
    await set_up(
        authority.folder,
        NewNode(
            authority=authority.id,
            name=authority.name,
            mode=authority.mode,
            endpoint=f"https://127.0.0.1:{authority.port}",
            listen_host="127.0.0.1",
            listen_port=authority.port,
            contacts=(desk,),
            people=people,
        ),
        SystemClock(),
    )
    _write(authority.folder / "conf.d" / "exercise.toml", settings.encode())


def _authority(root: Path, name: str, port: int, people: tuple[str, str]) -> Authority:
    state = name[:2]
    return Authority(
        id=name,
        name=f"Exercise: national point of contact of {state} (invented)",
        mode="reached",
        writer=people[0],
        releaser=people[1],
        folder=root / state.lower(),
        port=port,
    )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
