"""What replay engines refuse, and the small answers that they give (requirements K-33, K-37, K-38, K-39)."""

import brownie
import pytest

from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput, ReplayState
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding, encode_presence, keccak256
from tests.support.plain_model import CONFIGURATION, KNOWN_0, KNOWN_1, UNKNOWN, first_weights, presence
from tests.support.reverts import reverts

MOST_BYTES, MOST_INDEX_WORDS = 49_152, 40_000
ALICE, MALLORY = "0x" + "11" * 20, "0x" + "22" * 20
TESTS = [presence(KNOWN_0), presence(KNOWN_1), presence(UNKNOWN), presence(UNKNOWN + 1)]
LABELS = [0, 1, 1, 1]
LESSON = ReplayInput(0, ALICE, 40, 1, presence(UNKNOWN))
LIE = ReplayInput(1, MALLORY, 5, 0, presence(UNKNOWN))


@pytest.fixture(scope="module")
def fast(deployer, module_isolation):
    return brownie.project.get_loaded_projects()[0].PerceptronReplay.deploy({"from": deployer})


@pytest.fixture(scope="module")
def slow(deployer, module_isolation):
    return brownie.project.get_loaded_projects()[0].ModelReplay.deploy({"from": deployer})


@pytest.fixture(scope="module")
def model(perceptron, deployer, module_isolation):
    """A model of the plain kind, with its words."""
    trainer = brownie.project.get_loaded_projects()[0].ModelTrainer.deploy(
        perceptron, CONFIGURATION.to_int(), {"from": deployer}
    )
    trainer.upload(first_weights().words_bytes())
    return trainer.model()


@pytest.fixture
def replay():
    return Replay(AwardTerms(100, 2, 4), first_weights(), TESTS, LABELS, [LESSON, LIE])


def advanced(engine, replay, state, inputs, prepared=None):
    given = replay.prepared if prepared is None else prepared
    answer = engine.advance.call(replay.terms.as_tuple(), state.as_tuple(), given, [each.as_tuple() for each in inputs])
    return ReplayState.from_tuple(answer)


def closed(engine, replay, state, initial=None):
    first = replay.initial if initial is None else initial
    return ReplayState.from_tuple(engine.closeRound(replay.terms.as_tuple(), state.as_tuple(), first.as_tuple()))


def test_which_models_an_engine_replays(fast, slow):
    two = CONFIGURATION.to_int()
    three = ModelConfiguration(Encoding.DENSE, 8, 3, 40, step=1).to_int()
    assert fast.canReplay("perceptron/1", two)
    assert not fast.canReplay("perceptron/1", three)
    assert not fast.canReplay("perceptron/2", two)
    assert not fast.canReplay("naive-bayes/1", two)
    assert not fast.canReplay("perceptron/1", two | 1)
    assert slow.canReplay("perceptron/1", three)
    assert slow.canReplay("anything", 0)


def test_a_market_told_in_numbers(fast, replay, model):
    """One lesson makes one more test sample right, a lie about it makes it wrong again: the liar pays what there is, and is
    then left out, so that in the second round the lesson counts."""
    initial, prepared = fast.prepare.call(model, first_weights().words(), TESTS, LABELS)
    assert ReplayState.from_tuple(initial) == replay.initial
    assert bytes(prepared) == replay.prepared
    assert initial[2] == 2
    taught = advanced(fast, replay, replay.first, [LESSON])
    assert [(each.score, each.balance_wei) for each in taught.roster()] == [(1, 40)]
    lied = advanced(fast, replay, taught, [LIE])
    assert [each.score for each in lied.roster()] == [1, -1]
    first = closed(fast, replay, lied)
    # 50 wei a test sample are offered, in 4 rounds: at least 13 of them in the first.
    assert first.unit_left_wei == 37
    assert [(each.balance_wei, each.is_out) for each in first.roster()] == [(53, False), (0, True)]
    assert (first.bounty_left_wei, first.unawarded_wei) == (92, 0)
    second = closed(fast, replay, advanced(fast, replay, first, [LESSON, LIE]))
    assert second.is_final
    assert [each.balance_wei for each in second.roster()] == [90, 0]
    assert second.bounty_left_wei == 55
    assert second == replay.final
    assert bytes(fast.hashOf(second.as_tuple())) == replay.hash_after(replay.steps)


@pytest.mark.parametrize(
    ("number", "account"), [(1, ALICE), (7, ALICE), (0, MALLORY)], ids=["not the next", "far", "another's"]
)
def test_participants_are_numbered_in_order(fast, slow, replay, number, account):
    state = replay.state_after(1) if number == 0 else replay.first
    given = ReplayInput(number, account, 1, 1, presence(UNKNOWN))
    with reverts("WrongParticipant", number, account):
        advanced(fast, replay, state, [given])


def test_nobody_enters_after_the_first_round(fast, replay):
    late = ReplayInput(2, "0x" + "33" * 20, 1, 1, presence(UNKNOWN))
    with reverts("WrongParticipant", 2, late.account):
        advanced(fast, replay, replay.state_after(3), [late])


