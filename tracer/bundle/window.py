"""Bytes that lie somewhere and are read piece by piece: a file on disk, a member of a zip, a text.

A bundle with many photos is larger than the memory of a small server. So whatever is read or
written here is a window: where its bytes are asked for, and how many there are. A window into a
window is one, and so is a row of windows one after the other; nothing is copied for it.

What it does not do: open a file. Who has one hands in the function that reads it.

Example:
    >>> joined([Window.of(b"ab"), Window.of(b"cde")]).window(1, 3).whole()
    b'bcd'
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from typing import Final, NamedTuple, Self
from zlib import crc32

PIECE: Final = 1 << 20
"""Bytes that are read at once."""

Read = Callable[[int, int], bytes]
"""Reads from a place on so many bytes; fewer only where the bytes end."""


class Sums(NamedTuple):
    """Size and sums of some bytes; `sha256` is raw."""

    size: int
    crc: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Window:
    """A span of bytes; `size` of them from `start` on, by `read`."""

    read: Read
    start: int
    size: int

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The window over bytes in memory."""
        return cls(lambda place, count: data[place : place + count], 0, len(data))

    def at(self, place: int, count: int) -> bytes:
        """Some of its bytes; fewer where it ends."""
        count = max(0, min(count, self.size - place))
        return self.read(self.start + place, count) if count else b""

    def window(self, place: int, size: int) -> Window:
        """A part of it, cut off where it ends."""
        place = min(place, self.size)
        return Window(self.read, self.start + place, min(size, self.size - place))

    def pieces(self) -> Iterator[bytes]:
        """All its bytes, one piece after the other."""
        for place in range(0, self.size, PIECE):
            yield self.at(place, PIECE)

    def whole(self) -> bytes:
        """All its bytes at once, for what is known to be small."""
        return self.at(0, self.size)

    def sums(self) -> Sums:
        """Read it once to its end; `size` is what was really there."""
        size, crc, digest = 0, 0, sha256()
        for piece in self.pieces():
            size += len(piece)
            crc = crc32(piece, crc)
            digest.update(piece)
        return Sums(size, crc, digest.digest())


class Measured(NamedTuple):
    """Bytes that were read once for their sums."""

    content: Window
    sums: Sums

    @classmethod
    def of(cls, content: bytes | Window) -> Self:
        """Read them once."""
        window = content if isinstance(content, Window) else Window.of(content)
        return cls(window, window.sums())


def joined(parts: Sequence[Window]) -> Window:
    """The window over several, one after the other."""
    starts = [0, *accumulate(part.size for part in parts)]

    def read(place: int, count: int) -> bytes:
        found: list[bytes] = []
        index = bisect_right(starts, place) - 1
        while count > 0 and index < len(parts):
            data = parts[index].at(place - starts[index], count)
            found.append(data)
            place, count, index = starts[index + 1], count - len(data), index + 1
        return b"".join(found)

    return Window(read, 0, starts[-1])
