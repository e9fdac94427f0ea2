"""Twin of the sponsorship contract's money: balances, used numbers, pools and notes. Exact, refusals included.

Source: `interfaces/ISponsorship.sol` and `interfaces/IReimbursement.sol`; the arithmetic is that of
`contracts/libraries/RepaidGas.sol`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from commonlearn.contract_errors import (
    Expired,
    InvalidPoolTerms,
    NonceUsed,
    NoPayee,
    NoPool,
    NothingLeft,
    NothingNoted,
    NothingOwed,
    NothingSent,
    NotPaid,
    NotProvenYet,
    OnlyCreator,
    PoolIsOpen,
    PoolNotOver,
    PoolOver,
    StakeAboveMaximum,
    WrongRelayer,
)
from commonlearn.records import PoolTerms, SponsoredContribution

__all__ = ["REPAID_PERCENT", "NoteState", "PoolState", "SponsorshipLedger", "counted_gas", "overhead_gas", "owed_wei"]

REPAID_PERCENT = 80
"""Part of the gas that counts: a transaction gets back up to a fifth for cleared storage (EIP-3529)."""
_TRANSACTION, _BYTE, _NOTE = 21_000, 4, 20_000


def overhead_gas(data_length: int) -> int:
    """The least that a transaction with so many bytes of data costs before it is carried out.

    Examples
    --------
    >>> overhead_gas(100)
    21400
    """
    return _TRANSACTION + _BYTE * data_length


def counted_gas(gas_used: int) -> int:
    """Gas that counts, of gas measured and overhead.

    Examples
    --------
    >>> counted_gas(180_000)
    160000
    """
    return (gas_used + _NOTE) * REPAID_PERCENT // 100


def owed_wei(counted: int, base_fee_wei: int, cap_wei: int) -> int:
    """What is repaid at most for a contribution, in wei.

    Examples
    --------
    >>> owed_wei(160_000, 10**9, 10**15), owed_wei(160_000, 10**9, 10**14)
    (160000000000000, 100000000000000)
    """
    return min(counted * base_fee_wei, cap_wei)


@dataclass
class NoteState:
    """What is to be repaid for a contribution, in wei, and to whom."""

    payer: str
    owed_wei: int


@dataclass
class PoolState:
    """A pool: who opened it, what is left in wei, its rules, its notes by number and what each author was repaid."""

    creator: str
    left_wei: int
    terms: PoolTerms
    notes: dict[int, NoteState] = field(default_factory=dict)
    repaid_wei: dict[str, int] = field(default_factory=dict)


class SponsorshipLedger:
    """Everybody's money in the sponsorship contract. Every method raises the contract's error where it would.

    Attributes
    ----------
    balances : dict of str to int
        Wei by account.
    used : set of (str, int)
        Authors' numbers that were used or cancelled.
    pools : dict of str to PoolState
        By collaboration.

    Examples
    --------
    >>> ledger = SponsorshipLedger()
    >>> ledger.deposit("0xA", 7)
    >>> ledger.withdraw("0xA"), ledger.held_wei
    (7, 0)
    """

    def __init__(self) -> None:
        self.balances: dict[str, int] = {}
        self.used: set[tuple[str, int]] = set()
        self.pools: dict[str, PoolState] = {}

    @property
    def held_wei(self) -> int:
        """Ether that the contract must hold."""
        return sum(self.balances.values()) + sum(pool.left_wei for pool in self.pools.values())

    def balance(self, account: str) -> int:
        """What an account has, in wei."""
        return self.balances.get(account, 0)

    def _credit(self, account: str, amount_wei: int) -> None:
        self.balances[account] = self.balance(account) + amount_wei

    # ----------------------------------------------------------------------------------------------- balances, numbers

    def deposit(self, account: str, amount_wei: int) -> None:
        """`depositFor`."""
        if amount_wei == 0:
            raise NothingSent
        self._credit(account, amount_wei)

    def withdraw(self, account: str) -> int:
        """`withdraw`; gives the amount in wei."""
        amount = self.balance(account)
        if amount == 0:
            raise NothingOwed(account)
        self.balances[account] = 0
        return amount

    def cancel(self, author: str, nonce: int) -> None:
        """`cancel`."""
        self._use(author, nonce)

    def _use(self, author: str, nonce: int) -> None:
        if (author, nonce) in self.used:
            raise NonceUsed(author, nonce)
        self.used.add((author, nonce))

    # -------------------------------------------------------------------------------------------------- contributions

    def relay(self, request: SponsoredContribution, relayer: str, *, value_wei: int, stake_wei: int, now: int) -> None:
        """`relay` of a request that its author signed.

        Parameters
        ----------
        request : SponsoredContribution
        relayer : str
            Who sends it.
        value_wei : int
            Ether that comes along.
        stake_wei : int
            What the collaboration asks for now.
        now : int
            Unix time in seconds.
        """
        if now > request.deadline:
            raise Expired(request.deadline)
        if int(request.relayer, 16) and request.relayer != relayer:
            raise WrongRelayer(relayer, request.relayer)
        if not int(request.payee, 16):
            raise NoPayee
        if (request.author, request.nonce) in self.used:
            raise NonceUsed(request.author, request.nonce)
        if stake_wei > request.max_stake_wei:
            raise StakeAboveMaximum(stake_wei, request.max_stake_wei)
        payer, available = (relayer, value_wei)
        if request.stake_from_author:
            payer, available = request.author, self.balance(request.author)
        if stake_wei > available:
            raise NotPaid(payer, available, stake_wei)
        self._use(request.author, request.nonce)
        if request.stake_from_author:
            self._credit(request.author, -stake_wei)
        self._credit(relayer, value_wei - (0 if request.stake_from_author else stake_wei))

    def contribute(self, account: str, *, value_wei: int, stake_wei: int) -> None:
        """`contribute` in one's own name."""
        if stake_wei > value_wei:
            raise NotPaid(account, value_wei, stake_wei)
        self._credit(account, value_wei - stake_wei)

    # ---------------------------------------------------------------------------------------------------------- pools

    def open_pool(
        self, collaboration: str, caller: str, creator: str, terms: PoolTerms, *, value_wei: int, now: int
    ) -> None:
        """`openPool`; the creator is the collaboration's."""
        if caller != creator:
            raise OnlyCreator(caller, creator)
        if collaboration in self.pools:
            raise PoolIsOpen(collaboration)
        if terms.problems(now=now):
            raise InvalidPoolTerms(terms)
        self.pools[collaboration] = PoolState(creator, value_wei, terms)

    def fund_pool(self, collaboration: str, *, value_wei: int, now: int) -> None:
        """`fundPool`."""
        if value_wei == 0:
            raise NothingSent
        pool = self._existing(collaboration)
        if now > pool.terms.earn_until:
            raise PoolOver(collaboration, pool.terms.earn_until)
        pool.left_wei += value_wei

    def note(
        self, collaboration: str, id_: int, payer: str, *, counted: int, base_fee_wei: int, now: int
    ) -> int | None:
        """What is noted for a contribution, in wei; None for nothing. The gas that counts is what was measured."""
        pool = self.pools.get(collaboration)
        if pool is None or now > pool.terms.earn_until or pool.left_wei == 0 or id_ in pool.notes:
            return None
        owed = owed_wei(counted, base_fee_wei, pool.terms.cap_wei)
        if owed == 0:
            return None
        pool.notes[id_] = NoteState(payer, owed)
        return owed

    def claim(self, collaboration: str, id_: int, author: str, *, is_proven: bool, now: int) -> int:
        """`claimGas` of one contribution; gives what is repaid in wei."""
        pool = self._existing(collaboration)
        if now > pool.terms.claim_until:
            raise PoolOver(collaboration, pool.terms.claim_until)
        note = pool.notes.get(id_)
        if note is None or note.owed_wei == 0:
            raise NothingNoted(collaboration, id_)
        if not is_proven:
            raise NotProvenYet(collaboration, id_)
        repaid = pool.repaid_wei.get(author, 0)
        author_wei = pool.terms.author_cap_wei - repaid
        paid = min(note.owed_wei, pool.left_wei, author_wei)
        if paid == 0:
            raise NothingLeft(collaboration, pool.left_wei, author_wei)
        pool.repaid_wei[author] = repaid + paid
        note.owed_wei -= paid
        pool.left_wei -= paid
        self._credit(note.payer, paid)
        return paid

    def close_pool(self, collaboration: str, *, now: int) -> int:
        """`closePool`; gives the rest in wei."""
        pool = self._existing(collaboration)
        if now <= pool.terms.claim_until:
            raise PoolNotOver(collaboration, pool.terms.claim_until)
        del self.pools[collaboration]
        self._credit(pool.creator, pool.left_wei)
        return pool.left_wei

    def _existing(self, collaboration: str) -> PoolState:
        if collaboration not in self.pools:
            raise NoPool(collaboration)
        return self.pools[collaboration]
