"""What the demo runs on: IMDB where it can be had, else a data set that ships with scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer

from commonlearn.datasets import fetch_imdb
from commonlearn.errors import DataNotFound
from commonlearn.featurizers import Featurizer, PresenceText, ScaledTable
from commonlearn.models import NearestCentroid, Perceptron, PublicClassifier

__all__ = ["DemoData", "load_demo_data"]

FIRST_REVIEWS = 2_000
WORDS = 1_000
MARGIN = 75
"""Between what is best for the contract's weights and for the averaged ones; see `make bench`."""


@dataclass(frozen=True)
class DemoData:
    """A model with its first weights, and samples that it has not seen.

    Attributes
    ----------
    title : str
        In words.
    note : str
        Why this data set, if that needs saying.
    unit : str
        What one sample is called.
    featurizer : Featurizer
    model : PublicClassifier
        First weights.
    classes : tuple of str
    raw, labels : sequence
        To contribute.
    test_raw, test_labels : sequence
        To measure accuracy on.
    """

    title: str
    note: str
    unit: str
    featurizer: Featurizer
    model: PublicClassifier
    classes: tuple[str, ...]
    raw: Sequence[Any]
    labels: np.ndarray
    test_raw: Sequence[Any]
    test_labels: np.ndarray


def load_demo_data() -> DemoData:
    """IMDB from ``COMMONLEARN_DATA``, the cache or the official download; without any of them, breast cancer."""
    try:
        texts, y = fetch_imdb("train", return_X_y=True)
        test_texts, test_y = fetch_imdb("test", return_X_y=True)
    except DataNotFound as error:
        return _breast_cancer(str(error.user_message))
    featurizer = PresenceText.learn(texts[:FIRST_REVIEWS], y[:FIRST_REVIEWS].tolist(), dimension=WORDS)
    batch, known = featurizer.transform_known(texts)
    first = slice(0, int(known[:FIRST_REVIEWS].sum()))
    model = Perceptron(encoding="presence", margin=MARGIN).fit(batch[first].to_csr(), y[known][first])
    rest = [i for i in np.flatnonzero(known) if i >= FIRST_REVIEWS]
    # A review without any of the words says nothing to the model; test reviews of that kind count as wrong.
    _, test_known = featurizer.transform_known(test_texts)
    kept = np.flatnonzero(test_known)
    return DemoData(
        title=f"sentiment of film reviews (IMDB): {WORDS:,} words, first weights from {FIRST_REVIEWS:,} of them",
        note=""
        if len(kept) == len(test_y)
        else f"{len(test_y) - len(kept)} of {len(test_y):,} test reviews have none of the words",
        unit="review",
        featurizer=featurizer,
        model=model,
        classes=("negative", "positive"),
        raw=[texts[i] for i in rest],
        labels=y[rest],
        test_raw=[test_texts[i] for i in kept],
        test_labels=test_y[kept],
    )


def _breast_cancer(why: str) -> DemoData:
    found = load_breast_cancer()
    order = np.random.default_rng(0).permutation(len(found.target))
    rows, labels = found.data[order], found.target[order]
    featurizer = ScaledTable.learn(rows[:60], names=[str(name) for name in found.feature_names])
    dense = featurizer.transform_batch(rows[:60]).to_dense().astype(float)
    # With so few cases a perceptron follows its last samples, the flipped ones too; a centroid hardly moves.
    model = NearestCentroid(encoding="dense", scale=1.0).fit(dense, labels[:60])
    return DemoData(
        title="breast cancer (bundled with scikit-learn): 30 measurements, first centroids from 60 cases",
        note=f"IMDB is not at hand, so a bundled data set is used instead. {why}",
        unit="case",
        featurizer=featurizer,
        model=model,
        classes=tuple(str(name) for name in found.target_names),
        raw=list(rows[60:360]),
        labels=labels[60:360],
        test_raw=list(rows[360:]),
        test_labels=labels[360:],
    )
