"""Defects found by running microsoft/0xDeCA10B, each by its number: none of them is possible here (X-05).

Numbers 17 to 19 are of a prediction market and 21 of a server, which this project has not.
"""

import ast
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from commonlearn.incentives.stake_price import decayed, price, raised
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactCentroid, ExactNaiveBayes, ExactPerceptron
from commonlearn.numerics import Encoding, encode_dense, encode_presence, encode_sparse
from tests.support import collaborations
from tests.support.blocks import send_in_one_block
from tests.support.collaborations import DEFAULT_TERMS, contribute, model_of, next_time, pass_time, stake_at
from tests.support.events import logged
from tests.support.plain_model import KNOWN_0, KNOWN_1, UNKNOWN, first_weights, presence
from tests.support.reverts import reverts

FLOOR, GROWTH = DEFAULT_TERMS.floor_wei, DEFAULT_TERMS.growth_bps
HALF_LIFE, NOTICE = DEFAULT_TERMS.half_life_seconds, DEFAULT_TERMS.report_wait_seconds


def test_1_what_nobody_claims_reaches_somebody_who_can_take_it(plain, mallory, beneficiary, stranger):
    """The owner's window paid the trainer contract, which owned the incentive and could not claim.

    Here the terms name a beneficiary; anyone sweeps, and the beneficiary withdraws like any account.
    """
    lie = plain.lie(mallory)
    plain.sweep(lie, stranger, at=plain.sweep_from(lie))
    before = beneficiary.balance()
    plain.contract.withdraw(beneficiary, {"from": beneficiary})
    assert beneficiary.balance() == before + lie.stake_wei


def test_2_the_intercept_is_at_the_scale_of_the_products(factory, perceptron, alice):
    """A dense intercept was added at another fixed-point scale than the products of weights and values.

    Here it is the weight of a constant feature, whose value is at the samples' scale, so it is learned and used as
    any other: a sample's score after one step from nothing is the squared length of the sample and the constant.
    """
    values = [700, -250, 3]
    shape = ModelConfiguration(Encoding.DENSE, 32, 2, dimension=3, step=1, intercept_value=1_000)
    dense = collaborations.create(factory, perceptron, shape, [0])
    contribute(dense, encode_dense(values), 1, alice)
    assert model_of(dense).scores(encode_dense(values)) == (1_000**2 + sum(v * v for v in values),)
    assert model_of(dense).scores(encode_dense([0, 0, 0])) == (1_000**2,)


def test_3_naive_bayes_does_not_underflow(factory, bayes, rng):
    """Products of likelihoods reached zero from five typical features on, for every class alike.

    Here logarithms are added: 500 features tell the classes apart as well as one does.
    """
    shape = ModelConfiguration(Encoding.PRESENCE, 16, 2, dimension=500, smoothing=256)
    twin = ExactNaiveBayes(shape)
    twin.sums[:] = rng.integers(1, 50, size=(500, 2))
    twin.documents, twin.totals = [1_000, 1_000], [int(total) for total in twin.sums.sum(axis=0)]
    many = collaborations.create(factory, bayes, shape, twin.words())
    for features in (range(500), range(0, 500, 2), range(3)):
        sample = encode_presence(list(features))
        first, second = model_of(many).scores(sample)
        assert [first, second] == twin.scores_encoded(sample)
        assert first != second
        likelier = twin.sums[list(features)].astype(float) / twin.totals
        assert many.predict(sample) == int(np.log(likelier).sum(axis=0).argmax())


@pytest.mark.parametrize("index", [40, 41, 32_768 + KNOWN_1, 65_535])
def test_4_no_index_stands_for_another(plain, alice, index):
    """Bounds were one bit too wide, so that index 2**32 was taken for index 0.

    Here an index has two bytes and must be below the dimension.
    """
    with reverts("IndexOutOfRange", index, 40):
        contribute(plain.contract, index.to_bytes(2, "big"), 1, alice)
    assert plain.words() == first_weights().words()


@pytest.mark.parametrize("label", [2, 3, 65_536, 2**256 - 1])
def test_5_a_binary_model_takes_two_labels(plain, alice, label):
    """Any label was taken, and a deposit for label 2 could never be refunded.

    Here only labels of classes are taken: every stake that is locked can come back.
    """
    before = alice.balance()
    with reverts("UnknownLabel", label, 2):
        contribute(plain.contract, presence(KNOWN_1), label, alice)
    assert alice.balance() == before


