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

import binascii
import json
from typing import Any, NoReturn

import msgspec

MAX_INT = 2**53 - 1
MAX_DEPTH = 16

_encoder = msgspec.json.Encoder(order="sorted")


def b64url(data: bytes) -> str:
    """Write base64url without padding (RFC 7515 section 2)."""
    text = binascii.b2a_base64(data, newline=False).translate(_TO_URL)
    return text.rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """Read canonical base64url without padding.

    Nothing is encoded again to compare: the alphabet is closed by the translation, the length and
    the bits that the last character may have set leave one spelling for each byte string.

    Raises:
        ValueError: padding, characters outside the alphabet, or bits that no writer would set.
    """
    try:
        raw = text.encode("ascii").translate(_TO_STANDARD)
        over = len(raw) % 4
        if over == 1 or (over and raw[-1] not in _LAST[over]):
            raise ValueError("not canonical base64url")
        return binascii.a2b_base64(raw + _PADDING[over], strict_mode=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base64url") from error


_TO_URL = bytes.maketrans(b"+/", b"-_")
_TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/...")
_PADDING = (b"", b"", b"==", b"=")
_LAST = ((), (), frozenset(b"AQgw"), frozenset(b"AEIMQUYcgkosw048"))


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
    try:
        value = _read_canonical(data) if isinstance(data, bytes) else _UNREAD
        if value is _UNREAD:
            value = _read_any(data)
            _bound(value, max_depth)
        elif not _is_bounded(data, max_depth):  # type: ignore[arg-type]  # only bytes are canonical
            _bound(value, max_depth)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _read_canonical(data: bytes) -> Any:
    """Read JSON that its own re-encoding equals: one spelling, so no key can stand twice.

    Most signed bytes are of this form; the rest is left to the slower reader.
    """
    try:
        value = _without_floats.decode(data)
        return value if msgspec.json.encode(value) == data else _UNREAD
    except (msgspec.DecodeError, UnicodeError):
        return _UNREAD


def _is_bounded(data: bytes, depth: int) -> bool:
    """Tell of canonical JSON, from its bytes alone, that the walk through the value is not needed.

    Without escapes every string lies between two quotes. What is left of structure is peeled from
    the inside: one round takes away at most two levels. Sixteen digits in a row may be too large.
    """
    if b"\\" in data or _SIXTEEN_DIGITS in data.translate(_DIGITS):
        return False
    structure = data.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    for _ in range(depth // 2):
        if not structure:
            return True
        structure = structure.replace(b"{}", b"").replace(b"[]", b"")
    return not structure


_SIXTEEN_DIGITS = b"0" * 16
_DIGITS = bytes(
    ord("0") if chr(code).isascii() and chr(code).isdigit() else 32 for code in range(256)
)
_NOT_STRUCTURE = bytes(code for code in range(256) if code not in b'{}[]"')


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
    """Refuse floats, integers beyond 2^53-1 and nesting beyond `depth`, anywhere inside."""
    kind = value.__class__
    if kind is dict or kind is list:
        if depth == 0:
            raise ValueError("nested too deeply")
        for item in value.values() if kind is dict else value:
            if item.__class__ not in _PLAIN:
                _bound(item, depth - 1)
    elif kind is float or (kind is int and abs(value) > MAX_INT):
        raise ValueError("a number of this kind is not allowed")


_PLAIN: frozenset[type] = frozenset((str, bool, type(None)))
_UNREAD = object()
_without_floats = msgspec.json.Decoder(float_hook=_refused)
