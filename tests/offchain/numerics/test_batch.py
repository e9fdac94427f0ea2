"""Batches of decoded samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import EmptySample, SampleDimension, SampleError, ValueOutOfRange
from commonlearn.numerics import EncodedBatch, Encoding, batch, batch_from_matrix, encode_matrix

P, S, D = Encoding


@st.composite
def matrices(draw, encoding=None):
    """An encoding and a matrix that it takes."""
    encoding = encoding or draw(st.sampled_from(Encoding))
    n, dimension = draw(st.integers(0, 8)), draw(st.integers(1, 6))
    value = st.integers(0, 1) if encoding is P else st.one_of(st.integers(-2, 2), st.integers(-32_767, 32_767))
    row = st.lists(value, min_size=dimension, max_size=dimension)
    rows = draw(st.lists(row if encoding is D else row.filter(any), min_size=n, max_size=n))
    return encoding, np.array(rows, dtype=np.int64).reshape(n, dimension)


@settings(max_examples=150)
@given(matrices(), st.integers(1, 3), st.integers(1, 9), st.data())
def test_fuzz_the_product_is_exact_in_any_blocks(case, columns, block, data):
    encoding, matrix = case
    lane = st.one_of(st.integers(-3, 3), st.sampled_from([-(2**31), 2**31 - 1]))
    flat = data.draw(st.lists(lane, min_size=matrix.shape[1] * columns, max_size=matrix.shape[1] * columns))
    weights = np.array(flat, dtype=np.int64).reshape(-1, columns)
    exact = [[sum(int(x) * int(w) for x, w in zip(row, column, strict=True)) for column in weights.T] for row in matrix]
    before, batch._BLOCK_FEATURES = batch._BLOCK_FEATURES, block
    try:
        product = batch_from_matrix(matrix, encoding).product(weights)
        approximate = batch_from_matrix(matrix, encoding).product(weights.astype(np.float64))
    finally:
        batch._BLOCK_FEATURES = before
    assert product.dtype == np.int64
    assert product.tolist() == exact
    np.testing.assert_allclose(approximate, product, rtol=1e-12, atol=1e-3)


@pytest.mark.parametrize("encoding", [S, D])
def test_the_largest_product_of_dense_or_sparse_samples_fits(encoding):
    dimension = 65_536
    row = batch_from_matrix(np.full((1, dimension), -32_767), encoding)
    weights = np.full((dimension, 1), -(2**31), dtype=np.int64)
    assert row.product(weights).tolist() == [[dimension * 32_767 * 2**31]]


@settings(max_examples=100)
@given(matrices())
def test_fuzz_numbers_come_back(case):
    encoding, matrix = case
    encoded = batch_from_matrix(matrix, encoding)
    assert len(encoded) == len(matrix)
    np.testing.assert_array_equal(encoded.to_dense(), matrix)
    np.testing.assert_array_equal(encoded.to_csr().toarray(), matrix)
    np.testing.assert_array_equal(encoded.value_sums(), matrix.sum(axis=1))
    assert encoded.largest_absolute_sum() == np.abs(matrix).sum(axis=1).max(initial=0)
    assert encoded.mean_square() == pytest.approx((matrix.astype(float) ** 2).sum() / max(1, len(matrix)))


@settings(max_examples=100)
@given(matrices(), st.data())
def test_fuzz_selecting_rows_is_that_of_numpy(case, data):
    encoding, matrix = case
    encoded = batch_from_matrix(matrix, encoding)
    order = data.draw(st.lists(st.integers(0, max(0, len(matrix) - 1)), max_size=10)) if len(matrix) else []
    for key in (
        np.array(order, dtype=np.int64),
        slice(1, None),
        slice(None, None, -1),
        np.arange(len(matrix)) % 2 == 0,
    ):
        assert encoded[key].to_samples() == [encoded.to_samples()[i] for i in np.arange(len(matrix))[key]]
        np.testing.assert_array_equal(encoded[key].to_dense(), matrix[key])


def test_rows_give_features_and_values():
    sparse = [
        (features.tolist(), values.tolist()) for features, values in batch_from_matrix([[0, 5], [-1, 2]], S).rows()
    ]
    assert sparse == [([1], [5]), ([0, 1], [-1, 2])]
    presence = [(features.tolist(), values) for features, values in batch_from_matrix([[0, 1], [1, 1]], P).rows()]
    assert presence == [([1], 1), ([0, 1], 1)]
    dense = [(features, values.tolist()) for features, values in batch_from_matrix([[0, 5]], D).rows()]
    assert dense == [(slice(None), [0, 5])]


@pytest.mark.parametrize(
    ("encoding", "matrix", "error", "sample"),
    [
        (P, [[1, 0], [0, 0]], EmptySample, 1),
        (S, [[1, 0], [0, 0]], EmptySample, 1),
        (P, [[1, 0], [2, 0]], ValueOutOfRange, 1),
        (P, [[1, 0], [-1, 0]], ValueOutOfRange, 1),
        (P, [[1, 0], [0.5, 0]], ValueOutOfRange, 1),
        (S, [[1, 0], [0, 32_768]], ValueOutOfRange, 1),
        (D, [[1, 0], [0, -32_768]], ValueOutOfRange, 1),
        (D, [[1, 0], [0.25, 0]], ValueOutOfRange, 1),
        (D, [[1, 0], [float("nan"), 0]], ValueOutOfRange, 1),
        (D, [[], []], SampleDimension, None),
        (P, np.zeros((1, 65_537)), SampleDimension, None),
        (D, np.zeros((1, 2, 3)), SampleError, None),
    ],
)
def test_refuses_what_the_encoding_does_not_take(encoding, matrix, error, sample):
    with pytest.raises(error) as refused:
        encode_matrix(matrix, encoding)
    assert refused.value.sample == sample


def test_encoding_leaves_the_given_matrix_alone():
    csr = EncodedBatch.to_csr(batch_from_matrix([[0, 5], [-1, 2]], S))
    csr.data[0] = 0
    before = csr.copy()
    assert encode_matrix(csr[1:], S) == [bytes.fromhex("0000ffff00010002")]
    with pytest.raises(EmptySample):
        encode_matrix(csr, S)
    assert (csr.nnz, csr.data.tolist()) == (before.nnz, before.data.tolist())
