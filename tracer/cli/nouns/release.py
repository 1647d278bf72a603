"""`tracer release`: the second person."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
from tracer.cli.papers import show_draft
from tracer.cli.verbs import Verbs
from tracer.cli.words import code_words, short, when


@click.group(cls=Verbs, short_help="List what waits for a second person, approve or send back.")
def command() -> None:
    """List what waits for a second person, approve it or send it back.

    Whoever has a hand on a draft does not release it, unless the policy of this authority lets one
    person do so with a reason.
    """


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List what waits for release, longest first.

    \b
    Example:
      tracer --actor officer.two release list
    """
    show_rows(common, ask(common, "release.list"), empty="Nothing waits for release.")


@command.command()
@click.argument("draft")
@click.option("--version", type=int, help="The version that was looked at.")
@click.option("--reason", default="", help="Why one person releases alone, where policy allows it.")
@click.option("--override", default="", help="Why it is sent although their log has a fault.")
@pass_globals
def approve(common: Globals, draft: str, version: int | None, reason: str, override: str) -> None:
    """Let a draft go: it is signed, recorded and delivered. Look at it first: tracer request show.

    \b
    Example:
      tracer --actor officer.two release approve D1
    """
    given = {"draft": draft, "version": version, "reason": reason, "override": override}
    found = ask(common, "release.approve", given)
    row: dict[str, Any] = found
    if common.output == "table":
        row = {"to": found["peer"], "thread": found["thread"], "message": found["message_id"]}
    show(row, common.output)
    if found["review"]:
        note("Released by one person: it is on the supervisor's list for review.")
    follow = typed(common, f"thread show {short(found['thread'])}", actor=common.acting())
    note(f"It is on its way. Follow it: {follow}")


@command.command()
@click.argument("draft")
@click.option("--reason", required=True, help="What its author should mend.")
@pass_globals
def reject(common: Globals, draft: str, reason: str) -> None:
    """Send a draft back to its author, with a reason.

    \b
    Example:
      tracer --actor officer.two release reject D1 --reason "The serial lacks its photo"
    """
    show_draft(common, ask(common, "release.reject", {"draft": draft, "reason": reason}))


def show_rows(common: Globals, rows: list[dict[str, Any]], *, empty: str) -> None:
    """Drafts as a table, or as they are in JSON."""
    if common.output == "table":
        rows = [
            {
                "draft": row["id"],
                "what": code_words(row["type"]),
                "to": row["peer"],
                "version": row["version"],
                "written by": row["author"],
                "submitted by": row["submitted_by"],
                "released by": row["released_by"],
                "since": when(row["updated"]),
                "reason": row["reason"],
            }
            for row in rows
        ]
        rows = _without_empty(rows)
    show(rows, common.output, empty=empty)


def _without_empty(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    filled = [name for name in (rows[0] if rows else ()) if any(row[name] for row in rows)]
    return [{name: row[name] for name in filled} for row in rows]
