"""Confirming and contesting, counting right votes, claiming badges: what is possible now, what not, and why."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from commonlearn.archive.records import LoggedContribution
from commonlearn.chain.abi import checksummed
from commonlearn.chain.fees import CostQuote
from commonlearn.chain.incentives import POINTS
from commonlearn.chain.points import PointsContract
from commonlearn.chain.transactions import Plan, Sender
from commonlearn.client.cache import ModelCache
from commonlearn.client.errors import Declined, WrongIncentive
from commonlearn.client.incentives import choice_of
from commonlearn.client.leaderboard import Standing, leaderboard, replay_votes
from commonlearn.client.synced_model import SyncedModel
from commonlearn.contract_errors import UnknownContribution
from commonlearn.errors import CommonlearnError, SampleError
from commonlearn.incentives.points import PointsLedger
from commonlearn.records import Badge

__all__ = ["BadgeView", "Candidate", "ClaimedBadges", "VoteResult", "Voting"]

VOTES_A_TRANSACTION = 40
"""About 100,000 gas each at most: far below what a transaction may have."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contribution as somebody who may vote on it sees it.

    Attributes
    ----------
    id : int
    author : str
    label : int
    class_name : str
        What the author said.
    predicted_name : str
        What the model says now.
    taught : bool
        Whether the model did not know it.
    content : str
        What the sample holds, in words.
    confirmed, contested : int
        Hundredths of points for it and against it so far.
    weight : int
        What this vote would give, in hundredths; 0 where it is not possible.
    why_not : str
        Why it is not possible; empty if it is.
    """

    id: int
    author: str
    label: int
    class_name: str
    predicted_name: str
    taught: bool
    content: str
    confirmed: int
    contested: int
    weight: int
    why_not: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class VoteResult:
    """What a call for votes did.

    Attributes
    ----------
    candidates : tuple of Candidate
        All that were looked at, in order, as they were before.
    made : tuple of int
        Contributions that were voted on.
    weight, burned : int
        Hundredths of points given (or taken), and fees.
    fee_wei : int
        Gas, in wei.
    tx_hashes : tuple of str
    """

    candidates: tuple[Candidate, ...]
    made: tuple[int, ...]
    weight: int
    burned: int
    fee_wei: int
    tx_hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadgeView:
    """One badge and one account."""

    badge: Badge
    is_awarded: bool
    is_earned: bool
    token: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON; token numbers are too large for numbers there."""
        return {**asdict(self), "badge": self.badge.name.lower(), "token": str(self.token)}


@dataclass(frozen=True, slots=True)
class ClaimedBadges:
    """What a claim of badges did: badges minted, votes counted as right, gas in wei."""

    badges: tuple[Badge, ...]
    judged: tuple[int, ...]
    fee_wei: int


