"""The engines on samples of each encoding, told beforehand by their twin: a case each that is always the same.

Requirements K-30, K-31, K-32, K-33; random ones are in ``differential/test_replay.py``.
"""

from dataclasses import replace

import brownie
import pytest

from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.numerics import Encoding
from tests.support.replays import random_market, replay_by
from tests.support.twins import CONTRACTS, TWINS, random_words

CASES = {
    "dense": ModelConfiguration(Encoding.DENSE, 8, 2, 9, step=3, intercept_value=50, margin=40),
    "sparse": ModelConfiguration(Encoding.SPARSE, 16, 2, 30, step=1, intercept_value=0, margin=1),
    "sparse, wide": ModelConfiguration(Encoding.SPARSE, 32, 2, 11, step=300, intercept_value=1, margin=10**6),
    "presence": ModelConfiguration(Encoding.PRESENCE, 8, 2, 40, step=4, intercept_value=3, margin=30),
    "presence, narrow": ModelConfiguration(Encoding.PRESENCE, 4, 2, 70, step=1, intercept_value=0, margin=2),
    "presence, great steps": ModelConfiguration(Encoding.PRESENCE, 16, 2, 25, step=300, intercept_value=50, margin=900),
}


@pytest.fixture(scope="module")
def project():
    return brownie.project.get_loaded_projects()[0]


@pytest.fixture(scope="module")
def engines(module_isolation, project, deployer):
    return {name: project[name].deploy({"from": deployer}) for name in ("PerceptronReplay", "ModelReplay")}


def model_of(project, market, deployer):
    implementation = project[CONTRACTS[market.kind]].deploy({"from": deployer})
    trainer = project.ModelTrainer.deploy(implementation, market.configuration.to_int(), {"from": deployer})
    trainer.upload(market.model.words_bytes())
    return implementation, trainer.model()


@pytest.mark.parametrize("what", CASES)
def test_the_perceptron_engine(engines, project, deployer, rng, what):
    market = random_market(rng, Kind.PERCEPTRON, CASES[what], tests=11, contributions=10)
    _, model = model_of(project, market, deployer)
    replay_by(engines["PerceptronReplay"], market, model, market.replay(), rng)


@pytest.mark.parametrize("what", ["dense", "presence, narrow"])
def test_weights_at_the_ends_of_their_range(engines, project, deployer, rng, what):
    """What does not fit is not learned, and changes no score."""
    configuration = CASES[what]
    market = random_market(rng, Kind.PERCEPTRON, configuration, tests=7, contributions=12)
    words = random_words(rng, Kind.PERCEPTRON, configuration)
    market = replace(market, model=TWINS[Kind.PERCEPTRON].from_words(configuration, words))
    _, model = model_of(project, market, deployer)
    replay_by(engines["PerceptronReplay"], market, model, market.replay(), rng)


@pytest.mark.parametrize("what", ["dense", "sparse", "presence"])
def test_a_score_at_the_margin_teaches_nothing(engines, project, deployer, rng, what):
    """One below it does."""
    market = random_market(rng, Kind.PERCEPTRON, CASES[what], tests=5, contributions=3)
    scores = {given: market.model.scores_encoded(given.sample)[0] for given in market.inputs}
    first, score = max(scores.items(), key=lambda one: abs(one[1]))
    inputs = [replace(first, participant=0, label=int(score > 0))]
    for margin, is_taught in ((abs(score), False), (abs(score) + 1, True)):
        configuration = replace(CASES[what], margin=margin)
        model = TWINS[Kind.PERCEPTRON].from_words(configuration, market.model.words())
        at_margin = replace(market, configuration=configuration, model=model, inputs=inputs)
        _, deployed = model_of(project, at_margin, deployer)
        replay = at_margin.replay()
        assert (replay.state_after(1).words != replay.initial.words) == is_taught
        replay_by(engines["PerceptronReplay"], at_margin, deployed, replay, rng)


def test_more_test_samples_than_a_word_has_bits(engines, project, deployer, rng):
    market = random_market(rng, Kind.PERCEPTRON, CASES["presence"], tests=270, contributions=5)
    _, model = model_of(project, market, deployer)
    replay_by(engines["PerceptronReplay"], market, model, market.replay(), rng)


def test_the_engine_for_any_model(engines, project, deployer, rng):
    configuration = ModelConfiguration(Encoding.PRESENCE, 8, 3, 20)
    market = random_market(rng, Kind.NEAREST_CENTROID, configuration, tests=4, contributions=4)
    implementation, model = model_of(project, market, deployer)
    replay_by(engines["ModelReplay"], market, model, market.replay(implementation.address), rng)


def test_a_model_that_is_no_clone_is_its_own_implementation(engines, HostileModel, deployer):
    model = HostileModel.deploy({"from": deployer})
    _, prepared = engines["ModelReplay"].prepare.call(model, [], [b"\x00\x01"], [0])
    assert bytes(prepared)[:20].hex() == model.address[2:].lower()
