"""A coded value on the wire, and the registry of the lists known here."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar

from msgspec import Meta

from tracer.model.part import Part

_LIST = "[a-z][a-z0-9-]*"
_VALUE = "[A-Za-z0-9][A-Za-z0-9._-]*"


def _of_form(pattern: str, *, max_length: int, description: str) -> Meta:
    """A bound whose pattern is written to the schema; `Code` itself checks it."""
    written = {"type": "string", "maxLength": max_length, "pattern": f"^{pattern}$"}
    return Meta(max_length=max_length, description=description, extra_json_schema=written)


ListName = Annotated[str, _of_form(_LIST, max_length=48, description="name of a code list")]
CodeValue = Annotated[str, _of_form(_VALUE, max_length=64, description="value in a list")]
ListVersion = Annotated[int, Meta(ge=1, le=9999)]


class CodeList(StrEnum):
    """Base of the code lists. Members are added in new versions, never renamed or redefined."""

    LIST: ClassVar[str]
    VERSION: ClassVar[int]


LISTS: dict[str, type[CodeList]] = {}
"""Every list known here, by name, in its newest version."""

_KNOWN: set[tuple[str, str]] = set()
"""Every list with each of its values."""
_FORM = re.compile(f"{_LIST},{_VALUE}")

_List = TypeVar("_List", bound=type[CodeList])


def code_list(name: str, *, version: int = 1) -> Callable[[_List], _List]:
    """Register a `CodeList` under its wire name and version."""

    def register(enum: _List) -> _List:
        enum.LIST = name
        enum.VERSION = version
        LISTS[name] = enum
        _KNOWN.update((name, member.value) for member in enum)
        return enum

    return register


class Code(Part, frozen=True):
    """One coded value as it travels: list, version of the list at the writer, value, own words.

    `text` is for values such as OTHER, and lets a reader that does not know the value show
    something. Nothing is decided on `text`.
    """

    list: ListName
    version: ListVersion
    value: CodeValue
    text: Annotated[str, Meta(max_length=200)] = ""

    def __post_init__(self) -> None:
        """Refuse a list or value of another form, which what is known here has.

        A message holds dozens of codes: two patterns for each took most of the time of its decode.
        """
        if (self.list, self.value) in _KNOWN:
            return
        if not _FORM.fullmatch(f"{self.list},{self.value}"):
            raise ValueError("the name of a code list, or a value, is not of its form")

    def known(self) -> CodeList | None:
        """The member of the list known here, or None: the value is then shown as not known."""
        enum = LISTS.get(self.list)
        if enum is None:
            return None
        # the mapping behind the enum: a lookup that does not raise for what is not known
        member = enum._value2member_map_.get(self.value)
        return member if isinstance(member, enum) else None

    def is_(self, member: CodeList) -> bool:
        """Whether this is that member, whatever version of the list the writer had."""
        return self.value == member.value and self.list == member.LIST


def code(member: CodeList, text: str = "") -> Code:
    """The wire form of a member known here."""
    return Code(list=member.LIST, version=member.VERSION, value=member.value, text=text)


def of(enum: type[CodeList]) -> Meta:
    """Annotation of a field: the list its code is expected from. Written to the schema only."""
    return Meta(extra_json_schema={"x-code-list": enum.LIST})
