"""Ethereum's hash, and the running hash over words.

Requirement M-04.
"""

from commonlearn.numerics import keccak256, words_hash, words_to_bytes


def test_is_keccak_not_sha3():
    # The hash of nothing, as in Ethereum's yellow paper.
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_runs_from_the_configuration_over_each_word():
    configuration, first, second = (number.to_bytes(32, "big") for number in (7, 8, 9))
    assert words_hash(7, words_to_bytes([8, 9])) == keccak256(keccak256(configuration + first) + second)


def test_each_word_and_the_configuration_count():
    hashes = {words_hash(c, words_to_bytes(words)) for c in (1, 2) for words in ([], [0], [0, 0], [1, 0], [0, 1])}
    assert len(hashes) == 10
