"""`tracer status`: how this node and its peers are doing."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.calling import retold, typed
from tracer.cli.context import Globals, pass_globals
from tracer.cli.exits import Exit
from tracer.cli.output import show_json
from tracer.cli.page import Level, Page
from tracer.cli.words import ago, when
from tracer.wording import counted

_LEVELS: dict[str, Level] = {
    "ok": "ok",
    "failing": "act",
    "quiet": "look",
    "unused": "off",
    "stopped": "off",
}
_SIDES = {"ours": "on our side", "theirs": "on their side", "line": "on the line"}


@click.command(short_help="Show how this node and its peers are doing.")
@pass_globals
def command(common: Globals) -> int:
    """Show whether the node runs, what waits for whom, whose side a failure is on.

    Ends with 1 if something must be done now; `--output json` is for monitoring.

    \b
    Example:
      tracer status
    """
    found = ask(common, "status", acts=False)
    if common.output == "json":
        show_json(found)
    else:
        _page(found, common)
    return Exit.FAILURE if _must_act(found) else Exit.OK


def _must_act(found: dict[str, Any]) -> bool:
    return bool(found["restoring"]) or any(check["level"] == "act" for check in found["checks"])


def _page(found: dict[str, Any], common: Globals) -> None:
    page = Page()
    running = "running" if found["running"] else "not running"
    page.title(f"{found['authority']}  {found['name']}")
    page.text(
        f"Tracer {found['version']}, {running}, {when(found['at'])}. "
        f"{counted(found['log_size'], 'record')} in the log.",
        indent=0,
    )
    page.text(f"Desk: {found['desk'] or 'none, desk.host is not set'}.", indent=0)
    if found["restoring"]:
        page.heading("Restore mode: nothing is taken in, nothing is sent")
        page.text(f"{found['restoring']}\nWhat to do: {typed(common, 'restore show')}")
    page.heading("This node")
    for check in found["checks"]:
        page.marked(
            check["level"], check["what"], check["sentence"], retold(check["advice"], common)
        )
    page.heading("Other authorities")
    if not found["peers"]:
        page.text(f"None yet. Take an entry file with: {typed(common, 'peer add FILE')}")
    for peer in found["peers"]:
        _peer(page, peer, common)
    if found["refusals"]:
        page.heading("Refused lately")
        for one in found["refusals"]:
            page.grid(
                [
                    (one["code"], ""),
                    (one["subject"], ""),
                    (f"{counted(one['count'], 'time')}, last {ago(one['last_at'])}", ""),
                ],
                widths=(20, 10),
            )
    page.heading("Settings that are not defaults")
    for one in found["settings"]:
        cells = [(one["name"], ""), (str(one["value"]), ""), (f"from {one['origin']}", "dim")]
        page.grid(cells, widths=(18, 22))


def _peer(page: Page, peer: dict[str, Any], common: Globals) -> None:
    page.line((peer["authority"], "bold"), (f"  {peer['name']}", ""), indent=2)
    for what, way in (
        ("we reach them", peer["we_reach_them"]),
        ("they reach us", peer["they_reach_us"]),
    ):
        since = f", since {when(way['since'])}" if way["state"] == "failing" else ""
        since = since or (f" {ago(way['since'])}" if way["since"] else "")
        side = f" ({_SIDES[way['side']]})" if way["state"] == "failing" and way["side"] else ""
        page.marked(_LEVELS[way["state"]], what, f"{way['sentence']}{since}{side}")
    if peer["waiting"]:
        page.marked(
            "look" if peer["we_reach_them"]["state"] == "failing" else "off",
            "on its way",
            f"{counted(peer['waiting'], 'message')}, the oldest {ago(peer['oldest'])}",
        )
    if peer["carried"]:
        page.marked(
            "off",
            "by courier",
            f"{counted(peer['carried'], 'message')} given out {ago(peer['carried_since'])}, "
            "no receipt yet",
        )
    elif peer["waiting"] and "by courier" in peer["we_reach_them"]["sentence"]:
        page.marked(
            "look",
            "by courier",
            "nothing is given out",
            f"Run: {typed(common, 'courier export --peer ' + peer['authority'] + ' -o FILE')}",
        )
    if peer["stuck"]:
        page.marked(
            "act",
            "not delivered",
            f"{counted(peer['stuck'], 'message')} they refused, or we gave up",
            f"Look with: {typed(common, 'thread list --stuck')}",
        )
