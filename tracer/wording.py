"""What msgspec says of a value that does not fit its type, in words for whoever wrote the value.

msgspec tells of types and regular expressions; people write files, forms and commands. A pattern
is told by the words that its room has for it (`forms`), so nobody has to read it.

`counted` says how many there are of a thing, in every sentence that counts.

What it does not do: decide what fits, or translate: pages have sentences of their own.

Example:
    >>> misfit("Expected `int`, got `str` - at `$.desk.port`")
    Misfit(at='.desk.port', says='a whole number belongs here, not text')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

_AT: Final = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table of fields",
    "null": "nothing",
}
"""What people call a kind of value, by msgspec's name."""
_SIDES: Final = {">=": "at least", "<=": "at most"}


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 day`, `2 days`."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"


class Misfit(NamedTuple):
    """Where a value does not fit (`.firearms[0].make`; empty: the whole), and what belongs."""

    at: str
    says: str

    def __str__(self) -> str:
        place = self.at.lstrip(".")
        return f"{place}: {self.says}" if place else self.says


def misfit(error: object, forms: Mapping[str, str] = _NONE) -> Misfit:
    """What is wrong, in words.

    Args:
        error: What msgspec raised, or its sentence.
        forms: How a text is written, by the pattern of its type: "a country is written as ...".
    """
    sentence = str(error)
    at = _AT.search(sentence)
    plain = _AT.sub("", sentence)
    pattern = re.fullmatch(r"Expected `str` matching regex '(.*)'", plain, re.DOTALL)
    if pattern:
        says = forms.get(_unquoted(pattern[1]), "this is not written as it must be here")
    else:
        says = next(
            (tell(found) for form, tell in _SAID if (found := form.fullmatch(plain))), plain
        )
    return Misfit(at[1] if at else "", says)


def _unquoted(pattern: str) -> str:
    """A pattern as it was written; msgspec shows it as Python would."""
    return pattern.replace("\\\\", "\\")


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name, name) for name in names.split(" | "))


def _length(found: re.Match[str]) -> str:
    one, more = ("character", "characters") if found[1] == "str" else ("entry", "entries")
    if (found[2], found[3]) == (">=", "1"):
        return "this must not be empty"
    what = f"{one} belongs" if found[3] == "1" else f"{more} belong"
    return f"{_SIDES[found[2]]} {found[3]} {what} here"


_SAID: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (
        re.compile(r"Expected `([^`]+)`, got `([^`]+)`"),
        lambda found: f"{_kinds(found[1])} belongs here, not {_kinds(found[2])}",
    ),
    (
        re.compile(r"Expected `(int|float)` (>=|<=) (\S+)"),
        lambda found: f"{_kinds(found[1])} of {_SIDES[found[2]]} {found[3]} belongs here",
    ),
    (re.compile(r"Expected `(str|array|object)` of length (>=|<=) (\d+)"), _length),
    (
        re.compile(r"Invalid enum value (.*)", re.DOTALL),
        lambda found: f"{found[1]} is none of the values that may stand here",
    ),
    (
        re.compile(r"Object missing required field `(.+)`"),
        lambda found: f"{found[1]} is needed here",
    ),
    (
        re.compile(r"Object contains unknown field `(.+)`"),
        lambda found: f"there is no field {found[1]!r} here",
    ),
)
"""What msgspec says, and how it is told."""
