"""Packed words and lists at the ends of what they can hold, which no collaboration lives long enough to reach.

Requirements M-01, M-08, I-03, B-13.
"""

import brownie
import pytest
from eth_abi import encode

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactNaiveBayes
from commonlearn.numerics import Encoding, encode_sparse, keccak256
from tests.support import collaborations
from tests.support.collaborations import thrown_by
from tests.support.plain_model import KNOWN_1, presence
from tests.support.reverts import reverts

MOST_32, MOST_64, MOST_184 = 2**32 - 1, 2**64 - 1, 2**184 - 1
SHARED_MOST = 64


@pytest.fixture(scope="module")
def types(module_isolation, TypesHarness, deployer):
    return TypesHarness.deploy({"from": deployer})


@pytest.fixture(scope="module")
def pool(module_isolation, ProvenPoolHarness, deployer):
    return ProvenPoolHarness.deploy({"from": deployer})


@pytest.fixture(scope="module")
def paths(module_isolation, SharedPathsHarness, deployer):
    return SharedPathsHarness.deploy({"from": deployer})


@pytest.fixture(scope="module")
def items(module_isolation, BatchItemsHarness, deployer):
    return BatchItemsHarness.deploy({"from": deployer})


@pytest.mark.parametrize(
    ("count", "norm", "change", "then"),
    [
        (0, 0, 9, (1, 9)),
        (5, 100, -40, (6, 60)),
        (5, 100, -100, (6, 0)),
        (5, 100, -101, (6, 0)),
        (MOST_32 - 1, 0, 0, (MOST_32, 0)),
        (MOST_32, 7, 1, (MOST_32, 8)),
        (3, MOST_184 - 2, 2, (4, MOST_184)),
        (3, MOST_184 - 2, 3, (4, MOST_184)),
    ],
)
def test_a_centroids_count_and_norm_stop_at_their_ends(types, count, norm, change, then):
    time = 1_700_000_000
    word = types.withSample(time << 216 | count << 184 | norm, change)
    assert types.centroidHeader(word) == (time, *then)


@pytest.mark.parametrize(
    ("documents", "total", "grown", "then"),
    [
        (0, 0, 0, (1, 0)),
        (6, 9, 11, (7, 20)),
        (MOST_64 - 1, 9, 1, (MOST_64, 10)),
        (MOST_64, 9, 1, (MOST_64, 10)),
        (6, MOST_64 - 3, 3, (7, MOST_64)),
        (6, MOST_64 - 3, 4, (7, MOST_64)),
    ],
)
def test_a_classs_totals_stop_at_their_ends(types, documents, total, grown, then):
    assert types.classTotals(types.withDocument(documents << 64 | total, grown)) == then


def test_proven_stake_stops_at_its_end_and_refunds_go_on(pool, alice, bob, deployer):
    pool.credit(alice, 3, MOST_64 - 10, {"from": deployer})
    pool.credit(bob, 5, 11, {"from": deployer})
    assert (pool.proven(alice), pool.proven(bob)) == (MOST_64 - 10, 10)
    pool.credit(bob, 7, 1, {"from": deployer})
    assert (pool.proven(bob), pool.owed(bob)) == (10, 12)
    assert pool.totals() == (MOST_64, 0, 0)


def test_what_is_shared_while_an_account_is_left_out_is_stored_for_all(pool, alice, bob, carol, deployer):
    """Two shares without different accounts, then the sums: nobody's part is lost or paid twice."""
    for who, gwei in ((alice, 2), (bob, 3), (carol, 5)):
        pool.credit(who, 0, gwei, {"from": deployer})
    pool.share([80, 70, 7], [alice, bob, carol], {"from": deployer})
    # 80 among 3 + 5, 70 among 2 + 5, 7 among 2 + 3
    assert [pool.owed(who) for who in (alice, bob, carol)] == [20 + 2, 30 + 3, 100]
    assert pool.totals()[2] == 2


