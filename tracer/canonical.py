"""Bytes and text that two machines must agree on: base64url and strict JSON.

What is signed or hashed is read here first, so that two readers can never see two things in the
same bytes: base64url is canonical (no padding, no stray bits), JSON has no duplicate keys, no
floats, no integers beyond 2^53-1, bounded depth (RFC 8259 read with the narrowness of RFC 7493,
I-JSON). `canonical_json` writes the one form used for digests: sorted keys, no spaces (equal to
RFC 8785 for the ASCII keys used on our wire).

What it does not do: know any schema, sign or hash.

Example:
    >>> strict_json(b'{"a":1,"a":2}')
    Traceback (most recent call last):
    ValueError: duplicate key
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Any, NoReturn

import msgspec
from pybase64 import b64decode, b64encode_as_string

MAX_INT = 2**53 - 1
MAX_DEPTH = 16

_encoder = msgspec.json.Encoder(order="sorted")


def b64url(data: bytes) -> str:
    """Write base64url without padding (RFC 7515 section 2)."""
    return b64encode_as_string(data, _URL).rstrip("=")


def unb64url(text: str) -> bytes:
    """Read canonical base64url without padding.

    Nothing is encoded again to compare: what stands in the other alphabet or is padding is refused
    first, the length and the bits that the last character may have set leave one spelling for each
    byte string, and the library refuses every other character.

    Raises:
        ValueError: padding, characters outside the alphabet, or bits that no writer would set.
    """
    over = len(text) % 4
    if over and text[-1] not in _LAST[over]:
        raise ValueError("not canonical base64url")
    if "+" in text or "/" in text or "=" in text:
        raise ValueError("not base64url")
    try:
        return b64decode(text + _PADDING[over], _URL, validate=True)
    except ValueError as error:
        raise ValueError("not base64url") from error


def unb64(text: str) -> bytes:
    """Read canonical standard base64 with padding (RFC 4648 section 4), as `unb64url` does.

    Raises:
        ValueError: another alphabet or padding, or bits that no writer would set.
    """
    padding = text.count("=")
    if padding and text[-1 - padding : -padding] not in _LAST[-min(padding, 3)]:
        raise ValueError("not canonical base64")
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError("not base64") from error


_URL = b"-_"
_PADDING = ("", "", "==", "=")
_LAST = ("", "", "AQgw", "AEIMQUYcgkosw048")


def canonical_json(value: Any) -> bytes:
    """Write JSON with sorted keys and no spaces, the form that is hashed."""
    return _encoder.encode(value)


def strict_json(data: bytes | str, *, max_depth: int = MAX_DEPTH) -> Any:
    """Read JSON so that only one reading is possible.

    Bytes must be UTF-8 without a byte order mark. The caller bounds the size beforehand.

    Raises:
        ValueError: duplicate key, float, integer beyond 2^53-1, a constant such as NaN, nesting
            deeper than `max_depth`, lone surrogate, or no JSON at all.
    """
    value = _read_canonical(data, max_depth) if isinstance(data, bytes) else _UNREAD
    if value is not _UNREAD:
        return value
    try:
        value = _read_any(data)
        _bound(value, max_depth)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def read_canonical(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """Read strict JSON that is exactly as `canonical_json` writes it.

    Raises:
        ValueError: strict JSON in another form, or anything that `strict_json` refuses.
    """
    try:
        value = _narrow(min(max_depth, _USUAL_DEPTH)).decode(data)
        if canonical_json(value) == data:
            return value
    except (msgspec.DecodeError, UnicodeError):
        pass
    value = strict_json(data, max_depth=max_depth)
    if canonical_json(value) != data:
        raise ValueError("not in canonical form")
    return value


def _read_canonical(data: bytes, depth: int) -> Any:
    """Read JSON that its own re-encoding equals: one spelling, so no key can stand twice.

    The type that is asked for admits no number but an integer within 2^53-1 and nothing nested
    deeper than `depth`. Most signed bytes are of this form; the rest is left to the slower reader.
    """
    try:
        value = _narrow(min(depth, _USUAL_DEPTH)).decode(data)
        return value if _as_read.encode(value) == data else _UNREAD
    except (msgspec.DecodeError, UnicodeError):
        return _UNREAD


@lru_cache(maxsize=MAX_DEPTH)
def _narrow(depth: int) -> msgspec.json.Decoder[Any]:
    """Make the decoder of JSON nested at most `depth` deep; the type doubles with each level."""
    kind: Any = _SCALAR
    for _ in range(depth):
        kind = dict[str, kind] | list[kind] | _SCALAR
    return msgspec.json.Decoder(kind)


_USUAL_DEPTH = 8
"""As deep as the messages are; what is nested deeper is read by the slower reader."""
_SCALAR = str | Annotated[int, msgspec.Meta(ge=-MAX_INT, le=MAX_INT)] | bool | None
_as_read = msgspec.json.Encoder()
_UNREAD = object()


def _read_any(data: bytes | str) -> Any:
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    value = _decoder.decode(text)
    if "\\u" in text:
        _refuse_surrogates(text, value)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _integer(text: str) -> int:
    if len(text) > len(str(MAX_INT)) + 1 or abs(number := int(text)) > MAX_INT:
        raise ValueError("integer beyond 2^53-1")
    if text == "-0":
        raise ValueError("negative zero")
    return number


def _refused(text: str) -> NoReturn:
    raise ValueError(f"a number of this kind is not allowed: {text[:20]}")


_decoder = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_refused, parse_constant=_refused
)


def _refuse_surrogates(text: str, value: Any) -> None:
    try:
        text.encode("utf-8")
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("lone surrogate") from error


def _bound(value: Any, depth: int) -> None:
    """Refuse nesting beyond `depth`."""
    kind = value.__class__
    if kind is dict or kind is list:
        if depth == 0:
            raise ValueError("nested too deeply")
        for item in value.values() if kind is dict else value:
            if item.__class__ not in _PLAIN:
                _bound(item, depth - 1)


_PLAIN: frozenset[type] = frozenset((str, int, bool, type(None)))
