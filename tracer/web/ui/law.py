"""Terms of law: which labels are one, what a language calls them, and who has reviewed that.

Grounds, legal instruments, the illicit nature of a firearm (ITI 6), handling codes and the offences
of the Firearms Protocol are words of treaties. What a language calls one stands in
`locale/terms/LANGUAGE.toml`, and the catalogue takes it from there. A term names its reviewer;
until somebody has reviewed it, a page shows the label, which keeps the number of its article, with
the mark "draft translation" beside it, once in a place, and the English when it is pointed at.

    [[term]]
    english = "National security (ITI 22)"   # as the label of the code list, or any other term
    said = "Sécurité nationale (ITI 22)"
    article = "ITI 22"                       # where the treaty has it; empty: nowhere by a number
    list = "ground"                          # the code list; empty: a word of the glossary
    reviewed = ""                            # who reviewed it, and when; empty: nobody yet

What it does not do: say anything (`filters.Speech` does), or hold a term of the exchange's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

import msgspec
from msgspec import Struct

from tracer.model.codes import Code, CodeList, label
from tracer.web.ui.texts import SOURCE

LISTS_OF_LAW: Final = frozenset({"ground", "instrument", "illicit-basis", "handling-code"})
"""Code lists whose every label is a term of law."""
_OFFENCE, _OF_PROTOCOL = "offence", "FP-"
_NO_TERM: Final = frozenset({"OTHER"})


class Term(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a language calls a term of law."""

    english: str
    said: str
    article: str
    list: str = ""
    reviewed: str = ""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    term: tuple[Term, ...] = ()


def is_of_law(member: CodeList) -> bool:
    """Whether the label of a coded value is a term of law."""
    if member.LIST == _OFFENCE:
        return member.value.startswith(_OF_PROTOCOL)
    return member.LIST in LISTS_OF_LAW and member.value not in _NO_TERM


@cache
def terms(code: str) -> Mapping[tuple[str, str], Term]:
    """The terms of a language by code list and English; none where it has no file.

    A file that is not of its form raises `msgspec.ValidationError`: it is one of ours, and a test
    reads them all.
    """
    file = resources.files("tracer.web.ui") / "locale" / "terms" / f"{code}.toml"
    if not file.is_file():
        return {}
    held = msgspec.toml.decode(file.read_bytes(), type=_File)
    return {(one.list, one.english): one for one in held.term}


def drafts(code: str, *values: object) -> list[str]:
    """Of coded values those whose words in a language nobody has reviewed: their English labels.

    What is no coded value, is not known here, or is said in English, is no draft.
    """
    return [] if code == SOURCE else unreviewed(terms(code), *values)


def unreviewed(held: Mapping[tuple[str, str], Term], *values: object) -> list[str]:
    """The same by the terms that a language holds; each once."""
    members = [one.known() if isinstance(one, Code) else one for one in values]
    found = [one for one in members if isinstance(one, CodeList) and is_of_law(one)]
    named = dict.fromkeys((one.LIST, label(one)) for one in found)
    return [key[1] for key in named if key not in held or not held[key].reviewed]
