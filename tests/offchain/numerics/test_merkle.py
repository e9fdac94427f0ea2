"""Merkle trees, against the rule written down once more and against a path worked out by hand."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.numerics import MerkleTree, keccak256, shared_paths, verify

HASHES = st.binary(min_size=32, max_size=32)
LEAVES = st.lists(HASHES, min_size=1, max_size=40)


def node(one: bytes, other: bytes) -> bytes:
    return keccak256(b"".join(sorted((one, other))))


def plain_root(leaves: list[bytes]) -> bytes:
    """The rule, one level a call."""
    if len(leaves) == 1:
        return leaves[0]
    return plain_root(
        [node(*leaves[i : i + 2]) if i + 1 < len(leaves) else leaves[i] for i in range(0, len(leaves), 2)]
    )


def test_five_leaves_by_hand():
    a, b, c, d, e = (keccak256(bytes([number])) for number in range(5))
    tree = MerkleTree([a, b, c, d, e])
    assert tree.root == node(node(node(a, b), node(c, d)), e)
    assert tree.proof(2) == [d, node(a, b), e]
    assert tree.proof(4) == [node(node(a, b), node(c, d))]
    assert (len(tree), tree.leaves) == (5, [a, b, c, d, e])


@given(LEAVES)
def test_fuzz_the_root_is_the_plain_ones(leaves):
    assert MerkleTree(leaves).root == plain_root(leaves)


@given(LEAVES, st.data())
def test_fuzz_every_leaf_and_no_other_is_proven(leaves, data):
    tree, index = MerkleTree(leaves), data.draw(st.integers(0, len(leaves) - 1))
    assert verify(tree.root, leaves[index], tree.proof(index))
    other = data.draw(HASHES.filter(lambda leaf: leaf not in leaves))
    assert not verify(tree.root, other, tree.proof(index))


def test_a_single_leaf_is_its_root():
    assert MerkleTree([b"x" * 32]).root == b"x" * 32
    assert MerkleTree([b"x" * 32]).proof(0) == []


@pytest.mark.parametrize("leaves", [[], [b"short"], [b"x" * 32, b""]], ids=["none", "short", "empty"])
def test_what_is_no_leaf_is_refused(leaves):
    with pytest.raises(ValueError, match="lea"):
        MerkleTree(leaves)


@pytest.mark.parametrize("index", [-1, 3])
def test_what_is_no_position_is_refused(index):
    with pytest.raises(IndexError, match="no leaf"):
        MerkleTree([b"x" * 32] * 3).proof(index)


# ------------------------------------------------------------------------------------------------------ shared paths


def checked(root: bytes, leaves: list[bytes], paths: list[tuple[bytes, ...]]) -> list[bool]:
    """What `contracts/libraries/SharedPaths.sol` does, in plain lists."""
    waiting, found = [root], []
    for leaf, path in zip(leaves, paths, strict=True):
        for sibling in path:
            leaf = node(leaf, sibling)
        found.append(leaf in waiting)
        if found[-1]:
            at = len(waiting) - 1 - waiting[::-1].index(leaf)
            waiting = waiting[: max(at, 1)] + list(reversed(path))
    return found


@given(st.lists(HASHES, min_size=1, max_size=40, unique=True))
def test_fuzz_in_order_all_leaves_share_one_hash_less_than_there_are(leaves):
    """Requirement B-13."""
    tree = MerkleTree(leaves)
    paths = shared_paths([tree.proof(index) for index in range(len(leaves))])
    assert sum(map(len, paths)) == len(leaves) - 1
    assert all(checked(tree.root, leaves, paths))


@given(st.lists(HASHES, min_size=1, max_size=40, unique=True), st.randoms(use_true_random=False))
def test_fuzz_in_any_order_and_twice_shared_paths_are_right_and_never_longer(
    leaves: list[bytes], chance: random.Random
):
    tree = MerkleTree(leaves)
    order = [chance.randrange(len(leaves)) for _ in range(2 * len(leaves))]
    paths = shared_paths([tree.proof(index) for index in order])
    assert all(checked(tree.root, [leaves[index] for index in order], paths))
    assert all(list(path) == tree.proof(index)[: len(path)] for index, path in zip(order, paths, strict=True))


def test_no_paths():
    assert shared_paths([]) == []