@pytest.mark.parametrize("repeats", [2, 3])
def test_6_a_feature_counts_once(plain, mallory, repeats):
    """Duplicate indices multiplied the update.

    Here indices must increase, so a weight moves by one step a contribution.
    """
    with reverts("IndexNotIncreasing", UNKNOWN, UNKNOWN):
        contribute(plain.contract, presence(UNKNOWN) * repeats, 1, mallory)
    plain.lesson(mallory)
    assert model_of(plain.contract).scores(presence(UNKNOWN)) == (1,)


def test_7_a_wrong_label_is_told_and_costs_little(implementations, factory, alice, chain):
    """A label out of range burnt the whole gas limit without a reason.

    Here every model says which label is wrong, at less gas than a contribution.
    """
    kinds = {"Perceptron": {"step": 1}, "NearestCentroid": {}, "NaiveBayes": {"smoothing": 256}}
    firsts = {"Perceptron": [0], "NearestCentroid": [1 << 184, 0] * 3, "NaiveBayes": [1 << 192 | 1 << 64, 1 << 192, 0]}
    for name, options in kinds.items():
        shape = ModelConfiguration(Encoding.PRESENCE, 16, 3, dimension=4, **options)
        created = collaborations.create(factory, implementations[name], shape, firsts[name])
        with reverts("UnknownLabel", 3, 3):
            contribute(created, presence(1), 3, alice)
        assert chain[-1].gasUsed < 70_000


def test_8_classes_are_added_after_deployment(factory, centroid, deployer, alice):
    """No class could be added to a deployed model.

    Here the curator adds one; after its notice it is predicted, contributed to and refunded like the first ones.
    """
    shape = ModelConfiguration(Encoding.SPARSE, 16, 2, dimension=15, notice_seconds=NOTICE)
    twin = ExactCentroid(shape)
    for label in (0, 1):
        twin.train_one(encode_sparse([label], [100]), label)
    grown = collaborations.create(factory, centroid, shape, twin.words(), curator=deployer)
    new = encode_sparse([7], [90])
    header, lanes = 1 << 184 | 90 * 90, (90 << 16 * 8).to_bytes(32, "big")
    grown.addClass(header.to_bytes(32, "big") + lanes, {"from": deployer})
    pass_time(NOTICE)
    event = contribute(grown, new, 2, alice).events["Contributed"]
    assert grown.predict(new) == 2
    pass_time(DEFAULT_TERMS.refund_wait_seconds)
    grown.refund(event["id"], collaborations.contribution_tuple(event), new, {"from": alice})
    assert grown.accountOf(alice)[0] == event["stakeWei"]


def test_9_the_author_of_bad_data_never_gets_it_back(plain, mallory, stranger, beneficiary):
    """After a while any address could take the rest of a bad deposit, so its author took it all.

    Here no claim pays the author, by whichever of their accounts: reporters must be proven, and what is left over
    goes to the beneficiary whoever asks.
    """
    lie, second_account = plain.lie(mallory), stranger
    with reverts("ModelDisagrees", lie.id, 1, 0):
        plain.refund(lie, at=plain.sweep_from(lie) + 10**7)
    with reverts("OwnContribution", lie.id):
        plain.report(lie, mallory)
    with reverts("NotProven", second_account):
        plain.report(lie, second_account)
    plain.sweep(lie, mallory)
    assert plain.owed(mallory) == plain.owed(second_account) == 0
    assert plain.owed(beneficiary) == lie.stake_wei


def test_10_what_the_model_knows_already_buys_no_share(plain, alice, mallory, stranger):
    """Counts were farmed with trivial samples that the model agreed with, to take 90 % of a bad deposit.

    Here a refund proves only what taught: twenty trivial ones prove nothing and get nothing.
    """
    trivial = [plain.echo(mallory, KNOWN_1 + i % 10) for i in range(20)]
    lie, lesson = plain.lie(stranger), plain.lesson(alice)
    for i, given in enumerate([*trivial, lesson]):
        plain.refund(given, at=plain.refund_from(lesson) + i)
    assert plain.proven(mallory) == 0
    with reverts("NotProven", mallory):
        plain.report(lie, mallory, at=plain.report_from(lie))
    before = plain.owed(mallory), plain.owed(alice)
    plain.report(lie, alice)
    assert plain.owed(mallory) == before[0]
    assert plain.owed(alice) == before[1] + lie.stake_wei - plain.totals()[2]


