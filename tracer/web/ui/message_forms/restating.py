"""A firearm that is described anew replaces the earlier description as a whole: so it is restated.

What a form leaves empty stays as it was described before; a mark given anew replaces the one of
its kind and place. Photos are left out: their numbers belong to an earlier message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from tracer.casework.papers.friendly import collapse
from tracer.model.firearm import Firearm


def whole(document: Mapping[str, Any], firearms: Sequence[Firearm]) -> dict[str, Any]:
    """The document with each of its firearms restated."""
    if not document.get("firearms"):
        return dict(document)
    known = {one.line: one for one in firearms}
    return {
        **document,
        "firearms": [_restated(one, known.get(one.get("line"))) for one in document["firearms"]],
    }


def _restated(given: Mapping[str, Any], known: Firearm | None) -> dict[str, Any]:
    if known is None:
        return dict(given)
    data = msgspec.json.decode(msgspec.json.encode(known))
    before: dict[str, Any] = collapse(inspect.type_info(Firearm), data)
    before.pop("photos", None)
    marks = [
        {name: value for name, value in mark.items() if name != "photos"}
        for mark in before.get("marks", ())
    ]
    found = {**before, **given}
    if "marks" in given or marks:
        found["marks"] = _marks(marks, given.get("marks", ()))
    return found


def _marks(
    before: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The marks of before with those given anew in the place of theirs, or behind."""
    left = list(given)
    found: list[Mapping[str, Any]] = []
    for mark in before:
        anew = next((one for one in left if _same_place(one, mark)), None)
        if anew is None:
            found.append(mark)
        else:
            left.remove(anew)
            found.append(_mark(mark, anew))
    return [*found, *left]


def _mark(before: Mapping[str, Any], anew: Mapping[str, Any]) -> dict[str, Any]:
    """A mark with what is new of it; what was derived from another text goes."""
    if anew.get("text", before.get("text")) == before.get("text"):
        return {**before, **anew}
    kept = {name: before[name] for name in ("identity", "country", "year") if name in before}
    return {**kept, **anew}


def _same_place(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.get("kind") == other.get("kind") and (
        "location" not in one or one.get("location") == other.get("location")
    )
