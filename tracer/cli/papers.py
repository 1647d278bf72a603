"""Documents from the command line: files, templates, single fields; and drafts on the screen."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any, Final

import click

from tracer.cli.calling import typed
from tracer.cli.context import Globals
from tracer.cli.output import note, printable, show_json
from tracer.cli.page import Level, Page
from tracer.cli.words import code_words, short, when
from tracer.errors import InputError

_LEVELS: dict[str, Level] = {"ERROR": "act", "WARN": "look", "HINT": "off"}
FIELDS = click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field by its place: urgency=URGENT, firearms.1.make=NAME. Say it once for each.",
)
"""The option that sets single fields."""


def read_source(source: str | None, fields: tuple[str, ...]) -> dict[str, Any]:
    """The document of a file (`-` is standard input, TOML) with single fields set over it."""
    from tracer.casework.papers.documents import read_document, read_file

    if source is None:
        document: dict[str, Any] = {}
    elif source == "-":
        document = read_document(sys.stdin.buffer.read(), "toml")
    else:
        document = read_file(Path(source))
    return set_fields(document, fields)


def set_fields(document: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Set single fields of a document, each `FIELD=VALUE`; returns it."""
    for field in fields:
        _set(document, field)
    return document


def template(name: str) -> str:
    """A commented example of a document, in TOML.

    Raises:
        InputError: `template-none`.
    """
    folder = resources.files("tracer.cli") / "templates"
    file = folder / f"{name}.toml"
    if not file.is_file():
        known = sorted(one.name.removesuffix(".toml") for one in folder.iterdir())
        raise InputError(
            "template-none", f"there is no example of {name!r}", advice=f"For: {', '.join(known)}."
        )
    return file.read_text("utf-8")


def show_draft(
    common: Globals, draft: dict[str, Any], *, content: bool = False, judged: bool = True
) -> None:
    """A draft: where it stands, its content if asked, and what the linter says unless told not."""
    if common.output == "json":
        show_json(draft)
        return
    page = Page()
    page.title(f"{draft['id']}  {code_words(draft['type'])} to {draft['peer']}")
    about = [f"version {draft['version']}", draft["state"], f"written by {draft['author']}"]
    if draft["reference"]:
        about.append(draft["reference"])
    if draft["thread"]:
        about.append(f"in {short(draft['thread'])}")
    page.text(", ".join([*about, f"changed {when(draft['updated'])}"]))
    if draft["reason"]:
        page.text(f"Reason: {draft['reason']}")
    for file in draft["attachments"]:
        page.text(f"File {file}")
        show_scan(page, draft["scans"].get(file.partition(":")[0]))
    if content:
        page.heading("Content")
        _tree(page, draft["document"], 2)
    if judged:
        show_findings(draft["findings"], page)


def show_scan(page: Page, scan: dict[str, Any] | None) -> None:
    """What a scanner for malware said of a file; nothing of one that is clean."""
    if scan is not None:
        page.text(_SCANS[scan["outcome"]].format(**scan), indent=8)


_SCANS: Final = {
    "found": "Harmful: {name} was found in it. It is never opened or sent; it stays as evidence.",
    "large": "Not scanned: the scanner takes none so large. It stays closed.",
    "down": "Not scanned: the scanner did not answer. It is asked again when somebody opens it.",
    "waits": "Not scanned yet: it is when somebody opens it.",
}


def show_findings(findings: list[dict[str, Any]], page: Page) -> None:
    """What the linter says, errors first; nothing is said about nothing."""
    if findings:
        page.heading("What could be better")
    width = max((len(one["path"]) for one in findings), default=0)
    for one in findings:
        level, path = _LEVELS[one["level"]], one["path"]
        page.marked(level, path, one["message"], one["help"], width=width)


def next_step(common: Globals, draft: dict[str, Any]) -> None:
    """Tell what to do with a draft now."""
    actor, number = common.actor or "NAME", draft["id"]
    if any(one["level"] == "ERROR" for one in draft["findings"]):
        edit = typed(common, f"request edit {number} FILE", actor=actor)
        note(f"\nMend what is marked ACT: {edit}")
    elif draft["state"] in {"draft", "rejected"}:
        note(f"\nNext: {typed(common, f'request send {number}', actor=actor)}")
    elif draft["state"] == "submitted":
        approve = typed(common, f"release approve {number}", actor="NAME")
        note(f"\nA second person lets it go: {approve}")


def _tree(page: Page, value: object, indent: int) -> None:
    """Nested data as indented lines."""
    items = value.items() if isinstance(value, dict) else ()
    for key, found in items:
        inner = _alone(found)
        if isinstance(inner, dict):
            page.line((code_words(key), "bold"), indent=indent)
            _tree(page, inner, indent + 2)
        elif isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
            for number, one in enumerate(inner, 1):
                page.line((f"{code_words(key)} {number}", "bold"), indent=indent)
                _tree(page, _unnumbered(one, number), indent + 2)
        else:
            shown = ", ".join(map(str, inner)) if isinstance(inner, list) else printable(inner)
            if key == "unreadable":
                shown = ", ".join(f"character {n}" for n in found)
            page.line((f"{code_words(key)}: ", "bold"), (shown, ""), indent=indent)


def _alone(value: Any) -> Any:
    """A group of one field stands as that field."""
    if isinstance(value, dict) and len(value) == 1:
        (inner,) = value.values()
        return value if isinstance(inner, dict | list) else inner
    return value


def _unnumbered(value: Any, number: int) -> Any:
    """A numbered thing without the number that its heading shows."""
    if not isinstance(value, dict):
        return value
    return {key: one for key, one in value.items() if key not in {"n", "line"} or one != number}


def show_document(page: Page, document: dict[str, Any], *, indent: int = 4) -> None:
    """The content of a message as indented lines, without what every message has."""
    usual = {"type", "language", "handling", "test", "terms"}
    _tree(page, {name: value for name, value in document.items() if name not in usual}, indent)


def _set(document: dict[str, Any], field: str) -> None:
    path, sign, text = field.partition("=")
    steps = path.strip().split(".")
    if not sign or not all(steps):
        raise InputError("field-form", f"{field!r} is not FIELD=VALUE", field="--set")
    place: Any = document
    for step, following in zip(steps, [*steps[1:], ""], strict=True):
        fresh: Any = _value(text) if not following else [] if following.isdigit() else {}
        place = _step(place, step, fresh, path, last=not following)


def _step(place: Any, step: str, fresh: Any, path: str, *, last: bool) -> Any:
    """Go one step into the document, making what is not there; the last step sets the value."""
    if isinstance(place, list) and step.isdigit() and 1 <= int(step) <= len(place) + 1:
        index = int(step) - 1
        if index == len(place):
            place.append(fresh)
        elif last:
            place[index] = fresh
        return place[index]
    if isinstance(place, dict) and not step.isdigit():
        if last:
            place[step] = fresh
        return place.setdefault(step, fresh)
    raise InputError(
        "field-form",
        f"there is no place {path!r}",
        advice="Things in a list are numbered from 1: firearms.1.make=NAME.",
        field="--set",
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
