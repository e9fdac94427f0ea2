"""Where a replay stands, as ``interfaces/IReplay.sol`` hashes it: structures and their ABI encoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commonlearn.market.participants import Participant
from commonlearn.numerics.hashing import keccak256
from commonlearn.numerics.lanes import WORD_BYTES, bytes_to_words, words_to_bytes

__all__ = ["ReplayInput", "ReplayState", "ReplayTerms", "encode_state"]


@dataclass(frozen=True, slots=True)
class ReplayInput:
    """One recorded contribution, as a replay needs it.

    Parameters
    ----------
    participant : int
        Number of the participant: the order in which accounts first took part.
    account : str
        Whose stake it is.
    stake_wei : int
        Its stake.
    label : int
        Class number.
    sample : bytes
        Encoded features.
    """

    participant: int
    account: str
    stake_wei: int
    label: int
    sample: bytes

    def as_tuple(self) -> tuple[int, str, int, int, bytes]:
        """In the contract's order."""
        return (self.participant, self.account, self.stake_wei, self.label, self.sample)


@dataclass(frozen=True, slots=True)
class ReplayTerms:
    """What a replay is told once.

    Parameters
    ----------
    configuration : int
        The model's configuration word.
    contributions : int
        How many a round replays.
    rounds : int
        In at most how many rounds the bounty is awarded, 1 to 16.
    prepared_hash, initial_hash : bytes
        Of what the engine's ``prepare`` gives, 32 bytes each.
    """

    configuration: int
    contributions: int
    rounds: int
    prepared_hash: bytes
    initial_hash: bytes

    def as_tuple(self) -> tuple[int, int, int, bytes, bytes]:
        """In the contract's order."""
        return (self.configuration, self.contributions, self.rounds, self.prepared_hash, self.initial_hash)


@dataclass(frozen=True, slots=True)
class ReplayState:
    """Where a replay stands. Fields as the contract's.

    Parameters
    ----------
    round, position, correct : int
        Round from 0; contributions replayed in it; test samples that the working model has right.
    is_final : bool
        Whether the last round is closed.
    unit_left_wei, bounty_left_wei, unawarded_wei : int
        What a test sample is still worth; what is left of the bounty; forfeits that nobody stood against.
    words, scores, participants : bytes
        The three arrays, 32 bytes an element, big-endian.

    Examples
    --------
    >>> state = ReplayState(0, 0, 0, False, 0, 0, 0, b"", b"", b"")
    >>> state.hash() == keccak256(state.encode()), len(state.encode())
    (True, 448)
    """

    round: int
    position: int
    correct: int
    is_final: bool
    unit_left_wei: int
    bounty_left_wei: int
    unawarded_wei: int
    words: bytes
    scores: bytes
    participants: bytes

    def encode(self) -> bytes:
        """As ``abi.encode(state)`` gives it."""
        heads = (
            self.round, self.position, self.correct, int(self.is_final),
            self.unit_left_wei, self.bounty_left_wei, self.unawarded_wei,
        )  # fmt: skip
        return encode_state(heads, (self.words, self.scores, self.participants))

    def hash(self) -> bytes:
        """The state's hash, 32 bytes."""
        return keccak256(self.encode())

    def roster(self) -> list[Participant]:
        """Participants in order of their numbers."""
        return [Participant.decode(self.participants[i : i + 64]) for i in range(0, len(self.participants), 64)]

    def as_tuple(self) -> tuple[Any, ...]:
        """In the contract's order, arrays as numbers."""
        return (
            self.round, self.position, self.correct, self.is_final,
            self.unit_left_wei, self.bounty_left_wei, self.unawarded_wei,
            bytes_to_words(self.words), bytes_to_words(self.scores), bytes_to_words(self.participants),
        )  # fmt: skip

    @classmethod
    def from_tuple(cls, values: Any) -> ReplayState:
        """Read what a contract returned."""
        return cls(*values[:7], *(words_to_bytes(list(array)) for array in values[7:10]))


def encode_state(heads: tuple[int, ...], arrays: tuple[bytes, ...]) -> bytes:
    """ABI encoding of a structure of numbers followed by arrays of words, behind its offset.

    Parameters
    ----------
    heads : tuple of int
        The first fields, each at least 0 and below 2^256.
    arrays : tuple of bytes
        The arrays' elements.
    """
    parts = [_word(WORD_BYTES), *map(_word, heads)]
    start = WORD_BYTES * (len(heads) + len(arrays))
    for data in arrays:
        parts.append(_word(start))
        start += WORD_BYTES + len(data)
    for data in arrays:
        parts += (_word(len(data) // WORD_BYTES), bytes(data))
    return b"".join(parts)


def _word(number: int) -> bytes:
    return number.to_bytes(WORD_BYTES, "big")
