"""Texts as the known words that they contain.

Requirement P-05.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_selection import chi2

from commonlearn.errors import EmptySample, InvalidMetadata, SampleError, UnknownFeaturizer
from commonlearn.featurizers import Featurizer, PresenceText, featurizer_from_dict, register
from commonlearn.featurizers.tokenizers import plain_words as tokenize
from commonlearn.numerics import decode_many

WORDS = ["the", "film", "good", "bad", "don't", "10"]


@pytest.fixture
def featurizer():
    return PresenceText(WORDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The FILM", ["the", "film"]),
        ("film,film;film", ["film", "film", "film"]),
        ("good<br />bad", ["good", "bad"]),
        ("don't 'quote'", ["don't", "'quote'"]),
        ("10/10", ["10", "10"]),
        ("naïve café", ["na", "ve", "caf"]),
        ("", []),
        ("¿?", []),
    ],
)
def test_cuts_texts_into_words(text, words):
    assert tokenize(text) == words


def test_encodes_each_known_word_once_in_order(featurizer):
    batch = featurizer.transform_batch(["bad the bad", "10 unknown film"])
    assert [features.tolist() for features, _ in batch.rows()] == [[0, 3], [1, 5]]
    assert decode_many(featurizer.transform_encoded(["bad the bad"]), featurizer.encoding, 6).to_dense().tolist() == [
        [1, 0, 0, 1, 0, 0]
    ]


def test_names_a_text_without_any_known_word(featurizer):
    with pytest.raises(EmptySample, match="'xyz!'") as refused:
        featurizer.transform_encoded(["good", "xyz!"])
    assert (refused.value.sample, refused.value.text) == (1, "xyz!")
    with pytest.raises(EmptySample):
        featurizer.transform_encoded([""])


def test_can_leave_out_texts_without_any_known_word(featurizer):
    batch, known = featurizer.transform_known(["xyz", "good", "", "bad"])
    assert known.tolist() == [False, True, False, True]
    assert batch.to_samples() == featurizer.transform_encoded(["good", "bad"])
    nothing, known = featurizer.transform_known(["xyz"])
    assert (len(nothing), known.tolist()) == (0, [False])
    assert len(featurizer.transform_batch([])) == 0


@pytest.mark.parametrize("raw", ["good", b"good", [None], [5], ["good", b"bad"]])
def test_refuses_what_is_no_list_of_texts(featurizer, raw):
    with pytest.raises(SampleError):
        featurizer.transform_encoded(raw)


def test_lists_what_the_model_will_see(featurizer):
    assert featurizer.known_words("A bad film, bad!") == ["film", "bad"]


@pytest.mark.parametrize(
    "words", [[], "the film", ["the", "the"], ["The"], ["two words"], [""], ["é"], [5], ["w"] * 65_537]
)
def test_refuses_what_is_no_vocabulary(words):
    with pytest.raises((InvalidMetadata, SampleError)):
        PresenceText(words)


def corpus(rng, n=400):
    """Texts in which some words tell the classes apart, one is everywhere and one is rare."""
    labels = rng.integers(0, 2, n).tolist()
    texts = []
    for i, label in enumerate(labels):
        words = ["always"] + [f"noise{k}" for k in range(20) if rng.random() < 0.3]
        words += ["fine"] * bool(rng.random() < (0.6 if label else 0.1))
        words += ["dire"] * bool(rng.random() < (0.1 if label else 0.5))
        texts.append(" ".join(words + ["rare"] * (label == 1 and i < 8)))
    return texts, labels


def test_learns_the_words_that_tell_classes_apart(rng):
    texts, labels = corpus(rng)
    assert set(PresenceText.learn(texts, labels, dimension=2).words) == {"fine", "dire"}


def test_learns_what_chi_squared_of_scikit_learn_says(rng):
    texts, labels = corpus(rng)
    candidates = PresenceText.learn(texts, labels, dimension=100)
    statistic = chi2(candidates.transform_batch(texts).to_csr(), labels)[0]
    best = {candidates.words[i] for i in np.argsort(-statistic)[:7]}
    assert set(PresenceText.learn(texts, labels, dimension=7).words) == best


def test_puts_the_commonest_words_first_and_ties_alphabetically(rng):
    texts, labels = corpus(rng)
    words = PresenceText.learn(texts, labels).words
    documents = [sum(word in tokenize(text) for text in texts) for word in words]
    assert list(zip([-d for d in documents], words, strict=True)) == sorted(
        zip([-d for d in documents], words, strict=True)
    )
    assert words[0] == "always"


def test_leaves_out_words_of_too_few_texts(rng):
    texts, labels = corpus(rng)
    rare = sum("rare" in text for text in texts)
    assert "rare" in PresenceText.learn(texts, labels, min_documents=rare).words
    assert "rare" not in PresenceText.learn(texts, labels, min_documents=rare + 1).words
    with pytest.raises(EmptySample):
        PresenceText.learn(texts, labels, min_documents=len(texts) + 1)


def test_learns_the_same_whatever_the_order_of_texts(rng):
    texts, labels = corpus(rng)
    order = rng.permutation(len(texts))
    shuffled = PresenceText.learn([texts[i] for i in order], [labels[i] for i in order])
    assert shuffled == PresenceText.learn(texts, labels)


def test_learns_from_labels_of_any_type(rng):
    texts, labels = corpus(rng)
    assert PresenceText.learn(texts, [["bad", "good"][label] for label in labels]) == PresenceText.learn(texts, labels)


def test_needs_a_label_for_each_text():
    with pytest.raises(SampleError, match="2 texts, but 1 labels"):
        PresenceText.learn(["one", "two"], [1])
    with pytest.raises(SampleError):
        PresenceText.learn("one text", [1])


@settings(max_examples=50)
@given(st.lists(st.from_regex(r"[a-z0-9']{1,8}", fullmatch=True), min_size=1, max_size=50, unique=True))
def test_fuzz_comes_back_from_json(words):
    featurizer = PresenceText(words)
    again = featurizer_from_dict(json.loads(json.dumps(featurizer.to_dict())))
    assert again == featurizer
    assert again.hash() == featurizer.hash()
    assert again.transform_encoded([words[-1]]) == featurizer.transform_encoded([words[-1]])


def test_equal_ones_hash_alike_and_others_do_not(featurizer):
    assert hash(featurizer) == hash(PresenceText(WORDS))
    assert featurizer != PresenceText(WORDS[::-1])
    assert featurizer.hash() != PresenceText(WORDS[::-1]).hash()
    assert len(featurizer.hash()) == 32


def test_the_hash_never_changes():
    # On chain are descriptions of models that live on: a new way to write them needs a new version.
    assert PresenceText(["good", "bad"]).to_dict() == {"id": "text-presence", "version": 1, "words": "good bad"}
    assert (
        PresenceText(["good", "bad"]).hash().hex() == "2e1290927f4d630ae533a89f7be9abfce1d57587d5a63cf923affde326825974"
    )


@pytest.mark.parametrize(
    ("description", "error", "message"),
    [
        ({"id": "text-embedding", "version": 1}, UnknownFeaturizer, "not installed"),
        ({"id": "text-presence", "version": 2, "words": "a"}, UnknownFeaturizer, "version 1 is installed.*Upgrade"),
        ({"id": "text-presence", "version": 1}, InvalidMetadata, "words are missing"),
        ({"id": "text-presence", "version": 1, "words": ["a"]}, InvalidMetadata, "words are missing"),
        ({"id": "text-presence", "version": 1, "words": "a a"}, InvalidMetadata, "twice"),
        ({"id": "text-presence", "version": 1, "words": "a  b"}, InvalidMetadata, "no word"),
        ({"id": "text-presence", "version": True, "words": "a"}, InvalidMetadata, "version"),
        ({"version": 1}, InvalidMetadata, "id"),
        (None, InvalidMetadata, "mapping"),
        ([], InvalidMetadata, "mapping"),
    ],
)
def test_says_what_is_wrong_with_a_description(description, error, message):
    with pytest.raises(error, match=message):
        featurizer_from_dict(description)


def test_an_id_belongs_to_one_featuriser():
    class Impostor(PresenceText):
        pass

    with pytest.raises(InvalidMetadata, match="taken by PresenceText"):
        register(Impostor)
    assert register(PresenceText) is PresenceText
    assert issubclass(PresenceText, Featurizer)
