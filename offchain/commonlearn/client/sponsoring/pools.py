"""Pools that repay gas, for those who open, fund, look at and claim from them; and balances beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.batch import Receipt
from commonlearn.chain.contracts import Call
from commonlearn.chain.events import events_in
from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.chain.signers import as_signer
from commonlearn.chain.sponsorship import GasClaim, Pool, SponsorshipContract
from commonlearn.chain.transactions import Sender
from commonlearn.client.errors import Declined
from commonlearn.client.labels import label_numbers
from commonlearn.client.sponsoring.requests import sponsorship_of
from commonlearn.client.stakes import TOLERANCE, with_tolerance
from commonlearn.client.synced_model import SyncedModel
from commonlearn.contract_errors import InvalidPoolTerms, NoPool, NothingOwed, StakeAboveMaximum
from commonlearn.records import Contribution, PoolTerms, Status

__all__ = ["GasStanding", "PoolDesk"]

Confirm = Callable[[CostQuote], bool]
MOST_CLAIMS = 100
"""Claims in one transaction: about 40,000 gas each."""


@dataclass(frozen=True, slots=True)
class GasStanding:
    """A noted contribution: who is repaid how much at most, and whether it is proven.

    Attributes
    ----------
    id : int
    payer : str
    owed_wei : int
        What is left to repay.
    is_proven : bool
        Whether it can be claimed.
    """

    id: int
    payer: str
    owed_wei: int
    is_proven: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class PoolDesk:
    """One model's pool, and balances beside it.

    Parameters
    ----------
    model : PublicModel
        Connected.
    prices : Prices, optional
        What the user says about prices.

    Raises
    ------
    NoSponsorship
        The model was made without.
    """

    def __init__(self, model: SyncedModel, prices: Prices | None = None) -> None:
        self._model = model
        self._prices = prices
        self.contract = SponsorshipContract(model.contract.connection, sponsorship_of(model))

    # -------------------------------------------------------------------------------------------------------- looking

    def pool(self) -> Pool:
        """The pool. Raises `NoPool`."""
        pool = self.contract.pool(self._model.address)
        if pool is None:
            raise NoPool(self._model.address)
        return pool

    def standing(self) -> list[GasStanding]:
        """All contributions for which something is still to be repaid, in their order."""
        connection = self.contract.connection
        first, last = self._model.contract.created_at_block, connection.block().number
        topics = ["0x" + "0" * 24 + self._model.address[2:].lower()]
        parts = events_in(connection.rpc, [self.contract.address], ["GasNoted"], first, last, more_topics=topics)
        ids = sorted({int(event.values["id"]) for _, events in parts for event in events})
        noted = zip(ids, self.contract.notes(self._model.address, ids), strict=True) if ids else ()
        owed = [(id_, note) for id_, note in noted if note is not None]
        facts = self._facts([id_ for id_, _ in owed])
        return [GasStanding(id_, note.payer, note.owed_wei, facts[id_] is not None) for id_, note in owed]

    def _facts(self, ids: Sequence[int]) -> dict[int, GasClaim | None]:
        """What proves each contribution; None for those that are not proven."""
        contract = self._model.contract
        wanted = set(ids)
        if not wanted:
            return {}
        first, last = contract.created_at_block, contract.connection.block().number
        made, payees = {}, {}
        for event in contract.events(("Contributed", "Sponsored"), first, last):
            if event.values["id"] not in wanted:
                continue
            if event.name == "Sponsored":
                payees[event.values["id"]] = event.values["payee"]
            else:
                made[event.values["id"]] = event.values
        found: dict[int, GasClaim | None] = {}
        for id_, status in zip(ids, contract.statuses(list(ids)), strict=True):
            values = made[id_]
            contribution = Contribution(
                values["author"], values["label"], values["taught"], values["stakeWei"], values["contributedAt"]
            )
            proven = status is Status.REFUNDED and contribution.taught
            claim = GasClaim.of(id_, contribution, bytes(values["sample"]), payees[id_])
            found[id_] = claim if proven else None
        return found

    # --------------------------------------------------------------------------------------------------------- acting

    def open(self, account: Any, terms: PoolTerms, amount_wei: int, *, confirm: Confirm | None = None) -> Receipt:
        """Open a pool; for the model's creator. Raises `InvalidPoolTerms`, `OnlyCreator`, `PoolIsOpen`."""
        if terms.problems(now=self.contract.connection.now()):
            raise InvalidPoolTerms(terms)
        return self._send(account, self.contract.open_pool(self._model.address, terms, amount_wei), confirm)

    def fund(self, account: Any, amount_wei: int, *, confirm: Confirm | None = None) -> Receipt:
        """Add to the pool. What is left in the end goes to the creator. Raises `NoPool`, `PoolOver`."""
        return self._send(account, self.contract.fund_pool(self._model.address, amount_wei), confirm)

    def claim(self, account: Any, *, payer: str | None = None, confirm: Confirm | None = None) -> tuple[int, int]:
        """Have the gas of proven contributions repaid into the balances of those who paid it.

        Parameters
        ----------
        account : signer, eth_account account, or address
            Who sends the claims; anyone may.
        payer : str, optional
            Only what this account is repaid.
        confirm : callable, optional
            Asked with the cost before anything is sent.

        Returns
        -------
        claimed, paid_wei : int
            How many contributions, and what was repaid for them; zero when nothing is proven.
        """
        ready = [one for one in self.standing() if one.is_proven and payer in (None, one.payer)]
        facts = self._facts([one.id for one in ready])
        claims = [claim for claim in facts.values() if claim is not None]
        paid_wei = 0
        for start in range(0, len(claims), MOST_CLAIMS):
            part = claims[start : start + MOST_CLAIMS]
            receipt = self._send(account, self.contract.claim_gas(self._model.address, part), confirm)
            paid_wei += sum(int(e.values["paidWei"]) for e in receipt.events if e.name == "Reimbursed")
        return len(claims), paid_wei

    def contribute(
        self, account: Any, raw: Any, label: Any, *, max_stake_wei: int | None = None, confirm: Confirm | None = None
    ) -> Receipt:
        """Contribute one item in one's own name, so that the pool can repay its gas once it is proven.

        Parameters
        ----------
        account : signer, eth_account account, or address
            Pays, and is repaid; an account without code, or nothing is noted.
        raw : str or sequence
            What the model's featuriser takes.
        label : str or int
        max_stake_wei : int, optional
            The most to stake; by default a quarter above the forecast. The rest is credited.
        confirm : callable, optional
            Asked with the cost before anything is sent.

        Raises
        ------
        SampleError, UnknownLabel, StakeAboveMaximum, InsufficientFunds, Declined, CommonlearnError
            Nothing was sent.
        """
        (sample,) = self._model.encode([raw])
        (number,) = label_numbers([label], self._model.classes_.tolist())
        stake = self._model.contract.stake_now()
        most = with_tolerance(stake, TOLERANCE) if max_stake_wei is None else max_stake_wei
        if stake > most:
            raise StakeAboveMaximum(stake, most)
        return self._send(account, self.contract.contribute(self._model.address, sample, number, most), confirm)

    def close(self, account: Any, *, confirm: Confirm | None = None) -> Receipt:
        """End the pool; the rest is credited to its creator. Raises `NoPool`, `PoolNotOver`."""
        return self._send(account, self.contract.close_pool(self._model.address), confirm)

    def deposit(self, account: Any, amount_wei: int, *, confirm: Confirm | None = None) -> Receipt:
        """Add to the account's balance, out of which its stakes can be paid."""
        signer = as_signer(account)
        return self._send(signer, self.contract.deposit_for(signer.address, amount_wei), confirm)

    def withdraw(self, account: Any, to: str | None = None, *, confirm: Confirm | None = None) -> int:
        """Pay out the account's balance; give the amount in wei. Raises `NothingOwed`."""
        signer = as_signer(account)
        amount = self.contract.balance(signer.address)
        if amount == 0:
            raise NothingOwed(signer.address)
        self._send(signer, self.contract.withdraw(to or signer.address), confirm)
        return amount

    def cancel(self, account: Any, nonce: int, *, confirm: Confirm | None = None) -> Receipt:
        """Make a number useless that the account signed. Raises `NonceUsed`."""
        return self._send(account, self.contract.cancel(nonce), confirm)

    def _send(self, account: Any, call: Call, confirm: Confirm | None) -> Receipt:
        sender = Sender(self.contract.connection, as_signer(account), prices=self._prices)
        plan = sender.plan([call])
        if confirm is not None and not confirm(plan.cost):
            raise Declined
        return sender.send_one(call, plan=plan)
