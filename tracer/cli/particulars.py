"""The details of an act on one line, in words; `--output json` has them as they are kept.

What is empty is left out, a change is told as from what to what. Ids, digests and the names of
people, authorities and settings stand as they are: commands take them.

Example:
    >>> more("person-roles", {"from": ["officer"], "to": ["auditor"], "sessions": 2})
    'Roles: from officer to auditor; Sessions that ended: 2'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracer.casework.particulars import (
    CHANGE,
    CODES,
    OF_CONTACT,
    PARTS,
    SETTINGS,
    VALUES,
    called,
    changed,
)
from tracer.cli.output import printable
from tracer.cli.words import NEWS, code_words, when
from tracer.model.naming import PATH, label_of

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*Z")


def more(act: str, detail: Mapping[str, Any]) -> str:
    """All details that say something, each after what it is called."""
    return "; ".join(f"{name}: {said}" for name, said in _all(act, detail) if said)


def _all(act: str, detail: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if detail.keys() >= CHANGE:
        yield from _as_a_whole(act, detail["from"], detail["to"])
        detail = {name: value for name, value in detail.items() if name not in CHANGE}
    for name, value in detail.items():
        label = called(act, name) or name
        if isinstance(value, Mapping):
            yield label, _change(act, name, value.get("from"), value.get("to"))
        else:
            yield label, _told(act, name, value)


def _as_a_whole(act: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """What an act changed as a whole: one thing, or several that have names of their own."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield called(act, "from") or changed(act), _change(act, changed(act), old, new)
        return
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield OF_CONTACT.get(name, name), _change(act, name, old.get(name), new.get(name))


def _change(act: str, name: str, old: Any, new: Any) -> str:
    before, after = _told(act, name, old), _told(act, name, new)
    if before and after:
        return f"from {before} to {after}"
    return f"now {after}" if after else f"no longer {before}" if before else ""


def _told(act: str, name: str, value: Any) -> str:
    """A value in words; empty, if there is nothing to tell."""
    if isinstance(value, list | tuple):
        return ", ".join(_told(act, name, one) for one in value)
    text = printable(value)
    return text if act == SETTINGS or not isinstance(value, str) else _said(name, text)


def _said(name: str, text: str) -> str:
    if said := VALUES.get(name, {}).get(text):
        return said[:1].lower() + said[1:]
    if name == "news" and text in NEWS:
        return NEWS[text].rstrip(".")
    if name in CODES:
        return code_words(text)
    if name in PARTS and PATH.fullmatch(text):
        return label_of(text).lower()
    return when(text) if _INSTANT.fullmatch(text) else text
