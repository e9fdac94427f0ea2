"""Counts and presence of a vocabulary's words.

Requirements F-01, F-04, F-07, P-05.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from commonlearn.errors import EmptySample, InvalidMetadata, SampleError
from commonlearn.featurizers import PresenceText, VocabularyText, featurizer_from_dict
from commonlearn.featurizers.tokenizers import Tokenizer
from commonlearn.numerics import Encoding

TEXTS = ["A good, good film.", "It isn't bad", "bad BAD bad, not good", "the film"]
WORDS = ["good", "bad", "film", "n't", ","]


@pytest.mark.parametrize("tokenizer", ["plain", "nltk-word", "nltk-wordpunct", "nltk-tweet"])
def test_counts_as_scikit_learn_with_the_same_tokenizer(tokenizer):
    words = VocabularyText(WORDS, tokenizer)
    cut = Tokenizer.named(tokenizer).cut
    counted = CountVectorizer(vocabulary=WORDS, tokenizer=cut, token_pattern=None, lowercase=False).transform(TEXTS)
    assert words.transform_batch(TEXTS).to_dense().tolist() == counted.toarray().tolist()


@pytest.mark.parametrize("encoding", ["sparse", "dense", "presence"])
def test_each_encoding_holds_what_it_can(encoding):
    words = VocabularyText(WORDS, "nltk-word", encoding)
    counts = VocabularyText(WORDS, "nltk-word").transform_batch(TEXTS).to_dense()
    wanted = (counts > 0).astype(int) if encoding == "presence" else counts
    batch = words.transform_batch(TEXTS)
    assert batch.encoding is Encoding[encoding.upper()]
    assert batch.to_dense().tolist() == wanted.tolist()


def test_presence_with_the_plain_rule_is_that_of_text_presence():
    words = PresenceText(["good", "bad", "film"])
    same = VocabularyText(["good", "bad", "film"], "plain", "presence")
    assert same.transform_encoded(TEXTS) == words.transform_encoded(TEXTS)


def test_counts_stop_at_the_largest_value():
    batch = VocabularyText(["a"], "plain").transform_batch(["a " * 40_000])
    assert batch.to_dense().tolist() == [[32_767]]


@pytest.mark.parametrize("encoding", ["sparse", "dense", "presence"])
def test_texts_without_any_known_word_are_named_or_left_out(encoding):
    words = VocabularyText(WORDS, "nltk-word", encoding)
    with pytest.raises(EmptySample, match="'so so'") as refused:
        words.transform_encoded(["good", "so so"])
    assert refused.value.sample == 1
    batch, known = words.transform_known(["so so", "good", ""])
    assert (len(batch), known.tolist()) == (1, [False, True, False])
    assert len(words.transform_known([])[0]) == 0


@pytest.mark.parametrize("raw", ["good", b"good", [None], ["good", 5]])
def test_refuses_what_is_no_list_of_texts(raw):
    with pytest.raises(SampleError):
        VocabularyText(WORDS).transform_batch(raw)


def test_learns_words_by_class_or_by_frequency():
    texts, labels = ["good film", "bad film"] * 6, [1, 0] * 6
    assert VocabularyText.learn(texts, labels, dimension=2).words == ("bad", "good")
    assert VocabularyText.learn(texts, dimension=1).words == ("film",)
    with pytest.raises(EmptySample):
        VocabularyText.learn(texts, labels, min_documents=13)
    with pytest.raises(SampleError, match="12 texts, but 1 labels"):
        VocabularyText.learn(texts, [1])


@pytest.mark.parametrize("stored", [False, True])
def test_a_reload_gives_the_same_integers(reloaded, stored):
    words = VocabularyText(WORDS, "nltk-word", stored=stored)
    again = reloaded(words)
    assert again == words
    assert again.hash() == words.hash()
    assert again.stored is stored
    assert again.transform_encoded(TEXTS) == words.transform_encoded(TEXTS)


def test_where_words_lie_is_in_the_hash_and_long_vocabularies_lie_in_the_store():
    assert VocabularyText(WORDS, stored=True).hash() != VocabularyText(WORDS, stored=False).hash()
    many = [f"w{np.base_repr(n * 7_919, 36).lower()}" for n in range(20_000)]
    long = VocabularyText(many, "plain")
    assert long.stored
    assert "words" not in long.to_dict()
    assert not VocabularyText(many[:2_000], "plain").stored


def test_says_what_is_in_a_sample():
    words = VocabularyText(WORDS)
    (sample,) = words.transform_encoded(["good film, good"])
    assert words.describe(sample) == "good ×2, film, ,"


@pytest.mark.parametrize("words", [[], ["a", "a"], ["a b"], [""], [5], ["a\n"]])
def test_refuses_what_is_no_vocabulary(words):
    with pytest.raises(InvalidMetadata):
        VocabularyText(words)


@pytest.mark.parametrize("change", [{"words": None}, {"encoding": "bits"}, {"tokenizer": "x"}, {"words": "a a"}])
def test_refuses_a_broken_description(change):
    with pytest.raises(InvalidMetadata):
        featurizer_from_dict({**VocabularyText(["a"], "plain").to_dict(), **change})


def test_the_description_never_changes():
    words = VocabularyText(["good", "n't"], "plain", "presence")
    assert words.to_dict() == {
        "id": "text-vocabulary", "version": 1, "encoding": "presence", "tokenizer": "plain", "words": "good n't",
    }  # fmt: skip
    assert words.record()["hash"] == "0x" + words.hash().hex()


@settings(max_examples=30)
@given(st.lists(st.text(alphabet="ab c'.\u00e9\U0001f600", max_size=30), max_size=5))
def test_fuzz_no_text_breaks_it(texts):
    words = VocabularyText(["a", "b", "."], "nltk-word")
    batch, known = words.transform_known(texts)
    assert len(batch) == known.sum()
