"""Splits: whole, alike for everybody, skewed where classes allow. O-05."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.custody import Column, Schema, Table, even_split, skewed_split
from commonlearn.custody.errors import NotSplittable
from commonlearn.custody.splitting import classes_of
from tests.support.tables import patients, tables


def of_classes(labels: list[int], classes: int) -> Table:
    kinds = Column("y", "category", categories=tuple(map(str, range(classes))))
    values = np.stack([np.arange(len(labels)), np.array(labels)], axis=1).astype(float)
    return Table(Schema((Column("x", "integer"), kinds), "y"), values)


@given(tables(), st.integers(2, 9), st.integers(0, 2**64 - 1), st.sampled_from([even_split, skewed_split]))
@settings(max_examples=60, deadline=None)
def test_every_row_is_in_exactly_one_subset(table, subsets, seed, split):
    """O-05."""
    try:
        found = split(table, subsets, seed)
    except NotSplittable:
        assert split is skewed_split
        return
    assert len(found.subsets) == subsets
    assert np.array_equal(np.sort(np.concatenate(found.subsets)), np.arange(len(table)))
    assert all(len(part) and np.array_equal(part, np.sort(part)) for part in found.subsets)
    again = split(table, subsets, seed)
    assert all(map(np.array_equal, found.subsets, again.subsets))


@given(st.integers(2, 8), st.integers(2, 12), st.integers(4, 30), st.integers(0, 1000))
@settings(max_examples=80, deadline=None)
def test_skewed_subsets_lack_a_class_and_hold_no_majority(classes, subsets, each, seed):
    """O-05: IBM's two conditions, wherever there are subsets enough."""
    found = skewed_split(
        of_classes([place % classes for place in range(classes * subsets * each)], classes), subsets, seed
    )
    assert found.hides_a_class
    labels = np.arange(classes * subsets * each) % classes
    for part in found.subsets:
        assert len(np.unique(labels[part])) < classes
    # each class must go to two subsets, and each subset lack one
    if subsets * (classes - 1) >= 2 * classes:
        assert found.holds_no_majority
        for part in found.subsets:
            assert np.bincount(labels[part], minlength=classes).max() <= -(-subsets * each // 2)


def test_with_two_subsets_and_two_classes_one_condition_cannot_hold():
    """O-05: and that is said."""
    found = skewed_split(of_classes([0, 1] * 20, 2), 2, 0)
    assert (found.hides_a_class, found.holds_no_majority) == (True, False)


def test_numbers_are_split_by_quarters():
    """O-05: no subset has the whole range of values."""
    table = Table(Schema((Column("x", "number"), Column("y", "number")), "y"), np.arange(200.0).reshape(100, 2))
    found = skewed_split(table, 8, 3)
    assert found.hides_a_class
    assert found.holds_no_majority
    for part in found.subsets:
        assert len(np.unique(classes_of(table)[part])) == 3


def test_even_subsets_are_of_one_size_and_another_seed_gives_others():
    """O-05."""
    table = patients(rows=61)
    sizes = [len(part) for part in even_split(table, 4, 1).subsets]
    assert max(sizes) - min(sizes) == 1
    assert not np.array_equal(even_split(table, 4, 1).subsets[0], even_split(table, 4, 2).subsets[0])
    large = patients(rows=600)
    shares = [np.mean(large.target[part]) for part in even_split(large, 3, 1).subsets]
    assert all(0.4 < share < 0.6 for share in shares)


def test_bits_of_a_split_are_pinned():
    """O-05: the owner's auditor comes to the same subsets, with whatever version of numpy."""
    parts = skewed_split(of_classes([place % 3 for place in range(12)], 3), 3, 7).subsets
    assert [part.tolist() for part in parts] == [[1, 4, 6, 9], [5, 7, 10, 11], [0, 2, 3, 8]]


def test_what_cannot_be_split_is_refused():
    """O-05."""
    for subsets in (0, -1, 61):
        with pytest.raises(NotSplittable):
            even_split(patients(), subsets, 0)
    with pytest.raises(NotSplittable, match="one class"):
        skewed_split(of_classes([1] * 10, 3), 2, 0)
    with pytest.raises(NotSplittable, match="one subset"):
        skewed_split(patients(), 1, 0)
    with pytest.raises(NotSplittable, match="empty"):
        skewed_split(of_classes([0] * 9 + [1], 2), 9, 0)
