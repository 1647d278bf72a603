"""`tracer thread`: the messages, state and receipts of a request."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.cases import show_cases, show_earlier, show_owed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.nouns.thread_disposal import COMMANDS
from tracer.cli.nouns.thread_work import COMMANDS as WORK
from tracer.cli.nouns.thread_work import show_local
from tracer.cli.output import note, show, show_json
from tracer.cli.page import Page
from tracer.cli.papers import show_document, show_scan
from tracer.cli.verbs import Verbs
from tracer.cli.words import code_words, short, when
from tracer.errors import InputError


@click.group(cls=Verbs, short_help="Show the messages, state and receipts of a request.")
def command() -> None:
    """Show cases: where each stands, who owes the next step, what was said, and the receipts.

    A thread is named by its reference (XA-2026-000001) or the beginning of its id.
    """


for _verb in (*COMMANDS, *WORK):
    command.add_command(_verb)


@command.command("list")
@click.option("--state", "states", multiple=True, help="Only this state, e.g. ANSWERED.")
@click.option("--with", "peer", metavar="AUTHORITY", help="Only with this authority.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Most rows."
)
@click.option("--stuck", is_flag=True, help="Messages that could not be delivered, instead.")
@pass_globals
def list_(
    common: Globals, states: tuple[str, ...], peer: str | None, limit: int, *, stuck: bool
) -> None:
    """List cases, newest first.

    \b
    Example:
      tracer --actor officer.one thread list --with XB-NPOC --state ANSWERED
    """
    if stuck:
        _stuck(common)
        return
    given = {"state": [state.upper().replace("-", "_") for state in states], "peer": peer}
    rows = ask(common, "thread.list", {**given, "limit": limit})
    show_cases(common, rows, empty="There are no cases.")


@command.command("show")
@click.argument("thread")
@click.option("--brief", is_flag=True, help="The story only, without what the messages say.")
@pass_globals
def show_(common: Globals, thread: str, *, brief: bool) -> None:
    """Show one case: where it stands, what is awaited, and everything that was said.

    The reading is recorded.

    \b
    Example:
      tracer --actor officer.one thread show XA-2026-000001
    """
    case = ask(common, "thread.show", {"thread": thread})
    if common.output == "json":
        show_json(case)
        return
    page = Page()
    test = "  (test)" if case["test"] else ""
    direction = f"to {case['peer']}" if case["ours"] else f"from {case['peer']}"
    page.title(f"{case['reference'] or short(case['thread'])}  {direction}{test}")
    page.text(f"{case['stands'].capitalize()}.", indent=0)
    show_owed(page, case["owed"])
    if case["follows_on"]:
        page.text(f"It continues {short(case['follows_on'])}, which they do not know.", indent=0)
    for step in case["steps"]:
        _step(page, step, brief=brief)
    show_earlier(page, case)
    show_local(page, case)
    page.heading(f"Thread {case['thread']}")


@command.command()
@click.argument("thread")
@pass_globals
def twins(common: Globals, thread: str) -> None:
    """List cases that may be about the same firearm, sent and received. The reading is recorded.

    \b
    Example:
      tracer --actor officer.one thread twins XA-2026-000001
    """
    rows = ask(common, "firearm.twins", {"thread": thread})
    if common.output == "table":
        rows = [
            {
                "reference": row["reference"] or short(row["thread"]),
                "with": row["peer"],
                "": "we asked" if row["ours"] else "asks us",
                "line": row["line"],
                "firearm": "the same" if row["degree"] == "same" else "perhaps the same",
                "agrees in": ", ".join(row["agrees"]),
                "stands": code_words(row["state"]),
                "said": row["said"],
            }
            for row in rows
        ]
    show(rows, common.output, empty="No other case is about this firearm.")
    if rows and common.output == "table":
        said = typed(common, "thread link ONE OTHER --as merged|linked|different")
        note(f"Say what they are: {said}")


@command.command()
@click.argument("one")
@click.argument("other")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["merged", "linked", "different"]),
    required=True,
    help="One firearm followed together; cases that belong together; not the same firearm.",
)
@click.option("--reason", required=True, help="Why; it is kept with the link.")
@pass_globals
def link(common: Globals, one: str, other: str, kind: str, reason: str) -> None:
    """Say what two cases are to each other. No message changes, and neither State is told.

    \b
    Example:
      tracer --actor officer.one thread link XA-2026-000001 XA-2026-000007 --as merged \\
          --reason "same pistol, asked for by two police districts"
    """
    given = {"one": one, "other": other, "kind": kind, "reason": reason}
    show(ask(common, "firearm.say", given), common.output)


@command.command("next")
@click.argument("thread")
@pass_globals
def next_(common: Globals, thread: str) -> None:
    """List whom to ask next about the firearms of a case, strongest reason first.

    \b
    Example:
      tracer --actor officer.one thread next XA-2026-000001
    """
    rows = ask(common, "firearm.next", {"thread": thread})
    if common.output == "table":
        rows = [
            {
                "State": row["country"],
                "why": row["why"],
                "asked": "yes" if row["asked"] else "",
                "authorities": ", ".join(row["authorities"]) or "none known here",
                "mind": "consent of who told us" if row["needs_consent"] else "",
            }
            for row in rows
        ]
    show(rows, common.output, empty="Neither marks nor answers name another State.")
    if rows and common.output == "table":
        note(f"Write to one: {typed(common, 'request follow-on THREAD --to AUTHORITY')}")


@command.command("save-attachment")
@click.argument("thread")
@click.argument("message")
@click.argument("number", type=click.IntRange(1, 16))
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="Folder to save it in; the present one unless told.",
)
@pass_globals
def save_attachment(common: Globals, thread: str, message: str, number: int, folder: Path) -> None:
    """Decrypt a file of a message and save it under a safe name. The reading is recorded.

    \b
    Example:
      tracer --actor officer.one thread save-attachment XA-2026-000001 MESSAGE 1 --to photos
    """
    found = ask(common, "thread.attachment", {"thread": thread, "message": message, "n": number})
    target = Path(folder) / str(found["name"])
    target.parent.mkdir(parents=True, exist_ok=True)
    data = base64.b64decode(found["data"])
    try:
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise InputError("file-exists", f"{target} exists already", field="--to") from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    row = {"file": str(target), "type": found["media_type"], "bytes": len(data)}
    show(row | ({"caption": found["caption"]} if found["caption"] else {}), common.output)


@command.command()
@click.argument("message")
@pass_globals
def resend(common: Globals, message: str) -> None:
    """Try again to deliver a message that was given up; the same message, with the same id.

    \b
    Example:
      tracer --actor officer.one thread resend MESSAGE
    """
    found = ask(common, "thread.resend", {"message": message})
    note("It is tried again." if found["queued"] else "It is delivered already.")


def _stuck(common: Globals) -> None:
    rows = ask(common, "thread.stuck", acts=False)
    if common.output == "table":
        rows = [
            {
                "message": row["message"],
                "to": row["authority"],
                "why": row["code"],
                "since": when(row["since"]),
            }
            for row in rows
        ]
    show(rows, common.output, empty="Everything is delivered or on its way.")


def _step(page: Page, step: dict[str, Any], *, brief: bool) -> None:
    page.heading(f"{when(step['at'])}  {step['by']} {step['words']}")
    if step["receipt_at"]:
        page.text(f"Delivered to their system {when(step['receipt_at'])}; their receipt is kept.")
    elif step["delivery"]:
        page.text(f"{step['delivery'][:1].upper()}{step['delivery'][1:]}.")
    for log in step["witnessed"]:
        _witnessed(page, log)
    if step["ignored"]:
        page.text(f"It changes nothing: {step['ignored']}.")
    if brief:
        return
    show_document(page, step["document"])
    for file in step["attachments"]:
        caption = f", {file['caption']}" if file.get("caption") else ""
        page.text(
            f"File {file['n']}: {file['media_type']}, {file['size']} bytes{caption}", indent=4
        )
        show_scan(page, step["scans"].get(str(file["n"])))
    page.line((f"message {step['id']}", "dim"), indent=4)


def _witnessed(page: Page, log: dict[str, Any]) -> None:
    """Who has seen it in one log; nothing where nobody was chosen and nobody has."""
    if not log["of"]:
        return
    enough = f" (quorum {log['quorum']})" if log["quorum"] else ""
    since = f", since {when(log['since'])}" if log["since"] else ""
    names = f": {', '.join(log['by'])}" if log["by"] else ""
    page.text(
        f"In the log of {log['authority']} witnessed by {len(log['by'])} of {log['of']}"
        f"{enough}{since}{names}."
    )
