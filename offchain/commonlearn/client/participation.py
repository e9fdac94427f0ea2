"""What an account does with a model: contribute, claim, withdraw, look. The shell around the pure parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from commonlearn.archive.records import LoggedContribution
from commonlearn.chain.abi import checksummed
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.events import COLLABORATION_EVENTS, MODEL_EVENTS, POINTS_EVENTS
from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.chain.incentives import SELF_ASSESSMENT
from commonlearn.chain.signers import as_signer
from commonlearn.chain.transactions import Sender
from commonlearn.client.batching import Batcher
from commonlearn.client.cache import ModelCache
from commonlearn.client.claims import Claim, ClaimKind, ClaimResult, carry_out
from commonlearn.client.contributing import IN_FLIGHT, SETTLED, ContributionRun
from commonlearn.client.errors import Declined, NothingToContribute, StakeFixed, WrongIncentive
from commonlearn.client.incentives import choice_of
from commonlearn.client.jobs import job_key
from commonlearn.client.journal import Journal
from commonlearn.client.proofs import claims_of
from commonlearn.client.quoting import ContributionQuote, quote_contributions
from commonlearn.client.receipts import Contributions, Refusal
from commonlearn.client.stakes import TOLERANCE, Offer
from commonlearn.client.synced_model import SyncedModel
from commonlearn.client.views import (
    AccountStatus,
    AddedClass,
    HistoryLine,
    ModelStatus,
    history_line,
    view_contributions,
)
from commonlearn.contract_errors import ClassesFixed, NothingOwed, NotProven, OnlyCurator, UnknownContribution
from commonlearn.models.exact import ExactCentroid
from commonlearn.records import Status

__all__ = ["Participation"]

_NOT_MINE = "is another account's. Give ids of your own; commonlearn status MODEL --account ADDRESS lists them."
_MINE = "is your own, which only others can report. Give ids of others; commonlearn history MODEL lists them."
_EVENTS = (
    *(name for name in (*COLLABORATION_EVENTS, *POINTS_EVENTS) if name != "Described"),
    *(n for n in MODEL_EVENTS if n == "ClassAdded"),
)


class Participation:
    """One model, seen by somebody who acts on it.

    Parameters
    ----------
    model : SyncedModel
    contract : CollaborationContract
    cache : ModelCache
    journals : Path
        Folder of journals.
    prices : Prices or None
        Gas price and the dollar's; from the environment by default.
    """

    def __init__(
        self,
        model: SyncedModel,
        contract: CollaborationContract,
        cache: ModelCache,
        journals: Path,
        prices: Prices | None,
    ) -> None:
        self._model = model
        self._contract = contract
        self._cache = cache
        self._journals = journals
        self._prices = prices

    def sender(self, account: Any) -> Sender:
        """Sends an account's transactions."""
        return self._sender(account)

    def _require_stakes(self, what: str) -> None:
        """Raise `WrongIncentive` where nothing is staked under self-assessment."""
        found = self._contract.incentive
        if found is not SELF_ASSESSMENT:
            raise WrongIncentive(what, choice_of(found).word, choice_of(SELF_ASSESSMENT).word)

    def _sender(self, account: Any) -> Sender:
        return Sender(self._contract.connection, as_signer(account), prices=self._prices)

    def _journal(self, author: str) -> Journal:
        connection = self._contract.connection
        path = Journal.path_of(
            self._journals, connection.chain_id, connection.genesis_hash, self._contract.address, author
        )
        return Journal(path)

    # --------------------------------------------------------------------------------------------------- contributing

    def contribute(
        self,
        samples: Sequence[bytes],
        labels: Sequence[int],
        account: Any,
        *,
        max_stake_wei: int | None = None,
        tolerance: float = TOLERANCE,
        stake_wei: int | None = None,
        name: str | None = None,
        batch: int | None = None,
        in_flight: int | None = None,
        strict: bool = True,
        left_out: Sequence[Refusal] = (),
        confirm: Callable[[ContributionQuote], bool] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Contributions:
        """See `PublicModel.contribute`; `left_out` are shown in the quote."""
        if not samples:
            raise NothingToContribute
        sender = self._sender(account)
        sender.signer.check(sender.connection)
        batcher, offer = self._batcher(sender, strict, batch), self._offer(tolerance, stake_wei)
        journal = self._journal(sender.address)
        try:
            with journal.exclusive():
                key = job_key(samples, labels, name)
                finished = journal.find(key, finished=True)
                job = journal.find(key, finished=False) or (finished if name is not None else None)
                settled = set() if job is None else {entry.position for entry in journal.entries(job, *SETTLED)}
                open_ = [i for i in range(len(samples)) if i not in settled]
                quoted = quote_contributions(
                    sender,
                    self._contract,
                    [samples[i] for i in open_],
                    [labels[i] for i in open_],
                    max_stake_wei=max_stake_wei,
                    offer=offer,
                    batcher=batcher,
                    positions=open_,
                    already_made=len(settled),
                    repeats=int(finished is not None and job is None),
                )
                if quoted.count and confirm is not None and not confirm(replace(quoted, refused=tuple(left_out))):
                    raise Declined
                job = job or journal.begin(key, samples, labels, self._contract.connection.block().number)
                run = ContributionRun(
                    sender,
                    self._contract,
                    journal,
                    job,
                    max_stake_wei=quoted.max_stake_wei,
                    offer=offer,
                    batcher=batcher,
                    in_flight=in_flight or IN_FLIGHT,
                    on_progress=on_progress,
                )
                return run.run()
        finally:
            journal.close()

    def quote(
        self, samples: Sequence[bytes], labels: Sequence[int], account: Any, *, strict: bool, batch: int | None
    ) -> ContributionQuote:
        """See `PublicModel.quote`."""
        if not samples:
            raise NothingToContribute
        sender = self._sender(account)
        return quote_contributions(
            sender,
            self._contract,
            samples,
            labels,
            max_stake_wei=None,
            offer=self._offer(TOLERANCE, None),
            batcher=self._batcher(sender, strict, batch),
        )

    def _offer(self, tolerance: float, stake_wei: int | None) -> Offer:
        if self._contract.incentive.stakes_all:
            return Offer(1.0, stake_wei or 0)
        if stake_wei is not None:
            raise StakeFixed(choice_of(self._contract.incentive).word)
        return Offer(tolerance)

    def _batcher(self, sender: Sender, strict: bool, most: int | None) -> Batcher | None:
        if most == 1 or not self._contract.takes_batches:
            return None
        return Batcher(sender, self._contract, strict=strict, most=most)

    # --------------------------------------------------------------------------------------------------------- claims

    def refund(
        self,
        account: Any,
        ids: Sequence[int] | None,
        *,
        confirm: Callable[[CostQuote, Sequence[Claim]], bool] | None,
        on_progress: Callable[[int, int], None] | None,
    ) -> ClaimResult:
        """See `PublicModel.refund`."""
        self._require_stakes("refund")
        sender = self._sender(account)
        mine = self._logged(ids, lambda one: sender.address in (one.contribution.author, one.payee), _NOT_MINE)
        return self._claim(ClaimKind.REFUND, sender, mine, confirm, on_progress)

    def report(
        self,
        account: Any,
        ids: Sequence[int] | None,
        *,
        confirm: Callable[[CostQuote, Sequence[Claim]], bool] | None,
        on_progress: Callable[[int, int], None] | None,
    ) -> ClaimResult:
        """See `PublicModel.report`."""
        self._require_stakes("report")
        sender = self._sender(account)
        if self._contract.account(sender.address)[1] == 0:
            raise NotProven(sender.address)
        others = self._logged(ids, lambda one: sender.address not in (one.contribution.author, one.payee), _MINE)
        return self._claim(ClaimKind.REPORT, sender, others, confirm, on_progress)

    def sweep(
        self,
        account: Any,
        ids: Sequence[int] | None,
        *,
        confirm: Callable[[CostQuote, Sequence[Claim]], bool] | None,
        on_progress: Callable[[int, int], None] | None,
    ) -> ClaimResult:
        """See `PublicModel.sweep`."""
        self._require_stakes("sweep")
        return self._claim(
            ClaimKind.SWEEP, self._sender(account), self._logged(ids, lambda _: True), confirm, on_progress
        )

    def _claim(
        self,
        kind: ClaimKind,
        sender: Sender,
        logged: Sequence[LoggedContribution],
        confirm: Callable[[CostQuote, Sequence[Claim]], bool] | None,
        on_progress: Callable[[int, int], None] | None,
    ) -> ClaimResult:
        now = self._contract.connection.now()
        predicted = self._predicted(logged, now)
        return carry_out(
            kind,
            sender,
            self._contract,
            logged,
            predicted,
            prove=partial(claims_of, self._cache),
            now=now,
            confirm=confirm,
            on_progress=on_progress,
        )

    def add_class(
        self, samples: Sequence[bytes], account: Any, *, confirm: Callable[[CostQuote], bool] | None
    ) -> AddedClass:
        """See `PublicModel.add_class`."""
        if not samples:
            raise NothingToContribute
        model = self._model.twin.model_
        if not isinstance(model, ExactCentroid):
            raise ClassesFixed
        sender = self._sender(account)
        if sender.address != self._contract.curator():
            raise OnlyCurator(sender.address, self._contract.curator())
        alone = ExactCentroid(model.configuration)
        alone.add_samples(model.decode(samples), np.zeros(len(samples), dtype=np.int64))
        words = alone.words_bytes()[: 32 * model.configuration.words_per_class()]
        plan = sender.plan([self._contract.add_class(words)])
        if confirm is not None and not confirm(plan.cost):
            raise Declined
        receipt = sender.send_one(plan.calls[0], plan=plan)
        event = receipt.event("ClassAdded")
        assert event is not None
        return AddedClass(event.values["class"], event.values["activeAt"], receipt.tx_hash, receipt.fee_wei)

    def withdraw(
        self, account: Any, to: str | None, *, confirm: Callable[[CostQuote, int], bool] | None
    ) -> tuple[int, int]:
        """See `PublicModel.withdraw`."""
        self._require_stakes("withdrawal")
        sender = self._sender(account)
        owed_wei, _ = self._contract.account(sender.address)
        if owed_wei == 0:
            raise NothingOwed(sender.address)
        plan = sender.plan([self._contract.withdraw(to or sender.address)])
        if confirm is not None and not confirm(plan.cost, owed_wei):
            raise Declined
        receipt = sender.send_one(plan.calls[0], plan=plan)
        event = receipt.event("Withdrawn")
        return (owed_wei if event is None else int(event.values["amountWei"])), receipt.fee_wei

    # -------------------------------------------------------------------------------------------------------- looking

    def model_status(self) -> ModelStatus:
        """See `PublicModel.status`."""
        self._model.sync()
        model, contract = self._model, self._contract
        locked_wei, proven_gwei, carry_wei = contract.totals() if contract.incentive is SELF_ASSESSMENT else (0, 0, 0)
        return ModelStatus(
            address=contract.address,
            chain_id=contract.connection.chain_id,
            kind=model.kind,
            name=model.description.name,
            classes=tuple(model.classes_.tolist()),
            contributions=model.contributions,
            block=model.block,
            stake_wei=contract.stake_now(),
            locked_wei=locked_wei,
            proven_gwei=proven_gwei,
            carry_wei=carry_wei,
            terms=contract.terms,
            now=contract.connection.now(),
            incentive=choice_of(contract.incentive).word,
        )

    def account_status(self, address: str) -> AccountStatus:
        """See `PublicModel.account_status`."""
        self._require_stakes("account's money")
        address = checksummed(address)
        mine = self._logged(None, lambda one: one.contribution.author == address)
        predicted = self._predicted(mine, self._contract.connection.now())
        views = view_contributions(self._contract, mine, predicted, self._model.classes_.tolist())
        owed_wei, proven_gwei = self._contract.account(address)
        return AccountStatus(
            address=address,
            balance_wei=self._contract.connection.balance(address),
            owed_wei=owed_wei,
            proven_gwei=proven_gwei,
            locked_wei=sum(view.stake_wei for view in views if view.status is Status.OPEN),
            contributions=views,
        )

    def history(self, last: int | None) -> list[HistoryLine]:
        """See `PublicModel.history`."""
        contract = self._contract
        events = contract.events(_EVENTS, contract.created_at_block, contract.connection.block().number)
        names = self._model.description.class_names(contract.model.classes())
        return [history_line(event, names) for event in (events if last is None else events[-last:] if last else [])]

    # -------------------------------------------------------------------------------------------------------- private

    def _logged(
        self, ids: Sequence[int] | None, wanted: Callable[[LoggedContribution], bool], why_not: str = ""
    ) -> list[LoggedContribution]:
        """Contributions of the log as of now that are wanted.

        Raises
        ------
        UnknownContribution
            An id is not among them.
        """
        self._model.sync()
        self._model.sync_log()
        found = [one for one in self._cache.contributions() if wanted(one)]
        if ids is None:
            return found
        by_id = {one.id: one for one in found}
        for id_ in ids:
            if id_ not in by_id:
                count = self._model.contributions
                if not 0 <= id_ < count:
                    raise UnknownContribution.beyond(id_, count)
                raise UnknownContribution(id_, f"Contribution {id_} {why_not}")
        return [by_id[id_] for id_ in dict.fromkeys(ids)]

    def _predicted(self, logged: Sequence[LoggedContribution], now: int) -> list[int]:
        """What the contract predicts now for each, by the twin: equal to it bit for bit, and free."""
        if not logged:
            return []
        labels = self._model.twin.predict_encoded([one.sample for one in logged], now)
        return [int(label) for label in labels]
