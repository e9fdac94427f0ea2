"""Merkle trees as OpenZeppelin's ``MerkleProof`` verifies them.

Inner nodes are the keccak256 of their two children in ascending order, so a proof needs no directions. Neighbours are
paired from the left; an odd last one is carried up unchanged. The same tree commits a batch of contributions, and the
test set of a prediction market.
"""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.numerics.hashing import keccak256

__all__ = ["MerkleTree", "shared_paths", "verify"]

_HASH_BYTES = 32


class MerkleTree:
    """A tree over leaves that are hashes already.

    A leaf must not be the hash of 64 bytes, or an inner node could be shown as one: hash longer or shorter data.

    Parameters
    ----------
    leaves : sequence of bytes
        At least one; 32 bytes each; in order.

    Raises
    ------
    ValueError
        There is no leaf, or one that is not 32 bytes long.

    Examples
    --------
    >>> leaves = [keccak256(bytes([number])) for number in range(3)]
    >>> tree = MerkleTree(leaves)
    >>> verify(tree.root, leaves[1], tree.proof(1)), len(tree.proof(1)), len(tree.proof(2))
    (True, 2, 1)
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        if not leaves:
            raise ValueError("a tree needs at least one leaf")
        if any(len(leaf) != _HASH_BYTES for leaf in leaves):
            raise ValueError(f"leaves must be hashes of {_HASH_BYTES} bytes")
        self._levels = [[bytes(leaf) for leaf in leaves]]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = [_node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
            self._levels.append(pairs + below[2 * len(pairs) :])

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def leaves(self) -> list[bytes]:
        """The leaves, in order."""
        return list(self._levels[0])

    @property
    def root(self) -> bytes:
        """32 bytes; of a single leaf the leaf itself."""
        return self._levels[-1][0]

    def proof(self, index: int) -> list[bytes]:
        """What must be hashed with a leaf to reach the root, from the bottom up.

        Parameters
        ----------
        index : int
            Position of the leaf, from 0.

        Returns
        -------
        list of bytes
            At most log2 of the number of leaves, rounded up; none for a single leaf.

        Raises
        ------
        IndexError
            There is no such leaf.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"there is no leaf {index} among {len(self)}")
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index //= 2
        return path


def verify(root: bytes, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a leaf is in the tree of a root, as ``MerkleProof.verify`` tells.

    Examples
    --------
    >>> verify(b"r" * 32, b"r" * 32, [])
    True
    """
    node = leaf
    for sibling in proof:
        node = _node(node, sibling)
    return node == root


def shared_paths(paths: Sequence[Sequence[bytes]]) -> list[tuple[bytes, ...]]:
    """Full paths of leaves of one tree, each cut off where it meets what those before it have shown.

    Whoever checks them in the same order keeps the siblings along the last path. A later path may end as soon as its
    climb gives one of those: it lies in the tree. The twin of `contracts/libraries/SharedPaths.sol`.

    Parameters
    ----------
    paths : sequence of sequences of bytes
        As :meth:`MerkleTree.proof` gives them. In the order of the leaves they become shortest; in any other they stay
        right.

    Returns
    -------
    list of tuple of bytes
        Of all leaves in order, one hash less than there are leaves altogether.

    Examples
    --------
    >>> tree = MerkleTree([keccak256(bytes([number])) for number in range(5)])
    >>> [len(tree.proof(index)) for index in range(5)]
    [3, 3, 3, 3, 1]
    >>> [len(path) for path in shared_paths([tree.proof(index) for index in range(5)])]
    [3, 0, 1, 0, 0]
    """
    shortened: list[tuple[bytes, ...]] = []
    last: Sequence[bytes] = ()
    waits: list[bool] = []  # of each sibling along the last path, whether the checker kept it
    for path in paths:
        common = 0
        while common < min(len(last), len(path)) and last[-1 - common] == path[-1 - common]:
            common += 1
        own, other = len(path) - common - 1, len(last) - common - 1  # where the two climbs meet
        if own >= 0 and other >= 0 and waits[other]:
            shortened.append(tuple(path[:own]))
            waits = [True] * own + [False] + waits[other + 1 :]
        else:
            shortened.append(tuple(path))
            waits = [True] * len(path)
        last = path
    return shortened


def _node(one: bytes, other: bytes) -> bytes:
    return keccak256(min(one, other) + max(one, other))