def test_no_more_contributions_than_a_round_has(fast, slow, replay):
    with reverts("RoundComplete", 2):
        advanced(fast, replay, replay.first, [LESSON, LIE, LESSON])
    with reverts("RoundComplete", 2):
        advanced(slow, replay, replay.state_after(2), [LESSON])


def test_a_round_is_closed_when_it_is_complete(fast, replay):
    with reverts("RoundIncomplete", 1, 2):
        closed(fast, replay, replay.state_after(1))


def test_a_final_state_stays(fast, slow, replay):
    for engine in (fast, slow):
        with reverts("AlreadyFinal"):
            advanced(engine, replay, replay.final, [])
        with reverts("AlreadyFinal"):
            closed(engine, replay, replay.final)


def test_another_test_set_is_refused(fast, slow, replay):
    other = replay.prepared[:-1] + b"\7"
    for engine in (fast, slow):
        with reverts("WrongPreparation", keccak256(other), replay.terms.prepared_hash):
            advanced(engine, replay, replay.first, [LESSON], other)


def test_another_initial_state_is_refused(fast, replay):
    with reverts("WrongPreparation", replay.first.hash(), replay.terms.initial_hash):
        closed(fast, replay, replay.state_after(2), replay.first)


def test_a_test_set_needs_a_label_for_each_sample(fast, slow, model):
    for engine in (fast, slow):
        with reverts("LabelCount", 4, 3):
            engine.prepare.call(model, first_weights().words(), TESTS, LABELS[:3])


@pytest.mark.parametrize("label", [2, 65_535])
def test_a_label_must_be_of_a_class(fast, slow, model, replay, label):
    for engine in (fast, slow):
        with reverts("UnknownLabel", label, 2):
            engine.prepare.call(model, first_weights().words(), TESTS, [0, 1, 1, label])
    with reverts("UnknownLabel", label, 2):
        advanced(fast, replay, replay.first, [ReplayInput(0, ALICE, 1, label, presence(1))])


@pytest.mark.parametrize(
    ("sample", "error"),
    [
        (b"", ("EmptySample",)),
        (b"\0", ("SampleLength", 1, 2)),
        (bytes.fromhex("0028"), ("IndexOutOfRange", 40, 40)),
        (bytes.fromhex("00030003"), ("IndexNotIncreasing", 3, 3)),
        (b"".join(i.to_bytes(2, "big") for i in [*range(16), 15, *range(17, 30)]), ("IndexNotIncreasing", 15, 15)),
        (b"".join(i.to_bytes(2, "big") for i in [*range(9), 7, *range(17, 40)]), ("IndexNotIncreasing", 8, 7)),
        (b"".join(i.to_bytes(2, "big") for i in range(41)), ("IndexOutOfRange", 40, 40)),
    ],
    ids=["empty", "odd", "out of range", "twice", "twice across words", "unsorted within a word", "one too many"],
)
def test_malformed_samples_are_refused(fast, slow, model, replay, sample, error):
    for engine in (fast, slow):
        with reverts(*error):
            engine.prepare.call(model, first_weights().words(), [sample], [0])
    with reverts(*error):
        advanced(fast, replay, replay.first, [ReplayInput(0, ALICE, 1, 1, sample)])


def test_states_of_another_model_are_refused(fast, replay, model):
    state = replay.first
    short = ReplayState.from_tuple((*state.as_tuple()[:7], [0], *state.as_tuple()[8:]))
    long = ReplayState.from_tuple((*state.as_tuple()[:7], [0, 0, 0], *state.as_tuple()[8:]))
    with reverts("MissingWords", 1, 2):
        advanced(fast, replay, short, [LESSON])
    with reverts("TooManyWords", 3, 2):
        advanced(fast, replay, long, [LESSON])
    with reverts("WrongScores", 2, 9):
        extra = ReplayState.from_tuple((*state.as_tuple()[:8], [0, 0], ()))
        advanced(fast, replay, extra, [LESSON])
    with reverts("MissingWords", 1, 2):
        fast.prepare.call(model, [0], TESTS, LABELS)


def deployed(deployer, perceptron, configuration):
    """A model of any configuration, its words not uploaded: an engine asks it for the configuration only."""
    trainers = brownie.project.get_loaded_projects()[0].ModelTrainer
    return trainers.deploy(perceptron, configuration.to_int(), {"from": deployer}).model()


def test_a_test_set_must_fit_into_a_transaction(fast, perceptron, deployer):
    """By its bytes, and by the memory that its index takes (K-39)."""
    wide = ModelConfiguration(Encoding.PRESENCE, 8, 2, dimension=10_000, step=1)
    every = encode_presence(range(10_000))
    with reverts("TestSetTooLarge", 3 * 20_006, MOST_BYTES):
        fast.prepare.call(deployed(deployer, perceptron, wide), ExactPerceptron(wide).words(), [every] * 3, [0] * 3)
    sparse = ModelConfiguration(Encoding.SPARSE, 8, 2, dimension=1_000, step=1)
    one = bytes.fromhex("00010001")
    with reverts("TestSetTooLarge", 501 * 125, MOST_INDEX_WORDS):
        fast.prepare.call(
            deployed(deployer, perceptron, sparse), ExactPerceptron(sparse).words(), [one] * 500, [0] * 500
        )
