"""Drawn pictures of marks, as PNG: a steel-grey surface with stamped characters.

Written here in a few lines, because a demonstration must run without an image library. Grey, 8 bit;
the file format is the PNG specification's (ISO/IEC 15948): signature, IHDR, IDAT, IEND.
"""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT, SCALE = 960, 240, 16
_STEEL, _STAMP, _SHINE = 150, 62, 205

_FONT = {
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "B": "11110 10001 11110 10001 10001 10001 11110",
    "C": "01111 10000 10000 10000 10000 10000 01111",
    "X": "10001 01010 00100 00100 00100 01010 10001",
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "?": "01010 10101 01010 10101 01010 10101 01010",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}
"""Five by seven dots a character; `?` is a patch that was ground away."""


def mark(text: str) -> bytes:
    """A picture of `text` stamped into steel, as a PNG file."""
    surface = [bytearray(_grain(x, y) for x in range(WIDTH)) for y in range(HEIGHT)]
    left = (WIDTH - len(text) * 6 * SCALE) // 2
    top = (HEIGHT - 7 * SCALE) // 2
    for number, character in enumerate(text):
        for row, dots in enumerate(_FONT[character].split()):
            for column, dot in enumerate(dots):
                if dot == "1":
                    _dent(surface, left + (number * 6 + column) * SCALE, top + row * SCALE)
    return _png(surface)


def _grain(x: int, y: int) -> int:
    return _STEEL + (x * 7919 + y * 104729 + x * y) % 23 + (y * 31) % 9


def _dent(surface: list[bytearray], x: int, y: int) -> None:
    for row in range(y, y + SCALE):
        for column in range(x, x + SCALE):
            lit = row - y > SCALE - 4 or column - x > SCALE - 4
            surface[row][column] = _SHINE if lit else _STAMP + (row * column) % 17


def _png(rows: list[bytearray]) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check
