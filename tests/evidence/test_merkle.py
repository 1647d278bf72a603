"""The tree against a naive recursion of RFC 9162, and under attack."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import rfc9162
from tracer.evidence import merkle

LARGEST = 70
LEAVES = [rfc9162.leaf(number.to_bytes(2, "big")) for number in range(LARGEST)]
ROOTS = [rfc9162.tree_hash(LEAVES[:size]) for size in range(LARGEST + 1)]
SIZES = st.integers(1, LARGEST)


class Nodes:
    """A reader that holds the nodes of a log and remembers what it was asked."""

    def __init__(self) -> None:
        self.size = 0
        self.known: dict[merkle.Address, bytes] = {}
        self.asked: list[tuple[merkle.Address, ...]] = []

    def __call__(self, wanted: Sequence[merkle.Address]) -> list[bytes]:
        self.asked.append(tuple(wanted))
        return [self.known[address] for address in wanted]

    def grow(self, leaves: Sequence[bytes]) -> merkle.Appended:
        grown = merkle.append(self.size, leaves, self)
        assert not self.known.keys() & grown.new_nodes.keys()
        self.known |= grown.new_nodes
        self.size = grown.new_size
        return grown


def full() -> Nodes:
    nodes = Nodes()
    nodes.grow(LEAVES)
    return nodes


FULL = full().known


def test_every_size_has_the_root_of_the_recursion_however_it_was_reached() -> None:
    one_by_one = Nodes()
    for size in range(1, LARGEST + 1):
        assert one_by_one.grow(LEAVES[size - 1 : size]).root == ROOTS[size]
    assert one_by_one.known == FULL


@given(st.lists(st.integers(0, 20), max_size=6))
def test_growing_in_batches_of_any_size_gives_the_same_nodes(batches: list[int]) -> None:
    nodes = Nodes()
    for count in batches:
        stop = min(nodes.size + count, LARGEST)
        grown = nodes.grow(LEAVES[nodes.size : stop])
        assert grown.root == ROOTS[stop]
        assert tuple(grown.frontier) == merkle.frontier_nodes(stop)
    kept = {(level, at) for level, at in FULL if (at + 1) << level <= nodes.size}
    assert nodes.known == {address: FULL[address] for address in kept}


def test_the_frontier_of_one_growth_is_all_that_the_next_one_needs() -> None:
    first = merkle.append(0, LEAVES[:11], merkle.reader_of({}))
    second = merkle.append(11, LEAVES[11:], merkle.reader_of(first.frontier))
    assert second.root == ROOTS[LARGEST]


def test_a_node_covers_the_leaves_its_address_names() -> None:
    for (level, index), value in FULL.items():
        assert value == rfc9162.tree_hash(LEAVES[index << level : (index + 1) << level])


def test_all_inclusion_paths_up_to_70_are_those_of_the_recursion_and_verify() -> None:
    read = merkle.reader_of(FULL)
    for size in range(1, LARGEST + 1):
        paths = merkle.inclusion_paths(range(size), size, read)
        for index, path in enumerate(paths):
            assert list(path) == rfc9162.path(index, LEAVES[:size])
            merkle.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


def test_all_consistency_paths_up_to_70_are_those_of_the_recursion_and_verify() -> None:
    read = merkle.reader_of(FULL)
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            path = merkle.consistency_path(old, new, read)
            assert list(path) == rfc9162.proof(old, LEAVES[:new])
            merkle.verify_consistency(old, ROOTS[old], new, ROOTS[new], path)
            merkle.verify_consistency(new, ROOTS[new], old, ROOTS[old], path)


@given(SIZES, st.data())
def test_a_prover_asks_once_and_only_for_what_it_named_beforehand(
    size: int, data: st.DataObject
) -> None:
    indices = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=5))
    old = data.draw(st.integers(0, size))
    for wanted, proved in (
        (merkle.inclusion_nodes(indices, size), "inclusion"),
        (merkle.consistency_nodes(old, size), "consistency"),
        (merkle.frontier_nodes(size), "root"),
    ):
        nodes = Nodes()
        nodes.known = {address: FULL[address] for address in wanted}
        if proved == "inclusion":
            paths = merkle.inclusion_paths(indices, size, nodes)
            assert paths == [merkle.inclusion_path(i, size, nodes) for i in indices]
        elif proved == "consistency":
            merkle.consistency_path(old, size, nodes)
        else:
            assert merkle.root(size, nodes) == ROOTS[size]
        assert nodes.asked[:1] == ([wanted] if wanted else [])
        assert len(set(wanted)) == len(wanted)


def test_nothing_is_asked_of_the_store_for_an_empty_log_or_no_leaves() -> None:
    nodes = Nodes()
    assert merkle.root(0, nodes) == merkle.EMPTY_ROOT == sha256(b"").digest()
    assert merkle.append(0, [], nodes).root == merkle.EMPTY_ROOT
    assert merkle.inclusion_paths((), 0, nodes) == []
    assert merkle.consistency_path(0, 9, nodes) == ()
    assert nodes.asked == []


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_no_path_is_made_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside the tree"):
        merkle.inclusion_path(index, size, merkle.reader_of(FULL))


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4)])
def test_no_path_is_made_to_a_smaller_tree(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not shrink"):
        merkle.consistency_path(old, new, merkle.reader_of(FULL))


def test_a_reader_that_gives_fewer_nodes_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"zip\(\)"):
        merkle.root(7, lambda wanted: [FULL[address] for address in wanted[1:]])


def mutated(path: list[bytes], data: st.DataObject) -> list[bytes]:
    """A path that differs from `path` in one way."""
    kinds = ["longer", *(["flip", "drop", "swap", "cut"] if path else [])]
    kind = data.draw(st.sampled_from(kinds))
    at = data.draw(st.integers(0, max(len(path) - 1, 0)))
    if kind == "longer":
        return [*path[:at], sha256(b"more").digest(), *path[at:]]
    if kind == "flip":
        bit = data.draw(st.integers(0, 255))
        value = (int.from_bytes(path[at], "big") ^ (1 << bit)).to_bytes(32, "big")
        return [*path[:at], value, *path[at + 1 :]]
    if kind == "drop":
        return path[:at] + path[at + 1 :]
    if kind == "swap":
        other = (at + 1) % len(path)
        path[at], path[other] = path[other], path[at]
        return path if len(path) > 1 else []
    return [*path[:at], path[at][:-1], *path[at + 1 :]]


@settings(max_examples=400)
@given(SIZES, st.data())
def test_a_changed_inclusion_path_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = mutated(rfc9162.path(index, LEAVES[:size]), data)
    with pytest.raises(merkle.ProofError):
        merkle.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


@settings(max_examples=400)
@given(st.integers(0, LARGEST), st.data())
def test_a_changed_consistency_path_proves_nothing(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    path = mutated(rfc9162.proof(old, LEAVES[:new]), data)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(old, ROOTS[old], new, ROOTS[new], path)


def test_a_path_proves_its_own_leaf_only() -> None:
    size = 13
    for index in range(size):
        path = rfc9162.path(index, LEAVES[:size])
        for other in range(size):
            if other != index:
                with pytest.raises(merkle.ProofError):
                    merkle.verify_inclusion(LEAVES[index], other, size, path, ROOTS[size])


@given(SIZES, st.data())
def test_a_rewritten_log_is_never_consistent(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    at = data.draw(st.integers(0, old - 1))
    forked = [*LEAVES[:at], sha256(b"forged").digest(), *LEAVES[at + 1 : new]]
    root = rfc9162.tree_hash(forked)
    for leaves in (forked, LEAVES[:new]):
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(old, ROOTS[old], new, root, rfc9162.proof(old, leaves))


def test_proofs_hold_at_sizes_far_beyond_any_memory() -> None:
    level, size = 40, (1 << 40) + 3
    nodes = {(level, 0): sha256(b"left").digest()}
    nodes |= {(0, (1 << 40) + i): LEAVES[i] for i in range(3)}
    nodes[1, 1 << 39] = merkle.node_hash(LEAVES[0], LEAVES[1])
    read = merkle.reader_of(nodes)
    root = merkle.root(size, read)
    path = merkle.inclusion_path(size - 1, size, read)
    assert len(path) == 2
    merkle.verify_inclusion(LEAVES[2], size - 1, size, path, root)
    joined = merkle.consistency_path(1 << 40, size, read)
    merkle.verify_consistency(1 << 40, nodes[level, 0], size, root, joined)
