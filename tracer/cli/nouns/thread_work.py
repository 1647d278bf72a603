"""Verbs of `tracer thread` on whose case it is, and on what is said of it in the house."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import printable, show
from tracer.cli.page import Page
from tracer.cli.verbs import Verb
from tracer.cli.words import code_words, short, when


@click.command(cls=Verb)
@click.argument("thread")
@click.argument("name")
@click.option("--off", is_flag=True, help="Take the person off the case instead.")
@pass_globals
def assign(common: Globals, thread: str, name: str, *, off: bool) -> None:
    """Assign a person to a case, or take them off; who is assigned sees it.

    \b
    Example:
      tracer --actor officer.one thread assign XA-2026-000001 investigator.one
    """
    verb = "case.unassign" if off else "case.assign"
    _show(common, ask(common, verb, {"thread": thread, "name": name}))


@click.command(cls=Verb)
@click.argument("thread")
@click.argument("name", metavar="TEAM", required=False, default="")
@click.option("--none", "nobodys", is_flag=True, help="Make it no team's.")
@pass_globals
def team(common: Globals, thread: str, name: str, *, nobodys: bool) -> None:
    """Make a case a team's; without TEAM, show whose it is.

    \b
    Example:
      tracer --actor officer.one thread team XA-2026-000001 north
    """
    if name or nobodys:
        _show(common, ask(common, "case.team", {"thread": thread, "team": name}))
    else:
        _show(common, ask(common, "case.work", {"thread": thread}))


@click.command(cls=Verb)
@click.argument("thread")
@click.option("--off", is_flag=True, help="Open it to the whole authority again instead.")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@pass_globals
def restrict(common: Globals, thread: str, reason: str, *, off: bool) -> None:
    """Let only a case's team, those assigned to it and the auditor see it.

    \b
    Example:
      tracer --actor officer.one thread restrict XA-2026-000001 \\
          --reason "an officer of this house is a suspect"
    """
    verb = "case.open" if off else "case.restrict"
    _show(common, ask(common, verb, {"thread": thread, "text": reason}))


@click.command(cls=Verb)
@click.argument("thread")
@click.argument("text", required=False, default="")
@pass_globals
def note(common: Globals, thread: str, text: str) -> None:
    """Write a note on a case for colleagues; without TEXT, show those that are there.

    It is encrypted with the case and never sent. The reading is recorded.

    \b
    Example:
      tracer --actor officer.one thread note XA-2026-000001 "Prosecutor calls back on Monday."
    """
    if text:
        rows = [ask(common, "case.note", {"thread": thread, "text": text})]
    else:
        rows = ask(common, "case.notes", {"thread": thread})
    if common.output == "json":
        show(rows, common.output)
        return
    page = Page()
    _notes(page, rows)
    if not rows:
        page.text("There are no notes.", indent=0)


@click.command(cls=Verb)
@pass_globals
def changed(common: Globals) -> None:
    """List what is new in the cases you looked at or are assigned to.

    Opening a case notes that you have looked at it.

    \b
    Example:
      tracer --actor officer.one thread changed
    """
    rows = ask(common, "case.changed")
    if common.output == "table":
        rows = [
            {
                "reference": row["reference"] or short(row["thread"]),
                "with": row["peer"],
                "stands": code_words(row["state"]),
                "messages": row["messages"],
                "notes": row["notes"],
                "changed": when(row["updated"]),
                "seen": when(row["seen"]) if row["seen"] else "never",
            }
            for row in rows
        ]
    show(rows, common.output, empty="Nothing is new.")


def show_local(page: Page, case: dict[str, Any]) -> None:
    """Under a case: whose it is here, and the notes on it; nothing where nobody said anything."""
    work = case["work"]
    if work["team"] or work["assigned"]:
        page.heading("In this house")
        closed = " (nobody else sees it)" if work["restricted"] else ""
        page.text(f"Team: {work['team'] or 'none'}{closed}")
        page.text(f"Assigned: {', '.join(one['person'] for one in work['assigned']) or 'nobody'}")
    _notes(page, case["notes"])
    if case["unread"]:
        page.heading("Not shown to auditors")
        page.text(f"{', '.join(case['unread'])}; notes and files.")


def _notes(page: Page, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        page.heading(f"Note of {row['author']}, {when(row['at'])}")
        for line in row["text"].split("\n"):
            page.text(printable(line))


def _show(common: Globals, work: dict[str, Any]) -> None:
    if common.output == "json":
        show(work, common.output)
        return
    shown = {
        "thread": short(work["thread"]),
        "team": work["team"] or "no team's",
        "agency": work["agency"],
        "seen by": "its team and those assigned" if work["restricted"] else "the authority",
        "assigned": ", ".join(one["person"] for one in work["assigned"]) or "nobody",
    }
    show({name: value for name, value in shown.items() if value}, common.output)


COMMANDS = (assign, team, restrict, note, changed)
