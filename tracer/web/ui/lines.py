"""Which of the firearms of a request a step is about: `?firearm=LINE`, the first without it.

A request about one firearm never says so in an address. Lines keep their numbers when one before
them is taken off, because findings and answers name them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from tracer.casework.guided import RequestInMaking
from tracer.model.firearm import MAX_LINES, Firearm
from tracer.model.lint.firearms import text_of
from tracer.model.messages import Request
from tracer.web.ui.firearms import known
from tracer.web.ui.forms import counted
from tracer.web.ui.page import Page
from tracer.web.ui.routes import path_to
from tracer.web.ui.texts import N_

Document = dict[str, Any]
FIRST: Final = 1
OF_A_FIREARM: Final = ("draft-firearm", "draft-marks", "draft-photos")
"""Steps that are about one firearm."""


class Tab(NamedTuple):
    """One firearm of several, as a way to it."""

    path: str
    words: str
    here: bool


def line_of(page: Page, message: Request) -> int:
    """The line that the address names, if it is there; else the first."""
    lines = [one.line for one in message.firearms]
    asked = counted(page.asked("firearm"))
    return asked if asked is not None and asked in lines else next(iter(lines), FIRST)


def query_of(message: Request, line: int, **more: str) -> Mapping[str, str]:
    """What an address says of the firearm; nothing where there is one."""
    return {**more, "firearm": str(line)} if len(message.firearms) > 1 else more


def firearm_of(message: Request, line: int) -> Firearm:
    """The firearm of a line; a blank one if there is none."""
    return next((one for one in message.firearms if one.line == line), Firearm(line=line))


def part_of(document: Document, line: int) -> Document:
    """The firearm of a line in a document that is changed, made if there is none."""
    every: list[Document] = document.setdefault("firearms", [])
    found = next((one for one in every if one.get("line") == line), None)
    if found is None:
        found = {"line": line, "object": "FIREARM"}
        every.append(found)
    return found


def typed_of(document: Mapping[str, Any], line: int) -> Mapping[str, Any]:
    """The firearm of a line as it is written; empty if there is none."""
    every: Sequence[Mapping[str, Any]] = document.get("firearms", ())
    return next((one for one in every if one.get("line") == line), {})


def another(document: Document) -> int:
    """Put one more firearm at the end; its line, or 0 if there is room for none."""
    every: list[Document] = document.setdefault("firearms", [])
    line = max((one.get("line", 0) for one in every), default=0) + 1
    if line > MAX_LINES:
        return 0
    every.append({"line": line, "object": "FIREARM"})
    return line


def without(document: Document, line: int) -> None:
    """Take a firearm off, unless it is the only one; files that show it stay."""
    every: list[Document] = document.get("firearms", [])
    if len(every) > 1:
        document["firearms"] = [one for one in every if one.get("line") != line]


def tabs(page: Page, sheet: RequestInMaking, line: int, name: str) -> tuple[Tab, ...]:
    """Ways to each of several firearms in a step; none where there is one."""
    every = sheet.message.firearms
    if len(every) < 2:  # noqa: PLR2004
        return ()
    return tuple(
        Tab(
            path_to(name, query_of(sheet.message, one.line), draft=sheet.draft.id),
            _words(page, one),
            one.line == line,
        )
        for one in every
    )


def _words(page: Page, one: Firearm) -> str:
    speech = page.speech
    texts = (text_of(one.make), text_of(one.model))
    kind = speech.label(one.type) if one.type else ""
    named = " ".join(filter(None, (kind, *map(known, texts))))
    shown = str(speech.say(N_("Firearm %(n)s"), n=one.line))
    return f"{shown}: {named}" if named else shown
