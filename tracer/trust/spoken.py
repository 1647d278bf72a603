"""Secrets that people read to each other or copy from paper: Crockford's Base32, in groups of four.

Its 32 signs leave out I, L, O and U; what is read as O is zero, as I or L one. A sign is five bits.

Example:
    >>> heard("0o1l-abcd")
    '0011ABCD'
"""

from __future__ import annotations

import os
from typing import Final

SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP: Final = 4
_HEARD: Final = str.maketrans("OIL", "011", "- \t\n")


def new_spoken(groups: int) -> str:
    """Random signs in so many groups, 20 bits each."""
    signs = "".join(SIGNS[byte % len(SIGNS)] for byte in os.urandom(groups * GROUP))
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


def heard(text: str) -> str:
    """The signs of what was typed, whatever its case, dashes and spaces."""
    return text.upper().translate(_HEARD)