def test_11_the_same_sample_twice_in_one_block_is_two_records(plain, alice):
    """Records were found by sample, time and sender, so the second overwrote the first.

    Here they are numbered.
    """
    call = (alice, plain.contract.address, plain.contract.contribute.encode_input(presence(KNOWN_1), 1), 2 * FLOOR)
    events = [tx.events["Contributed"] for tx in send_in_one_block([call, call])]
    assert [event["id"] for event in events] == [0, 1]
    assert events[0]["contributedAt"] == events[1]["contributedAt"]
    plain.at(events[0]["contributedAt"] + DEFAULT_TERMS.refund_wait_seconds)
    for event in events:
        story = collaborations.contribution_tuple(event)
        plain.contract.refund(event["id"], story, presence(KNOWN_1), {"from": alice})
    assert plain.owed(alice) == 4 * FLOOR
    assert plain.totals()[0] == 0


def test_12_sparse_centroids_have_samples_and_no_duplicates(factory, centroid, alice):
    """Sparse centroids failed with an empty class, which divided by zero, and with duplicate indices.

    Here neither gets in.
    """
    shape = ModelConfiguration(Encoding.SPARSE, 16, 2, dimension=10)
    with reverts("EmptyClass", 1):
        collaborations.create(factory, centroid, shape, [1 << 184, 0, 0, 0])
    sparse = collaborations.create(factory, centroid, shape, [1 << 184, 0, 1 << 184 | 1, 1 << 240])
    with reverts("IndexNotIncreasing", 4, 4):
        contribute(sparse, b"\x00\x04\x00\x01" * 2, 1, alice)
    assert contribute(sparse, encode_sparse([0], [5]), 1, alice).status == 1


