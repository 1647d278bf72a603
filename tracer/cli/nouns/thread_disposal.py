"""Verbs of `tracer thread` on what goes for good, and on what may not."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show
from tracer.cli.verbs import Verb
from tracer.cli.words import code_words, short, when

_OLD = (
    "Backups made before hold it still, until they are destroyed: "
    "deploy/OPERATE.md, 'What is deleted, and old backups'."
)


@click.command(cls=Verb)
@click.argument("thread")
@click.option("--group", "groups", multiple=True, required=True, help="persons, narrative, ...")
@click.option("--message", default="", help="Only of this message; else of all of the thread.")
@click.option("--reason", required=True, help="Why; it is kept. Do not repeat what shall go.")
@pass_globals
def erase(common: Globals, thread: str, groups: tuple[str, ...], message: str, reason: str) -> None:
    """Destroy groups of a thread's messages for good; signatures, receipts and proofs stay.

    Groups are persons, chain_parties, place, narrative, officer, free_text and attachment_keys
    (the files). A second person approves it: tracer thread approve-disposal.

    \b
    Example:
      tracer --actor officer.one thread erase XA-2026-000001 --group persons \\
          --reason "order of the court of 3 March"
    """
    given = {"thread": thread, "groups": list(groups), "message": message, "reason": reason}
    _tell(common, ask(common, "thread.erase", given))


@click.command(cls=Verb)
@click.argument("thread", required=False)
@click.option("--due", "all_due", is_flag=True, help="All whose retention is over, after a look.")
@click.option("--reason", default="", help="Why; it is kept in the audit trail.")
@pass_globals
def purge(common: Globals, thread: str | None, reason: str, *, all_due: bool) -> None:
    """Destroy a settled thread but for what proves it; without THREAD, list what is due.

    Ids, parties, types, times, records and the case as it stood stay. A second person approves it:
    tracer thread approve-disposal.

    \b
    Example:
      tracer --actor officer.one thread purge
      tracer --actor officer.one thread purge XA-2016-000001 --reason "retention is over"
    """
    if thread is None:
        rows = ask(common, "thread.due")
        _due(common, rows)
        if not all_due or not rows:
            return
        click.confirm(f"Ask that all {len(rows)} be destroyed", abort=True, err=True)
    names = [thread] if thread else [row["thread"] for row in rows]
    for name in names:
        _tell(common, ask(common, "thread.purge", {"thread": name, "reason": reason}))


@click.command(cls=Verb)
@pass_globals
def disposals(common: Globals) -> None:
    """List what waits for a second person to be erased or purged, with who asked and why.

    \b
    Example:
      tracer --actor officer.two thread disposals
    """
    rows = ask(common, "thread.disposals")
    if common.output == "table":
        rows = [
            {
                "number": row["number"],
                "thread": short(row["thread"]),
                "what": row["kind"],
                "groups": ", ".join(row["groups"]),
                "asked by": row["asked_by"],
                "when": when(row["asked_at"]),
                "why": row["reason"],
            }
            for row in rows
        ]
    show(rows, common.output, empty="Nothing waits.")


@click.command("approve-disposal", cls=Verb)
@click.argument("number", type=int)
@pass_globals
def approve_disposal(common: Globals, number: int) -> None:
    """Let what somebody else asked be erased or purged now; it cannot be undone.

    \b
    Example:
      tracer --actor officer.two thread approve-disposal 3
    """
    _tell(common, ask(common, "thread.approve-disposal", {"number": number}))


@click.command("drop-disposal", cls=Verb)
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why not; it is kept in the audit trail.")
@pass_globals
def drop_disposal(common: Globals, number: int, reason: str) -> None:
    """Decide that what was asked is neither erased nor purged.

    \b
    Example:
      tracer --actor officer.two thread drop-disposal 3 --reason "the case is open again"
    """
    show(ask(common, "thread.drop-disposal", {"number": number, "reason": reason}), common.output)


@click.command(cls=Verb)
@click.argument("thread")
@click.option("--reason", required=True, help="Which proceedings; it is kept with the hold.")
@pass_globals
def hold(common: Globals, thread: str, reason: str) -> None:
    """Let nothing of a thread be erased or purged until the hold is lifted.

    \b
    Example:
      tracer --actor officer.one thread hold XA-2026-000001 --reason "appeal 7 of 2026"
    """
    show(ask(common, "thread.hold", {"thread": thread, "reason": reason}), common.output)


@click.command(cls=Verb)
@click.argument("thread")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@pass_globals
def unhold(common: Globals, thread: str, reason: str) -> None:
    """Lift a hold; nothing goes by itself after it.

    \b
    Example:
      tracer --actor officer.one thread unhold XA-2026-000001 --reason "appeal decided"
    """
    show(ask(common, "thread.unhold", {"thread": thread, "reason": reason}), common.output)


@click.command(cls=Verb)
@pass_globals
def holds(common: Globals) -> None:
    """List the threads of which nothing may go, with who said so and why.

    \b
    Example:
      tracer --actor officer.one thread holds
    """
    rows = ask(common, "thread.holds")
    show(rows, common.output, empty="No thread is held.")


COMMANDS = (erase, purge, disposals, approve_disposal, drop_disposal, hold, unhold, holds)


def _due(common: Globals, rows: list[dict[str, Any]]) -> None:
    if common.output == "table":
        rows = [
            {
                "thread": short(row["thread"]),
                "reference": row["reference"],
                "with": row["peer"],
                "stood at": code_words(row["state"]),
                "last moved": when(row["updated"]),
            }
            for row in rows
        ]
    show(rows, common.output, empty="No retention is over.")


def _tell(common: Globals, found: dict[str, Any]) -> None:
    row = {
        "number": found["number"],
        "thread": found["thread"],
        "what": " ".join((found["kind"], *found["groups"])),
        "state": "done" if found["done_at"] else "waits for a second person",
        "messages": found["messages"],
        "files": found["files"],
    }
    show(found if common.output == "json" else row, common.output)
    if not found["done_at"]:
        said = typed(common, f"thread approve-disposal {found['number']}", actor="NAME")
        note(f"Somebody else approves it: {said}")
        return
    note(_OLD)
    if not found["scrubbed"]:
        said = typed(common, "store scrub")
        note(f"A long read was in the way; older copies go with: {said}")
