"""Sponsors' and pools' moves made twice: on the chain, and in the ledger that the Python package computes with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from copy import copy, deepcopy
from typing import Any

from commonlearn.contract_errors import ContractError
from commonlearn.incentives.reimbursement import SponsorshipLedger
from commonlearn.numerics import keccak256
from commonlearn.records import PoolTerms
from tests.support.collaborations import next_time, pass_time_until, stake_at
from tests.support.plain_model import Given, PlainModel, presence
from tests.support.reverts import reverts
from tests.support.sponsors import Sponsors, base_fee, given_by


class SponsorBooks:
    """The books of one sponsorship contract and one collaboration.

    Parameters
    ----------
    sponsorship : Contract
        Fresh.
    model : PlainModel
        Made with it.
    actors : mapping of str to account
        All who take part, by role.
    """

    def __init__(self, sponsorship: Any, model: PlainModel, actors: Mapping[str, Any]) -> None:
        self.contract, self.model, self.actors = sponsorship, model, actors
        self.place = model.contract.address
        self.sponsors = Sponsors(sponsorship, model.contract)
        self.ledger = SponsorshipLedger()
        self.succeeded: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.given: list[tuple[Given, Any]] = []
        self.refunded: set[int] = set()
        self._pause = 0
        self._paid_in = self._paid_out = 0

    def branch(self) -> SponsorBooks:
        """Copy the books, to go on from here and come back; the counters stay common."""
        other = copy(self)
        other.ledger, other.given, other.refunded = deepcopy(self.ledger), list(self.given), set(self.refunded)
        return other

    def pass_time(self, seconds: int) -> None:
        """Let the next move come so much later."""
        self._pause += seconds

    # ---------------------------------------------------------------------------------------------------------- moves

    def deposit(self, account: Any, sender: Any, amount: int) -> None:
        """Put ether into a balance."""
        if self._move(
            "deposit",
            lambda now: self.ledger.deposit(account.address, amount),
            lambda: self.contract.depositFor(account, {"from": sender, "value": amount}),
        ):
            self._paid_in += amount

    def withdraw(self, account: Any) -> None:
        """Take a balance out."""
        owed, before = self.ledger.balance(account.address), account.balance()
        if self._move(
            "withdraw",
            lambda now: self.ledger.withdraw(account.address),
            lambda: self.contract.withdraw(account, {"from": account}),
        ):
            assert account.balance() == before + owed
            self._paid_out += owed

    def cancel(self, author: Any, nonce: int) -> None:
        """Make a number useless."""
        self._move(
            "cancel",
            lambda now: self.ledger.cancel(author.address, nonce),
            lambda: self.contract.cancel(nonce, {"from": author}),
        )

    def relay(self, author: Any, sender: Any, fee: int, *, feature: int, excess: int, **changes: Any) -> None:
        """Send what an author signed, for the stake and an excess."""
        now = next_time() + self._pause
        stake = stake_at(self.model.contract, now)
        request = self.sponsors.request(author, sample=presence(feature), **changes)
        signature = self.sponsors.signature(request)
        value = max(0, (0 if request.stake_from_author else stake) + excess)
        ledger = self.ledger
        tx = self._move(
            "relay",
            lambda now: ledger.relay(request, sender.address, value_wei=value, stake_wei=stake, now=now),
            lambda paying: self.contract.relay(
                request.as_tuple(), signature, {"from": sender, "value": value, **paying}
            ),
            fee=fee,
        )
        if tx:
            self._made(tx, author, self._account(request.payee), sender, fee, value, stake)

    def contribute(self, author: Any, fee: int, *, feature: int, excess: int) -> None:
        """Contribute in one's own name."""
        stake = stake_at(self.model.contract, next_time() + self._pause)
        value = max(0, stake + excess)
        tx = self._move(
            "contribute",
            lambda now: self.ledger.contribute(author.address, value_wei=value, stake_wei=stake),
            lambda paying: self.contract.contribute(
                self.model.contract, presence(feature), 1, {"from": author, "value": value, **paying}
            ),
            fee=fee,
        )
        if tx:
            self._made(tx, author, author, author, fee, value, stake)

    def refund(self, pick: int) -> None:
        """Let an author take a stake back when it is time; the pool pays only then."""
        open_ = [(given, payee) for given, payee in self.given if given.id not in self.refunded]
        if not open_:
            return
        given, payee = open_[pick % len(open_)]
        pass_time_until(max(next_time() + self._pause, self.model.refund_from(given)))
        self._pause = 0
        claim = (given.id, given.contribution, given.sample, payee.address, given.id, [])
        self.model.contract.refundMany([claim], True, {"from": given.author})
        self.refunded.add(given.id)
        self.succeeded["refund"] += 1

    def open_pool(self, caller: Any, amount: int, earn: int, claim: int, cap: int, author_cap: int) -> None:
        """Open a pool; times are from now."""
        at = next_time() + self._pause
        terms = PoolTerms(cap, author_cap, at + earn, at + earn + claim)
        creator = self.actors["deployer"].address
        if self._move(
            "open",
            lambda now: self.ledger.open_pool(self.place, caller.address, creator, terms, value_wei=amount, now=now),
            lambda: self.contract.openPool(self.model.contract, terms.as_tuple(), {"from": caller, "value": amount}),
        ):
            self._paid_in += amount

    def fund_pool(self, sender: Any, amount: int) -> None:
        """Add to the pool."""
        if self._move(
            "fund",
            lambda now: self.ledger.fund_pool(self.place, value_wei=amount, now=now),
            lambda: self.contract.fundPool(self.model.contract, {"from": sender, "value": amount}),
        ):
            self._paid_in += amount

    def claim(self, pick: int, sender: Any) -> None:
        """Claim the gas of a contribution, proven or not."""
        if not self.given:
            return
        # Mostly one that came back: few others can be claimed.
        back = [one for one in self.given if one[0].id in self.refunded]
        candidates = [*self.given[-10:], *back[-10:] * 3]
        given, payee = candidates[pick % len(candidates)]
        proven = given.id in self.refunded and given.taught
        claims = [(given.id, given.contribution, keccak256(given.sample), payee.address)]
        self._move(
            "claim",
            lambda now: self.ledger.claim(self.place, given.id, given.author.address, is_proven=proven, now=now),
            lambda: self.contract.claimGas(self.model.contract, claims, {"from": sender}),
        )

    def close_pool(self, sender: Any) -> None:
        """End the pool."""
        self._move(
            "close",
            lambda now: self.ledger.close_pool(self.place, now=now),
            lambda: self.contract.closePool(self.model.contract, {"from": sender}),
        )

    # ------------------------------------------------------------------------------------------------------- checking

    def check(self) -> None:
        """Compare chain and books, to the wei."""
        for account in self.actors.values():
            assert self.contract.balanceOf(account) == self.ledger.balance(account.address)
        pool = self.ledger.pools.get(self.place)
        creator, left, terms = self.contract.poolOf(self.model.contract)
        if pool is None:
            assert (int(creator, 16), left, tuple(terms)) == (0, 0, (0, 0, 0, 0))
        else:
            assert (creator, left, tuple(terms)) == (pool.creator, pool.left_wei, pool.terms.as_tuple())
        for given, _ in self.given[-6:]:
            note = None if pool is None else pool.notes.get(given.id)
            payer, owed = self.contract.noteOf(self.model.contract, given.id)
            assert owed == (0 if note is None else note.owed_wei)
            assert int(payer, 16) == (0 if note is None else int(note.payer, 16))
        held = self.contract.balance()
        assert held == self.ledger.held_wei == self._paid_in - self._paid_out

    def close(self) -> None:
        """Take all money out: nothing is left."""
        pool = self.ledger.pools.get(self.place)
        if pool is not None:
            self.pass_time(max(0, pool.terms.claim_until + 1 - next_time()))
            self.close_pool(self.actors["stranger"])
        for account in self.actors.values():
            if self.ledger.balance(account.address):
                self.withdraw(account)
        self.check()
        assert self.contract.balance() == 0

    # -------------------------------------------------------------------------------------------------------- private

    def _account(self, address: str) -> Any:
        return next(account for account in self.actors.values() if account.address == address)

    def _made(self, tx: Any, author: Any, payee: Any, payer: Any, fee: int, value: int, stake: int) -> None:
        given = given_by(tx, author)
        assert given.stake_wei == stake
        self.given.append((given, payee))
        # What was sent stays but for the stake, wherever the stake was taken from.
        self._paid_in += value
        self._paid_out += stake
        noted = [event for event in tx.events if event.name == "GasNoted"]
        events = noted[0] if noted else None
        counted = events["gasUsed"] if events else tx.gas_used
        owed = self.ledger.note(
            self.place, given.id, payer.address, counted=counted, base_fee_wei=fee, now=int(tx.timestamp)
        )
        assert (owed is not None) == (events is not None)
        if events is not None:
            assert events["owedWei"] == owed
            assert 0.6 * tx.gas_used < counted <= 0.8 * tx.gas_used, "never more than was burnt"

    def _move(self, name: str, expected: Callable[[int], Any], send: Callable[..., Any], fee: int | None = None) -> Any:
        """Do what the ledger does; give the transaction, None when both refuse."""
        now = next_time() + self._pause
        self._pause = 0
        before = deepcopy(self.ledger)
        paying: AbstractContextManager[Any] = nullcontext() if fee is None else base_fee(fee)
        try:
            expected(now)
        except ContractError as error:
            self.ledger.__dict__.update(before.__dict__)
            values = [v.as_tuple() if isinstance(v, PoolTerms) else v for v in error.values]
            pass_time_until(now)
            with paying as options, reverts(type(error).__name__, *values):
                send(options) if fee is not None else send()
            self.refused[name] += 1
            return None
        pass_time_until(now)
        with paying as options:
            tx = send(options) if fee is not None else send()
        assert tx.timestamp == now
        self.succeeded[name] += 1
        return tx
