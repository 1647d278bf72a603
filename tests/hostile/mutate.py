"""Seeded changes: of bytes, of text, of a JSON value, of how JSON is written.

Everything draws from the `random.Random` it is given and from nothing else, so that a seed and a
number name one input for ever. A change may, by chance, change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**53,
    2**53 - 1,
    -(2**63),
    10**40,
    1.0,
    1e308,
    -0.0,
    "",
    " ",
    "\x00",
    "a\n",
    "\u202eXA",
    "\ufeff",
    "\u0000\u2028",
    "\U000e0041",
    "é\u0301" * 50,
    "A" * 400,
    "%s%n{}",
    "../../etc/passwd",
    "'; DROP TABLE message; --",
    "_sd",
    "...",
    [],
    {},
    [[]],
    {"": ""},
    [None] * 40,
    {"_sd": ["x"]},
    {"...": "x"},
)
"""Values that readers have stumbled over, in no order."""

SNIPPETS: tuple[bytes, ...] = (
    b"\x00",
    b"\n",
    b"\r\n",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"~",
    b".",
    b"..",
    b"=",
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"{}",
    b"[",
    b"[" * 200,
    b"1e999",
    b"NaN",
    b"-0",
    b"1.0",
    b"0x10",
    b"99999999999999999999",
    b',"type":"request"',
    b"/*",
    b"null",
)
"""Pieces that are spliced into bytes."""


def of_bytes(chance: Random, data: bytes, other: bytes = b"") -> bytes:
    """One change of bytes: flip, cut, repeat, drop, splice, or mix with another input."""
    if not data:
        return chance.choice(SNIPPETS)
    at, to = sorted((chance.randrange(len(data)), chance.randrange(len(data) + 1)))
    changed = bytearray(data)
    match chance.randrange(8):
        case 0:
            changed[at] ^= 1 << chance.randrange(8)
        case 1:
            changed[at] = chance.randrange(256)
        case 2:
            del changed[at:]
        case 3:
            del changed[at:to]
        case 4:
            changed[at:at] = changed[at : min(to, at + 2000)]
        case 5:
            changed[at:at] = chance.choice(SNIPPETS)
        case 6:
            piece = other or data
            cut = chance.randrange(len(piece))
            changed[at:] = piece[cut:]
        case _:
            changed[at:to] = bytes(reversed(changed[at:to]))
    return bytes(changed)


def of_text(chance: Random, text: str) -> str:
    """One change of ASCII text that stays ASCII, so that it travels inside JSON as it is."""
    return of_bytes(chance, text.encode()).decode("ascii", "replace").replace("\ufffd", "?")


def of_value(chance: Random, value: Any) -> Any:
    """One change somewhere inside a JSON value; the value itself stays as it was."""
    copied = json.loads(json.dumps(value))
    places = list(_places(copied))
    if not places:
        return chance.choice(STRANGE)
    holder, key = chance.choice(places)
    _change(chance, holder, key, places)
    return copied


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) inside."""
    if not isinstance(value, dict | list):
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def _change(chance: Random, holder: Any, key: Any, places: list[tuple[Any, Any]]) -> None:
    match chance.randrange(9):
        case 0 | 1:
            holder[key] = chance.choice(STRANGE)
        case 2:
            del holder[key]
        case 3:
            other, name = chance.choice(places)
            holder[key] = json.loads(json.dumps(other[name]))
        case 4:
            holder[key] = [holder[key]] if chance.random() < 0.5 else {"value": holder[key]}
        case 5:
            holder[key] = nested(chance.choice((3, 12, 17, 100)), holder[key])
        case 6:
            _add(chance, holder, key)
        case 7:
            holder[key] = _near(chance, holder[key])
        case _:
            holder[key] = _other_type(holder[key])


def _add(chance: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.extend([holder[key]] * chance.choice((1, 2, 70)))
    else:
        holder[chance.choice(("x", "", "_sd", "__proto__", "type", "narrative", f"{key} "))] = (
            chance.choice(STRANGE)
        )


def _near(chance: Random, value: Any) -> Any:
    """A value that looks much like the one it replaces."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 2**31, -(2**40)))
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        other = chance.choice(("A", "z", "0", "9", "-", "\n", "\u200b", "\u0430", "\u0661", " "))
        return value[:at] + other + value[at + chance.randrange(2) :]
    return value


def _other_type(value: Any) -> Any:
    match value:
        case str() if value.isdigit():
            return int(value[:15])
        case bool() | int():
            return str(value)
        case list():
            return dict.fromkeys(map(str, range(len(value))), 1)
        case dict():
            return list(value.items())
        case _:
            return float(len(str(value)))


def nested(depth: int, inner: Any = 0) -> Any:
    """A value under `depth` lists and objects in turn."""
    for level in range(depth):
        inner = [inner] if level % 2 else {"d": inner}
    return inner


def written(chance: Random, value: Any) -> bytes:
    """Write JSON in one of the ways that a strict reader must not take."""
    match chance.randrange(6):
        case 0:
            return json.dumps(value).encode()
        case 1:
            return json.dumps(value, indent=1).encode()
        case 2:
            return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
        case 3:
            return json.dumps(value, ensure_ascii=False).encode("utf-16")
        case 4:
            return twice(chance, value)
        case _:
            plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
            return plain + chance.choice((b" ", b"\n", b"{}", b"\x00", b","))


def twice(chance: Random, value: Any) -> bytes:
    """An object in which one member stands twice, with another value the second time."""
    plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    if not isinstance(value, dict) or not value:
        return plain
    name = chance.choice(sorted(value))
    again = json.dumps({name: chance.choice(STRANGE)}, separators=(",", ":")).encode()
    return plain[:-1] + b"," + again[1:]


def some(chance: Random, change: Callable[[Random, T], T], value: T) -> T:
    """Apply a change once, now and then up to four times."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        value = change(chance, value)
    return value
