"""Tables of numbers.

Requirement P-05.
"""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import InvalidMetadata, SampleDimension, SampleError
from commonlearn.featurizers import ScaledTable, featurizer_from_dict
from commonlearn.numerics import decode


def test_standardises_and_rounds(rng):
    rows = rng.normal([5.0, -300.0], [0.1, 40.0], size=(500, 2))
    table = ScaledTable.learn(rows, unit=1_000)
    encoded = table.transform_batch(rows).to_dense()
    np.testing.assert_allclose(encoded, 1_000 * (rows - rows.mean(axis=0)) / rows.std(axis=0), atol=0.6)


def test_encodes_densely(rng):
    table = ScaledTable.learn(rng.normal(size=(20, 3)))
    [sample] = table.transform_encoded([[0.1, 0.2, 0.3]])
    assert (
        decode(sample, table.encoding, 3)[1].tolist() == table.transform_batch([[0.1, 0.2, 0.3]]).to_dense()[0].tolist()
    )
    assert table.dimension == 3


@pytest.mark.parametrize("missing", [None, math.nan, "", " ", "?", "NA", "nan", "null"])
def test_fills_missing_cells_with_the_median(missing):
    table = ScaledTable.learn([[1.0], [2.0], [9.0], [missing]], unit=100)
    assert table.fill == (2.0,)
    assert table.transform_encoded([[missing]]) == table.transform_encoded([[2.0]])


def test_takes_numbers_as_text_and_arrays_alike():
    table = ScaledTable.learn([["1.5", " 2 "], ["3", "4e0"]])
    same = [[1.5, 2.0], [3.0, 4.0]]
    assert table == ScaledTable.learn(same) == ScaledTable.learn(np.array(same))
    assert table.transform_encoded([["1.5", "2"]]) == table.transform_encoded(np.array([[1.5, 2.0]]))


def test_a_column_that_never_changes_or_has_no_value_stays_zero():
    table = ScaledTable.learn([[7.0, None, 1.0], [7.0, None, 2.0]])
    assert table.transform_batch([[7.0, None, 1.5], [900.0, 5.0, 1.5]]).to_dense().tolist() == [[0, 0, 0], [0, 0, 0]]


def test_stops_at_the_ends_of_the_range():
    table = ScaledTable.learn([[0.0], [2.0]], unit=256)
    assert table.transform_batch([[1e9], [-1e9]]).to_dense().tolist() == [[32_767], [-32_767]]


@pytest.mark.parametrize(
    ("rows", "error", "sample"),
    [
        ([[1.0], [1.0]], SampleDimension, 0),
        ([[1.0, 2.0], [1.0]], SampleDimension, 1),
        ([[1.0, 2.0], [1.0, "much"]], SampleError, 1),
        ([[1.0, 2.0], [1.0, math.inf]], SampleError, 1),
        ([[1.0, 2.0], 5], SampleError, 1),
        (["12"], SampleError, 0),
        ("12", SampleError, None),
        (np.zeros((1, 3)), SampleDimension, None),
        (np.zeros(2), SampleError, None),
        (np.array([[0.0, 0.0], [0.0, math.inf]]), SampleError, 1),
    ],
)
def test_refuses_what_is_no_row(rows, error, sample):
    table = ScaledTable.learn([[1.0, 2.0], [3.0, 5.0]])
    with pytest.raises(error) as refused:
        table.transform_encoded(rows)
    assert refused.value.sample == sample


def test_needs_a_row_to_learn_from():
    with pytest.raises(SampleError, match="empty"):
        ScaledTable.learn([])


@settings(max_examples=60)
@given(st.lists(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=2, max_size=2), min_size=2, max_size=10))
def test_fuzz_comes_back_from_json_and_encodes_alike(rows):
    table = ScaledTable.learn(rows, names=["age", "weight"])
    again = featurizer_from_dict(json.loads(json.dumps(table.to_dict())))
    assert again == table
    assert again.names == ("age", "weight")
    assert again.transform_encoded(rows) == table.transform_encoded(rows)


def test_offsets_are_fine_enough_for_a_small_spread_about_a_large_mean():
    rows = 1.7e9 + np.arange(10.0)[:, None]
    encoded = ScaledTable.learn(rows, unit=100).transform_batch(rows).to_dense().ravel()
    assert np.diff(encoded).min() > 30
    assert abs(int(encoded.sum())) <= 5


def test_descriptions_are_compact():
    rows = [[1.0, 1e6 + 1 / 3], [2.0, 2e6 + 1 / 3], [4.0, 3e6 + 1 / 3]]
    assert ScaledTable.learn(rows, unit=100).to_dict() == {
        "id": "table-scaled",
        "version": 1,
        "fill": [2, 2000000],
        "offset": [2.3333, 2000000],
        "factor": [80.1784, 0.000122474],
    }


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=20))
def test_fuzz_short_descriptions_cost_nothing(values):
    rows = np.array(values)[:, None]
    if rows.std() > 1e-3:
        exact = 256 * (rows - rows.mean()) / rows.std()
        np.testing.assert_allclose(ScaledTable.learn(rows).transform_batch(rows).to_dense(), exact, atol=0.52)


@pytest.mark.parametrize(
    "parameters",
    [
        {"fill": [0], "offset": [0]},
        {"fill": [0], "offset": [0], "factor": [1, 2]},
        {"fill": [], "offset": [], "factor": []},
        {"fill": [0], "offset": [0], "factor": ["x"]},
        {"fill": [0], "offset": [0], "factor": [math.inf]},
        {"fill": [0], "offset": [0], "factor": 1},
        {"fill": [0], "offset": [0], "factor": [1], "names": ["a", "b"]},
    ],
)
def test_says_what_is_wrong_with_a_description(parameters):
    with pytest.raises(InvalidMetadata):
        featurizer_from_dict({"id": "table-scaled", "version": 1, **parameters})
