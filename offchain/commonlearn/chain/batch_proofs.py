"""What proves that a contribution is one of a batch, of which a contract keeps only the root of a Merkle tree."""

from __future__ import annotations

from collections.abc import Sequence

from eth_abi.abi import encode

from commonlearn.numerics.hashing import keccak256
from commonlearn.numerics.merkle import MerkleTree
from commonlearn.records import Contribution

__all__ = ["batch_tree"]

_LEAF = ("uint256", "(address,uint16,bool,uint96,uint40)", "bytes32")


def batch_tree(first: int, members: Sequence[tuple[Contribution, bytes]]) -> MerkleTree:
    """The tree of a batch, as `IBatch` defines it.

    Parameters
    ----------
    first : int
        Number of the first contribution.
    members : sequence of (Contribution, sample)
        All contributions of the batch, in order; numbers follow one another.

    Examples
    --------
    >>> one = Contribution("0x" + "11" * 20, 1, True, 10**9, 5)
    >>> tree = batch_tree(7, [(one, b"a"), (one, b"b"), (one, b"c")])
    >>> [len(tree.proof(index)) for index in range(3)]
    [2, 2, 1]
    """
    return MerkleTree(
        [
            keccak256(encode(_LEAF, (first + index, contribution.as_tuple(), keccak256(sample))))
            for index, (contribution, sample) in enumerate(members)
        ]
    )
