"""The replay engines against their twin, step by step and in portions: states and their hashes, bit for bit
(requirements K-30, K-31, K-32, K-33)."""

from __future__ import annotations

from typing import Any

import brownie
import numpy as np
import pytest
from brownie.test import given
from hypothesis import strategies as st

from commonlearn.market.state import ReplayState
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.numerics import Encoding, keccak256
from tests.support.replays import RandomMarket, random_market, replay_by

FIELDS = {
    Kind.PERCEPTRON: {"step": [1, 3, 300], "intercept_value": [0, 1, 50, 32_767], "margin": [0, 1, 40, 10**6]},
    Kind.NEAREST_CENTROID: {},
    Kind.NAIVE_BAYES: {"smoothing": [1, 256]},
}


@pytest.fixture(scope="module")
def engines(module_isolation: None, deployer: Any) -> dict[str, Any]:
    project = brownie.project.get_loaded_projects()[0]
    return {name: project[name].deploy({"from": deployer}) for name in ("PerceptronReplay", "ModelReplay")}


def drawn_configuration(data: Any, kind: Kind, classes: int) -> ModelConfiguration:
    return ModelConfiguration(
        encoding=data.draw(st.sampled_from(list(Encoding))),
        weight_bits=data.draw(st.sampled_from([4, 8, 16, 32])),
        classes=classes,
        dimension=data.draw(st.integers(1, 70)),
        **{name: data.draw(st.sampled_from(values)) for name, values in FIELDS[kind].items()},
    )


def deployed_model(make_trainer: Any, market: RandomMarket) -> str:
    trainer = make_trainer(market.kind, market.configuration)
    trainer.upload(market.model.words_bytes())
    return str(trainer.model())


def state_of(answer: Any) -> ReplayState:
    return ReplayState.from_tuple(answer)


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_the_perceptron_engine_is_its_twin(engines, make_trainer, data, seed):
    rng = np.random.default_rng(seed)
    market = random_market(rng, Kind.PERCEPTRON, drawn_configuration(data, Kind.PERCEPTRON, 2))
    replay_by(engines["PerceptronReplay"], market, deployed_model(make_trainer, market), market.replay(), rng)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name.lower())
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_the_engine_for_any_model_is_its_twin(engines, make_trainer, implementations, kind, data, seed):
    rng = np.random.default_rng(seed)
    market = random_market(
        rng, kind, drawn_configuration(data, kind, int(rng.integers(2, 5))), tests=4, contributions=5
    )
    replay = market.replay(implementations[kind].address)
    replay_by(engines["ModelReplay"], market, deployed_model(make_trainer, market), replay, rng)


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_both_engines_give_the_same_credits_and_words(engines, make_trainer, data, seed):
    rng = np.random.default_rng(seed)
    market = random_market(
        rng, Kind.PERCEPTRON, drawn_configuration(data, Kind.PERCEPTRON, 2), tests=5, contributions=6
    )
    model = deployed_model(make_trainer, market)
    finals = []
    for engine in engines.values():
        initial, prepared = engine.prepare.call(model, market.model.words(), market.samples, market.labels)
        terms = (
            market.configuration.to_int(), 6, 1, keccak256(bytes(prepared)), bytes(engine.hashOf(initial)),
        )  # fmt: skip
        answer = engine.advance.call(terms, initial, prepared, [each.as_tuple() for each in market.inputs])
        found = state_of(answer)
        finals.append((found.correct, found.words, found.participants))
    assert finals[0] == finals[1]
