"""A firearm in words, for lists, choices and heads of pages: the one place that names it.

Of a make, model or calibre its writer may say that it is not known (`casework.completeness`); that
is a code on the wire and words here. A serial is never run together with the model before it.

Example:
    >>> named(speech, kind="REVOLVER", make="UNKNOWN", model="")
    'Revolver, make not known'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup
from msgspec import UnsetType

from tracer.casework.completeness import UNKNOWN
from tracer.model.firearm import Firearm
from tracer.model.firearm import Named as Texts
from tracer.web.ui.filters import Speech
from tracer.web.ui.texts import N_

_NO_KIND: Final = frozenset({"", UNKNOWN})


def text_of(speech: Speech, texts: Texts) -> str:
    """A make, model or calibre: as marked, with the normal form where that is another."""
    marked, normal = texts.as_marked, known(texts.normalised)
    if not marked and not normal:
        return str(speech.say(N_("Not known"))) if texts.normalised else ""
    if not marked or not normal or marked.casefold() == normal.casefold():
        return marked or normal
    return f"{marked} ({normal})"


def known(text: str) -> str:
    """The text of a make, model or calibre; nothing where its writer does not know it."""
    return "" if text == UNKNOWN else text


def named(speech: Speech, *, kind: str, make: str, model: str) -> str:
    """Make and model; where neither is known, the kind and that. Empty if nothing is said."""
    if made := " ".join(filter(None, (known(make), known(model)))):
        return made
    what = "" if kind in _NO_KIND else speech.coded(kind, "firearm-type")
    if make != UNKNOWN:
        return what
    if not what:
        return speech.words.gettext(N_("Firearm, make not known"))
    return speech.words.gettext(N_("%(kind)s, make not known")) % {"kind": what}


def in_list(speech: Speech, one: Mapping[str, Any]) -> str:
    """The same of a firearm as lists keep it (`model.brief`); an unknown kind is told, too."""
    texts = {name: str(one.get(name, "")) for name in ("make", "model")}
    kind = str(one.get("type", ""))
    return named(speech, kind=kind, **texts) or speech.coded(kind, "firearm-type")


def told(speech: Speech, one: Firearm) -> Markup:
    """A firearm of a message: number, make and model, serial."""
    return _numbered(speech, one, N_("%(firearm)s, serial %(serial)s"))


def choice(speech: Speech, one: Firearm) -> Markup:
    """The same to choose it by: the serial first, as a narrow list cuts off what stands last."""
    return _numbered(speech, one, N_("serial %(serial)s, %(firearm)s"))


def _numbered(speech: Speech, one: Firearm, both: str) -> Markup:
    made = named(
        speech,
        kind=one.type.value if one.type else "",
        make=_shortest(one.make),
        model=_shortest(one.model),
    )
    serial = next((mark.text for mark in one.marks if mark.kind.value == "SERIAL"), "")
    said = speech.beside([made] if made else [])
    if serial and made:
        said = speech.say(both, firearm=made, serial=serial)
    elif serial:
        said = speech.say(N_("serial %(serial)s"), serial=serial)
    number = speech.number(one.line)
    return Markup("{}: {}").format(number, said) if said else Markup("{}").format(number)


def _shortest(texts: Texts | UnsetType) -> str:
    return (texts.as_marked or texts.normalised) if texts else ""
