"""`tracer verify`: check a signed file with nothing but the file."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show_json
from tracer.cli.page import Level, Page


@click.command(short_help="Check a statement, with no node, no network and no settings.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_globals
def command(common: Globals, file: Path) -> None:
    """Check a statement of cooperation and say, step by step, what is proved and by whom.

    It needs the file alone. What it cannot know is who stands behind the two fingerprints: compare
    them with what the authorities themselves say.

    \b
    Example:
      tracer verify xa-xb-2026.json
    """
    from tracer.clock import SystemClock
    from tracer.trust.statement import MAX_FILE_BYTES, verify_statement

    with file.open("rb") as opened:
        data = opened.read(MAX_FILE_BYTES + 1)
    found = verify_statement(data, now=SystemClock().now())
    if common.output == "json":
        show_json(
            {
                "digest": found.digest,
                "signed_by": found.signers,
                "complete": found.complete,
                "at": found.statement.at,
                "steps": found.steps,
                "sides": [
                    {"asks": side.asks, "answers": side.answers, "counts": side.counts}
                    for side in found.statement.sides
                ],
            }
        )
        return
    page = Page()
    page.title(f"Statement of cooperation, as of {found.statement.at}")
    for step in found.steps:
        level: Level = "look" if step.what in {"trust", "open", "vouched", "skewed"} else "ok"
        page.marked(level, step.what, f"{step.words}.", width=8)
    for side in found.statement.sides:
        page.heading(f"{side.asks} asked {side.answers}")
        for name, count in side.counts.items():
            page.text(f"{count:6}  {name}")
    note("It holds." if found.complete else "It holds for the one side that signed.")
