"""Commitments of private training: seals of results, votes and shards, leaves of rows, seeds of draws.

A seal binds chain, contract, job, round, subset and sender, so that a copied one cannot be revealed. Source:
``IRounds-sealOf``; salts have 32 random bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.numerics import keccak256

__all__ = ["JOIN_ROUND", "VOTE_ROUND", "row_leaf", "seal", "seed", "vote_digest", "vote_sitting"]

JOIN_ROUND = (1 << 256) - 1
"""Round of the seals of replicas that join, whose job is the dataset."""
VOTE_ROUND = (1 << 256) - 2
"""Round of the seals of votes, and of the draws of juries."""

_WORD = 32


def _number(value: int) -> bytes:
    return (value % (1 << 256)).to_bytes(_WORD, "big")


def _address(account: str) -> bytes:
    return bytes.fromhex(account.removeprefix("0x")).rjust(_WORD, b"\0")


def seal(
    chain_id: int, contract: str, job: int, round_: int, subset: int, sender: str, digest: bytes, salt: bytes
) -> bytes:
    """Seal a digest.

    Parameters
    ----------
    chain_id : int
    contract : str
        The training market's address.
    job : int
        For a replica that joins: the dataset.
    round_ : int
        Number of the round, :data:`JOIN_ROUND` or :data:`VOTE_ROUND`.
    subset : int
        Position in the job; for a replica that joins, number in the dataset; for a vote, :func:`vote_sitting`.
    sender : str
        Who seals and reveals.
    digest, salt : bytes
        32 bytes each.

    Returns
    -------
    bytes
        32 bytes.

    Examples
    --------
    >>> one, two = "0x" + "11" * 20, "0x" + "22" * 20
    >>> ours = seal(1, one, 1, 0, 0, one, bytes(32), bytes(32))
    >>> ours == seal(1, one, 1, 0, 0, two, bytes(32), bytes(32))
    False
    """
    words = [_number(chain_id), _address(contract), _number(job), _number(round_), _number(subset), _address(sender)]
    return keccak256(b"".join(words) + digest + salt)


def vote_digest(job: int, score: int, weights: Sequence[int]) -> bytes:
    """Digest of a vote: the final score and the contribution of each dataset.

    Parameters
    ----------
    job : int
    score : int
        In millionths; may be negative.
    weights : sequence of int
        One a dataset in the job's order, 0 to 2**64 - 1.

    Returns
    -------
    bytes
        32 bytes.
    """
    encoded = [_number(job), _number(2 * _WORD), _number(len(weights)), *map(_number, weights)]
    return keccak256(_number(score) + keccak256(b"".join(encoded)))


def vote_sitting(attempt: int, is_appeal: bool) -> int:
    """Return what stands for the subset in the seal of a vote.

    Examples
    --------
    >>> vote_sitting(0, False), vote_sitting(1, True)
    (0, 3)
    """
    return 2 * attempt + is_appeal


def row_leaf(position: int, salt: bytes, row: bytes) -> bytes:
    """Leaf of a row in the Merkle tree of its subset.

    Parameters
    ----------
    position : int
        From 0, in the subset.
    salt : bytes
        32 random bytes of this row's own.
    row : bytes
        Of any length.
    """
    return keccak256(_number(position) + salt + keccak256(row))


def seed(block_hash: bytes, job: int, round_: int) -> bytes:
    """Seed of a draw, out of the hash of its fixed block."""
    return keccak256(block_hash + _number(job) + _number(round_))