class Voting:
    """Points of one model, seen by somebody who looks or acts.

    Parameters
    ----------
    model : SyncedModel
    cache : ModelCache

    Raises
    ------
    WrongIncentive
        The model has another incentive.
    """

    def __init__(self, model: SyncedModel, cache: ModelCache, what: str = "vote") -> None:
        contract = model.contract
        if contract.incentive is not POINTS:
            raise WrongIncentive(what, choice_of(contract.incentive).word, choice_of(POINTS).word)
        self._model = model
        self._cache = cache
        self._points = PointsContract(contract)

    # -------------------------------------------------------------------------------------------------------- looking

    def ledger(self) -> tuple[PointsLedger, list[LoggedContribution]]:
        """The twin's ledger as of now, and the contributions of the log."""
        self._model.sync()
        self._model.sync_log()
        contributions = list(self._cache.contributions())
        return replay_votes(self._model.terms, contributions, self._cache.votes()), contributions

    def leaderboard(self, *, top: int | None = None) -> list[Standing]:
        """See `PublicModel.leaderboard`."""
        ledger, contributions = self.ledger()
        rows = leaderboard(ledger, contributions)[:top]
        awarded = self._points.badges_of([row.address for row in rows])
        return [replace(row, badges=awarded[row.address]) for row in rows]

    def standing(self, address: str) -> Standing:
        """One account's row, also of an account without any part."""
        address = checksummed(address)
        ledger, contributions = self.ledger()
        ledger.accounts.setdefault(address, ledger.account(address))
        (row,) = (one for one in leaderboard(ledger, contributions) if one.address == address)
        return replace(row, badges=self._points.badges_of([address])[address])

    def badges(self, address: str) -> list[BadgeView]:
        """See `PublicModel.badges`."""
        address = checksummed(address)
        ledger, _ = self.ledger()
        awarded = self._points.badges_of([address])[address]
        return [
            BadgeView(badge, badge in awarded, ledger.has_earned(address, badge), self._points.token_of(address, badge))
            for badge in Badge
        ]

    # --------------------------------------------------------------------------------------------------------- voting

    def vote(
        self,
        sender: Sender,
        ids: Sequence[int],
        *,
        confirms: bool,
        confirm: Callable[[CostQuote, Sequence[Candidate]], bool] | None,
        on_progress: Callable[[int, int], None] | None,
    ) -> VoteResult:
        """See `PublicModel.confirm`."""
        ledger, contributions = self.ledger()
        wanted = list(dict.fromkeys(ids))
        for id_ in wanted:
            if not 0 <= id_ < len(contributions):
                raise UnknownContribution.beyond(id_, len(contributions))
        chosen = [contributions[id_] for id_ in wanted]
        candidates, refusals = self._candidates(ledger, chosen, sender.address, confirms)
        ready = [one for one, candidate in zip(chosen, candidates, strict=True) if not candidate.why_not]
        if not ready and refusals:
            raise refusals[0]
        parts = [ready[i : i + VOTES_A_TRANSACTION] for i in range(0, len(ready), VOTES_A_TRANSACTION)]
        calls = [
            self._points.vote([(one.id, one.contribution, one.sample) for one in part], confirms=confirms)
            for part in parts
        ]
        plan = sender.plan(calls)
        if confirm is not None and not confirm(plan.cost, candidates):
            raise Declined
        made: list[int] = []
        weight = burned = fee_wei = 0
        hashes = []
        for part, outcome in zip(parts, sender.send(plan), strict=True):
            fee_wei += outcome.receipt.fee_wei
            hashes.append(outcome.receipt.tx_hash)
            if outcome.error is not None:
                raise outcome.error
            for event in outcome.receipt.events:
                if event.name == "Voted":
                    made.append(event.values["id"])
                    weight += event.values["weight"]
                    burned += event.values["fee"]
            if on_progress is not None:
                on_progress(len(made), len(ready))
            assert len(part) <= len(made)
        return VoteResult(tuple(candidates), tuple(made), weight, burned, fee_wei, tuple(hashes))

    def _candidates(
        self, ledger: PointsLedger, chosen: Sequence[LoggedContribution], voter: str, confirms: bool
    ) -> tuple[list[Candidate], list[CommonlearnError]]:
        """What each vote would meet, made in order, and the refusals among them."""
        now = self._model.contract.connection.now()
        names = self._model.classes_
        predicted = self._model.predict_encoded([one.sample for one in chosen]).tolist() if chosen else []
        trial = copy.deepcopy(ledger)
        candidates, refusals = [], []
        for one, label in zip(chosen, predicted, strict=True):
            tally = ledger.tally(one.id)
            weight, why = 0, ""
            try:
                weight = trial.vote(one.id, voter, confirms=confirms, now=now).weight
            except CommonlearnError as error:
                why = error.user_message
                refusals.append(error)
            candidates.append(
                Candidate(
                    id=one.id,
                    author=one.contribution.author,
                    label=one.contribution.label,
                    class_name=str(names[one.contribution.label]),
                    predicted_name=str(names[int(label)]),
                    taught=one.contribution.taught,
                    content=self._content(one.sample),
                    confirmed=tally.confirmed,
                    contested=tally.contested,
                    weight=weight,
                    why_not=why,
                )
            )
        return candidates, refusals

    def _content(self, sample: bytes) -> str:
        try:
            if self._model.featurizer is not None:
                return self._model.featurizer.describe(sample)
        except (SampleError, LookupError):
            pass  # the creator's description is of another model than this
        return f"0x{sample.hex()}"

    # --------------------------------------------------------------------------------------------------------- badges

    def claim_badges(
        self, sender: Sender, account: str, *, confirm: Callable[[CostQuote, Sequence[Badge]], bool] | None
    ) -> ClaimedBadges:
        """See `PublicModel.claim_badges`."""
        account = checksummed(account)
        ledger, _ = self.ledger()
        awarded = self._points.badges_of([account])[account]
        right = self._right_votes(ledger, account) if Badge.JUDGE not in awarded else []
        earned = [badge for badge in Badge if badge not in awarded and ledger.has_earned(account, badge)]
        if not earned:
            return ClaimedBadges((), (), 0)
        judging = [self._points.judge(account, right)] if Badge.JUDGE in earned and right else []
        # The badge of judges can be claimed only once the votes are counted, so it is not estimated with the others.
        later = [badge for badge in earned if judging and badge is Badge.JUDGE]
        now = [badge for badge in earned if badge not in later]
        plan = sender.plan([*judging, *(self._points.claim_badge(account, badge) for badge in now)])
        if confirm is not None and not confirm(plan.cost, earned):
            raise Declined
        fee_wei = self._sent(sender, plan)
        if later:
            fee_wei += self._sent(sender, sender.plan([self._points.claim_badge(account, badge) for badge in later]))
        return ClaimedBadges(tuple(earned), tuple(right) if judging else (), fee_wei)

    def _right_votes(self, ledger: PointsLedger, account: str) -> list[int]:
        """Votes that can be counted now; they are counted in the ledger."""
        now = self._model.contract.connection.now()
        found = []
        for id_, voter in list(ledger.votes):
            if voter != account:
                continue
            try:
                ledger.judge(account, [id_], now=now)
            except CommonlearnError:
                continue
            found.append(id_)
        return found

    @staticmethod
    def _sent(sender: Sender, plan: Plan) -> int:
        fee_wei = 0
        for outcome in sender.send(plan):
            if outcome.error is not None:
                raise outcome.error
            fee_wei += outcome.receipt.fee_wei
        return fee_wei
