"""What does not fit its type is told in words that need no manual."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from tests.rules.tree import modules
from tracer.config import SECTIONS
from tracer.model.text import Country
from tracer.model.wording import FORMS
from tracer.wording import counted, misfit


class _Thing(Struct, forbid_unknown_fields=True):
    needed: str = ""
    number: Annotated[int, Meta(ge=1, le=5)] = 1
    word: Annotated[str, Meta(min_length=1, max_length=3)] = "x"
    some: Annotated[tuple[int, ...], Meta(max_length=1)] = ()
    maybe: int | None = None
    choice: Literal["a", "b"] = "a"
    country: Country = "FR"
    secret: Annotated[str, Meta(pattern=r"^\w\\$")] = "x\\"


class _Whole(Struct):
    needed: str


def _said(value: dict[str, Any], kind: type[Struct] = _Thing) -> str:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind)
    return str(misfit(caught.value, FORMS))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"number": "x"}, "number: a whole number belongs here, not text"),
        ({"number": 9}, "number: a whole number of at most 5 belongs here"),
        ({"number": 0}, "number: a whole number of at least 1 belongs here"),
        ({"word": ""}, "word: this must not be empty"),
        ({"word": "long"}, "word: at most 3 characters belong here"),
        ({"some": [1, 2]}, "some: at most 1 entry belongs here"),
        ({"some": {}}, "some: a list belongs here, not a table of fields"),
        ({"maybe": "x"}, "maybe: a whole number or nothing belongs here, not text"),
        ({"choice": "c"}, "choice: 'c' is none of the values that may stand here"),
        ({"country": "Atlantis"}, "country: a country is written as two capital letters, as FR"),
        ({"secret": "x"}, "secret: this is not written as it must be here"),
        ({"unheard": 1}, "there is no field 'unheard' here"),
    ],
)
def test_what_does_not_fit_is_told_by_its_place_and_what_belongs_there(
    value: dict[str, Any], says: str
) -> None:
    assert _said(value) == says


def test_what_is_missing_is_named() -> None:
    assert _said({}, _Whole) == "needed is needed here"


def test_every_setting_with_a_form_says_it_in_words() -> None:
    metas = [
        (f"{section}.{field.name}", field.type.__metadata__[0])
        for section, kind in SECTIONS.items()
        for field in msgspec.structs.fields(kind)
    ]
    silent = [name for name, meta in metas if meta.pattern and not meta.extra.get("form")]
    assert not silent


def test_one_is_one_and_any_other_number_is_several() -> None:
    assert [counted(n, "record") for n in (0, 1, 2)] == ["0 records", "1 record", "2 records"]
    assert counted(2, "witness", "witnesses") == "2 witnesses"


def test_no_sentence_counts_records_or_cases_without_the_singular() -> None:
    found = [
        f"{module.name}:{text.lineno}"
        for module in modules()
        if module.name.startswith("tracer.") and not module.name.startswith("tracer.web")
        for text in ast.walk(module.tree)
        if isinstance(text, ast.JoinedStr) and module.name != "tracer.bundle.outside"
        for value, after in pairwise(text.values)
        if isinstance(value, ast.FormattedValue)
        and isinstance(after, ast.Constant)
        and re.match(r" (log )?(records|record are|cases)\b", str(after.value))
    ]
    assert found == []
