"""A market around the plain model, settled by a real engine and foretold by its twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput, ReplayState
from commonlearn.numerics import keccak256
from tests.support.linear_replay import Given, Person
from tests.support.plain_market import PARTITIONS, PlainMarket
from tests.support.plain_model import first_weights, presence


@dataclass(frozen=True)
class TwinState:
    """A state of the twin, read as `PlainMarket` reads states."""

    state: ReplayState

    @property
    def tuple(self) -> tuple[Any, ...]:
        """As the contract takes it."""
        return self.state.as_tuple()

    @property
    def hash(self) -> bytes:
        """32 bytes."""
        return self.state.hash()

    @property
    def position(self) -> int:
        """Contributions replayed in the round."""
        return self.state.position

    @property
    def is_final(self) -> bool:
        """Whether it is the outcome."""
        return self.state.is_final

    @property
    def people(self) -> tuple[Person, ...]:
        """Participants in order."""
        return tuple(
            Person(one.account, one.balance_wei, one.deposit_wei, one.score, one.is_out) for one in self.state.roster()
        )


class RealMarket(PlainMarket):
    """Samples are of known and unknown features of the plain model; test samples too."""

    implementation: bytes | None = None
    """Of the model, where the engine is the one for any model."""

    def fill(self, rng: np.random.Generator, size: int = 3) -> None:
        """Draw a test set of so many samples a partition: unknown features speak for class 1, some for class 0."""
        for number in range(PARTITIONS):
            self.test_set.partitions[number] = [
                (bytes(rng.bytes(32)), label, self.drawn_sample(rng, label))
                for label in rng.integers(0, 2, size).tolist()
            ]

    @staticmethod
    def drawn_sample(rng: np.random.Generator, label: int) -> bytes:
        """A sample that truly is of a class."""
        own = range(20, 30) if label else range(30, 40)
        return presence(*sorted(rng.choice(list(own), 3, replace=False).tolist()))

    def give(self, who: Any, sample: bytes, label: int, value: int | None = None) -> Given:
        """Contribute any sample."""
        value = self.terms.min_stake_wei if value is None else value
        tx = self.contract.contribute(sample, label, {"from": who, "value": value})
        self.note(tx.events["Contributed"], who.address)
        return self.given[-1]

    def prepare(self, by: Any = None) -> Any:
        """Prepare, and foretell all states by the twin."""
        market = self.market()
        samples, labels = self.test_set.scored(market["drawn"])
        tx = self.contract.prepare(samples, labels, {"from": by or self.provider})
        award = AwardTerms(market["bountyWei"], self.terms.full_score, self.terms.rounds)
        inputs = [ReplayInput(*one.input) for one in self.given]
        replay = Replay(award, first_weights(), samples, labels, inputs, implementation=self.implementation)
        assert keccak256(replay.prepared) == bytes(self.market()["preparedHash"])
        self.initial: Any = TwinState(replay.initial)
        self.states: list[Any] = [TwinState(state) for state in replay.states()]
        self.at, self.prepared = 0, replay.prepared
        return tx
