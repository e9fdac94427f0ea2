"""The commitment to a test set, and its form for engines."""

from eth_abi import encode

from commonlearn.market.testset import TestSample, commitment, pack_tests, partition_hash, partition_leaf, sample_leaf
from commonlearn.numerics import keccak256
from commonlearn.numerics.merkle import verify

PROVIDER = "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB"
ONE = TestSample(b"\1" * 32, 1, b"\0\7")
TWO = TestSample(b"\2" * 32, 0, b"\0\1\0\2")


def test_hashes_are_as_the_manual_words_them():
    leaf = keccak256(encode(["bytes32", "uint16", "bytes32"], [ONE.salt, 1, keccak256(ONE.sample)]))
    assert sample_leaf(ONE) == leaf
    assert partition_hash([ONE, TWO]) == keccak256(leaf + sample_leaf(TWO))
    whole = encode(["address", "uint256", "uint256", "bytes32"], [PROVIDER, 3, 2, partition_hash([ONE, TWO])])
    assert partition_leaf(PROVIDER, 3, [ONE, TWO]) == keccak256(whole)


def test_each_partition_is_in_the_tree():
    parts = [[ONE], [TWO, ONE], [TWO]]
    tree = commitment(PROVIDER, parts)
    for index, samples in enumerate(parts):
        assert verify(tree.root, partition_leaf(PROVIDER, index, samples), tree.proof(index))
    assert not verify(tree.root, partition_leaf(PROVIDER, 1, [ONE]), tree.proof(1))
    assert commitment("0x" + "11" * 20, parts).root != tree.root


def test_packed_tests_are_heads_and_samples():
    assert pack_tests([ONE.sample, TWO.sample], [1, 0]).hex() == "000100000002" + "0007" + "000000000004" + "00010002"
    assert pack_tests([], [], b"\xaa" * 20) == b"\xaa" * 20
