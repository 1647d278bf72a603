"""A request in a few coded words: what a list shows and a search finds.

Only from the clear part of messages: no person, place or free text can get in. The firearms are as
they are described now: a serial that was restored is found by the list that shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UnsetType

from tracer.model.firearm import Firearm, Named
from tracer.model.messages import AnyMessage, type_of


def brief(opening: AnyMessage, firearms: Sequence[Firearm] | None = None) -> dict[str, object]:
    """Type of the opening message and, for each firearm, type, make, model, calibre and serials.

    Args:
        opening: The first message of the case.
        firearms: As they are described now; those of the opening if None.

    Returns:
        A JSON-able object; what is not stated is absent.
    """
    described = getattr(opening, "firearms", ()) if firearms is None else firearms
    return {"type": type_of(opening), "firearms": [_firearm(one) for one in described]}


def _firearm(one: Firearm) -> dict[str, object]:
    words = {
        "line": one.line,
        "type": one.type.value if one.type else "",
        "make": _name(one.make),
        "model": _name(one.model),
        "calibre": _name(one.calibre),
        "serials": [m.text for m in one.marks if m.kind.value == "SERIAL" and m.text],
    }
    return {name: word for name, word in words.items() if word}


def _name(named: Named | UnsetType) -> str:
    return (named.normalised or named.as_marked) if named else ""
