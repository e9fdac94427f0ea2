"""A market's test set: how engines read it, and how its provider commits to it.

Source: ``docs/ref-market.md``, "The test set".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commonlearn.numerics.hashing import keccak256
from commonlearn.numerics.lanes import WORD_BYTES
from commonlearn.numerics.merkle import MerkleTree

__all__ = [
    "TestSample",
    "commitment",
    "pack_tests",
    "partition_hash",
    "partition_leaf",
    "running_hash",
    "sample_leaf",
    "scored",
]


@dataclass(frozen=True, slots=True)
class TestSample:
    """One sample of a test set, as its provider reveals it.

    Parameters
    ----------
    salt : bytes
        32 bytes that nobody can guess.
    label : int
        Class number.
    sample : bytes
        Encoded features.
    """

    __test__ = False  # pytest takes the name for a class of tests

    salt: bytes
    label: int
    sample: bytes

    def as_tuple(self) -> tuple[bytes, int, bytes]:
        """In the contract's order."""
        return (self.salt, self.label, self.sample)


def pack_tests(samples: Sequence[bytes], labels: Sequence[int], prefix: bytes = b"") -> bytes:
    r"""Put labelled samples behind one another, as engines keep them.

    Parameters
    ----------
    samples : sequence of bytes, length n
    labels : sequence of int, length n
        Each from 0 to 65,535.
    prefix : bytes, optional
        What goes first: nothing, or the address that a model engine copies.

    Returns
    -------
    bytes
        For each sample its label (2 bytes), its length (4 bytes) and itself.

    Examples
    --------
    >>> pack_tests([b"\x00\x07"], [1]).hex()
    '0001000000020007'
    """
    parts = [prefix]
    for sample, label in zip(samples, labels, strict=True):
        parts.append(int(label).to_bytes(2, "big") + len(sample).to_bytes(4, "big") + sample)
    return b"".join(parts)


def sample_leaf(given: TestSample) -> bytes:
    """The hash that commits to one sample: ``keccak256(abi.encode(salt, label, keccak256(sample)))``."""
    return keccak256(given.salt + _word(given.label) + keccak256(given.sample))


def partition_hash(samples: Sequence[TestSample]) -> bytes:
    """The hash of a partition: of the leaves of its samples one behind another."""
    return keccak256(b"".join(map(sample_leaf, samples)))


def partition_leaf(provider: str, index: int, samples: Sequence[TestSample]) -> bytes:
    """A partition's leaf: ``keccak256(abi.encode(provider, index, count, partitionHash))``.

    Parameters
    ----------
    provider : str
        Address of who commits; nobody else can reveal it.
    index : int
        Its place, from 0.
    samples : sequence of TestSample
        At least one.
    """
    head = bytes.fromhex(provider[2:]).rjust(WORD_BYTES, b"\0") + _word(index) + _word(len(samples))
    return keccak256(head + partition_hash(samples))


def commitment(provider: str, partitions: Sequence[Sequence[TestSample]]) -> MerkleTree:
    r"""The tree that commits to a whole test set.

    Parameters
    ----------
    provider : str
        Address of who commits.
    partitions : sequence of sequences of TestSample
        In order; the contract takes 10 to 64.

    Returns
    -------
    MerkleTree
        Its ``root`` is committed; its ``leaves`` go with each reveal.

    Examples
    --------
    >>> parts = [[TestSample(bytes(32), 0, b"\x00\x01")], [TestSample(bytes(32), 1, b"\x00\x02")]]
    >>> len(commitment("0x" + "11" * 20, parts).leaves)
    2
    """
    return MerkleTree([partition_leaf(provider, index, samples) for index, samples in enumerate(partitions)])


def scored(partitions: Sequence[Sequence[TestSample]], drawn: int) -> list[TestSample]:
    """The samples on which a market scores: all, partition by partition, but those of the drawn one.

    Everybody knows the drawn partition before contributing, so nobody is paid for what the model gains on it.
    """
    return [one for number, samples in enumerate(partitions) if number != drawn for one in samples]


def running_hash(samples: Sequence[TestSample]) -> bytes:
    """The market's ``testHash`` over scored samples: ``keccak256(abi.encode(before, label, keccak256(sample)))``.

    Examples
    --------
    >>> running_hash([]) == bytes(32)
    True
    """
    found = bytes(WORD_BYTES)
    for one in samples:
        found = keccak256(found + _word(one.label) + keccak256(one.sample))
    return found


def _word(number: int) -> bytes:
    return number.to_bytes(WORD_BYTES, "big")
