"""What a batch of contributions is recorded by: a Merkle tree with one leaf a contribution.

The twin of what `contracts/data/DataHandler.sol` does; `interfaces/IBatch.sol` is the manual.
"""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.numerics import MerkleTree, keccak256
from commonlearn.records import Claim, Contribution

__all__ = ["batch_claims", "batch_tree", "leaf_of"]


def leaf_of(id_: int, contribution: Contribution, sample: bytes) -> bytes:
    """Leaf of one contribution: `keccak256(abi.encode(id, contribution, keccak256(sample)))`.

    Parameters
    ----------
    id_ : int
        Its number.
    contribution : Contribution
        What is known of it.
    sample : bytes
        Encoded features.

    Returns
    -------
    bytes
        32 bytes.

    Examples
    --------
    >>> given = Contribution("0x" + "11" * 20, 1, True, 10**15, 1_800_000_000)
    >>> leaf_of(0, given, b"") != leaf_of(1, given, b"")
    True
    """
    author, label, taught, stake_wei, contributed_at = contribution.as_tuple()
    words = (id_, int(author, 16), label, int(taught), stake_wei, contributed_at)
    return keccak256(b"".join(word.to_bytes(32, "big") for word in words) + keccak256(sample))


def batch_tree(first: int, given: Sequence[tuple[Contribution, bytes]]) -> MerkleTree:
    """Tree of a batch; its root is that of `BatchRecorded`.

    Parameters
    ----------
    first : int
        Number of the first contribution.
    given : sequence of (Contribution, bytes)
        All accepted contributions with their samples, in order.

    Raises
    ------
    ValueError
        There are none.

    Examples
    --------
    >>> given = Contribution("0x" + "11" * 20, 1, True, 10**15, 1_800_000_000)
    >>> batch_tree(5, [(given, b"")]).root == leaf_of(5, given, b"")
    True
    """
    return MerkleTree([leaf_of(first + i, contribution, sample) for i, (contribution, sample) in enumerate(given)])


def batch_claims(first: int, given: Sequence[tuple[Contribution, bytes]]) -> list[Claim]:
    """Claims for all contributions of a batch, each with its proof; a batch of one was recorded as a single one.

    Parameters and errors as in :func:`batch_tree`.

    Examples
    --------
    >>> given = Contribution("0x" + "11" * 20, 1, True, 10**15, 1_800_000_000)
    >>> [len(claim.proof) for claim in batch_claims(5, [(given, b"")] * 3)]
    [2, 2, 1]
    """
    tree = batch_tree(first, given)
    return [
        Claim(first + i, contribution, sample, first, tuple(tree.proof(i)))
        for i, (contribution, sample) in enumerate(given)
    ]