def test_13_nobody_pushes_the_price_up_cheaply(plain, alice, mallory):
    """Anybody's contribution set the price to its height, which was greatest within the same second.

    Here one contribution raises the next by a fixed part, in the same second and later; who wants it higher pays the
    height each time, and it falls by half with each half-life.
    """
    first = plain.echo(mallory)
    assert stake_at(plain.contract, first.contributed_at) == FLOOR * (10_000 + GROWTH) // 10_000
    call = (mallory, plain.contract.address, plain.contract.contribute.encode_input(presence(KNOWN_0), 0), 10**17)
    burst = [tx.events["Contributed"]["stakeWei"] for tx in send_in_one_block([call] * 10)]
    assert all(later <= earlier * (10_000 + GROWTH) // 10_000 + 10**9 for earlier, later in pairwise(burst))
    height = plain.contract.stakeNow() - FLOOR
    assert sum(burst) > 10 * FLOOR + 4 * height  # the pusher's own stakes were raised first
    pass_time(4 * HALF_LIFE)
    assert plain.contract.stakeNow() - FLOOR <= height // 16 + 10**9
    assert plain.echo(alice).stake_wei < FLOOR * 11 // 10


def test_14_samples_are_packed(plain, factory, perceptron, alice):
    """Each index took 32 bytes of calldata, each sample six slots of storage.

    Here an index takes 2 bytes, and a contribution one slot.
    """
    shape = ModelConfiguration(Encoding.PRESENCE, 8, 2, dimension=1_000, step=1)
    large = collaborations.create(factory, perceptron, shape, [0] * 32)
    sample = encode_presence(list(range(0, 1_000, 10)))
    assert len(sample) == 200
    # selector, offset, label, length, and the sample in whole words
    assert len(large.contribute.encode_input(sample, 0)) // 2 - 1 == 4 + 3 * 32 + 224
    contribute(large, sample, 0, alice)
    again = contribute(large, sample, 0, alice)
    assert not again.events["Contributed"]["taught"]
    assert again.gas_used < 190_000  # 545,568 there


def test_15_smart_wallets_are_paid(plain, ReenteringRecipient, deployer, alice):
    """`transfer` leaves 2,300 gas, too little for a wallet that is a contract.

    Here the recipient has all the gas there is: this one writes and calls while it is paid.
    """
    wallet = ReenteringRecipient.deploy({"from": deployer})
    wallet.plan(plain.contract, plain.contract.stakeNow.encode_input(), 0, {"from": alice})
    stake = stake_at(plain.contract, next_time())
    plain.at(None)
    contribution = plain.contract.contribute.encode_input(presence(KNOWN_1), 1)
    wallet.act(plain.contract, contribution, {"value": 10**17, "from": alice})
    wallet.act(plain.contract, plain.contract.withdraw.encode_input(wallet), {"from": alice})
    assert wallet.balance() == 10**17 - stake
    assert wallet.hasSucceeded()


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("label", [0, 1])
def test_16_weights_stop_at_the_ends_of_their_range(factory, perceptron, alice, bits, label):
    """Unchecked arithmetic on narrow numbers wrapped around.

    Here a weight stops at the end of its range, however hard it is pushed.
    """
    shape = ModelConfiguration(Encoding.SPARSE, bits, 2, dimension=3, step=65_535, margin=2**63)
    narrow = collaborations.create(factory, perceptron, shape, [0])
    twin = ExactPerceptron(shape)
    for _ in range(3):
        sample = encode_sparse([0, 2], [32_767, -32_767])
        assert contribute(narrow, sample, label, alice).events["Contributed"]["taught"]
        twin.train_one(sample, label)
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    ends = [high, 0, low] if label == 1 else [low, 0, high]
    assert twin.weights[1:, 0].tolist() == ends
    assert list(narrow.snapshot()[2]) == twin.words()


def test_20_the_twin_has_the_contracts_arithmetic_prices_and_intercept(factory, perceptron, rng, alice, bob):
    """The simulation used floats, prices and an intercept rule of its own.

    Here thirty random contributions at random times end with the same words, stakes and answers.
    """
    shape = ModelConfiguration(Encoding.DENSE, 16, 3, dimension=5, step=3, intercept_value=100, margin=40_000)
    twin = ExactPerceptron(shape)
    twin.weights[:] = rng.integers(-50, 50, size=twin.weights.shape)
    real = collaborations.create(factory, perceptron, shape, twin.words())
    excess, last = 0, None
    for i in range(30):
        pass_time(int(rng.integers(1, 3 * HALF_LIFE)))
        sample, label = encode_dense(rng.integers(-200, 200, size=5)), int(rng.integers(0, 3))
        assert real.predict(sample) == twin.predict_encoded([sample])[0]
        event = contribute(real, sample, label, alice if i % 2 else bob).events["Contributed"]
        elapsed = 0 if last is None else event["contributedAt"] - last
        stake = price(FLOOR, decayed(excess, elapsed, HALF_LIFE))
        assert (event["stakeWei"], event["taught"]) == (stake, twin.train_one(sample, label))
        excess, last = raised(stake, FLOOR, GROWTH), event["contributedAt"]
        assert list(model_of(real).scores(sample)) == twin.scores_encoded(sample)
    assert list(real.snapshot()[2]) == twin.words()


def test_22_no_test_really_sleeps():
    """Tests waited by the wall clock.

    Here time is the chain's, and is moved.
    """
    sleeping = []
    for path in sorted(Path(__file__).resolve().parents[2].rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        imported = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module in ("time", "asyncio")
            for alias in node.names
            if alias.name == "sleep"
        }
        calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        if {"time.sleep", "asyncio.sleep", *imported} & calls:
            sleeping.append(path.name)
    assert sleeping == []


def test_22_the_data_handler_is_tested(plain, alice):
    """The data handler had no test.

    Here its unit tests are those of `tests/onchain/unit/test_data_handler.py`; they call its every function.
    """
    unit = (Path(__file__).resolve().parents[1] / "unit" / "test_data_handler.py").read_text()
    interface = {"contributions", "statusOf", "recordOf", "digestOf"}
    assert interface <= {entry["name"] for entry in plain.contract.abi if entry["type"] == "function"}
    assert all(f".{name}(" in unit for name in interface)
    assert [name for name, _ in logged(plain.echo(alice).tx)] == ["Contributed"]
