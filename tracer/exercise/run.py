"""Keeping an exercise going: nodes up, acquainted, and each authority acting until it is ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tracer.clock import SystemClock
from tracer.demo.cast import Authority
from tracer.demo.stage import on_stage
from tracer.errors import TracerError
from tracer.exercise.ground import LEARNING, Exercise, prepare
from tracer.exercise.player import Player, Told
from tracer.exercise.temper import Temper
from tracer.node.control.client import ask
from tracer.trust.entry import fingerprint, verify_entry

LOOK_SECONDS = 1.0
"""How often each authority looks at its cases."""


async def run(root: Path, tempers: Sequence[Temper], *, patience: float, told: Told) -> None:
    """Make or go on with the exercise in `root`, until cancelled.

    Args:
        root: The folder; its `xt` is the learners' node.
        tempers: How the other authorities behave, one each; only for a new exercise.
        patience: Seconds after which a simulated authority answers.
        told: Told what happens.

    Raises:
        InputError: `exercise-folder`, `exercise-size`.
        OperatorError: a node did not start.
    """
    exercise, new = await prepare(root, tempers)
    learners, played = exercise.learners(root), exercise.played(root)
    async with on_stage((learners, *played)):
        _introduce(exercise, learners, told)
        if new:
            await acquaint((learners, *played))
            await _welcome(learners, told)
        await _play(exercise, played, opens=new, patience=patience, told=told)


async def acquaint(authorities: Sequence[Authority]) -> None:
    """Everybody believes everybody's entry."""
    entries = {one.id: (one.folder / "entry.json").read_text() for one in authorities}
    for one in authorities:
        for other, entry in entries.items():
            if other != one.id:
                seen = fingerprint(verify_entry(entry.encode()).jws)
                args = {"file": entry, "compared": seen}
                await ask(one.folder, "peer.add", args, actor=one.releaser)


async def _play(
    exercise: Exercise,
    played: Sequence[Authority],
    *,
    opens: bool,
    patience: float,
    told: Told,
) -> None:
    players = [
        Player(one, simulated, clock=SystemClock(), told=told)
        for one, simulated in zip(played, exercise.simulated, strict=True)
    ]
    if opens:
        for n, player in enumerate(players):
            await player.opens(n)
    while True:
        for player, one in zip(players, played, strict=True):
            try:
                await player.look(patience=patience)
            except TracerError as error:
                told(one.id, f"could not look at its cases ({error})")
        await asyncio.sleep(LOOK_SECONDS)


def _introduce(exercise: Exercise, learners: Authority, told: Told) -> None:
    for one in exercise.simulated:
        told(one.id, f"is there; it is {one.temper}")
    told(learners.id, f"is yours: http://127.0.0.1:{exercise.desk}, folder {learners.folder}")


async def _welcome(learners: Authority, told: Told) -> None:
    """Give everybody who learns a password for one time; its keeper comes first."""
    keeper = learners.releaser
    for name in sorted((one for one, _ in LEARNING), key=lambda one: one != keeper):
        given = await ask(learners.folder, "user.password", {"name": name}, actor=keeper)
        told(name, f"signs in with {given['password']} and then chooses a password")
