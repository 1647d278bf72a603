"""What `schemas/PROTOCOL.md` says, taken apart: numbered rules, tables, examples, filled-in blocks.

`python -m tests.rules.protocol_doc` writes the blocks between `<!-- begin: NAME -->` and
`<!-- end: NAME -->` anew, from the tables in the code; the test says when that is due.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.rules.tree import ROOT
from tracer.errors import REFUSALS
from tracer.model.messages import DISCLOSABLE, OPENING, ROLES, TYPES
from tracer.web.problems import STATUS

PATH = ROOT / "schemas" / "PROTOCOL.md"
VECTORS = ROOT / "schemas" / "vectors"

_RULE = re.compile(
    r"^- \*\*\[([A-Z])-([0-9]+)\]\*\*(.*?)(?=^- \*\*\[|^#|\Z)", re.MULTILINE | re.DOTALL
)
_CONSTANT = re.compile(r"^\| ([^|]+) \| `([^`]+)` \|$", re.MULTILINE)
_ENDPOINT = re.compile(r"`([A-Z]+) (/exchange/v1/[^`]+)`")
_QUOTED = re.compile(r"<!-- from ([a-z/]+\.json): ([a-z0-9-]+) -->\n```\n(.*?)```", re.DOTALL)
_PAYLOAD = re.compile(r"<!-- payload -->\n```json\n(.*?)```", re.DOTALL)


class Rule(NamedTuple):
    """One numbered requirement."""

    chapter: str
    number: int
    text: str


def rules(text: str) -> list[Rule]:
    """All numbered requirements, in the order of the page."""
    return [Rule(found[1], int(found[2]), found[3]) for found in _RULE.finditer(text)]


def constants(text: str) -> dict[str, str]:
    """The table of constants: name to value, as written."""
    table = text.partition("<!-- constants -->")[2].partition("\n## ")[0]
    return dict(_CONSTANT.findall(table))


def endpoints(text: str) -> set[tuple[str, str]]:
    """Method and path of every endpoint in the table of chapter 10."""
    table = text.partition("| Method and path |")[2].partition("\n\n")[0]
    return set(_ENDPOINT.findall(table))


def typs(text: str) -> set[str]:
    """Every `typ` of a signed object in the table of [J-2]."""
    table = text.partition("| `typ` | Object | Chapter |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


def quotations(text: str) -> Iterator[tuple[str, str, str]]:
    """File, case and lines of every example that is taken from a vector."""
    yield from _QUOTED.findall(text)


def payloads(text: str) -> list[str]:
    """The example payloads, JSON."""
    return _PAYLOAD.findall(text)


def refusals() -> str:
    """The table of refusal codes."""
    rows = (
        f"| `{code}` | {'yes' if refusal.retryable else 'no'} | {refusal.meaning} |"
        for code, refusal in REFUSALS.items()
    )
    return "\n".join(("| Code | Retryable | Meaning |", "|---|---|---|", *rows))


def messages() -> str:
    """The table of message types."""
    return "\n".join(
        ("| Type | Opens | Sent by | Groups |", "|---|---|---|---|", *map(_message, TYPES))
    )


def statuses() -> str:
    """The table of HTTP statuses."""
    codes: dict[int, list[str]] = defaultdict(list)
    for code, status in STATUS.items():
        codes[status].append(f"`{code}`")
    rows = (f"| {status} | {', '.join(codes[status])} |" for status in sorted(codes))
    return "\n".join(
        ("| Status | Codes |", "|---|---|", "| 400 | any other code of the table |", *rows)
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "messages": messages,
    "statuses": statuses,
    "refusals": refusals,
}
"""What is filled in, by name."""


def filled(text: str) -> str:
    """The page with every block written anew."""
    for name, make in BLOCKS.items():
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}{make()}\n{end}{after}"
    return text


def _message(name: str) -> str:
    sent_by = "both" if len(ROLES[name]) > 1 else next(iter(ROLES[name]))
    groups = ", ".join(
        "`attachment_key.<n>`" if group == "attachment_keys" else f"`{group}`"
        for group in DISCLOSABLE[name]
    )
    return f"| `{name}` | {'yes' if name in OPENING else 'no'} | {sent_by} | {groups} |"


if __name__ == "__main__":
    PATH.write_text(filled(PATH.read_text("utf-8")), "utf-8")
