"""Sums and functions with one result everywhere. L-01."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.federated.arithmetic import (
    exp,
    gram,
    log,
    mean_rows,
    product,
    sigmoid,
    softmax,
    tanh,
    tree_sum,
)


def test_exponential_and_logarithm_are_those_of_the_library(rng):
    x = rng.uniform(-690, 690, 20_000)
    assert np.max(np.abs(exp(x) / np.exp(x) - 1)) < 5e-16
    y = np.concatenate([rng.uniform(1e-300, 1e300, 10_000), rng.uniform(0.9, 1.1, 10_000)])
    assert np.max(np.abs(log(y) - np.log(y)) / np.maximum(np.abs(np.log(y)), 1e-3)) < 1e-15
    assert exp(0.0) == 1.0
    assert log(1.0) == 0.0


def test_their_bits_are_pinned():
    """L-01: found on one machine; the operations used have one result on all."""
    x = np.arange(-7000, 7000, dtype=np.float64) / 97.0
    parts = exp(x), log(np.abs(x) + 0.5), sigmoid(x), tanh(x), softmax(x.reshape(-1, 7))
    found = hashlib.sha256(b"".join(part.astype(">f8").tobytes() for part in parts)).hexdigest()
    assert found[:16] == "6fb95f3bd732ee91"


def test_ends_are_calm():
    assert np.isfinite(exp([-1e308, 1e308])).all()
    assert sigmoid([-1e308, 0.0, 1e308]).tolist() == pytest.approx([0, 0.5, 1])
    assert tanh([-1e308, 1e308]).tolist() == [-1.0, 1.0]
    assert np.allclose(tanh(np.linspace(-3, 3, 50)), np.tanh(np.linspace(-3, 3, 50)), atol=1e-15)
    assert softmax(np.array([[-np.inf, 3.0]])).tolist()[0][1] == pytest.approx(1.0)


@given(st.integers(0, 70), st.integers(1, 5), st.integers(1, 4))
def test_products_are_those_of_the_library(rows, columns, others):
    source = np.random.default_rng(rows)
    a, b = source.normal(size=(rows, columns)), source.normal(size=(rows, others))
    assert np.allclose(gram(a, b), a.T @ b)
    right = source.normal(size=(columns, others))
    assert np.allclose(product(a, right), a @ right)
    assert np.allclose(tree_sum(a), a.sum(axis=0))
    assert np.allclose(mean_rows(a), a.mean(axis=0) if rows else 0)


def test_large_and_small_products_are_summed_alike(rng):
    """The two ways of `gram` are for memory only."""
    a, b = rng.normal(size=(4001, 9)), rng.normal(size=(4001, 3))
    by_column = np.stack([tree_sum(a[:, [column]] * b) for column in range(9)])
    assert np.array_equal(gram(a, b), by_column)
    assert np.array_equal(gram(a[:700], b[:700]), np.stack([tree_sum(a[:700, [c]] * b[:700]) for c in range(9)]))


def test_a_tree_loses_less_than_a_row():
    values = np.full(1 << 20, 0.1)
    assert abs(float(tree_sum(values)) - math.fsum(values)) < 1e-9
