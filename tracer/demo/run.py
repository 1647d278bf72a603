"""Running the demonstration from beginning to end."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tracer.demo.cast import Authority, cast, found_all
from tracer.demo.desks import described, open_desks
from tracer.demo.stage import on_stage
from tracer.demo.story import Story
from tracer.demo.timeline import Timeline


async def run(
    *, stay: bool, root: Path | None = None, courier: bool = False, typed: str = "tracer"
) -> None:
    """Tell the story; with `stay` leave the nodes up until interrupted.

    With `courier` XA and XB have no line to each other, and files are carried. `typed` is what
    whoever watches types to run `tracer` here.

    Raises:
        OperatorError: a node did not start, or something did not come out as it must.
    """
    if root is not None:
        await _in(root, courier=courier, after=After(stay, kept=True, typed=typed))
        return
    with tempfile.TemporaryDirectory(prefix="tracer-demo-") as folder:
        await _in(Path(folder), courier=courier, after=After(stay, kept=False, typed=typed))


@dataclass(frozen=True, slots=True)
class After:
    """What is so when the story is told: nodes up or not, folder kept or not, what one types."""

    stay: bool
    kept: bool
    typed: str


async def _in(root: Path, *, courier: bool, after: After) -> None:
    timeline = Timeline()
    timeline.title("Three authorities, each with its own process, keys, TLS and database")
    authorities = cast(root, courier=courier)
    entries = await found_all(authorities)
    password = await open_desks(authorities)
    async with on_stage(authorities) as processes:
        timeline.step("", f"three nodes run (processes {', '.join(map(str, processes))}) in {root}")
        story = Story(authorities, timeline, carried=courier)
        await story.acquaintance(entries)
        await story.watch()
        story.fingerprints()
        await _tell(story, timeline)
        timeline.title(f"Done in {timeline.seconds:.1f} s. Every message was marked as a test.")
        how_to_look(authorities, password, after)
        if after.stay:
            await asyncio.Event().wait()


async def _tell(story: Story, timeline: Timeline) -> None:
    timeline.title("XA asks XB, where the pistol was made")
    thread = await story.first_request()
    await story.answer(thread)
    timeline.title("XA asks XC, where it went")
    onward = await story.follow_on(thread)
    await story.feedback((thread, onward))
    timeline.title("A request that is refused, on a ground that can be counted")
    await story.refusal()
    timeline.title("What can be proved")
    await story.witnessed(((thread, story.maker), (onward, story.importer)))
    await story.proof()
    await story.evidence(thread)


def how_to_look(authorities: tuple[Authority, ...], password: str, after: After) -> None:
    """Say how to go on: the pages and who signs in; of ended nodes first how they come up."""
    first = authorities[0]
    removed = "" if after.kept else "; its folder is then removed"
    node = f"{after.typed} --data-dir {shlex.quote(str(first.folder.absolute()))}"
    lines = [""]
    if after.stay:
        lines += [
            *described(authorities, password),
            "The nodes stay up. In another terminal, for example:",
            f"  {node} --actor {first.writer} request list",
            f"  {node} --actor {first.writer} thread show REFERENCE",
            f"  {node} status",
            f"Press Ctrl-C to end the demonstration{removed}.",
        ]
    elif after.kept:
        lines += [
            "The nodes are ended now. To open the pages of one again:",
            f"  {node} serve",
            *described(authorities, password),
        ]
    else:
        lines += [
            "The nodes are ended now. With --stay they stay up: then their pages are told as here,",
            "with the ports and the password of that time.",
            *described(authorities, password),
        ]
    print("\n".join(lines), flush=True)  # noqa: T201 - for the person at the terminal
