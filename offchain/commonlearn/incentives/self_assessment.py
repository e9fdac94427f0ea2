"""Ongoing self-assessment as a ledger of exact integers: the twin of `contracts/incentives/SelfAssessment.sol`.

It knows neither data nor models. Whoever uses it says whether a contribution taught and what the model predicts now,
so state machines can compare it with the contract step by step, and simulations can pay thousands of agents without a
chain.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from commonlearn.contract_errors import (
    BatchRefused,
    ContractError,
    EmptyBatch,
    InvalidTerms,
    ModelAgrees,
    ModelDisagrees,
    ModelJustMoved,
    NotAuthor,
    NotOpen,
    NotProven,
    OwnContribution,
    TooEarly,
    UnknownContribution,
)
from commonlearn.errors import CommonlearnError
from commonlearn.incentives.batch import batch_claims
from commonlearn.incentives.proven_pool import ProvenPool
from commonlearn.incentives.reporter_part import reporter_part
from commonlearn.incentives.stake_lock import StakeLock
from commonlearn.money import GWEI
from commonlearn.records import NOBODY, Claim, Contribution, Status, Terms

__all__ = ["ClaimOf", "Refused", "SelfAssessmentLedger", "Totals"]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all accounts: open stakes (wei), stake proven (gwei), rest waiting for the next share (wei)."""

    locked_wei: int
    proven_gwei: int
    carry_wei: int


@dataclass(frozen=True, slots=True)
class Refused:
    """One of a batch that was refused while others were not.

    Attributes
    ----------
    position : int
        Which sample or claim, from 0.
    reason : CommonlearnError
        What the single call would have raised.
    """

    position: int
    reason: CommonlearnError


@dataclass(frozen=True, slots=True)
class ClaimOf:
    """One claim of a batch, as its caller tells it.

    Attributes
    ----------
    id : int
        Number of the contribution.
    predicted : int
        What the model predicts for its sample now.
    told : (Contribution, sample), optional
        What the caller says was contributed; by default what is recorded.
    payee : str, optional
        Who the caller says is the payee; None for nobody.
    batch : int, optional
        Where the caller says it is recorded; by default where it is.
    """

    id: int
    predicted: int = 0
    told: tuple[Contribution, Hashable] | None = None
    payee: str | None = None
    batch: int | None = None


@dataclass(slots=True)
class _Record:
    contribution: Contribution
    sample: Hashable
    status: Status
    batch: int
    payee: str | None = None


