"""Hashed words.

Requirement F-05.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction import FeatureHasher
from sklearn.utils import murmurhash3_32

from commonlearn.errors import EmptySample, InvalidMetadata
from commonlearn.featurizers import HashedText, featurizer_from_dict
from commonlearn.featurizers.tokenizers import plain_words

TEXTS = ["a good, good film", "bad and dull", "the quick brown fox jumps over the lazy dog"]


def murmur3(data: bytes) -> int:
    """MurmurHash3 x86 32 with seed 0, signed: the definition that other languages can follow."""
    word, hashed = 0xFFFFFFFF, 0

    def rotated(value, bits):
        return ((value << bits) | (value >> (32 - bits))) & word

    for start in range(0, len(data), 4):
        block = data[start : start + 4]
        mixed = int.from_bytes(block, "little") * 0xCC9E2D51 & word
        hashed ^= rotated(mixed, 15) * 0x1B873593 & word
        if len(block) == 4:
            hashed = (rotated(hashed, 13) * 5 + 0xE6546B64) & word
    hashed ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        hashed = (hashed ^ (hashed >> shift)) * factor & word
    return hashed - (1 << 32) if hashed >> 31 else hashed


def plainly(tokens, dimension, sign):
    """Feature values by the plain definition."""
    values = [0] * dimension
    for token in tokens:
        hashed = murmur3(token.encode())
        index = (2**31 - dimension) % dimension if hashed == -(2**31) else abs(hashed) % dimension
        values[index] += -1 if sign and hashed < 0 else 1
    return values


@settings(max_examples=200)
@given(st.text(max_size=20))
def test_fuzz_the_plain_hash_is_scikit_learns(text):
    assert murmur3(text.encode()) == murmurhash3_32(text, seed=0)


@settings(max_examples=100)
@given(
    st.lists(st.from_regex(r"[a-z0-9']{1,6}", fullmatch=True), min_size=1, max_size=40),
    st.integers(1, 70),
    st.booleans(),
)
def test_fuzz_counts_are_the_plain_definitions_and_feature_hashers(tokens, dimension, sign):
    counted = HashedText(dimension, encoding="sparse", sign=sign).counts([" ".join(tokens)]).toarray()[0]
    assert counted.tolist() == plainly(tokens, dimension, sign)
    hasher = FeatureHasher(dimension, input_type="string", alternate_sign=sign)
    assert counted.tolist() == hasher.transform([tokens]).toarray()[0].tolist()


def test_the_smallest_number_has_a_place_of_its_own():
    """abs(-2**31) leaves 32 bits: scikit-learn gives it a place, and so does the plain definition."""
    assert (2**31 - 1_000) % 1_000 == (2_147_483_647 - (1_000 - 1)) % 1_000


@pytest.mark.parametrize("tokenizer", ["plain", "nltk-word"])
@pytest.mark.parametrize(
    ("encoding", "sign"), [("presence", False), ("sparse", False), ("sparse", True), ("dense", False), ("dense", True)]
)
def test_a_reload_gives_the_same_integers(reloaded, tokenizer, encoding, sign):
    text = HashedText(64, tokenizer, encoding, sign=sign)
    again = reloaded(text)
    assert again == text
    assert again.transform_encoded(TEXTS) == text.transform_encoded(TEXTS)


def test_presence_is_whether_any_word_is_there():
    counts = HashedText(8, encoding="sparse").transform_batch(TEXTS).to_dense()
    assert HashedText(8).transform_batch(TEXTS).to_dense().tolist() == (counts > 0).astype(int).tolist()


def test_words_that_cancel_leave_nothing():
    words = [f"w{n}" for n in range(50)]
    positive = next(word for word in words if murmur3(word.encode()) > 0)
    negative = next(word for word in words if murmur3(word.encode()) < 0)
    text = HashedText(1, encoding="sparse", sign=True)
    with pytest.raises(EmptySample):
        text.transform_encoded([f"{positive} {negative}"])
    assert text.transform_batch([f"{positive} {positive} {negative}"]).to_dense().tolist() == [[1]]


def test_the_largest_dimension_fits():
    batch = HashedText(65_536).transform_batch(TEXTS)
    assert batch.indices.max() <= 65_535
    assert [len(features) for features, _ in batch.rows()] == [len(set(plain_words(text))) for text in TEXTS]


def test_says_which_features_are_there():
    text = HashedText(16, encoding="sparse", sign=True)
    assert text.describe(text.transform_encoded(["good good film"])[0]) == "hashed words #1 ×2 #9 ×-1"


@pytest.mark.parametrize(
    ("dimension", "options"),
    [(0, {}), (65_537, {}), (True, {}), (2.0, {}), (8, {"sign": True}), (8, {"encoding": "bits"})],
)
def test_refuses_impossible_parameters(dimension, options):
    with pytest.raises(InvalidMetadata):
        HashedText(dimension, **options)


@pytest.mark.parametrize("change", [{"dimension": None}, {"sign": 1}, {"encoding": None}, {"tokenizer": None}])
def test_refuses_a_broken_description(change):
    with pytest.raises(InvalidMetadata):
        featurizer_from_dict({**HashedText(8).to_dict(), **change})


def test_the_description_and_the_samples_never_change():
    text = HashedText(1_024, encoding="sparse", sign=True)
    assert text.to_dict() == {
        "id": "text-hashed", "version": 1, "dimension": 1024, "encoding": "sparse", "sign": True, "tokenizer": "plain",
    }  # fmt: skip
    assert text.transform_encoded(["good film"])[0].hex() == "0041000102a9ffff"


def test_no_texts_make_no_samples():
    assert len(HashedText(8).transform_batch([])) == 0
    assert np.asarray(HashedText(8).counts([]).shape).tolist() == [0, 8]
