"""A whole exercise: real nodes, and authorities that answer a learner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.nodes import until
from tracer.cli.exits import Exit
from tracer.cli.main import main
from tracer.cli.nouns.exercise import how_to
from tracer.errors import InputError, LineError, OperatorError, TracerError
from tracer.exercise import papers
from tracer.exercise.ground import prepare
from tracer.exercise.run import run
from tracer.exercise.temper import Temper
from tracer.node.control.client import ask

PATIENCE = 60.0


@asynccontextmanager
async def exercise(root: Path, *tempers: Temper) -> AsyncIterator[list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    task = asyncio.create_task(
        run(root, tempers, patience=0.0, told=lambda who, what: told.append((who, what)))
    )
    try:
        yield told
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def learners(root: Path, name: str, *, actor: str = "investigator", **args: Any) -> Any:
    return await ask(root / "xt", name, args, actor=actor)


async def case_with(root: Path, peer: str, *, ours: bool, state: str) -> dict[str, Any]:
    """The case with an authority, once it is in a state."""
    async with asyncio.timeout(PATIENCE):
        # Asked before it listens, the learners' node would be opened here and not there.
        await until((root / "xt" / "control.sock").exists, seconds=PATIENCE)
        while True:
            with suppress(LineError, OperatorError):
                for line in await learners(root, "thread.list"):
                    if (line["peer"], line["ours"], line["state"]) == (peer, ours, state):
                        return dict(line)
            await asyncio.sleep(0.1)


async def test_simulated_authorities_ask_and_answer_each_in_its_own_way(tmp_path: Path) -> None:
    root = tmp_path / "ground"
    async with exercise(root, Temper.PROMPT, Temper.STRICT) as told:
        asked = await case_with(root, "XA-NPOC", ours=False, state="DELIVERED")
        assert asked["test"]
        paper = papers.request(0, made_in="XA", found_in="XT")
        for peer in ("XA-NPOC", "XB-NPOC"):
            draft = await learners(root, "draft.new", peer=peer, document=paper)
            await learners(root, "release.submit", draft=draft["id"])
            await learners(root, "release.approve", actor="officer", draft=draft["id"])
        answered = await case_with(root, "XA-NPOC", ours=True, state="ANSWERED")
        assert answered["test"]
        await case_with(root, "XB-NPOC", ours=True, state="REFUSED")
        assert ("XA-NPOC", "sent: result") in told
        assert ("XB-NPOC", "sent: refused") in told


async def test_an_exercise_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    first, new = await prepare(tmp_path / "ground", [Temper.SLOW])
    again, anew = await prepare(tmp_path / "ground", [Temper.PROMPT, Temper.STRICT])
    assert (new, anew) == (True, False)
    assert again == first


async def test_an_exercise_is_made_in_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "papers.txt").write_text("something else")
    with pytest.raises(InputError) as refused:
        await prepare(tmp_path, [Temper.PROMPT])
    assert refused.value.code == "exercise-folder"


def test_a_folder_that_holds_something_else_is_told_before_anything_is_promised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("x")
    assert main(["exercise", str(tmp_path)]) == Exit.DATA
    said = capsys.readouterr()
    assert (said.out, "is not empty" in said.err) == ("", True)


def test_the_file_of_a_request_that_is_suggested_is_made_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    how_to(tmp_path)
    told = capsys.readouterr().out
    assert told.index("request new --template > request.toml") < told.index("--to XA-NPOC")


async def test_a_learner_cannot_let_a_real_authority_in_or_send_a_real_request(
    tmp_path: Path, real_entry: str
) -> None:
    root = tmp_path / "ground"
    await prepare(root, [Temper.PROMPT])
    with pytest.raises(TracerError) as refused:
        await learners(root, "peer.add", actor="supervisor", file=real_entry)
    assert refused.value.code == "exercise-peer"
    entry = (root / "xa" / "entry.json").read_text()
    seen = await learners(root, "peer.look", actor="supervisor", file=entry)
    await learners(root, "peer.add", actor="supervisor", file=entry, compared=seen["fingerprint"])
    real = papers.request(1, made_in="XA", found_in="XT") | {"test": False}
    draft = await learners(root, "draft.new", peer="XA-NPOC", document=real)
    assert draft["document"]["test"] is True
