"""The provider's commitment, the draw, and the reveals.

Requirements K-01, K-03, K-04, K-05, K-06, K-07.
"""

import pytest
from eth_abi import encode

from commonlearn.numerics import MerkleTree, keccak256, words_to_bytes
from commonlearn.records import Phase
from tests.support.collaborations import pass_time_until
from tests.support.events import logged
from tests.support.plain_market import PARTITIONS, TERMS, PlainMarket, TestSet
from tests.support.plain_model import first_weights, presence
from tests.support.reverts import reverts

NOTHING = b"\x00" * 32


class TestCommit:
    def test_takes_bounty_bond_and_purse(self, market, deployer, chain):
        tx = market.commit(bounty=5_000)
        draw_block = tx.block_number + TERMS.draw_delay_blocks
        fields = {
            "market": 1, "provider": deployer, "root": market.test_set.root, "partitions": 10,
            "testCount": 11, "bountyWei": 5_000, "drawBlock": draw_block,
        }  # fmt: skip
        phase = {"market": 1, "phase": Phase.DRAWING, "deadline": 0}
        assert logged(tx) == [("Committed", fields), ("PhaseChanged", phase)]
        assert market.contract.purseFor(11) == TERMS.purse_wei(11)
        assert market.contract.totals() == (0, 5_000 + TERMS.bond_wei + TERMS.purse_wei(11), 0)
        assert market.held() == sum(market.contract.totals())
        found = market.market()
        assert (found["number"], found["first"], found["testCount"], found["bountyWei"]) == (1, 0, 11, 5_000)

    def test_the_bounty_is_at_least_a_wei_a_point(self, market):
        least = market.price(TERMS.full_score)
        with reverts("BountyTooSmall", least - 1, least):
            market.commit(value=least - 1)
        market.commit(value=least)
        assert market.market()["bountyWei"] == TERMS.full_score

    @pytest.mark.parametrize(("partitions", "count"), [(9, 100), (65, 100), (10, 9), (64, 63)])
    def test_too_few_or_too_many_partitions(self, market, partitions, count):
        with reverts("WrongPartitions", partitions, count):
            market.commit(partitions=partitions, count=count, value=10**18)

    def test_not_while_another_is_on(self, market):
        market.commit()
        with reverts("WrongPhase", Phase.DRAWING):
            market.commit()

    def test_not_before_the_model_is_open(self, market_factory, perceptron, linear_engine, deployer):
        market = PlainMarket.create(market_factory, perceptron, linear_engine, deployer, words=b"")
        assert not market.contract.isOpen()
        with reverts("NotYetOpen"):
            market.commit()
        market.contract.upload(words_to_bytes(first_weights().words()), {"from": deployer})
        market.contract.open({"from": deployer})
        market.commit()


class TestDraw:
    def test_by_the_hash_of_a_future_block(self, market, stranger, web3):
        market.commit()
        block = market.market()["drawBlock"]
        tx = market.draw(by=stranger)
        hash_ = bytes(web3.eth.get_block(block)["hash"])
        drawn = int.from_bytes(keccak256(encode(["bytes32", "bytes32"], [hash_, market.test_set.root])), "big") % 10
        deadline = tx.timestamp + TERMS.reveal_seconds
        assert logged(tx) == [
            ("Drawn", {"market": 1, "partition": drawn}),
            ("PhaseChanged", {"market": 1, "phase": Phase.PROVING, "deadline": deadline}),
        ]
        assert market.market()["nextPartition"] == drawn

    def test_not_before_that_block_has_passed(self, market, chain, deployer):
        market.commit()
        block = market.market()["drawBlock"]
        chain.mine(block - chain.height - 1)
        with reverts("DrawTooEarly", block):
            market.contract.draw({"from": deployer})
        market.contract.draw({"from": deployer})

    def test_only_once(self, market, deployer):
        market.commit()
        market.draw()
        with reverts("WrongPhase", Phase.PROVING):
            market.contract.draw({"from": deployer})

    def test_never_after_256_blocks(self, market, chain, deployer):
        market.commit()
        block = market.market()["drawBlock"]
        chain.mine(block + 256 - chain.height)
        with reverts("DrawMissed", block):
            market.contract.draw({"from": deployer})

    def test_in_the_last_block(self, market, chain, deployer):
        market.commit()
        chain.mine(market.market()["drawBlock"] + 255 - chain.height)
        market.contract.draw({"from": deployer})
        assert market.phase is Phase.PROVING


