"""The Merkle tree of RFC 9162: growth, proofs and their verification, as pure functions.

A node is addressed by (level, index) and is the root of the complete subtree over the leaves
[index * 2^level, (index + 1) * 2^level). Only complete subtrees have an address, so that a stored
node never changes and any proof for any earlier size can be made from the same nodes. What is
incomplete, at the right edge, is folded from complete subtrees when it is needed.

Every function that needs nodes asks for all of them in one call of a `NodeReader`; the
`..._nodes` functions name them beforehand, so that a caller can fetch for several purposes at
once. Hashes are 32 bytes; leaf hashes come from `record.leaf_hash`.

Decisions:
    Nodes are rows of a table, not tiles: one table answers any proof in one query, and a log of
    a State's tracing traffic is small (tiles pay off where static files are served to many).
    Verification computes the length of a path first and hashes once per element. Rejected: the
    step-wise form of RFC 9162 section 2.1.3.2 with its inner loop; the result is the same, the
    tests hold both against a naive recursion.

What it does not do: store nodes, know records, or sign.

Example:
    >>> grown = append(0, [leaf_hash(record)], reader_of({}))
    >>> inclusion_path(0, grown.new_size, reader_of(grown.new_nodes))
    ()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**53 - 1
"""Most leaves a tree may have: sizes travel as JSON integers."""
MAX_PATH: Final = 54
"""Longest path of any proof within `MAX_SIZE`: 53 siblings and, for consistency, one more."""
EMPTY_ROOT: Final = sha256(b"").digest()

Address = tuple[int, int]
"""(level, index) of a complete subtree."""
NodeReader = Callable[[Sequence[Address]], Sequence[bytes]]
"""Gives the hashes of addresses, in the order asked for; raises if one is not known."""
_Range = tuple[int, int]


class ProofError(ValueError):
    """A proof does not prove; `reason` is `index`, `length`, `node` or `root`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Appended(NamedTuple):
    """A tree after growth: what must be stored and signed."""

    new_size: int
    root: bytes
    new_nodes: dict[Address, bytes]
    """Every complete subtree that came into being, the new leaves at level 0 included."""
    frontier: dict[Address, bytes]
    """What the next `append` will ask for; a writer may keep it in memory."""


def reader_of(nodes: Mapping[Address, bytes]) -> NodeReader:
    """Read from nodes already in memory; a node that is not there is a `KeyError`."""
    return lambda wanted: [nodes[address] for address in wanted]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


_recurring = lru_cache(maxsize=4096)(node_hash)
"""Paths to one root meet: what lies above is hashed once for all proofs of a batch."""


def frontier_nodes(size: int) -> tuple[Address, ...]:
    """The complete subtrees a tree of `size` consists of, left to right, largest first."""
    return tuple(_peaks(0, size))


def append(size: int, leaf_hashes: Sequence[bytes], nodes: NodeReader) -> Appended:
    """Grow a tree.

    Args:
        size: Present number of leaves.
        leaf_hashes: New leaf hashes, in order.
        nodes: Asked once, for `frontier_nodes(size)`.
    """
    wanted = frontier_nodes(size)
    frontier = _fetch(wanted, nodes)
    new: dict[Address, bytes] = {}
    level, first, row = 0, size, list(leaf_hashes)
    while row:
        new.update(((level, first + step), value) for step, value in enumerate(row))
        if first & 1:
            first -= 1
            row.insert(0, frontier[level, first])
        row = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=False)
        ]
        level, first = level + 1, first >> 1
    grown = size + len(leaf_hashes)
    known = frontier | new
    peaks = {address: known[address] for address in frontier_nodes(grown)}
    return Appended(grown, _fold(list(peaks), known), new, peaks)


def root(size: int, nodes: NodeReader) -> bytes:
    """Root of the tree at `size`, from `frontier_nodes(size)`."""
    return _fold(_peaks(0, size), _fetch(frontier_nodes(size), nodes))


def inclusion_nodes(indices: Iterable[int], size: int) -> tuple[Address, ...]:
    """The nodes that `inclusion_paths` will ask for, each once."""
    return _nodes_of(part for row in _rows(indices, size) for part in row.values() if part)


def inclusion_paths(
    indices: Sequence[int], size: int, nodes: NodeReader
) -> list[tuple[bytes, ...]]:
    """Inclusion paths of several leaves in one tree (RFC 9162 section 2.1.3.1).

    Work is shared: nodes are asked for once, the right edge is folded once, and leaves under one
    subtree share the rest of their way.

    Args:
        indices: Leaves, each below `size`.
        size: Size of the tree the paths lead to; any size the log has had.
        nodes: Asked once, for `inclusion_nodes(indices, size)`.

    Raises:
        ValueError: an index outside the tree.
    """
    rows = _rows(indices, size)
    folded = _folded({part for row in rows for part in row.values() if part}, nodes)
    above: dict[int, tuple[bytes, ...]] = {0: ()}
    for row in reversed(rows):
        above = {
            position: (folded[part], *above[position >> 1]) if part else above[position >> 1]
            for position, part in row.items()
        }
    return [above[index] for index in indices]


def inclusion_path(index: int, size: int, nodes: NodeReader) -> tuple[bytes, ...]:
    """Inclusion path of one leaf; see `inclusion_paths`."""
    return inclusion_paths((index,), size, nodes)[0]


