"""Texts projected by TF-IDF and a truncated singular value decomposition.

Requirements F-03, F-04, F-08.
"""

import os
import subprocess
import sys
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer

from commonlearn.errors import EmptySample, InvalidMetadata, SampleError
from commonlearn.featurizers import ProjectedText, featurizer_from_dict
from commonlearn.featurizers.projected import count_weights, fit_projection
from commonlearn.featurizers.state import State
from commonlearn.featurizers.vocabulary import count_words


def corpus(rng, texts=300, words=60):
    popularity = rng.dirichlet(np.full(words, 0.3), size=3)
    labels = rng.integers(0, 3, texts)
    drawn = [rng.choice(words, size=rng.integers(3, 40), p=popularity[label]) for label in labels]
    return [" ".join(f"w{number}" for number in numbers) for numbers in drawn], labels.tolist()


@pytest.fixture
def texts(rng):
    return corpus(rng)[0]


@pytest.fixture
def projected(texts):
    return ProjectedText.learn(texts, components=8, tokenizer="plain")


def test_what_is_learned_is_scikit_learns(texts):
    documents = [text.split() for text in texts]
    words = sorted({word for words in documents for word in words})
    counts = count_words(documents, {word: number for number, word in enumerate(words)})
    idf, directions = fit_projection(counts, 5)
    tfidf = TfidfTransformer(sublinear_tf=True).fit(counts)
    np.testing.assert_allclose(idf, tfidf.idf_)
    svd = TruncatedSVD(5, n_iter=7, random_state=0).fit(tfidf.transform(counts))
    np.testing.assert_allclose(directions.T, svd.components_, atol=1e-9)


def test_the_integers_are_the_real_numbers_rounded(texts, projected):
    """F-08: within two units, the price of weights in 1/256 and projections in 16 bits."""
    counts = count_words([text.split() for text in texts], projected._numbers)
    known = np.diff(counts.indptr) > 0
    idf, directions = fit_projection(counts[known], 8)
    weighted = counts[known].astype(float)
    weighted.data = count_weights()[counts[known].data] * idf[counts[known].indices]
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    real = (weighted @ directions) / norms[:, None] * 1_024
    made = projected.transform_known(texts)[0].to_dense()
    assert np.abs(made - real).max() <= 4
    assert np.abs(made - real).mean() < 0.8


