"""What binds a provider to a test set, and a poster to every state of a replay: trees of hashes.

Source: `interfaces/IMarket.sol` and `interfaces/IMarketDispute.sol`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from commonlearn.market.testset import TestSample, partition_hash
from commonlearn.numerics import MerkleTree, keccak256

__all__ = ["commitment_tree", "partitioned", "salted", "states_tree"]


def salted(secret: bytes, samples: Sequence[bytes], labels: Sequence[int]) -> list[TestSample]:
    """Give each sample a salt out of one secret.

    Parameters
    ----------
    secret : bytes
        32 random bytes. Whoever has them and guesses a sample can check the guess; whoever loses them cannot reveal.
    samples, labels : sequences, length n

    Examples
    --------
    >>> one, two = salted(bytes(32), [b"a", b"a"], [0, 0])
    >>> one.salt != two.salt, one == salted(bytes(32), [b"a"], [0])[0]
    (True, True)
    """
    return [
        TestSample(keccak256(secret + number.to_bytes(32, "big")), label, sample)
        for number, (sample, label) in enumerate(zip(samples, labels, strict=True))
    ]


def partitioned(secret: bytes, count: int, partitions: int) -> list[list[int]]:
    """Deal so many samples to partitions by chance: each has the same, or one more.

    Parameters
    ----------
    secret : bytes
        Decides the chance.
    count : int
        Samples, at least as many as partitions.
    partitions : int

    Returns
    -------
    list of list of int
        Numbers of the samples in each partition.

    Examples
    --------
    >>> [len(part) for part in partitioned(bytes(32), 23, 10)]
    [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    """
    numbers = list(range(count))
    random.Random(keccak256(b"partitions" + secret)).shuffle(numbers)
    return [numbers[start::partitions] for start in range(partitions)]


def commitment_tree(provider: str, partitions: Sequence[Sequence[TestSample]]) -> MerkleTree:
    """The tree whose root a provider commits to.

    Parameters
    ----------
    provider : str
        Address; part of each leaf, so that nobody else can reveal it as theirs.
    partitions : sequence of sequences of TestSample
        In order.

    Examples
    --------
    >>> parts = [salted(bytes(32), [bytes([i])], [0]) for i in range(10)]
    >>> commitment_tree("0x" + "11" * 20, parts).root != commitment_tree("0x" + "22" * 20, parts).root
    True
    """
    return MerkleTree(
        [
            keccak256(_word(int(provider, 16)) + _word(index) + _word(len(samples)) + partition_hash(samples))
            for index, samples in enumerate(partitions)
        ]
    )


def states_tree(hashes: Sequence[bytes]) -> MerkleTree:
    """The tree over all states of a replay that goes with a posted outcome.

    Parameters
    ----------
    hashes : sequence of bytes
        Of the state before the first step, after it, and so on to the outcome.

    Examples
    --------
    >>> len(states_tree([bytes(32)] * 5).proof(0))
    3
    """
    return MerkleTree([keccak256(_word(step) + state_hash) for step, state_hash in enumerate(hashes)])


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