class SelfAssessmentLedger:
    """The rules of money, without a chain.

    All money is in wei, all times in Unix seconds. Every method that changes something takes the time `now`, which
    must not fall. A refused call raises the contract's error and changes nothing.

    Parameters
    ----------
    terms : Terms
        The incentive's rules.
    opened_at : int
        When contributions became possible.

    Raises
    ------
    InvalidTerms
        The contract would refuse the terms.

    References
    ----------
    J. D. Harris and B. Waggoner, "Decentralized & Collaborative AI on Blockchain", 2019, section "Ongoing
    self-assessment".

    Examples
    --------
    >>> terms = Terms("0x" + "11" * 20, 10**14, 0, 3600, 100, 200, 300, 1000)
    >>> ledger = SelfAssessmentLedger(terms, opened_at=0)
    >>> good = ledger.contribute("ann", 1, b"s1", taught=True, value_wei=10**14, now=10)
    >>> bad = ledger.contribute("bob", 0, b"s2", taught=True, value_wei=10**14, now=20)
    >>> ledger.refund(good, "ann", predicted=1, now=110)
    >>> ledger.report(bad, "ann", predicted=1, now=320)
    900000000
    >>> ledger.withdraw("ann"), ledger.totals()
    (200000000000000, Totals(locked_wei=0, proven_gwei=100000, carry_wei=0))
    """

    def __init__(self, terms: Terms, *, opened_at: int) -> None:
        if terms.problems():
            raise InvalidTerms(terms)
        self.terms = terms
        self._records: list[_Record] = []
        self._lock = StakeLock(terms, opened_at=opened_at)
        self._pool = ProvenPool()

    # -------------------------------------------------------------------------------------------------------- reading

    @property
    def contributions(self) -> int:
        """Number of contributions so far; the next one gets this number."""
        return len(self._records)

    @property
    def balance_wei(self) -> int:
        """Ether that the contract holds for these books."""
        return self._lock.locked_wei + self._pool.balance_wei

    def contribution(self, id_: int) -> Contribution:
        """What is recorded of a contribution. Raises `UnknownContribution`."""
        return self._known(id_).contribution

    def status_of(self, id_: int) -> Status:
        """How a contribution stands."""
        return self._records[id_].status if 0 <= id_ < len(self._records) else Status.NONE

    def claim_of(self, id_: int) -> Claim:
        """What a batch needs to claim a contribution, whose sample must be bytes. Raises `UnknownContribution`."""
        record = self._known(id_)
        if not self._is_batched(record):
            return Claim(id_, record.contribution, _bytes(record.sample), id_, payee=record.payee or NOBODY)
        batch = [one for one in self._records[record.batch :] if one.batch == record.batch]
        claims = batch_claims(record.batch, [(one.contribution, _bytes(one.sample)) for one in batch])
        return claims[id_ - record.batch]

    def stake_at(self, now: int) -> int:
        """The stake that a contribution costs at a time, in wei: a whole number of gwei."""
        return self._lock.stake_at(now)

    def owed(self, who: str) -> int:
        """What an account could withdraw, in wei."""
        return self._pool.owed(who)

    def proven(self, who: str) -> int:
        """Stake that an account has proven, in gwei."""
        return self._pool.proven(who)

    def totals(self) -> Totals:
        """Sums over all accounts."""
        return Totals(self._lock.locked_wei, self._pool.proven_gwei, self._pool.carry_wei)

    # ------------------------------------------------------------------------------------------------------- changing

    def contribute(
        self,
        author: str,
        label: int,
        sample: Hashable,
        *,
        taught: bool,
        value_wei: int,
        now: int,
        payee: str | None = None,
    ) -> int:
        """Lock the stake of one contribution; what is sent beyond it is credited.

        Parameters
        ----------
        author : str
            Who contributes.
        label : int
            Class number.
        sample : hashable
            The sample, or a digest of it.
        taught : bool
            What the model said when it learned the sample.
        value_wei : int
            Ether sent.
        now : int
            Time.
        payee : str, optional
            Who gets the stake back, and what is sent beyond it, of a sponsored contribution; such ones are claimed in
            batches only.

        Returns
        -------
        int
            Number of the contribution.

        Raises
        ------
        StakeTooLow, StakeTooHigh
            As the contract.
        """
        stake_wei = self._lock.lock(value_wei=value_wei, now=now)
        id_ = len(self._records)
        contribution = Contribution(author, label, taught, stake_wei, now)
        self._records.append(_Record(contribution, sample, Status.OPEN, id_, payee))
        self._pool.credit(payee or author, value_wei - stake_wei)
        return id_

    def contribute_many(
        self,
        author: str,
        given: Sequence[tuple[int, Hashable, bool | CommonlearnError]],
        *,
        value_wei: int,
        now: int,
        strict: bool = False,
    ) -> tuple[int, list[Refused]]:
        """Lock the stakes of many contributions, each at its own price; what is sent beyond their sum is credited.

        Parameters
        ----------
        author : str
            Who contributes.
        given : sequence of (int, hashable, bool or CommonlearnError)
            Label and sample of each, and what the model says to it: whether it taught, or why it is refused.
        value_wei : int
            Ether sent.
        now : int
            Time.
        strict : bool, optional
            Whether one refused sample refuses all.

        Returns
        -------
        first : int
            Number of the first accepted contribution; the others follow it.
        refused : list of Refused
            The others, in order.

        Raises
        ------
        EmptyBatch, BatchRefused, StakeTooHigh, StakeTooLow
            As the contract, in this order. `BatchRefused` has the single call's error for its cause.
        """
        if not given:
            raise EmptyBatch
        refused = [
            Refused(position, answer) for position, (_, _, answer) in enumerate(given) if not isinstance(answer, bool)
        ]
        if strict and refused:
            raise BatchRefused(refused[0].position, b"") from refused[0].reason
        accepted = [(label, sample, answer) for label, sample, answer in given if isinstance(answer, bool)]
        stakes = self._lock.lock_many(len(accepted), value_wei=value_wei, now=now)
        first = len(self._records)
        for (label, sample, taught), stake_wei in zip(accepted, stakes, strict=True):
            contribution = Contribution(author, label, taught, stake_wei, now)
            self._records.append(_Record(contribution, sample, Status.OPEN, first))
        self._pool.credit(author, value_wei - sum(stakes))
        return first, refused

    def refund(
        self, id_: int, caller: str, *, predicted: int, now: int, claim: tuple[Contribution, Hashable] | None = None
    ) -> None:
        """Give the author's stake back, and count it as proven if the contribution taught.

        Parameters
        ----------
        id_ : int
            Number of the contribution.
        caller : str
            Who asks.
        predicted : int
            What the model predicts for the sample now.
        now : int
            Time.
        claim : (Contribution, sample), optional
            What the caller says was contributed; by default what is recorded.

        Raises
        ------
        UnknownContribution, NotOpen, NotAuthor, TooEarly, ModelJustMoved, ModelDisagrees
            As the contract, in this order.
        """
        record = self._open(id_, claim)
        self._check(Status.REFUNDED, id_, record, caller, now)
        self._require_settled(now)
        self._check_answer(Status.REFUNDED, id_, record, predicted)
        self._refund(record)

    def report(
        self, id_: int, caller: str, *, predicted: int, now: int, claim: tuple[Contribution, Hashable] | None = None
    ) -> int:
        """Forfeit a stake: a part goes to the reporter, the rest to all proven accounts but the author's.

        Parameters as in :meth:`refund`.

        Returns
        -------
        int
            Wei that each proven gwei was credited.

        Raises
        ------
        UnknownContribution, NotOpen, OwnContribution, NotProven, TooEarly, ModelJustMoved, ModelAgrees
            As the contract, in this order.
        """
        record = self._open(id_, claim)
        self._check(Status.FORFEITED, id_, record, caller, now)
        self._require_settled(now)
        self._check_answer(Status.FORFEITED, id_, record, predicted)
        return self._forfeit(record, caller, now)

    def sweep(self, id_: int, *, now: int, claim: tuple[Contribution, Hashable] | None = None) -> None:
        """Credit a stake that nobody claimed in time to the beneficiary.

        Raises
        ------
        UnknownContribution, NotOpen, TooEarly
            As the contract, in this order.
        """
        record = self._open(id_, claim)
        self._check(Status.SWEPT, id_, record, "", now)
        self._sweep(record)

    def refund_many(self, claims: Sequence[ClaimOf], caller: str, *, now: int, strict: bool = False) -> list[Refused]:
        """Give many stakes back: to authors or, of sponsored contributions, to payees. Either may ask.

        Parameters
        ----------
        claims : sequence of ClaimOf
            What is claimed, in order.
        caller : str
            Who asks.
        now : int
            Time.
        strict : bool, optional
            Whether one refused claim refuses all.

        Returns
        -------
        list of Refused
            Those that did not come through.

        Raises
        ------
        EmptyBatch, ModelJustMoved, BatchRefused
            As the contract, in this order.
        """
        return self._claim_many(Status.REFUNDED, claims, caller, now, strict)

    def report_many(self, claims: Sequence[ClaimOf], caller: str, *, now: int, strict: bool = False) -> list[Refused]:
        """Forfeit many stakes; see :meth:`refund_many` and :meth:`report`. A payee cannot report either."""
        return self._claim_many(Status.FORFEITED, claims, caller, now, strict)

    def sweep_many(self, claims: Sequence[ClaimOf], *, now: int, strict: bool = False) -> list[Refused]:
        """Credit many unclaimed stakes to the beneficiary; see :meth:`refund_many` and :meth:`sweep`."""
        return self._claim_many(Status.SWEPT, claims, "", now, strict)

    def withdraw(self, who: str) -> int:
        """Pay out all that an account is owed. Returns wei; raises `NothingOwed`."""
        return self._pool.take(who)

    # -------------------------------------------------------------------------------------------------------- private

    def _known(self, id_: int) -> _Record:
        if not 0 <= id_ < len(self._records):
            raise UnknownContribution(id_)
        return self._records[id_]

    def _open(self, id_: int, claim: tuple[Contribution, Hashable] | None) -> _Record:
        """What a single claim is about: neither a batched contribution nor a sponsored one."""
        record = self._known(id_)
        if claim is not None and claim != (record.contribution, record.sample):
            raise UnknownContribution(id_)
        if record.payee is not None or self._is_batched(record):
            raise UnknownContribution(id_)
        if record.status is not Status.OPEN:
            raise NotOpen(id_, record.status)
        return record

    def _open_claim(self, claim: ClaimOf) -> _Record:
        record = self._known(claim.id)
        batch = record.batch if claim.batch is None else claim.batch
        told = (record.contribution, record.sample) if claim.told is None else claim.told
        if (*told, claim.payee, batch) != (record.contribution, record.sample, record.payee, record.batch):
            raise UnknownContribution(claim.id)
        if record.status is not Status.OPEN:
            raise NotOpen(claim.id, record.status)
        return record

    def _is_batched(self, record: _Record) -> bool:
        return sum(one.batch == record.batch for one in self._records[record.batch : record.batch + 2]) > 1

    def _check(self, ending: Status, id_: int, record: _Record, caller: str, now: int) -> None:
        """Refuse what cannot be ended so by this caller now, whatever the model says."""
        contribution, is_own = record.contribution, caller in {record.contribution.author, record.payee}
        wait_seconds = self.terms.sweep_wait_seconds
        if ending is Status.REFUNDED:
            if not is_own:
                raise NotAuthor(id_, caller, contribution.author)
            wait_seconds = self.terms.refund_wait_seconds
        elif ending is Status.FORFEITED:
            if is_own:
                raise OwnContribution(id_)
            if self.proven(caller) == 0:
                raise NotProven(caller)
            wait_seconds = self.terms.report_wait_seconds
        self._require_time(id_, contribution, wait_seconds, now)

    def _check_answer(self, ending: Status, id_: int, record: _Record, predicted: int) -> None:
        label = record.contribution.label
        if ending is Status.REFUNDED and predicted != label:
            raise ModelDisagrees(id_, predicted, label)
        if ending is Status.FORFEITED and predicted == label:
            raise ModelAgrees(id_, label)

    def _claim_many(
        self, ending: Status, claims: Sequence[ClaimOf], caller: str, now: int, strict: bool
    ) -> list[Refused]:
        if not claims:
            raise EmptyBatch
        if ending is not Status.SWEPT:
            self._require_settled(now)
        before = deepcopy(self.__dict__) if strict else {}
        refused = []
        for position, claim in enumerate(claims):
            try:
                record = self._open_claim(claim)
                self._check(ending, claim.id, record, caller, now)
                self._check_answer(ending, claim.id, record, claim.predicted)
            except ContractError as error:
                refused.append(Refused(position, error))
                if strict:
                    self.__dict__.update(before)
                    raise BatchRefused(position, b"") from error
                continue
            if ending is Status.REFUNDED:
                self._refund(record)
            elif ending is Status.FORFEITED:
                self._forfeit(record, caller, now)
            else:
                self._sweep(record)
        return refused

    def _refund(self, record: _Record) -> None:
        contribution = record.contribution
        self._release(record, Status.REFUNDED)
        self._pool.credit(record.payee or contribution.author, contribution.stake_wei)
        if contribution.taught:
            self._pool.prove(contribution.author, contribution.stake_wei // GWEI)

    def _forfeit(self, record: _Record, caller: str, now: int) -> int:
        contribution = record.contribution
        terms = self.terms
        since_open = now - contribution.contributed_at - terms.report_wait_seconds
        span = terms.sweep_wait_seconds - terms.report_wait_seconds
        bounty_wei = reporter_part(contribution.stake_wei, terms.reporter_bps, since_open, span)
        self._release(record, Status.FORFEITED)
        # The reporter is proven and not the author, so somebody is left to share with.
        per_gwei = self._pool.share(contribution.stake_wei - bounty_wei, contribution.author)
        self._pool.credit(caller, bounty_wei)
        return per_gwei

    def _sweep(self, record: _Record) -> None:
        self._release(record, Status.SWEPT)
        self._pool.credit(self.terms.beneficiary, record.contribution.stake_wei)

    def _require_settled(self, now: int) -> None:
        # Else one transaction could bend the model by a contribution, claim, and bend it back.
        if now == self._lock.moved_at:
            raise ModelJustMoved(now)

    def _require_time(self, id_: int, contribution: Contribution, wait_seconds: int, now: int) -> None:
        opens_at = contribution.contributed_at + wait_seconds
        if now < opens_at:
            raise TooEarly(id_, opens_at)

    def _release(self, record: _Record, status: Status) -> None:
        record.status = status
        self._lock.release(record.contribution.stake_wei)


def _bytes(sample: Hashable) -> bytes:
    if not isinstance(sample, bytes):
        raise TypeError("only samples that are bytes can be claimed in a batch")
    return sample