def exactly(projected, text):
    """The features of a text by whole numbers alone: the definition, for any language."""
    counts = {}
    for word in projected.tokenizer.cut(text):
        if word in projected._numbers:
            counts[projected._numbers[word]] = counts.get(projected._numbers[word], 0) + 1
    weights = {j: int(projected._counts[min(c, 255)]) for j, c in counts.items()}
    squares = sum((t * int(projected._weights[j])) ** 2 for j, t in weights.items())
    factor = Fraction(256 * projected.unit, 2**projected.shift)
    made = []
    for k in range(projected.dimension):
        total = sum(t * int(projected._projection[j, k]) for j, t in weights.items())
        squared = (total * factor) ** 2 / squares  # the value's square, exactly
        floor = isqrt(squared.numerator // squared.denominator)
        rest = squared - Fraction(2 * floor + 1, 2) ** 2  # above the half?
        up = rest > 0 or (rest == 0 and floor % 2 == 1)
        made.append((floor + up) * (1 if total >= 0 else -1))
    return made


def test_the_integers_are_those_of_exact_arithmetic(texts, projected):
    for text in texts[:100]:
        assert projected.transform_batch([text]).to_dense()[0].tolist() == exactly(projected, text)


def test_ties_go_to_the_even_neighbour():
    """A text of one word of weight 1: its features are its row of the projection, here in halves of a unit."""
    counts = np.zeros(256, dtype=np.int32)
    counts[1:] = 256
    projection = np.array([[1, 3, -1, -3, 2]], dtype=np.int16)
    text = ProjectedText(["a"], "plain", counts, np.array([256]), projection, unit=1, shift=1)
    assert text.transform_batch(["a"]).to_dense().tolist() == [[0, 2, 0, -2, 1]]


def test_a_text_counts_the_same_in_any_company(texts, projected):
    alone = [projected.transform_encoded([text])[0] for text in texts[:20]]
    assert projected.transform_encoded(texts[:20]) == alone


def test_a_reload_gives_the_same_integers(reloaded, texts, projected):
    again = reloaded(projected)
    assert again == projected
    assert again.hash() == projected.hash()
    assert again.transform_encoded(texts) == projected.transform_encoded(texts)


def test_so_does_another_process(store, texts, projected):
    projected.save(store)
    program = (
        "import json, sys; from commonlearn.featurizers import featurizer_from_dict as f\n"
        "record, texts = json.load(sys.stdin)\n"
        "print([s.hex() for s in f(record).transform_encoded(texts)])"
    )
    import json

    environment = {**os.environ, "COMMONLEARN_STORE": str(store.folder), "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2"}
    given = json.dumps([projected.record(), texts[:50]])
    ran = subprocess.run(
        [sys.executable, "-c", program], input=given, capture_output=True, text=True, env=environment, check=True
    )
    assert ran.stdout.strip() == str([sample.hex() for sample in projected.transform_encoded(texts[:50])])


def test_the_integers_never_change():
    """F-04: the same on every machine."""
    counts = np.rint(256 * count_weights()).astype(np.int32)
    weights = np.array([300, 517, 1_024], dtype=np.int32)
    projection = np.array([[12_345, -321], [-7_000, 32_767], [9, -15_000]], dtype=np.int16)
    text = ProjectedText(["a", "b", "c"], "plain", counts, weights, projection, unit=1_024, shift=12)
    made = text.transform_batch(["a b c", "a a a b", "c"]).to_dense().tolist()
    assert made == [exactly(text, one) for one in ("a b c", "a a a b", "c")]
    assert made == [[289, 942], [1485, 2522], [1, -938]]
    assert text.state().address() == "sha256:49d15d14066dd6487005b57f9752dfc68a968917037d6d4e1519213ec0d62d71"


def test_long_repetitions_stop_at_255(projected):
    word = projected.words[0]
    assert projected.transform_encoded([f"{word} " * 255]) == projected.transform_encoded([f"{word} " * 9_999])


def test_texts_without_any_known_word_are_named_or_left_out(projected):
    with pytest.raises(EmptySample, match="'so so'"):
        projected.transform_encoded(["so so"])
    batch, known = projected.transform_known(["so so", projected.words[0]])
    assert (len(batch), known.tolist()) == (1, [False, True])
    assert len(projected.transform_known([])[0]) == 0


def test_learns_the_same_twice(texts, projected):
    assert ProjectedText.learn(texts, components=8, tokenizer="plain") == projected


def test_too_many_components_say_so(texts):
    with pytest.raises(SampleError, match="fewer components"):
        ProjectedText.learn(texts, components=5_000, tokenizer="plain")


@pytest.mark.parametrize(
    "change",
    [
        {"state": None},
        {"dimension": 7},
        {"unit": 0},
        {"shift": -1},
        {"state": State({"words": "a"}, {})},
        {"state": State({}, {})},
        {"tokenizer": "x"},
    ],
    ids=range(7),
)
def test_refuses_a_broken_description(store, projected, change):
    projected.save(store)
    state = change.get("state")
    if isinstance(state, State):
        change = {"state": store.put(state.to_bytes())}
    with pytest.raises(InvalidMetadata):
        featurizer_from_dict({**projected.to_dict(), **change})


@pytest.mark.parametrize("name", ["counts", "weights", "projection"])
def test_refuses_numbers_that_could_overflow(projected, name):
    arrays = dict(projected.state().arrays)
    arrays[name] = np.full_like(arrays[name], -32_768 if name == "projection" else 2**30)
    with pytest.raises(InvalidMetadata, match="out of range"):
        ProjectedText(projected.words, "plain", *(arrays[n] for n in ("counts", "weights", "projection")), 1, 1)
