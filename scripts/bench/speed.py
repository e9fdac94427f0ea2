"""How fast a synced model predicts, beside a plain sparse matrix product on the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from commonlearn.models import Perceptron
from commonlearn.models.registry import model_from_snapshot
from commonlearn.numerics import Encoding, batch_from_matrix
from scripts.bench.inputs import Inputs

__all__ = ["Speed", "measure_inference"]

REVIEWS = 25_000
WORDS = 100
REPEATS = 7


@dataclass(frozen=True)
class Speed:
    """Reviews a second of the twin, and of a float64 sparse matrix product, scikit-learn's way."""

    reviews_per_second: float
    floor_reviews_per_second: float


def measure_inference(inputs: Inputs) -> Speed:
    """Predict 25,000 encoded reviews of 100 words each; the best of seven runs, one core."""
    given = inputs.sparse_perceptron
    words = [int.from_bytes(given.words[i : i + 32], "big") for i in range(0, len(given.words), 32)]
    model = model_from_snapshot("perceptron/1", given.configuration.to_int(), words)
    assert isinstance(model, Perceptron)
    chance = np.random.default_rng(0)
    columns = np.sort(np.argsort(chance.random((REVIEWS, 1000)), axis=1)[:, :WORDS], axis=1).astype(np.int32)
    shape = (REVIEWS, 1000)
    ones = np.ones(columns.size)
    matrix = sp.csr_array((ones, columns.ravel(), np.arange(0, columns.size + 1, WORDS)), shape=shape)
    batch = batch_from_matrix(matrix.astype(np.int64), Encoding.PRESENCE)
    weights = chance.normal(size=1000)
    return Speed(_rate(lambda: model.predict_encoded(batch)), _rate(lambda: matrix @ weights > 0))


def _rate(run: Callable[[], object]) -> float:
    run()
    best = np.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return REVIEWS / best
