"""`tracer cooperation`: what became of requests, ours and theirs, with proof."""

from __future__ import annotations

from typing import Any

import click

from tracer.cli.asking import ask
from tracer.cli.context import Globals, pass_globals
from tracer.cli.output import note, show, show_json
from tracer.cli.page import Page
from tracer.cli.verbs import Verbs
from tracer.cli.words import short, when
from tracer.wording import counted

ROWS = (
    ("received", "requests received"),
    ("acknowledged.in-time", "confirmed by a person, in time"),
    ("acknowledged.late", "  late"),
    ("acknowledged.awaited", "  not yet"),
    ("acknowledged.passed", "  not, and the target has passed"),
    ("acknowledged.waived", "  given up before the target"),
    ("acknowledged.no-target", "  without a target"),
    ("first-answer.in-time", "first answer or interim reply, in time"),
    ("first-answer.late", "  late"),
    ("first-answer.awaited", "  not yet"),
    ("first-answer.paused", "  clock stands"),
    ("first-answer.passed", "  not, and the target has passed"),
    ("first-answer.waived", "  given up or lapsed before the target"),
    ("first-answer.no-target", "  without a target"),
    ("answered.in-time", "answered in full, in time"),
    ("answered.late", "  late"),
    ("answered.awaited", "  not yet"),
    ("answered.paused", "  clock stands"),
    ("answered.passed", "  not, and the target has passed"),
    ("answered.waived", "  given up or lapsed before the target"),
    ("answered.no-target", "  without a target"),
    ("kind.result", "answer: found"),
    ("kind.no-record", "  no record"),
    ("kind.unidentifiable", "  not identifiable"),
    ("kind.restricted", "  something left out"),
    ("kind.refused", "  refused"),
    ("kind.mixed", "  several kinds"),
    ("withdrawn", "withdrawn"),
    ("lapsed", "lapsed, a question was not answered"),
    ("reopened", "asked again after an answer"),
    ("open", "open now"),
    ("open.0-7", "  up to 7 days old"),
    ("open.8-30", "  8 to 30 days"),
    ("open.31-90", "  31 to 90 days"),
    ("open.over-90", "  more than 90 days"),
)
"""Figures in the order of the page, with their words."""
ALWAYS = {"received", "acknowledged.in-time", "answered.in-time", "open"}
"""Shown also when both sides have none."""
TIMES = (
    ("acknowledge", "to confirm"),
    ("first-answer", "to the first answer"),
    ("answer", "to answer in full"),
)
GROUNDS = (("refused", "refused"), ("delayed", "postponed"), ("restricted", "left out"))
AWAITED = {
    "acknowledge": "confirmation",
    "first-answer": "first answer",
    "final-answer": "answer",
    "review": "postponed answer",
    "information": "information asked for",
    "decision": "decision on conditions",
    "clarification": "explanation of a ground",
    "consent": "decision on consent",
    "erasure": "decision on erasing",
    "progress": "word on where it stands",
    "feedback": "what became of it",
}
MINUTES_A_DAY = 1440
SIDES = ("ours", "theirs")


@click.group(cls=Verbs, short_help="Show what became of requests, ours and theirs, with proof.")
def command() -> None:
    """Show what became of our requests to a peer, and what we did with its requests to us.

    Figures are counted from receipted messages; the peer's node counts the same ones. They are for
    the two authorities concerned, and are no ranking. A passed target is no refusal.
    """


@command.command("list")
@pass_globals
def list_(common: Globals) -> None:
    """List every authority there are requests with, by name, in one line each.

    \b
    Example:
      tracer --actor officer.one cooperation list
    """
    found = ask(common, "cooperation.list")
    if common.output == "json":
        show_json(found)
        return
    show(
        [_peer_row(one) for one in found],
        common.output,
        empty="There are no requests yet: test cases do not count.",
    )


@command.command("show")
@click.argument("authority")
@click.option("--since", metavar="YYYY-MM", default="", help="Only requests from this month on.")
@click.option("--figure", metavar="NAME", help="List the requests behind this figure instead.")
@click.option(
    "--side",
    type=click.Choice(SIDES),
    default="ours",
    show_default=True,
    help="With --figure: our requests to them, or theirs to us.",
)
@click.option("--proof", is_flag=True, help="As JSON, with each figure's requests and receipts.")
@pass_globals
def show_(
    common: Globals, authority: str, since: str, figure: str | None, side: str, *, proof: bool
) -> None:
    """Show the figures of one authority, both ways. Give its name, or its country.

    \b
    Example:
      tracer --actor officer.one cooperation show XB --since 2026-01
      tracer --actor officer.one cooperation show XB --figure answered.passed
      tracer --actor officer.one cooperation show XB --proof > proof.json
    """
    if proof:
        show_json(_proof(common, authority, since, figure, (side,) if figure else SIDES))
    elif figure:
        _behind(common, {"authority": authority, "since": since, "figure": figure, "side": side})
    else:
        _show(common, authority, since)


