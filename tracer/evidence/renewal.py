"""Renewal: several files put under one root, which somebody dates anew before the old proofs fade.

A time stamp is believed as long as its certificate, its algorithms and its makers are. Before that
ends, the whole file is dated anew by other means, and later that again (the idea of RFC 4998). So
that one time stamp serves a whole archive, the files stand in a small tree and each carries only
its own path to the root.

The tree is that of RFC 9162 section 2.1; a leaf is `SHA-256(00 || SHA-256(file))`, as in the log.
What is stamped, and what the log records the digest of, is the text

    tracer-1 renewal
    SHA-256
    <number of files>
    <root in base64>

Decisions:
    Always the whole file is covered, with every layer that is around it already. Rejected: the time
    stamp before alone (RFC 4998, time-stamp renewal); when the hash it was made with is broken, the
    data must be hashed again anyway, and one way is easier to check than two.
    The algorithm stands in the text. SHA-256 is the only one of this version; another gets another
    line here and another version of the layer.

What it does not do: read files or know what they hold (`bundle`), reach anybody (`exchange`).

Example:
    >>> tree = plant([sha256(file).digest() for file in files])
    >>> check_leaf(sha256(files[1]).digest(), 1, tree.size, tree.paths[1], tree.root)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tracer.canonical import b64url
from tracer.evidence.merkle import HASH_BYTES, append, inclusion_paths, reader_of, verify_inclusion
from tracer.evidence.note import b64
from tracer.evidence.record import stub_hash

ALGORITHM: Final = "SHA-256"
MAX_FILES: Final = 10_000
"""Most files under one root."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A tree over files: its root, and the path of each."""

    root: bytes
    size: int
    paths: tuple[tuple[bytes, ...], ...]


def plant(digests: Sequence[bytes]) -> Planted:
    """Put files under one root, by their SHA-256.

    Raises:
        ValueError: none, or too many.
    """
    size = len(digests)
    if not 0 < size <= MAX_FILES:
        raise ValueError(f"from 1 to {MAX_FILES} files are renewed at once")
    grown = append(0, [stub_hash(one) for one in digests], reader_of({}))
    paths = inclusion_paths(range(size), size, reader_of(grown.new_nodes))
    return Planted(grown.root, size, tuple(paths))


def check_leaf(digest: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that a file of this SHA-256 stands under a root.

    Raises:
        ProofError: it is not proved.
    """
    verify_inclusion(stub_hash(digest), index, size, path, root)


def renewal_text(root: bytes, size: int) -> bytes:
    """What is stamped; ValueError for what is no root of so many files."""
    if len(root) != HASH_BYTES or not 0 < size <= MAX_FILES:
        raise ValueError("not the root of a renewal")
    return f"tracer-1 renewal\n{ALGORITHM}\n{size}\n{b64(root)}\n".encode("ascii")


def renewal_digest(text: bytes) -> str:
    """What the log records of it: base64url SHA-256."""
    return b64url(sha256(text).digest())
