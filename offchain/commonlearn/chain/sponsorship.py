"""A thin typed wrapper of the sponsorship contract: views return values, writes a `Call` to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.abi import checksummed, function_of
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call
from commonlearn.numerics.hashing import keccak256
from commonlearn.records import Contribution, PoolTerms, SponsoredContribution

__all__ = ["GasClaim", "Note", "Pool", "SponsorshipContract"]


@dataclass(frozen=True, slots=True)
class Pool:
    """A model's pool: who opened it, what is left in wei, and its rules."""

    creator: str
    left_wei: int
    terms: PoolTerms


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be repaid for a contribution: to whom, and at most how much in wei."""

    payer: str
    owed_wei: int


@dataclass(frozen=True, slots=True)
class GasClaim:
    """A contribution whose gas is claimed; `sample_hash` is that of its encoded features."""

    id: int
    contribution: Contribution
    sample_hash: bytes
    payee: str

    @classmethod
    def of(cls, id_: int, contribution: Contribution, sample: bytes, payee: str) -> GasClaim:
        """A claim from what the log has."""
        return cls(id_, contribution, keccak256(sample), payee)

    def as_tuple(self) -> tuple[Any, ...]:
        """In the contract's order."""
        return (self.id, self.contribution.as_tuple(), self.sample_hash, self.payee)


class SponsorshipContract:
    """The contract that checks authors' signatures and holds pools.

    Parameters
    ----------
    connection : Connection
        The chain.
    address : str
        Where it should be.

    Raises
    ------
    NoContract, MalformedAddress
        There is nothing.
    """

    def __init__(self, connection: Connection, address: str) -> None:
        self.connection = connection
        self.address = connection.require_code(address)

    def _read(self, name: str, *arguments: Any) -> Any:
        return self.connection.read(self.address, function_of("Sponsorship", name), *arguments)

    def _write(self, name: str, *arguments: Any, value_wei: int = 0, what: str = "") -> Call:
        return Call(self.address, function_of("Sponsorship", name).encode(*arguments), value_wei, what or name)

    # -------------------------------------------------------------------------------------------------------- reading

    def balance(self, account: str) -> int:
        """What an account has there, in wei."""
        return int(self._read("balanceOf", checksummed(account)))

    def is_used(self, author: str, nonce: int) -> bool:
        """Whether an author's number was used or cancelled."""
        return bool(self._read("isUsed", checksummed(author), nonce))

    def pool(self, collaboration: str) -> Pool | None:
        """A model's pool; None where there is none."""
        creator, left_wei, terms = self._read("poolOf", checksummed(collaboration))
        return None if int(creator, 16) == 0 else Pool(creator, int(left_wei), PoolTerms(*map(int, terms)))

    def notes(self, collaboration: str, ids: Sequence[int]) -> list[Note | None]:
        """What is to be repaid for contributions; None where nothing is, or no more."""
        function = function_of("Sponsorship", "noteOf")
        found = self.connection.read_many([(self.address, function, (checksummed(collaboration), id_)) for id_ in ids])
        return [Note(payer, int(owed)) if int(owed) else None for payer, owed in found]

    def repaid(self, collaboration: str, author: str) -> int:
        """What an author's contributions were repaid out of the present pool, in wei."""
        return int(self._read("repaidTo", checksummed(collaboration), checksummed(author)))

    # -------------------------------------------------------------------------------------------------------- writing

    def relay(self, request: SponsoredContribution, signature: bytes, value_wei: int) -> Call:
        """Sends a signed contribution."""
        return self._write("relay", request.as_tuple(), signature, value_wei=value_wei, what="relay a contribution")

    def relay_many(
        self, signed: Sequence[tuple[SponsoredContribution, bytes]], value_wei: int, *, strict: bool = False
    ) -> Call:
        """Sends many signed contributions; bad ones are left out, or stop all if it is strict."""
        requests, signatures = [request.as_tuple() for request, _ in signed], [signature for _, signature in signed]
        what = f"relay {len(signed)} contributions"
        return self._write("relayMany", requests, signatures, strict, value_wei=value_wei, what=what)

    def contribute(self, collaboration: str, sample: bytes, label: int, value_wei: int) -> Call:
        """Contributes in the sender's own name, so that a pool can repay the gas."""
        return self._write("contribute", collaboration, sample, label, value_wei=value_wei, what="contribute")

    def cancel(self, nonce: int) -> Call:
        """Makes one of the sender's numbers useless."""
        return self._write("cancel", nonce, what="cancel a signed contribution")

    def deposit_for(self, account: str, amount_wei: int) -> Call:
        """Adds to an account's balance."""
        return self._write("depositFor", checksummed(account), value_wei=amount_wei, what=f"deposit for {account}")

    def withdraw(self, to: str) -> Call:
        """Pays out the sender's balance."""
        return self._write("withdraw", checksummed(to), what=f"withdrawal to {to}")

    def open_pool(self, collaboration: str, terms: PoolTerms, amount_wei: int) -> Call:
        """Opens a pool; for the model's creator."""
        return self._write("openPool", collaboration, terms.as_tuple(), value_wei=amount_wei, what="open a pool")

    def fund_pool(self, collaboration: str, amount_wei: int) -> Call:
        """Adds to a pool."""
        return self._write("fundPool", collaboration, value_wei=amount_wei, what="add to a pool")

    def claim_gas(self, collaboration: str, claims: Sequence[GasClaim]) -> Call:
        """Repays gas of proven contributions."""
        tuples = [claim.as_tuple() for claim in claims]
        return self._write("claimGas", collaboration, tuples, what=f"claim the gas of {len(claims)} contributions")

    def close_pool(self, collaboration: str) -> Call:
        """Ends a pool."""
        return self._write("closePool", collaboration, what="close a pool")
