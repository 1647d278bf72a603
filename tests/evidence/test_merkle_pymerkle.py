"""Our roots and paths before another library: pymerkle judges each hash of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest
from pymerkle import (  # type: ignore[import-untyped] # it ships no types
    InmemoryTree,
    InvalidProof,
    MerkleProof,
)

from tests.evidence import rfc9162
from tracer.evidence import merkle

EVERY = 33
"""All pairs of sizes up to here."""
CHOSEN = (1, 2, 33, 34, 63, 64, 65, 70, 100, 127, 128, 129, 255, 256, 257, 640, 769, 1024, 1025)
"""Larger trees: at, before and after powers of two, and between."""
LEAVES = [rfc9162.leaf(number.to_bytes(2, "big")) for number in range(max(CHOSEN))]
READ = merkle.reader_of(merkle.append(0, LEAVES, merkle.reader_of({})).new_nodes)


@pytest.fixture(scope="module")
def theirs() -> InmemoryTree:
    """The same log, kept by the other library."""
    tree = InmemoryTree("sha256")
    for number in range(len(LEAVES)):
        tree.append_entry(number.to_bytes(2, "big"))
    return tree


def pairs() -> Iterator[tuple[int, int]]:
    """Sizes of an older and a younger head."""
    yield from combinations(range(1, EVERY + 1), 2)
    yield from combinations(CHOSEN, 2)


def judge_inclusion(tree: InmemoryTree, index: int, size: int, path: Sequence[bytes]) -> None:
    """Let it verify our path for a leaf.

    Raises:
        InvalidProof: it does not hold.
    """
    proof = tree.prove_inclusion(index + 1, size)
    proof.path = [LEAVES[index], *path]
    root = merkle.root(size, READ)
    proof.verify(LEAVES[index], root, index=index + 1, size=size, algorithm="sha256")


def judge_consistency(tree: InmemoryTree, old: int, new: int, path: Sequence[bytes]) -> None:
    """Let it verify our path from one head to the next.

    Its form differs from that of RFC 9162 in two places: it states the old root where that is a
    hash of the path, and it takes what stands right of the last full tree of the old head apart,
    down to a leaf. The parts, put together by itself, have to be what we state.

    Raises:
        InvalidProof: it does not hold.
    """
    before, after = merkle.root(old, READ), merkle.root(new, READ)
    proof = tree.prove_consistency(old, new)
    parts = proof.subset.index(1)
    stated = [before, *path] if old & (old - 1) == 0 else list(path)
    right = MerkleProof("sha256", True, new, proof.rule[:parts], proof.path[:parts])
    if stated[1:2] != [right.compute_root()]:
        raise InvalidProof("what stands right of the old head does not match")
    proof.path = [*proof.path[:parts], stated[0], *stated[2:]]
    proof.verify(before, after, prior_size=old, later_size=new, algorithm="sha256")


@pytest.mark.parametrize("size", sorted({*range(1, EVERY + 1), *CHOSEN}))
def test_a_root_is_that_of_pymerkle(theirs: InmemoryTree, size: int) -> None:
    assert merkle.root(size, READ) == theirs.get_root(size)


def test_our_inclusion_paths_hold_before_pymerkle_and_are_its_own(theirs: InmemoryTree) -> None:
    few = {size: {0, 1, size // 3, size // 2, size - 2, size - 1} for size in CHOSEN}
    for size in sorted({*range(1, EVERY + 1), *CHOSEN}):
        for index in range(size) if size <= EVERY else sorted(few[size]):
            path = merkle.inclusion_path(index, size, READ)
            assert theirs.prove_inclusion(index + 1, size).path == [LEAVES[index], *path]
            judge_inclusion(theirs, index, size, path)


def test_our_consistency_paths_hold_before_pymerkle(theirs: InmemoryTree) -> None:
    for old, new in pairs():
        judge_consistency(theirs, old, new, merkle.consistency_path(old, new, READ))


def spoilt(path: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Every hash changed, one missing at either end, and one more."""
    for place, node in enumerate(path):
        yield [*path[:place], bytes((node[0] ^ 1,)) + node[1:], *path[place + 1 :]]
    yield list(path[1:])
    yield list(path[:-1])
    yield [*path, path[0]]


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 8), (21, 33), (640, 1025)])
def test_a_consistency_path_that_was_changed_does_not_hold_before_pymerkle(
    theirs: InmemoryTree, old: int, new: int
) -> None:
    for path in spoilt(merkle.consistency_path(old, new, READ)):
        with pytest.raises(InvalidProof):
            judge_consistency(theirs, old, new, path)


@pytest.mark.parametrize(("index", "size"), [(0, 2), (4, 7), (20, 33), (1023, 1025)])
def test_an_inclusion_path_that_was_changed_does_not_hold_before_pymerkle(
    theirs: InmemoryTree, index: int, size: int
) -> None:
    for path in spoilt(merkle.inclusion_path(index, size, READ)):
        with pytest.raises(InvalidProof):
            judge_inclusion(theirs, index, size, path)
