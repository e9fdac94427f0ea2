"""The twin of the replay: every state, every hash, the same by both engines (K-31, K-32, K-33)."""

from __future__ import annotations

import numpy as np
import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.contract_errors import WrongParticipant
from commonlearn.errors import SampleError, UnknownLabel
from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.scores import pack_scores, unpack_scores
from commonlearn.market.state import ReplayInput, ReplayState
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactNaiveBayes, ExactPerceptron
from commonlearn.numerics import Encoding, encode_presence, keccak256
from tests.support.replays import random_market

STATE = "(uint32,uint32,uint32,bool,uint256,uint256,uint256,uint256[],uint256[],uint256[])"


@st.composite
def markets(draw):
    configuration = ModelConfiguration(
        draw(st.sampled_from(list(Encoding))),
        draw(st.sampled_from([4, 8, 16, 32])),
        2,
        draw(st.integers(1, 60)),
        step=draw(st.sampled_from([1, 3, 300, 65_535])),
        intercept_value=draw(st.sampled_from([0, 1, 50, 32_767])),
        margin=draw(st.sampled_from([0, 1, 40, 10**6])),
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_market(rng, Kind.PERCEPTRON, configuration)


@given(market=markets(), data=st.data())
def test_every_state_can_be_had_in_any_order(market, data):
    replay = market.replay()
    states = list(replay.states())
    assert len(states) == replay.steps + 1
    assert states[-1].is_final
    assert not any(state.is_final for state in states[:-1])
    for step in data.draw(st.lists(st.integers(0, replay.steps), max_size=6)):
        assert replay.state_after(step) == states[step]
    hashes = replay.hashes()
    assert hashes == [state.hash() for state in states]
    assert replay.hash_after(replay.steps) == replay.final.hash()


@given(market=markets())
def test_hashes_are_of_the_contracts_encoding(market):
    for state in market.replay().states():
        assert state.encode() == encode([STATE], [state.as_tuple()])
        assert state.hash() == keccak256(encode([STATE], [state.as_tuple()]))
        assert ReplayState.from_tuple(state.as_tuple()) == state


@given(market=markets())
def test_both_engines_agree_on_all_but_scores(market):
    fast, slow = market.replay(), market.replay("0x" + "ab" * 20)
    for one, other in zip(fast.states(), slow.states(), strict=True):
        assert one.as_tuple()[:8] == other.as_tuple()[:8]
        assert one.participants == other.participants
    assert slow.prepared[:20] == b"\xab" * 20
    assert slow.prepared[20:] == fast.prepared


@given(market=markets())
def test_no_wei_is_made_or_lost(market):
    """K-34, over whole replays."""
    replay = market.replay()
    stakes = sum(given.stake_wei for given in market.inputs)
    final = replay.final
    assert final.round < market.award.rounds
    assert sum(each.deposit_wei for each in final.roster()) == stakes
    held = sum(each.balance_wei for each in final.roster()) + final.bounty_left_wei + final.unawarded_wei
    assert held == stakes + market.award.bounty_wei


@given(
    scores=st.lists(st.integers(-5_000, 5_000), max_size=600),
    depth=st.sampled_from([None, 14, 20, 63]),
)
def test_scores_come_back(scores, depth):
    given_scores = np.array(scores, dtype=np.int64)
    assert unpack_scores(pack_scores(given_scores, depth), len(scores), depth).tolist() == scores


def test_steps_beyond_the_end_are_no_steps():
    replay = Replay(AwardTerms(10, 1, 1), ExactPerceptron(ModelConfiguration(0, 8, 2, 4, step=1)), [], [], [])
    assert replay.steps == 1
    for step in (-1, 2):
        with pytest.raises(IndexError):
            replay.state_after(step)


class TestRefusals:
    model = ExactPerceptron(ModelConfiguration(Encoding.PRESENCE, 8, 2, 4, step=1))
    sample = encode_presence([1])

    def replay(self, *inputs, labels=(1,), samples=None):
        return Replay(AwardTerms(10, 1, 1), self.model, samples or [self.sample], list(labels), list(inputs))

    def test_a_number_of_somebody_else(self):
        one, two = "0x" + "11" * 20, "0x" + "22" * 20
        with pytest.raises(WrongParticipant):
            _ = self.replay(ReplayInput(0, one, 1, 1, self.sample), ReplayInput(0, two, 1, 1, self.sample)).final

    def test_a_number_too_far(self):
        with pytest.raises(WrongParticipant):
            _ = self.replay(ReplayInput(1, "0x" + "11" * 20, 1, 1, self.sample)).final

    def test_labels_of_no_class(self):
        with pytest.raises(UnknownLabel):
            self.replay(labels=(2,))
        with pytest.raises(UnknownLabel):
            self.replay(ReplayInput(0, "0x" + "11" * 20, 1, 2, self.sample))

    def test_malformed_samples(self):
        with pytest.raises(SampleError):
            self.replay(samples=[b"\0"])

    def test_models_of_other_engines(self):
        bayes = ExactNaiveBayes(ModelConfiguration(Encoding.PRESENCE, 8, 2, 4, smoothing=256))
        with pytest.raises(ValueError, match="two classes"):
            Replay(AwardTerms(10, 1, 1), bayes, [self.sample], [1], [])


@pytest.mark.slow
def test_the_whole_of_imdb_takes_less_than_a_minute():
    """K-41: as many contributions and test samples of the size of film reviews; every weight is touched again and again."""
    from time import perf_counter

    rng = np.random.default_rng(1)
    frequency = 1 / np.arange(1, 1_001)
    frequency *= 33 / frequency.sum()

    def review():
        return encode_presence(np.flatnonzero(rng.random(1_000) < np.minimum(frequency, 0.9)).tolist() or [0])

    model = ExactPerceptron(ModelConfiguration(Encoding.PRESENCE, 8, 2, 1_000, step=1, intercept_value=1, margin=75))
    numbers = rng.integers(50, size=25_000)
    order = {int(person): place for place, person in enumerate(dict.fromkeys(numbers.tolist()))}
    inputs = [
        ReplayInput(order[int(person)], "0x" + f"{int(person):040x}", 10**15, int(rng.integers(2)), review())
        for person in numbers
    ]
    tests = [review() for _ in range(1_000)]
    start = perf_counter()
    replay = Replay(AwardTerms(10**18, 1_000, 1), model, tests, rng.integers(2, size=1_000).tolist(), inputs)
    assert replay.steps == 25_001
    assert replay.hash_after(20_000) != replay.hash_after(20_001)
    assert perf_counter() - start < 60