def _show(common: Globals, authority: str, since: str) -> None:
    found = ask(common, "cooperation.show", {"authority": authority, "since": since})
    if common.output == "json":
        show_json(found)
        return
    page = Page()
    span = f", requests since {since}" if since else ""
    page.title(f"{found['authority']}  {when(found['at'])}{span}")
    show(_rows(found), common.output)
    _months(page, found)
    _undelivered(page, found["undelivered"])
    page.text("Counted from receipted messages. A passed target is no refusal.", indent=0)


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures that are not zero on both sides, side by side."""
    counts = [found[side]["counts"] for side in SIDES]
    names = [(n, words) for n, words in ROWS if n in ALWAYS or any(c[n] for c in counts)]
    for type_, words in GROUNDS:
        grounds = sorted({n for c in counts for n in c if n.startswith(f"{type_}.")})
        if grounds:
            names.append((type_, f"{words}, on any ground"))
            names += [(name, f"  {name.partition('.')[2]}") for name in grounds]
    rows = [_row(words, [str(c.get(name, 0)) for c in counts]) for name, words in names]
    for name, words in TIMES:
        times = [found[side]["times"][name] for side in SIDES]
        if any(one["count"] for one in times):
            rows.append(_row(f"days {words}, median", [_days(one["median"]) for one in times]))
            rows.append(_row("  90th percentile", [_days(one["ninetieth"]) for one in times]))
    return rows


def _row(words: str, values: list[str]) -> dict[str, Any]:
    return {
        "": words,
        "our requests to them": values[0].rjust(8),
        "theirs to us": values[1].rjust(8),
    }


def _days(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes / MINUTES_A_DAY:.2f}"


def _months(page: Page, found: dict[str, Any]) -> None:
    for side, words in (("ours", "Our requests to them"), ("theirs", "Their requests to us")):
        months = found[side]["months"]
        if not months:
            continue
        page.heading(f"{words}, by month of receipt")
        show([_month(one) for one in months], "table")


def _month(one: dict[str, Any]) -> dict[str, Any]:
    counts = one["counts"]
    return {
        "month": one["month"],
        "received": counts["received"],
        "confirmed in time": counts["acknowledged.in-time"],
        "answered in time": counts["answered.in-time"],
        "late": counts["answered.late"],
        "passed": counts["answered.passed"],
        "median days": _days(one["answer"]["median"]),
    }


def _undelivered(page: Page, found: dict[str, Any]) -> None:
    if not found["messages"]:
        return
    page.heading("Our own statement, which they have not signed")
    since = f", the oldest tried since {when(found['since'])}" if found["since"] else ""
    page.text(
        f"{counted(found['messages'], 'message')} of ours without a receipt, "
        f"{counted(found['requests'], 'request')} among them{since}; "
        f"{found['answered']} reached their system and were not taken."
    )


def _behind(common: Globals, asked: dict[str, Any]) -> None:
    rows: list[dict[str, Any]] = []
    while True:
        part = ask(common, "cooperation.behind", asked)
        rows += part["requests"]
        if part["after"] is None:
            break
        asked = {**asked, "at": part["at"], "after": part["after"]}
    if common.output == "json":
        show_json({**asked, "authority": part["authority"], "at": part["at"], "requests": rows})
        return
    show([_request(one) for one in rows], common.output, empty="No request counts under it.")
    note(f"{counted(len(rows), 'request')}.")


def _request(one: dict[str, Any]) -> dict[str, Any]:
    owed = one["owed"][0] if one["owed"] else None
    return {
        "reference": one["reference"] or short(one["thread"]),
        "received": when(one["received"]),
        "urgency": one["urgency"].lower(),
        "confirmed": when(one["acknowledged"]),
        "answered": when(one["answered"]),
        "as": one["kind"],
        "awaited": f"{owed['who']}: {AWAITED.get(owed['what'], owed['what'])}" if owed else "",
        "until": _until(owed),
    }


def _until(owed: dict[str, Any] | None) -> str:
    if owed is None:
        return ""
    return "clock stands" if owed["standing"] == "paused" else when(owed["until"])


def _proof(
    common: Globals, authority: str, since: str, figure: str | None, sides: tuple[str, ...]
) -> Any:
    import msgspec

    from tracer.casework.figures.proving import Page as Proven
    from tracer.casework.figures.proving import document

    pages, at = [], ""
    for side in sides:
        asked: dict[str, Any] = {"authority": authority, "since": since, "side": side}
        asked["figure"] = figure or "received"
        while True:
            page = msgspec.convert(ask(common, "cooperation.proof", {**asked, "at": at}), Proven)
            pages.append(page)
            at = page.at
            if page.after is None:
                break
            asked["after"] = page.after
    return document(pages)


def _peer_row(one: dict[str, Any]) -> dict[str, Any]:
    ours, theirs = one["ours"]["counts"], one["theirs"]["counts"]
    return {
        "authority": one["authority"],
        "we asked": ours["received"],
        "in time": ours["answered.in-time"],
        "late": ours["answered.late"],
        "passed": ours["answered.passed"],
        "open": ours["open"],
        "they asked": theirs["received"],
        "we in time": theirs["answered.in-time"],
        "we late": theirs["answered.late"],
        "we passed": theirs["answered.passed"],
        "open here": theirs["open"],
        "not delivered": one["undelivered"]["messages"],
    }
