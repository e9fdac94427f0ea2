"""Shares of forfeited stakes, and credits: the twin of `contracts/libraries/ProvenPool.sol`."""

from __future__ import annotations

from dataclasses import dataclass

from commonlearn.contract_errors import NothingOwed

__all__ = ["Account", "ProvenPool"]


@dataclass(slots=True)
class Account:
    """What the pool keeps of one account.

    Attributes
    ----------
    proven_gwei : int
        Stake proven by data that taught.
    seen_per_gwei : int
        The pool's running sum up to which shares are in the credit.
    credit_wei : int
        Owed, shares since `seen_per_gwei` not included.
    """

    proven_gwei: int = 0
    seen_per_gwei: int = 0
    credit_wei: int = 0


class ProvenPool:
    """One addition shares a forfeit among all proven accounts: a running sum of wei for each proven gwei.

    Attributes
    ----------
    accounts : dict of str to Account
        By address.
    proven_gwei : int
        Stake proven by all of them.
    carry_wei : int
        Rest that waits for the next share.

    Examples
    --------
    >>> pool = ProvenPool()
    >>> pool.prove("ann", 3)
    >>> pool.share(10, "bob"), pool.owed("ann"), pool.carry_wei
    (3, 9, 1)
    """

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.proven_gwei = 0
        self.carry_wei = 0
        self._per_gwei = 0

    @property
    def balance_wei(self) -> int:
        """Ether that is owed or waits to be shared."""
        return self.carry_wei + sum(self.owed(who) for who in self.accounts)

    def owed(self, who: str) -> int:
        """What an account could withdraw, in wei."""
        account = self.accounts.get(who, Account())
        return account.credit_wei + account.proven_gwei * (self._per_gwei - account.seen_per_gwei)

    def proven(self, who: str) -> int:
        """Stake that an account has proven, in gwei."""
        return self.accounts.get(who, Account()).proven_gwei

    def credit(self, who: str, amount_wei: int) -> None:
        """Owe an account more."""
        self._settled(who).credit_wei += amount_wei

    def prove(self, who: str, gwei: int) -> None:
        """Count stake as proven: the account takes part in what is shared from now on."""
        self._settled(who).proven_gwei += gwei
        self.proven_gwei += gwei

    def share(self, amount_wei: int, excluded: str) -> int:
        """Share money among all proven accounts but one; somebody else must be proven.

        Returns
        -------
        int
            Wei that each proven gwei was credited.
        """
        account = self._settled(excluded)
        base = self.proven_gwei - account.proven_gwei
        pot = amount_wei + self.carry_wei
        per_gwei = pot // base
        self.carry_wei = pot - per_gwei * base
        self._per_gwei += per_gwei
        account.seen_per_gwei = self._per_gwei  # what is shared here does not come back to it
        return per_gwei

    def take(self, who: str) -> int:
        """Empty an account's credit. Returns wei; raises `NothingOwed`."""
        amount_wei = self.owed(who)
        if amount_wei == 0:
            raise NothingOwed(who)
        self._settled(who).credit_wei = 0
        return amount_wei

    def _settled(self, who: str) -> Account:
        account = self.accounts.setdefault(who, Account())
        account.credit_wei = self.owed(who)
        account.seen_per_gwei = self._per_gwei
        return account