def test_paths_deeper_than_any_tree_show_nothing(paths):
    """What waits is bounded: a path that would go beyond is not shown, though it leads to the root."""
    leaf = keccak256(b"leaf")

    def above(steps):
        top, siblings = leaf, [bytes([i]) * 32 for i in range(steps)]
        for sibling in siblings:
            top = keccak256(min(top, sibling) + max(top, sibling))
        return int.from_bytes(top, "big"), siblings

    for steps, is_shown in ((SHARED_MOST - 1, True), (SHARED_MOST, False)):
        root, siblings = above(steps)
        assert paths.leads(root, [leaf], [siblings]) == (is_shown,)


@pytest.mark.parametrize("offset", [2**255, 10_000, 0x40 + 0x21])
def test_an_item_outside_of_the_calldata(items, offset):
    """Solidity would refuse it too: nothing is read that was not sent."""
    body = encode(["bytes[]", "uint256"], [[b"abc", b"defg"], 1])
    list_at = 0x40  # the list's length, then an offset an item
    broken = body[: list_at + 0x40] + offset.to_bytes(32, "big") + body[list_at + 0x60 :]
    assert items.at([b"abc", b"defg"], 1).hex().removeprefix("0x") == b"defg".hex()
    for name in ("at", "plain"):
        selector = keccak256(f"{name}(bytes[],uint256)".encode())[:4]
        with pytest.raises(RuntimeError, match="without data"):
            thrown_by(items, "0x" + (selector + broken).hex())


def test_a_label_of_more_than_sixteen_bits(plain, alice):
    data = plain.contract.contributeMany.encode_input([presence(KNOWN_1)], [0x4321], False)
    assert data.count("04321") == 1
    with brownie.reverts():
        alice.transfer(plain.contract, 10**17, data=data.replace("04321", "14321"))
    assert plain.contract.contributions() == 0


def test_such_a_label_is_refused_though_the_model_does_not_look(factory, HostileModel, deployer, alice):
    collaboration = collaborations.create(factory, HostileModel.deploy({"from": deployer}), 0)
    HostileModel.at(collaboration.model()).answerManyWith([1], [], {"from": deployer})
    data = collaboration.contributeMany.encode_input([presence(KNOWN_1)], [0x4321], False)
    with brownie.reverts():
        alice.transfer(collaboration, 10**17, data=data.replace("04321", "14321"))
    alice.transfer(collaboration, 10**17, data=data)
    assert collaboration.contributions() == 1


def test_counts_stop_at_the_end_of_their_lanes(factory, bayes, alice):
    """Lanes of four bits: nine and nine are fifteen, and the class's total grows by what was counted."""
    configuration = ModelConfiguration(Encoding.SPARSE, 4, 2, 5, smoothing=256)
    twin = ExactNaiveBayes(configuration)
    sample = encode_sparse([1, 3], [9, 2], 5)
    twin.train_many([encode_sparse([0], [1], 5), encode_sparse([4], [1], 5)], [0, 1])
    collaboration = collaborations.create(factory, bayes, configuration, twin.words_bytes())
    for _ in range(2):
        collaborations.contribute(collaboration, sample, 1, alice)
        twin.train_one(sample, 1)
    assert list(collaboration.snapshot()[2]) == twin.words()
    assert twin.words()[0] >> 64 & MOST_64 == 3
    assert twin.words()[0] & MOST_64 == 1 + 9 + 2 + 6 + 2


def test_a_sealed_model_takes_no_more_words_and_no_other_seal(ModelTrainer, bayes, deployer):
    configuration = ModelConfiguration(Encoding.SPARSE, 4, 2, 5, smoothing=256)
    twin = ExactNaiveBayes(configuration)
    twin.train_many([encode_sparse([0], [1], 5), encode_sparse([4], [1], 5)], [0, 1])
    trainer = ModelTrainer.deploy(bayes, configuration.to_int(), {"from": deployer})
    trainer.upload(twin.words_bytes(), {"from": deployer})
    trainer.seal({"from": deployer})
    with reverts("AlreadySealed"):
        trainer.upload(b"", {"from": deployer})
    with reverts("AlreadySealed"):
        trainer.seal({"from": deployer})
