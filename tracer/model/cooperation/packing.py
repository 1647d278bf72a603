"""Sorted whole numbers as bytes, so that a tally of any size is read without being taken apart.

Each number has eight bytes, the least significant first, on every machine.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

_NUMBER = "q"


def pack(values: Iterable[int]) -> bytes:
    """The numbers in order, as bytes."""
    found = array(_NUMBER, sorted(values))
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def unpack(packed: bytes) -> Sequence[int]:
    """The numbers that `pack` was given, in order."""
    found = array(_NUMBER)
    found.frombytes(packed)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def below(packed: bytes, value: int) -> int:
    """How many of the numbers are less than this one."""
    return bisect_left(unpack(packed), value) if packed else 0


def ranked(parts: Sequence[Sequence[int]], rank: int) -> int:
    """The number in place `rank`, counted from 1, of all the sorted parts together.

    It is found by halving the values and not by merging the parts.
    """
    if len(parts) == 1:
        return parts[0][rank - 1]
    low, high = min(part[0] for part in parts), max(part[-1] for part in parts)
    while low < high:
        middle = (low + high) // 2
        if sum(bisect_right(part, middle) for part in parts) >= rank:
            high = middle
        else:
            low = middle + 1
    return low
