"""The Merkle tree of RFC 9162: hashing, proofs and their verification. To be completed."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**53 - 1
"""Most leaves a tree may have: sizes travel as JSON integers."""
EMPTY_ROOT: Final = sha256(b"").digest()
