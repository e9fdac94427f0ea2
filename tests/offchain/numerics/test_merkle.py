"""Merkle trees, against the rule written down once more and against a path worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.numerics import MerkleTree, keccak256, verify

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
