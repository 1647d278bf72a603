"""Cases on the screen: lists of them, and what is awaited in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tracer.casework.completeness import UNKNOWN
from tracer.cli.context import Globals
from tracer.cli.output import show
from tracer.cli.page import Level, Page
from tracer.cli.words import code_words, short, when

_LEVELS: Final[dict[str, Level]] = {"passed": "act", "due-soon": "look", "paused": "off"}


def show_cases(common: Globals, rows: Sequence[dict[str, Any]], *, empty: str) -> None:
    """A line a case: with whom, what about, where it stands, what is awaited until when."""
    table = rows if common.output == "json" else [_row(row) for row in rows]
    show(list(table), common.output, empty=empty)


def show_owed(page: Page, owed: Iterable[dict[str, Any]]) -> None:
    """What is awaited, of whom, until when, and what happens then."""
    for one in owed:
        level = _LEVELS.get(one["standing"], "ok" if one["standing"] else "look")
        page.marked(level, "we" if one["ours"] else "they", f"{one['text']}.", one["then"], width=4)


def show_earlier(page: Page, case: dict[str, Any]) -> None:
    """Marks that were described otherwise before, as they are now and as they were."""
    lines = {one["line"]: one["marks"] for one in (case["state"] or {}).get("firearms", ())}
    if case["earlier"]:
        page.heading("Marks that were described anew")
    for one in case["earlier"]:
        mark = lines[one["line"]][one["n"] - 1]
        place = f", {code_words(mark['location']['value'])}" if "location" in mark else ""
        kind = code_words(mark["kind"]["value"])
        was = ", ".join(map(_mark, one["was"]))
        page.text(f"Firearm {one['line']}, {kind}{place}: {_mark(mark)} (was: {was})")


def _mark(mark: dict[str, Any]) -> str:
    """The text of a mark; where it has none, how it reads."""
    reading = mark.get("reading", {}).get("value", "")
    return mark.get("text", "") or code_words(reading) or "nothing"


def firearms(brief: dict[str, Any]) -> str:
    """The firearms of a case in a few words."""
    found = []
    for one in brief.get("firearms", ()):
        make, model = one.get("make", ""), one.get("model", "")
        made = " ".join(word for word in (make, model) if word not in {"", UNKNOWN})
        kind = code_words(one.get("type", ""))
        unknown = "make not known" if make == UNKNOWN and not made else ""
        serials = [f"serial {serial}" for serial in one.get("serials", ())]
        found.append(", ".join(filter(None, (made or kind, unknown, *serials))))
    return "; ".join(found)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": row["reference"] or short(row["thread"]),
        "with": row["peer"],
        "": "asks us" if not row["ours"] else "we asked",
        "firearm": firearms(row["brief"]),
        "stands": row["stands"],
        "awaited": _awaited(row),
        "urgency": row["urgency"].lower(),
        "changed": when(row["updated"]),
        "test": "test" if row["test"] else "",
    }


def _awaited(row: dict[str, Any]) -> str:
    """In one cell: the sentence and what happens then, without the names of the table's columns."""
    if not (first := row["next"]):
        return ""
    who = "we owe" if first["ours"] else "they owe"
    said = first["text"].partition(" owes ")[2]
    return f"{who} {said}. {first['then']}".rstrip()
