"""What a pod needs of a chain and of an account; :mod:`commonlearn.pod.wallet` has both for real chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from commonlearn.chain.contracts import Call
from commonlearn.pod.actions import Event, Head

__all__ = ["Chain", "Mined", "Signed", "Wallet"]


@dataclass(frozen=True)
class Signed:
    """A transaction ready to be sent.

    Attributes
    ----------
    hash, raw : str
        How it will be known, and its bytes.
    most_wei : int
        What it can cost at most, ether sent along included.
    fee_wei, tip_wei : int
        What is offered at most for a unit of gas, and the block builder's part of it.
    """

    hash: str
    raw: str
    most_wei: int
    fee_wei: int = 0
    tip_wei: int = 0


@dataclass(frozen=True)
class Mined:
    """A transaction in a block of the chain as it is now; ``error`` says why it had no effect, None if it had."""

    hash: str
    block: int
    block_hash: str
    error: str | None = None


class Chain(Protocol):
    """Blocks and what contracts told in them."""

    chain_id: int
    genesis: str

    def head(self) -> Head:
        """The latest block."""

    def block(self, number: int) -> Head:
        """A block by its number; LookupError if there is none."""

    def events(self, first: int, last: int) -> Sequence[Event]:
        """What was told in a range of blocks, both ends included, in order."""


class Wallet(Protocol):
    """An account that signs by itself."""

    address: str

    def sign(self, call: Call, nonce: int, above: tuple[int, int] | None = None) -> Signed:
        """Sign a call that would succeed now.

        Parameters
        ----------
        call : Call
        nonce : int
            Its number.
        above : (int, int), optional
            Fee and tip of a waiting transaction with that number, which this one is to replace: it offers more.

        Raises
        ------
        CommonlearnError
            The contract would refuse it, or the account has too little.
        """

    def send(self, raw: str) -> None:
        """Hand a transaction to the chain; again does no harm.

        Raises
        ------
        CommonlearnError
            It is not taken, for another reason than that it or its number is known already.
        """

    def used_nonces(self) -> int:
        """How many transactions of the account are in blocks."""

    def mined(self, hashes: Sequence[str]) -> list[Mined | None]:
        """Where transactions are; None for those that are in no block."""
