"""`tracer restore`: close a log that lost records, open its successor, get back what peers hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import retold, typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show, show_json
from tracer.cli.page import Page
from tracer.cli.verbs import Verbs
from tracer.cli.words import when
from tracer.wording import counted

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Verbs, short_help="After a restore: show what is missing, decide, get it back.")
def command() -> None:
    """After a restore: show what others have seen of our log, decide, get back what was lost.

    A log from which records were lost is never continued: it is closed for ever and the next one
    opens. Two persons approve that. Then every authority returns what it holds of ours.
    """


@command.command("show")
@pass_globals
def show_(common: Globals) -> None:
    """Ask everybody what they saw of our log, and show what is missing and what to do next.

    \b
    Example:
      tracer --actor officer.one restore show
    """
    found = ask(common, "restore.show")
    if common.output == "json":
        show_json(found)
        return
    page = Page()
    plan = found["plan"]
    page.title("Restore mode" if plan else "Not in restore mode")
    if plan:
        _plan(page, plan)
    for gap in found["gaps"]:
        _gap(page, gap)
    if found["repeat"]:
        page.heading("To be erased again")
        page.text(found["repeat"]["sentence"])
    if found["ways"]:
        page.heading("The way back")
    for way in found["ways"]:
        _way(page, way, common)
    page.heading("Next")
    page.text(retold(found["next"], common))


@command.command()
@click.option(
    "--without",
    multiple=True,
    metavar="AUTHORITY",
    help="Decide although this authority cannot be asked; say it once for each.",
)
@click.option("--reason", default="", help="Why one person decides alone, where policy allows it.")
@pass_globals
def approve(common: Globals, without: tuple[str, ...], reason: str) -> None:
    """Approve that the old log is closed for ever and the next one opens; two persons do.

    The first approval is kept; with the second the successor opens, our next entry names it, and
    the way back begins. Repeat it if it was interrupted: it goes on where it stopped.

    \b
    Example:
      tracer --actor officer.one restore approve
    """
    found = ask(common, "restore.approve", {"without": list(without), "reason": reason})
    if common.output == "json":
        show_json(found)
        return
    show(
        {
            "closed": found["closed"],
            "records here": found["size"],
            "known to be lost": found["lost"],
            "approved by": ", ".join(found["by"]),
            "successor": found["successor"] if found["done"] else "not open yet",
        },
        common.output,
    )
    if found["done"]:
        note(
            f"\n{found['successor']} is open. Our peers are told as they are reached, and return "
            f"what they hold.\nWatch it: {typed(common, 'restore show', actor='NAME')}\n"
            "Make a new backup when it is done."
        )
    else:
        second = typed(common, "restore approve", actor="NAME")
        note(f"\nA second person approves it, too: {second}")


@command.command("leave-out")
@click.argument("authority")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@pass_globals
def leave_out(common: Globals, authority: str, reason: str) -> None:
    """Go on with an authority that cannot be asked; what only it holds stays lost until it is.

    \b
    Example:
      tracer --actor officer.one restore leave-out XD-NPOC --reason "it opens no port"
    """
    given = {"authority": authority, "reason": reason}
    ask(common, "restore.leave-out", given)
    again_ = typed(common, f"restore again {authority}", actor="NAME")
    note(f"The gate is open to {authority}. To ask it later: {again_}")


@command.command()
@click.argument("authority")
@pass_globals
def again(common: Globals, authority: str) -> None:
    """Ask an authority once more for what it holds of ours; meanwhile nothing is exchanged with it.

    \b
    Example:
      tracer --actor officer.one restore again XD-NPOC
    """
    ask(common, "restore.again", {"authority": authority})
    note(f"{authority} is asked again. Watch it: {typed(common, 'restore show', actor='NAME')}")


@command.command("from-keys")
@click.option("--keyring", type=_FILE, required=True, help="The keyring file.")
@click.option("--entry", type=_FILE, required=True, help="Our newest entry file; any peer has it.")
@click.option("--officer", "people", multiple=True, required=True, help="A person; once for each.")
@click.option(
    "--listen", default="127.0.0.1:7443", metavar="HOST:PORT", help="Where to listen for peers."
)
@click.option(
    "--kek", default="file:keyring.kek", show_default=True, help="What opens the keyring."
)
@pass_globals
def from_keys(  # noqa: PLR0917  # options of one command, given by name
    common: Globals, keyring: Path, entry: Path, people: tuple[str, ...], listen: str, kek: str
) -> None:
    """Make a node from its keyring alone, in the empty folder of --data-dir, in restore mode.

    For the day on which database and backups are lost. What peers hold comes back from them.

    \b
    Example:
      tracer --data-dir /var/lib/tracer restore from-keys --keyring keyring.json \\
          --entry our-entry.json --kek file:/etc/tracer/kek \\
          --officer officer.one --officer officer.two
    """
    import asyncio

    from tracer.cli.nouns.init import listening
    from tracer.clock import SystemClock
    from tracer.node.home import Home
    from tracer.node.restore.from_keys import from_keys as make

    ours = asyncio.run(
        make(
            Home(common.data_dir),
            SystemClock(),
            keyring=keyring,
            entry=entry,
            kek=kek,
            people=people,
            listen=listening(listen, ""),
        )
    )
    show(
        {"authority": ours.authority, "folder": str(common.data_dir), "log": ours.entry.log.origin},
        common.output,
    )
    note(
        "\nIn restore mode. Next:\n"
        f"  1. Run: {typed(common, 'serve')}\n"
        "  2. Take the entry file of every authority:\n"
        f"     {typed(common, 'peer add FILE', actor='NAME')}\n"
        f"  3. Run: {typed(common, 'restore show', actor='NAME')}\n"
        f"     and then, by two persons: {typed(common, 'restore approve', actor='NAME')}"
    )


def _plan(page: Page, plan: dict[str, Any]) -> None:
    page.text(plan["why"], indent=0)
    page.heading("What is known")
    page.marked("off", "the log", f"{plan['closed']}: {counted(plan['size'], 'record')} here")
    lost = max(plan["highest_size"] - plan["size"], 0)
    page.marked(
        "act" if lost else "ok",
        "seen by others",
        f"{counted(plan['highest_size'], 'record')}; {lost} of them are not here",
    )
    page.marked("off", "successor", f"{plan['successor']} would open")
    page.heading("Who was asked")
    for one in plan["asked"]:
        page.marked("look" if one["saw"] is None else "ok", one["authority"], one["sentence"])


def _gap(page: Page, gap: dict[str, Any]) -> None:
    page.heading(f"{gap['closed']} is closed for ever")
    page.marked(
        "ok" if gap["back"] >= gap["lost"] else "look",
        "lost",
        f"{counted(gap['lost'], 'record')}; {gap['back']} are here again",
    )
    if gap["missing"]:
        places = ", ".join(
            str(first) if first == last else f"{first} to {last}" for first, last in gap["missing"]
        )
        page.marked(
            "look",
            "still missing",
            f"records {places}: messages that reached nobody, messages of an authority that was "
            "not asked, or notes of this node that no peer is ever shown",
        )


def _way(page: Page, way: dict[str, Any], common: Globals) -> None:
    said = {
        "pending": "open; it is tried every minute",
        "done": f"{counted(way['reentered'], 'message')} re-entered, {when(way['at'])}",
        "left-out": f"left out by a person, {when(way['at'])}; "
        f"{counted(way['reentered'], 'message')} re-entered",
    }[way["state"]]
    for what in ("orphaned", "gone", "aside"):
        if way[what]:
            said += f"; {way[what]} {_LEFT[what]}"
    if way["aside"]:
        said += f": {typed(common, 'peer show')}"
    page.marked("look" if way["state"] == "pending" else "ok", way["authority"], said)


_LEFT = {
    "orphaned": "follow a message that is lost everywhere",
    "gone": "deleted there",
    "aside": "kept apart as evidence",
}
