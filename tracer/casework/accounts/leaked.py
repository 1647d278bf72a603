"""Passwords that others chose and lost: a set of digests, asked whenever somebody chooses one.

`leaked.bin` holds the first five bytes of the SHA-256 of each, one after the other in order: those
that are long enough for us among the million most frequent of ten million that were published after
break-ins, in one form and casefolded (`folded`). It is data, and no sentence to read: what people
typed is rude, and some of it was somebody's own. One in 25 million other passwords is taken for one
of these.

Source: `10-million-password-list-top-1000000.txt` of the SecLists project (MIT), from the ten
million passwords that M. Burnett put into the public domain in 2015; 8,529,110 bytes, SHA-256
`eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be`. Made anew from such a list, one
password a line and the most frequent first, by `python -m tests.tools.leaked LIST`.

What it does not do: ask anybody outside (nothing that was typed leaves the house), or find
variants; `rules` takes out common words, runs and repetitions.

Example:
    >>> is_leaked("Needforspeed"), is_leaked("the heron stood in the rain")
    (True, False)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from tracer.trust.password import one_form

BYTES: Final = 5
"""Of each digest."""
SET: Final = Path(__file__).parent / "leaked.bin"


def is_leaked(password: str) -> bool:
    """Whether a password, however its letters are cased, is in the set."""
    return is_in(_held(), password)


def is_in(held: bytes, password: str) -> bool:
    """Whether it is in a set as `made_of` makes them."""
    wanted = digest(password)
    at = bisect_left(range(len(held) // BYTES), wanted, key=lambda n: _at(held, n))
    return _at(held, at) == wanted


def count() -> int:
    """How many are in the set."""
    return len(_held()) // BYTES


def digest(password: str) -> bytes:
    """What is kept of a password."""
    return sha256(folded(password).encode()).digest()[:BYTES]


def folded(password: str) -> str:
    """A password as it is compared: one form of its signs, small letters."""
    return one_form(password).casefold()


def made_of(passwords: Iterable[str]) -> bytes:
    """The set of these passwords, as the file has it."""
    return b"".join(sorted({digest(password) for password in passwords}))


def _at(held: bytes, number: int) -> bytes:
    return held[number * BYTES : (number + 1) * BYTES]


@cache
def _held() -> bytes:
    return SET.read_bytes()
