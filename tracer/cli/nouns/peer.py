"""`tracer peer`: the authorities that this one knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show, show_json
from tracer.cli.page import Page
from tracer.cli.verbs import Verbs
from tracer.cli.words import NEWS, ago, when
from tracer.errors import InputError

_WAYS = {"reached": "we reach them", "collects": "they fetch", "courier": "by courier"}


@click.group(
    cls=Verbs, short_help="Exchange entry files with other authorities; show and suspend peers."
)
def command() -> None:
    """Take the entry files of other authorities; list, check and suspend them."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--fingerprint", default="", help="The 40 digits as the other side read them out.")
@pass_globals
def add(common: Globals, file: Path, fingerprint: str) -> None:
    """Believe the entry in FILE from now on.

    A new authority's fingerprint is compared by telephone, on a number known from elsewhere. The
    next entry of a known authority needs no comparison, unless it begins another log.

    \b
    Example:
      tracer --actor officer.one peer add xb-entry.json
    """
    text = _read(file)
    offered = ask(common, "peer.look", {"file": text})
    if not fingerprint and offered["news"] not in {"next", "same"}:
        fingerprint = _compare(offered)
    added = ask(common, "peer.add", {"file": text, "compared": fingerprint})
    _show(common, added)
    ping = typed(common, f"peer ping {added['authority']}")
    note(f"Known from now on. Is the line open? {ping}")


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List all authorities known here.

    \b
    Example:
      tracer --actor officer.one peer list
    """
    rows = ask(common, "peer.list")
    if common.output == "table":
        rows = [
            {
                "authority": row["authority"],
                "name": row["name"],
                "state": row["status"],
                "way": _WAYS.get(row["mode"], row["mode"]),
                "heard": ago(row["line"]["last_in"]),
                "reached": ago(row["line"]["last_out_ok"]),
                "faults": len(row["faults"]),
                "restored": row["restored"][-1]["sentence"] if row["restored"] else "",
            }
            for row in rows
        ]
    show(rows, common.output, empty=f"None yet: {typed(common, 'peer add FILE')}")


@command.command("show")
@click.argument("authority")
@click.option("--entry", is_flag=True, help="Print its entry file instead, as it gave it to us.")
@pass_globals
def show_(common: Globals, authority: str, *, entry: bool) -> None:
    """Show one authority: entry, fingerprint, line, restores, faults of its log.

    An authority that has lost everything asks for its own entry file by telephone: --entry.

    \b
    Example:
      tracer --actor officer.one peer show XB-NPOC
      tracer --actor officer.one peer show XB-NPOC --entry > xb-entry.json
    """
    if entry:
        click.echo(ask(common, "peer.entry", {"authority": authority})["file"])
        return
    _show(common, ask(common, "peer.show", {"authority": authority}))


@command.command()
@click.argument("authority")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@pass_globals
def suspend(common: Globals, authority: str, reason: str) -> None:
    """Neither send to nor take from an authority until it is resumed; it is told so.

    \b
    Example:
      tracer --actor officer.one peer suspend XB-NPOC --reason "Its key may be stolen"
    """
    _show(common, ask(common, "peer.suspend", {"authority": authority, "reason": reason}))


@command.command()
@click.argument("authority")
@pass_globals
def resume(common: Globals, authority: str) -> None:
    """Go on with a suspended authority.

    \b
    Example:
      tracer --actor officer.one peer resume XB-NPOC
    """
    _show(common, ask(common, "peer.resume", {"authority": authority}))


@command.command("confirm-succession")
@click.argument("authority")
@click.option("--reason", required=True, help="What its people said; kept in the audit trail.")
@pass_globals
def confirm_succession(common: Globals, authority: str, reason: str) -> None:
    """Go on with an authority that lost records of its log a second time within twelve months.

    Speak with its people first, on a number known from elsewhere: a log that is lost and begun anew
    again and again can hide what it held.

    \b
    Example:
      tracer --actor officer.one peer confirm-succession XB-NPOC --reason "disk failed again, Ms K."
    """
    given = {"authority": authority, "reason": reason}
    show(ask(common, "peer.confirm-succession", given), common.output)


@command.command()
@click.argument("authority")
@pass_globals
def ping(common: Globals, authority: str) -> None:
    """Ask an authority's system whether it is there, is the right one, and has the right time.

    \b
    Example:
      tracer peer ping XB-NPOC
    """
    found = ask(common, "peer.ping", {"authority": authority}, acts=False)
    if common.output == "json":
        show_json(found)
        return
    click.echo(
        f"{found['authority']} answers in {found['milliseconds']:.0f} ms; "
        f"its clock differs from ours by {found['clock_difference_seconds']:+.1f} s."
    )


def _compare(offered: dict[str, Any]) -> str:
    """Let a person compare the fingerprint; the answer is what they confirm."""
    note(
        f"{NEWS[offered['news']]}\n\n"
        f"  authority    {offered['authority']}  {offered['name']}\n"
        f"  reached at   {offered['endpoint'] or _WAYS.get(offered['mode'], offered['mode'])}\n"
        f"  entry        {offered['seq']}, issued {when(offered['issued'])}\n"
        f"  fingerprint  {offered['fingerprint']}\n\n"
        "Have the other side read its fingerprint out, on a number you know from elsewhere."
    )
    click.confirm("Are all 40 digits the same", abort=True, err=True)
    return str(offered["fingerprint"])


def _show(common: Globals, row: dict[str, Any]) -> None:
    if common.output == "json":
        show_json(row)
        return
    line = row["line"]
    shown = {
        "authority": row["authority"],
        "name": row["name"],
        "state": row["status"],
        "way": _WAYS.get(row["mode"], row["mode"])
        + (f" at {row['endpoint']}" if row["endpoint"] else ""),
        "entry": f"{row['seq']}, taken {when(row['added_at'])} by {row['added_by']}",
        "fingerprint": row["fingerprint"],
        "last heard": when(line["last_in"]) or "never",
        "last reached": when(line["last_out_ok"]) or "never",
    }
    if line["failures"]:
        shown["failing"] = f"{line['failures']} times in a row ({line['last_error']})"
    for one in row["restored"]:
        shown[f"restored {when(one['at'])}"] = one["sentence"]
    show(shown, common.output)
    if row["faults"]:
        from tracer.casework.words import HELD

        page = Page()
        page.heading("What is held against it; the evidence is kept")
        for fault in row["faults"]:
            told = HELD.get(fault["kind"], fault["kind"])
            case = row["about"].get(str(fault["number"]), "")
            about = f" Case {case[:10]}." if case else ""
            page.marked("act", f"It {told}.{about}", when(fault["at"]))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("file-missing", f"{file} cannot be read", field="file") from error
