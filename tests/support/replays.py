"""Random markets for comparing replay engines with their twin, and the twin as a contract takes it.

Everything here is pure Python and follows from the generator that it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput, ReplayState
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactModel
from tests.support.twins import TWINS, random_sample


@dataclass(frozen=True)
class RandomMarket:
    """What a replay starts from.

    Attributes
    ----------
    kind : Kind
    configuration : ModelConfiguration
    model : ExactModel
        With the starting words.
    samples, labels
        The test set.
    inputs : list of ReplayInput
    award : AwardTerms
    """

    kind: Kind
    configuration: ModelConfiguration
    model: ExactModel
    samples: list[bytes]
    labels: list[int]
    inputs: list[ReplayInput]
    award: AwardTerms

    def replay(self, implementation: str | None = None) -> Replay:
        """The twin; of the engine for any model when its implementation is named."""
        address = None if implementation is None else bytes.fromhex(implementation[2:])
        return Replay(self.award, self.model, self.samples, self.labels, self.inputs, implementation=address)


def random_market(
    rng: np.random.Generator, kind: Kind, configuration: ModelConfiguration, *, tests: int = 9, contributions: int = 12
) -> RandomMarket:
    """A market in which half of the labels are what the model would say, so that some help and some do harm."""
    negative = TWINS[kind].allow_negative
    # Words that a contract accepts at its upload: of a model that has learned.
    model = TWINS[kind](configuration)
    first = [random_sample(rng, configuration, allow_negative=negative) for _ in range(4 * configuration.classes)]
    model.train_many(first, [i % configuration.classes for i in range(len(first))], 0)

    def drawn(count: int) -> tuple[list[bytes], list[int]]:
        samples = [random_sample(rng, configuration, allow_negative=negative) for _ in range(count)]
        said = model.predict_encoded(samples, 0).tolist()
        labels = [said[i] if rng.random() < 0.5 else int(rng.integers(configuration.classes)) for i in range(count)]
        return samples, labels

    samples, labels = drawn(tests)
    given, given_labels = drawn(contributions)
    people = int(rng.integers(1, 6))
    numbers: dict[int, int] = {}
    inputs = []
    for sample, label in zip(given, given_labels, strict=True):
        person = int(rng.integers(people))
        number = numbers.setdefault(person, len(numbers))
        stake = int(rng.choice([1, 5, 40, 10**15])) + int(rng.integers(10))
        inputs.append(ReplayInput(number, "0x" + f"{person + 1:02x}" * 20, stake, label, sample))
    bounty = int(rng.choice([3, 50, 1_000, 10**17]))
    award = AwardTerms(bounty, int(rng.integers(1, max(2, min(tests, bounty)))), int(rng.integers(1, 17)))
    return RandomMarket(kind, configuration, model, samples, labels, inputs, award)


def replay_by(engine: Any, market: RandomMarket, model: str, replay: Replay, rng: np.random.Generator) -> None:
    """Have an engine prepare, then go on in random portions; after each compare the state and its hash with the twin's."""
    initial, prepared = engine.prepare.call(model, market.model.words(), market.samples, market.labels)
    assert ReplayState.from_tuple(initial) == replay.initial
    assert bytes(prepared) == replay.prepared
    assert bytes(engine.hashOf(replay.initial.as_tuple())) == replay.terms.initial_hash
    terms, state, done = replay.terms.as_tuple(), replay.first, 0
    inputs = [each.as_tuple() for each in market.inputs]
    while not state.is_final:
        if state.position == len(inputs):
            answer = engine.closeRound(terms, state.as_tuple(), replay.initial.as_tuple())
            done += 1
        else:
            count = int(rng.integers(0, len(inputs) - state.position + 1))
            portion = inputs[state.position : state.position + count]
            answer = engine.advance.call(terms, state.as_tuple(), prepared, portion)
            done += count
        state = ReplayState.from_tuple(answer)
        assert state == replay.state_after(done)
        assert bytes(engine.hashOf(state.as_tuple())) == replay.hash_after(done)
    assert done == replay.steps