class TestReveal:
    @pytest.fixture
    def drawn(self, market):
        market.commit()
        market.draw()
        return market.market()["drawn"]

    @pytest.fixture
    def revealing(self, market, drawn, alice):
        market.reveal()
        market.contribute(alice, 1)
        market.pass_participation()
        return [n for n in range(PARTITIONS) if n != drawn]

    def test_the_drawn_partition_opens_participation(self, market, drawn, stranger):
        tx = market.reveal(by=stranger)
        samples = [
            ("TestSampleRevealed", {"market": 1, "partition": drawn, "label": label, "sample": sample})
            for _, label, sample in market.test_set.partitions[drawn]
        ]
        deadline = tx.timestamp + TERMS.participate_seconds
        change = ("PhaseChanged", {"market": 1, "phase": Phase.PARTICIPATING, "deadline": deadline})
        assert logged(tx) == [*samples, change]
        assert market.market()["testHash"] == "0x" + NOTHING.hex()  # it is not scored

    def test_no_other_partition_opens_it(self, market, drawn):
        with reverts("WrongPartition", drawn):
            market.reveal((drawn + 1) % PARTITIONS)

    def test_nor_more_than_the_drawn_one(self, market, drawn):
        with reverts("WrongReveal", 2, 1):
            market.reveal(drawn, drawn)
        with reverts("WrongReveal", 0, 1):
            market.contract.reveal(market.test_set.leaves, [], {"from": market.provider})

    def test_the_rest_in_portions(self, market, drawn, revealing):
        hash_ = NOTHING
        market.reveal(*revealing[:4])
        assert market.phase is Phase.REVEALING
        assert market.market()["nextPartition"] == revealing[4]
        market.reveal(*revealing[4:8])
        tx = market.reveal(revealing[8])
        assert tx.events["PhaseChanged"]["phase"] == Phase.PREPARING
        for sample, label in zip(*market.test_set.scored(drawn), strict=True):
            hash_ = keccak256(encode(["bytes32", "uint16", "bytes32"], [hash_, label, keccak256(sample)]))
        assert market.market()["testHash"] == "0x" + hash_.hex()
        assert market.market()["revealed"] == market.test_set.count

    def test_in_ascending_order_only(self, market, revealing):
        with reverts("WrongPartition", revealing[0]):
            market.reveal(revealing[1])
        with reverts("WrongPartition", revealing[1]):
            market.reveal(revealing[0], revealing[2])

    def test_not_the_drawn_one_again(self, market, drawn, revealing):
        with reverts("WrongReveal", 10, 9):
            market.reveal(*range(PARTITIONS))

    @pytest.mark.parametrize("what", ["label", "sample", "salt", "missing"])
    def test_changed_data(self, market, revealing, what):
        number = revealing[0]
        salt, label, sample = market.test_set.partitions[number][0]
        changed = {
            "label": [(salt, 1 - label, sample)],
            "sample": [(salt, label, presence(5, 39))],
            "salt": [(NOTHING, label, sample)],
            "missing": [],
        }[what]
        with reverts("WrongPartition", number):
            market.contract.reveal(market.test_set.leaves, [changed], {"from": market.provider})

    def test_another_commitment(self, market, revealing):
        leaves = market.test_set.leaves
        for wrong in ([*leaves[:9], NOTHING], leaves[:9], [*leaves, NOTHING]):
            with reverts("WrongCommitment", market.test_set.root):
                market.contract.reveal(wrong, [market.test_set.partitions[revealing[0]]], {"from": market.provider})

    def test_a_malformed_sample_cannot_be_revealed(self, market):
        for partition in market.test_set.partitions:
            partition[0] = (NOTHING, 1, b"\x00")
        market.commit()
        market.draw()
        with reverts("SampleLength", 1, 2):
            market.reveal()

    def test_more_samples_than_committed_to(self, market, alice):
        market.commit(count=market.test_set.count + 1, value=10**6)
        market.draw()
        market.reveal()
        market.contribute(alice, 1)
        market.pass_participation()
        with reverts("WrongTestCount", 11, 12):
            market.reveal_rest()

    def test_until_the_deadline(self, market, drawn):
        deadline = market.market()["deadline"]
        pass_time_until(deadline + 1)
        with reverts("DeadlinePassed", deadline):
            market.reveal()

    def test_in_the_last_second(self, market, drawn):
        pass_time_until(market.market()["deadline"])
        market.reveal()
        assert market.phase is Phase.PARTICIPATING

    def test_the_rest_until_its_deadline(self, market, revealing, chain):
        deadline = market.market()["deadline"]
        assert market.phase is Phase.REVEALING
        market.reveal(revealing[0])
        assert market.market()["deadline"] == deadline
        pass_time_until(deadline + 1)
        with reverts("DeadlinePassed", deadline):
            market.reveal(revealing[1])

    def test_not_during_participation(self, market, drawn):
        market.reveal()
        with reverts("WrongPhase", Phase.PARTICIPATING):
            market.reveal((drawn + 1) % PARTITIONS)

    def test_not_when_nobody_took_part(self, market, drawn):
        market.reveal()
        market.pass_participation()
        with reverts("WrongReveal", 1, 0):
            market.reveal()


class TestTheCommitmentItself:
    def test_a_copied_commitment_cannot_be_revealed(self, market_factory, perceptron, linear_engine, market, mallory):
        """Whoever copies a root, and even the samples and salts when they are revealed, loses the bond: leaves name
        their provider."""
        copy = PlainMarket.create(market_factory, perceptron, linear_engine, mallory)
        copy.test_set = market.test_set
        copy.commit()
        copy.draw()
        with reverts("WrongPartition", copy.market()["drawn"]):
            copy.reveal()

    def test_two_versions_of_a_partition_cannot_both_be_in_it(self, market, alice):
        """A tree with spare leaves would let the provider choose after the contributions: all leaves are counted."""
        other = TestSet(market.provider.address)
        other.partitions[3][0] = (NOTHING, 0, presence(7))
        leaves = [*market.test_set.leaves, other.leaves[3]]
        market.commit(root=MerkleTree(leaves).root)
        market.draw()
        with reverts("WrongCommitment", MerkleTree(leaves).root):
            market.contract.reveal(
                leaves, [market.test_set.partitions[market.market()["drawn"]]], {"from": market.provider}
            )

    def test_swapped_leaves_are_no_other_reading_of_it(self, market):
        market.commit()
        market.draw()
        drawn = market.market()["drawn"]
        leaves = market.test_set.leaves
        leaves[drawn], leaves[drawn ^ 1] = leaves[drawn ^ 1], leaves[drawn]
        with reverts("WrongPartition", drawn):
            market.contract.reveal(leaves, [market.test_set.partitions[drawn]], {"from": market.provider})