def consistency_nodes(old: int, new: int) -> tuple[Address, ...]:
    """The nodes that `consistency_path` will ask for, each once."""
    return _nodes_of(_consistency(old, new))


def consistency_path(old: int, new: int, nodes: NodeReader) -> tuple[bytes, ...]:
    """Proof that the tree of `old` leaves is a prefix of that of `new` (RFC 9162 2.1.4.1).

    Empty if the sizes are equal or `old` is 0.

    Raises:
        ValueError: `old` is greater than `new`, or negative.
    """
    parts = _consistency(old, new)
    folded = _folded(set(parts), nodes)
    return tuple(folded[part] for part in parts)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf` is leaf `index` of the tree with this size and root.

    Raises:
        ProofError: it is not proved.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofError("index", "the leaf lies outside the tree")
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        raise ProofError("length", "the path does not have the length this tree demands")
    _check_nodes((leaf, root, *path))
    value, turns = leaf, index
    for node in path[:inner]:
        value = _recurring(node, value) if turns & 1 else _recurring(value, node)
        turns >>= 1
    for node in path[inner:]:
        value = _recurring(node, value)
    if value != root:
        raise ProofError("root", "the path does not lead to the root")


def verify_consistency(
    one: int, one_root: bytes, other: int, other_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the smaller of two trees is a prefix of the larger, whichever comes first.

    Equal sizes: equal roots and an empty path. Size 0: the empty root and an empty path.

    Raises:
        ProofError: it is not proved.
    """
    (old, old_root), (new, new_root) = sorted(((one, one_root), (other, other_root)))
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofError("index", "not sizes of a tree")
    _check_nodes((old_root, new_root, *path))
    if (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
        raise ProofError("root", "one size, two roots")
    if old in (0, new):
        if path:
            raise ProofError("length", "nothing is to be proved here, yet a path is given")
        return
    low = (old & -old).bit_length() - 1
    edge = (old >> low) - 1
    inner = (edge ^ ((new - 1) >> low)).bit_length()
    if len(path) != (edge != 0) + inner + (edge >> inner).bit_count():
        raise ProofError("length", "the path does not have the length these trees demand")
    start, rest = (path[0], path[1:]) if edge else (old_root, path)
    if _climb(start, edge, inner, rest) != (old_root, new_root):
        raise ProofError("root", "the path does not lead to both roots")


def _climb(start: bytes, edge: int, inner: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots from the subtree at the old right edge; above `inner`, all siblings are left."""
    small = large = start
    for level, node in enumerate(path):
        if level >= inner or edge >> level & 1:
            small, large = node_hash(node, small), node_hash(node, large)
        else:
            large = node_hash(large, node)
    return small, large


def _check_nodes(values: Iterable[bytes]) -> None:
    for value in values:
        if len(value) != HASH_BYTES:
            raise ProofError("node", "a hash is not 32 bytes")


def _sibling(level: int, position: int, size: int) -> _Range | None:
    """The leaves beside a subtree, cut at the tree's right edge; None if there are none."""
    start = (position ^ 1) << level
    return (start, min(start + (1 << level), size)) if start < size else None


def _rows(indices: Iterable[int], size: int) -> list[dict[int, _Range | None]]:
    """The ways from leaves to the root, level by level: positions passed, and their siblings."""
    positions = set(indices)
    if positions and not 0 <= min(positions) <= max(positions) < size:
        raise ValueError("a leaf lies outside the tree")
    rows = []
    for level in range((size - 1).bit_length() if positions else 0):
        rows.append({position: _sibling(level, position, size) for position in positions})
        positions = {position >> 1 for position in positions}
    return rows


def _consistency(old: int, new: int) -> list[_Range]:
    """The parts of a consistency proof, as ranges of leaves, in the order they travel.

    The largest complete subtree at the old tree's right edge, unless it is the whole old tree,
    then what stands beside the way from it to the new root.
    """
    if not 0 <= old <= new:
        raise ValueError("a tree does not shrink")
    if old in (0, new):
        return []
    low = (old & -old).bit_length() - 1
    edge = (old >> low) - 1
    levels = range(low, (new - 1).bit_length())
    beside = [_sibling(level, edge >> (level - low), new) for level in levels]
    first = [(edge << low, old)] if edge else []
    return first + [part for part in beside if part]


def _peaks(start: int, stop: int) -> list[Address]:
    """The complete subtrees of an aligned range of leaves, left to right, largest first."""
    found = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _fold(peaks: Sequence[Address], known: dict[Address, bytes]) -> bytes:
    """Root of the subtrees in a row, from the right; the empty root for none."""
    if not peaks:
        return EMPTY_ROOT
    value = known[peaks[-1]]
    for peak in reversed(peaks[:-1]):
        value = node_hash(known[peak], value)
    return value


def _nodes_of(parts: Iterable[_Range]) -> tuple[Address, ...]:
    return tuple(sorted({peak for start, stop in parts for peak in _peaks(start, stop)}))


def _folded(parts: set[_Range], nodes: NodeReader) -> dict[_Range, bytes]:
    """The hash over each range of leaves, from one question to the reader."""
    known = _fetch(_nodes_of(parts), nodes)
    return {part: _fold(_peaks(*part), known) for part in parts}


def _fetch(wanted: Sequence[Address], nodes: NodeReader) -> dict[Address, bytes]:
    if not wanted:
        return {}
    return dict(zip(wanted, nodes(wanted), strict=True))
