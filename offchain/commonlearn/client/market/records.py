"""What the chain's log says of a market: its contributions, its test set, and the replay that follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from commonlearn.archive.replaying import teach
from commonlearn.chain.market import MarketContract, MarketView
from commonlearn.client.cache import ModelCache
from commonlearn.client.errors import ReplayMismatch
from commonlearn.client.market.errors import EngineUnknown
from commonlearn.client.synced_model import SyncedModel
from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput
from commonlearn.models import PublicClassifier, model_from_snapshot

__all__ = ["MarketRecords", "Shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One revealed test sample.

    Attributes
    ----------
    partition : int
    label : int
    sample : bytes
    """

    partition: int
    label: int
    sample: bytes


class MarketRecords:
    """One market, from a model's copy and the log.

    Parameters
    ----------
    model : SyncedModel
        Brought up to date by :meth:`refresh`.
    contract : MarketContract
    cache : ModelCache
        The model's.
    """

    def __init__(self, model: SyncedModel, contract: MarketContract, cache: ModelCache) -> None:
        self._model = model
        self._contract = contract
        self._cache = cache
        self._replay: tuple[bytes, Replay] | None = None

    def refresh(self) -> MarketView:
        """Read what is new; the market as of now."""
        self._model.sync()
        self._model.sync_log()
        return self._contract.market()

    def contributions(self, view: MarketView) -> tuple[list[ReplayInput], list[int]]:
        """The market's contributions as a replay takes them, and of each its author and time in one number.

        Raises
        ------
        ReplayMismatch
            The log lacks some.
        """
        numbers: dict[str, int] = {}
        inputs, origins = [], []
        for one in self._cache.contributions(after_id=view.first - 1, before=view.first + view.contributions):
            c, account = one.contribution, one.payee or one.contribution.author
            number = numbers.setdefault(account, len(numbers))
            inputs.append(ReplayInput(number, account, c.stake_wei, c.label, one.sample))
            origins.append(int(c.author, 16) << 96 | c.contributed_at)
        if len(inputs) != view.contributions:
            raise ReplayMismatch(f"the market has {view.contributions} contributions, but its log {len(inputs)}")
        return inputs, origins

    def shown(self, view: MarketView) -> list[Shown]:
        """The test samples that were revealed, in order."""
        events = self._contract.events(["TestSampleRevealed"], market=view.number)
        return [Shown(e.values["partition"], e.values["label"], bytes(e.values["sample"])) for e in events]

    def scored(self, view: MarketView) -> tuple[list[bytes], list[int]]:
        """Samples and labels of the scored test set: all but the drawn partition."""
        scored = [one for one in self.shown(view) if one.partition != view.drawn]
        return [one.sample for one in scored], [one.label for one in scored]

    def bounty_wei(self, view: MarketView) -> int:
        """What the provider offered; the contract forgets it when it is paid out."""
        (event,) = self._contract.events(["Committed"], market=view.number)
        return int(event.values["bountyWei"])

    def starting_model(self, view: MarketView) -> PublicClassifier:
        """The model as it was when the market began: without what this market taught already."""
        identity, twin = self._contract.collaboration, self._model.twin
        last = self._cache.last_learned()
        snapshot = identity.model.configuration()
        if last is None or last < view.first:
            return model_from_snapshot(self._model.kind, snapshot, twin.words())
        start = model_from_snapshot(self._model.kind, snapshot, self._cache.first_words())
        teach(start, list(self._cache.learned(before=view.first)))
        return start

    def starting_words(self) -> list[int]:
        """Words with which a market would begin now."""
        return self._model.twin.words()

    def replay(self, view: MarketView) -> Replay:
        """The market's replay, checked against what the contract's engine began with.

        Raises
        ------
        EngineUnknown
            The engine began with something else.
        """
        if self._replay is not None and self._replay[0] == view.start_hash:
            return self._replay[1]
        terms = self._contract.terms
        award = AwardTerms(self.bounty_wei(view), terms.full_score, terms.rounds)
        inputs, _ = self.contributions(view)
        samples, labels = self.scored(view)
        model = self.starting_model(view).model_
        for implementation in (None, self._contract.implementation()):
            try:
                replay = Replay(award, model, samples, labels, inputs, implementation=implementation)
            except ValueError:  # the fast engine is for perceptrons of two classes only
                continue
            if (replay.terms.prepared_hash, replay.first.hash()) == (view.prepared_hash, view.start_hash):
                self._replay = (view.start_hash, replay)
                return replay
        raise EngineUnknown(self._contract.engine())
