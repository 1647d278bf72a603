"""The quick readers of the floor say the same as the slow and obvious ones."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracer.canonical import b64url, strict_json, unb64, unb64url

ALPHABET = 'ABYZabyz0189-_AQgwEIMUck+/= \n\\"'

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=20,
)
PIECES = [
    '{"a":1,"a":1}',
    "{",
    "}",
    "[",
    "]",
    '"a"',
    '"b"',
    ":",
    ",",
    "1",
    "-0",
    "1.0",
    "1e5",
    "null",
    "NaN",
    " ",
]


def _outcome(data: bytes | str) -> object:
    try:
        return strict_json(data, max_depth=3)
    except ValueError:
        return ValueError


@given(VALUES, st.booleans())
def test_bytes_and_text_of_one_json_are_read_alike(
    value: object,
    compact: bool,  # noqa: FBT001  # given by the strategy
) -> None:
    separators = (",", ":") if compact else (", ", ": ")
    text = json.dumps(value, separators=separators, ensure_ascii=False)
    assert _outcome(text.encode()) == _outcome(text)


@example('{"a":1,"a":2}')
@example("-0")
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_bytes_and_text_of_anything_are_read_alike(text: str) -> None:
    assert _outcome(text.encode()) == _outcome(text)


@given(st.lists(st.booleans(), max_size=18), st.integers(0, 18))
def test_nesting_is_read_exactly_up_to_the_bound(lists: list[bool], bound: int) -> None:
    value: object = 1
    for is_list in lists:
        value = [value] if is_list else {"a": value}
    data = json.dumps(value, separators=(",", ":"))
    for written in (data, data.encode()):
        if len(lists) <= bound:
            assert strict_json(written, max_depth=bound) == value
        else:
            with pytest.raises(ValueError, match="deeply"):
                strict_json(written, max_depth=bound)


@example("AA=A")
@example("AAAA====")
@example("=")
@given(st.text(ALPHABET, max_size=9) | st.text(max_size=9))
def test_base64_is_canonical_exactly_when_encoding_again_gives_the_same(text: str) -> None:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
        is_canonical = base64.b64encode(data).decode() == text
    except ValueError:
        is_canonical = False
    if is_canonical:
        assert unb64(text) == data
    else:
        with pytest.raises(ValueError, match="base64"):
            unb64(text)


@example("\\u0041" * 4)
@example('AAAA"')
@given(st.text(ALPHABET, max_size=9) | st.text(max_size=9))
def test_base64url_is_canonical_exactly_when_encoding_again_gives_the_same(text: str) -> None:
    try:
        padded = text + "=" * (-len(text) % 4)
        data = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        is_canonical = b64url(data) == text
    except ValueError:
        is_canonical = False
    if is_canonical:
        assert unb64url(text) == data
    else:
        with pytest.raises(ValueError, match="base64url"):
            unb64url(text)
