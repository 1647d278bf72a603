"""Every country that a message of ours names: is there one of that code?

On the wire any two letters stand, because others' lists differ from ours; what our own people write
is held against the list, and a slip (`UK`, `EL`) is told before anybody abroad has to guess.

Papers of persons are issued by the European Union and the United Nations, too (a laissez-passer);
nowhere else does their code stand for a State.

What it does not do: judge the States of the two parties, whose entries do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from msgspec import Struct, inspect

from tracer.model.finding import Finding, error
from tracer.model.tables import ISSUERS, country_name, is_country, is_issuer, meant_country
from tracer.model.text import Country
from tracer.model.values import PersonDocument
from tracer.model.wording import pattern_of

_PATTERN: Final = pattern_of(Country)
_LISTED: Final = "Codes are those of ISO 3166-1, as FR"


def lint_countries(part: Struct, place: str = "") -> Iterator[Finding]:
    """A code that no State has or had, anywhere in a message."""
    named, judged = _named(type(part)), _issuer if isinstance(part, PersonDocument) else _state
    for field in part.__struct_fields__:
        value, path = getattr(part, field), f"{place}/{field}".lstrip("/")
        if field not in named:
            yield from _inside(value, path)
        elif isinstance(value, str):
            yield from judged(value, path)
        elif isinstance(value, tuple):
            for n, code in enumerate(value, 1):
                yield from judged(code, f"{path}/{n}")


def _inside(value: Any, path: str) -> Iterator[Finding]:
    if isinstance(value, Struct):
        yield from lint_countries(value, path)
    elif isinstance(value, tuple):
        for n, item in enumerate(value, 1):
            if isinstance(item, Struct):
                number = getattr(item, "line", None) or getattr(item, "n", None) or n
                yield from lint_countries(item, f"{path}/{number}")


def _issuer(code: str, path: str) -> Iterator[Finding]:
    """What may have issued a paper of a person."""
    if not is_issuer(code):
        yield _unknown(code, path, f"{_LISTED}; EU and UN stand for what they issue themselves.")


def _state(code: str, path: str) -> Iterator[Finding]:
    if code in ISSUERS:
        yield _unknown(code, path, f"{country_name(code)}: only a person's paper names it.")
    elif not is_country(code):
        yield _unknown(code, path, f"{_LISTED}.")


def _unknown(code: str, path: str, listed: str) -> Finding:
    meant = meant_country(code)
    says = f"Is {meant} meant?" if meant else listed
    return error(path, "country-unknown", f"no State has the code {code}", says)


@cache
def _named(kind: type[Struct]) -> frozenset[str]:
    """The fields of a type that hold a country, or several."""
    found = inspect.type_info(kind)
    fields: Sequence[inspect.Field] = getattr(found, "fields", ())
    return frozenset(one.name for one in fields if _is_country(one.type))


def _is_country(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.StrType):
        return kind.pattern == _PATTERN
    if isinstance(kind, inspect.Metadata):
        return _is_country(kind.type)
    if isinstance(kind, inspect.VarTupleType):
        return _is_country(kind.item_type)
    return isinstance(kind, inspect.UnionType) and any(map(_is_country, kind.types))
