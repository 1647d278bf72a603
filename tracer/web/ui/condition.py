"""How the node is, in the reader's language: sentences of `casework.condition` with their places.

What it does not do: know sentences (casework does) or look at anything.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from tracer.casework.condition import ADVICE, SENTENCES
from tracer.casework.upkeep import Finding
from tracer.web.ui.filters import Speech


def said(speech: Speech, one: Finding) -> Markup:
    """How a thing is."""
    held, places = SENTENCES[one.code], _places(speech, one)
    if isinstance(held, str):
        return speech.say(held, **places)
    text = speech.words.ngettext(*held, int(one.values["n"]))
    return speech.filled(text, places)


def advised(speech: Speech, one: Finding) -> Markup:
    """What to do; empty: nothing."""
    return speech.say(ADVICE[one.advised], **_places(speech, one)) if one.advised else Markup()


def _places(speech: Speech, one: Finding) -> dict[str, Any]:
    return {name: _shown(speech, name, value) for name, value in one.values.items()}


def _shown(speech: Speech, name: str, value: str | int) -> Any:
    if name.endswith("_bytes"):
        return speech.size(int(value))
    if name.endswith("_at"):
        return speech.moment(str(value))
    return speech.day(str(value)) if name.endswith("_day") else value
