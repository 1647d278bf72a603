"""`tracer witness`: who watches our log, and whose logs we watch."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.nouns.entry import tell_issued
from tracer.cli.output import show_json
from tracer.cli.page import Page
from tracer.cli.verbs import Verbs
from tracer.cli.words import ago, when
from tracer.wording import counted


@click.group(cls=Verbs, short_help="Show and choose who watches our log, and whose we watch.")
def command() -> None:
    """Witnesses cosign the head of a log once an hour, so that nobody can show two histories.

    Nothing waits for them: a receipt is valid at once and gains its cosignatures later.
    """


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List the witnesses we have chosen, what each has seen, and the logs that we cosign.

    \b
    Example:
      tracer witness list
    """
    found = ask(common, "witness.list", acts=False)
    if common.output == "json":
        show_json(found)
        return
    page = Page()
    _ours(page, found["log"], common)
    page.heading("Whose log we cosign")
    if not found["own"]:
        said = typed(common, "key rotate-witness")
        page.text(f"Nobody's: this node has no witness key. Make one: {said}")
    elif not found["listed"]:
        page.text(f"{found['own']} is not in our entry. Run: {typed(common, 'entry issue')}")
    for one in found["serves"]:
        seen = f"{counted(one['size'], 'record')}, {ago(one['at'])}, as {one['witness']}"
        page.marked("ok", one["origin"], seen)


@command.command()
@click.argument("authorities", nargs=-1)
@click.option(
    "--quorum",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="How many of them are enough.",
)
@click.option("--none", is_flag=True, help="Have no witnesses any more.")
@pass_globals
def choose(common: Globals, authorities: tuple[str, ...], quorum: int, *, none: bool) -> None:
    """Name the AUTHORITIES that cosign our log from now on, and issue the entry that says so.

    Each must name a witness key in its entry. Choose States in different regions.

    \b
    Example:
      tracer --actor officer.one witness choose XB-NPOC XC-NPOC --quorum 1
    """
    if none == bool(authorities):
        raise click.UsageError("Name authorities, or --none.")
    given = {"authorities": list(authorities), "quorum": quorum}
    tell_issued(common, ask(common, "witness.choose", given))


def _ours(page: Page, log: dict[str, Any], common: Globals) -> None:
    page.title("Who watches our log")
    if not log["quorum"]:
        page.text(f"Nobody. Choose witnesses: {typed(common, 'witness choose AUTHORITY...')}")
        return
    page.text(
        f"{log['covered']} of {counted(log['size'], 'record')} are seen by the quorum, which is "
        f"{log['quorum']} of {len(log['witnesses'])}."
    )
    for one in log["witnesses"]:
        seen = (
            f"{counted(one['size'], 'record')}, {when(one['at'])}" if one["at"] else "nothing yet"
        )
        if one["error"]:
            seen += f"; last: {one['error']}, again {when(one['next_attempt'])}"
        page.marked("look" if one["error"] else "ok", one["name"], seen)
