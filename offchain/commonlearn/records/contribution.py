"""What a contract records of data: a contribution, what became of it, and how it is claimed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["NOBODY", "Claim", "Contribution", "Status"]

NOBODY = "0x" + "0" * 40
"""The zero address."""


class Status(IntEnum):
    """How a contribution stands. Every stake leaves ``OPEN`` exactly once."""

    NONE = 0
    """Never recorded."""
    OPEN = 1
    """Stake locked."""
    REFUNDED = 2
    """Proven: the stake went back to its author."""
    FORFEITED = 3
    """Reported: the stake was shared by the proven."""
    SWEPT = 4
    """Nobody claimed it in time: the stake went to the beneficiary."""
    BATCHED = 5
    """No end of a contribution: marks a record that stands for a whole batch."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What is known of one contribution besides its features.

    Parameters
    ----------
    author : str
        Who contributed, and gets the stake back. Checksummed address.
    label : int
        The class that the author gave, from 0.
    taught : bool
        Whether the model, at that time, did not know the answer safely.
    stake_wei : int
        What the author staked; a whole number of gwei.
    contributed_at : int
        Unix time in seconds.
    """

    author: str
    label: int
    taught: bool
    stake_wei: int
    contributed_at: int

    def as_tuple(self) -> tuple[str, int, bool, int, int]:
        """In the contract's order."""
        return (self.author, self.label, self.taught, self.stake_wei, self.contributed_at)


@dataclass(frozen=True, slots=True)
class Claim:
    """A contribution as claimed in a batch, with what proves that it was recorded.

    Parameters
    ----------
    id : int
        Number of the contribution.
    contribution : Contribution
        What is known of it.
    sample : bytes
        Encoded features.
    batch : int
        Number of the first contribution of the call that it came in; `id` if it came alone.
    proof : tuple of bytes
        Merkle path from its leaf to the root of its batch (see :mod:`commonlearn.incentives.batch`); empty if it came
        alone. The whole path: what neighbours in one call share is left out when the call is made.
    payee : str
        Who gets the stake back of a sponsored contribution; the zero address if it was not sponsored.

    Examples
    --------
    >>> given = Contribution("0x" + "11" * 20, 1, True, 10**15, 1_800_000_000)
    >>> Claim(7, given, b"", batch=7).as_tuple()[4:]
    (7, ())
    """

    id: int
    contribution: Contribution
    sample: bytes
    batch: int
    proof: tuple[bytes, ...] = ()
    payee: str = NOBODY

    def as_tuple(self) -> tuple[int, tuple[str, int, bool, int, int], bytes, str, int, tuple[bytes, ...]]:
        """In the contract's order."""
        return (self.id, self.contribution.as_tuple(), self.sample, self.payee, self.batch, self.proof)
