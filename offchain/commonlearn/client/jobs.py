"""What a job consists of: its contributions, the parcels in which they travel, the transactions tried for each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Attempt", "Entry", "EntryState", "Job", "Parcel", "Settled", "job_key"]


class EntryState(StrEnum):
    """Where one contribution of a job stands."""

    PLANNED = "planned"
    """No transaction of it can ever get into a block."""
    SENT = "sent"
    """A transaction was signed and perhaps sent."""
    DONE = "done"
    """A transaction of it is in a block and succeeded."""
    REFUSED = "refused"
    """The batch that it was in is in a block, but the contract left this one out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution of a job.

    Attributes
    ----------
    position : int
        Which of the job's, from 0.
    sample : bytes
        Encoded features.
    label : int
        Class number.
    state : EntryState
    tx_hash : str or None
        The transaction that settled it.
    place : int
        Which of that transaction's contributions it is, from 0.
    reason : bytes
        Why it was refused: the contract's revert data.
    """

    position: int
    sample: bytes
    label: int
    state: EntryState
    tx_hash: str | None
    place: int = 0
    reason: bytes = b""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One transaction for one contribution or a batch of them.

    Attributes
    ----------
    positions : tuple of int
        The contributions, in order.
    nonce : int
        The transaction's place in the account's order.
    tx_hash : str or None
        None while only the node, which signs, may know it.
    raw : str or None
        The signed bytes; None where the node signs.
    fields : str
        The transaction's fields as JSON.
    """

    positions: tuple[int, ...]
    nonce: int
    tx_hash: str | None
    raw: str | None
    fields: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Contributions under way together, and the transactions tried for them, of which a chain takes at most one.

    Attributes
    ----------
    entries : tuple of Entry
        At least one, in order.
    attempts : tuple of Attempt
        At least one; all have one nonce and carry exactly these entries. The last is the latest.
    """

    entries: tuple[Entry, ...]
    attempts: tuple[Attempt, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        """Of its contributions."""
        return tuple(entry.position for entry in self.entries)

    @property
    def nonce(self) -> int:
        """That all its transactions share."""
        return self.attempts[-1].nonce


@dataclass(frozen=True, slots=True)
class Settled:
    """How a block settled one contribution.

    Attributes
    ----------
    position : int
        The contribution.
    tx_hash : str
        The transaction.
    place : int
        Which of the transaction's contributions it became; -1 if it was refused.
    reason : bytes
        Why it was refused.
    """

    position: int
    tx_hash: str
    place: int
    reason: bytes = b""


@dataclass(frozen=True, slots=True)
class Job:
    """Contributions that belong together: one call of the user's.

    Attributes
    ----------
    id : int
    first_block : int
        The latest block when the job began; its transactions are in later ones.
    total : int
        Number of contributions.
    """

    id: int
    first_block: int
    total: int


def job_key(samples: Sequence[bytes], labels: Sequence[int], name: str | None) -> str:
    """What a job is recognised by when it is run again: its contributions in order, and the name that it was given."""
    digest = hashlib.sha256(repr(name).encode())
    for sample, label in zip(samples, labels, strict=True):
        digest.update(label.to_bytes(4, "big") + len(sample).to_bytes(8, "big") + sample)
    return digest.hexdigest()
