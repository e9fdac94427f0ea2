"""Features that owners agree on without showing rows. O-09."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from commonlearn.custody import (
    Column,
    Schema,
    column_sums,
    from_ranges,
    from_sums,
    masked,
    new_key,
    unmasked_total,
)
from commonlearn.custody.errors import SumsRefused
from tests.support.tables import PATIENTS, patients

RANGED = Schema((PATIENTS.columns[0], Column("pressure", "number", "mmHg", 0, 300), *PATIENTS.columns[2:]), "ill")


def tables(owners: int = 4):
    return [
        type(each)(RANGED, each.values) for each in (patients(rows=50 + 10 * seed, seed=seed) for seed in range(owners))
    ]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_preparation_has_finite_numbers(bad):
    """O-09: a buyer's, which owners did not compute, may have others."""
    made = from_ranges(RANGED)
    for name in ("fill", "offset", "factor"):
        with pytest.raises(SumsRefused, match="not finite"):
            dataclasses.replace(made, **{name: (bad, *getattr(made, name)[1:])})


def test_sums_standardise_as_pooled_rows_would():
    """O-09: means, deviations and medians, to the stated precision."""
    parts = tables()
    made = from_sums(RANGED, [column_sums(table) for table in parts])
    pooled = np.concatenate([table.values for table in parts])
    for place, width in ((0, 120), (1, 300)):
        cells = pooled[:, place]
        assert made.offset[place] == pytest.approx(np.nanmean(cells), abs=width * 1e-5)
        assert 1 / made.factor[place] == pytest.approx(np.nanstd(cells), rel=1e-3)
        assert made.fill[place] == pytest.approx(np.nanmedian(cells), abs=width / 64)
    X, y = made.apply(type(parts[0])(RANGED, pooled))
    assert X.shape == (len(pooled), 2 + 3)
    assert made.features == 5
    assert X[:, 0].mean() == pytest.approx(0, abs=1e-3)
    assert X[:, 0].std() == pytest.approx(1, abs=1e-3)
    assert not np.isnan(X).any()
    assert y.dtype == np.int64


def test_whoever_adds_up_comes_to_the_same():
    """O-09: in whatever order, in parts or at once."""
    sums = [column_sums(table) for table in tables()]
    made = from_sums(RANGED, sums)
    assert made.hash() == from_sums(RANGED, sums[::-1]).hash() == from_sums(RANGED, np.sum(sums, axis=0)).hash()
    assert made.hash() != from_sums(RANGED, sums[:3]).hash()


def test_masks_hide_each_owner_and_cancel_in_the_total():
    """O-09."""
    sums = [column_sums(table) for table in tables()]
    keys = [new_key() for _ in sums]
    publics = [public for _, public in keys]
    parts = {
        public: masked(own, private, public, [other for other in publics if other != public], b"job 1")
        for own, (private, public) in zip(sums, keys, strict=True)
    }
    assert np.array_equal(unmasked_total(parts, publics), np.sum(sums, axis=0))
    for own, part in zip(sums, parts.values(), strict=True):
        assert not np.any(part == own.astype(np.uint64))
    # of the whole range: small sums under masks are as large as any
    words = np.concatenate(list(parts.values()))
    assert 0.4 < np.mean(words > np.uint64(2**63)) < 0.6
    private, public = keys[0]
    again = masked(sums[0], private, public, publics[1:], b"job 2")
    assert not np.any(again == parts[public])
    without = {public: part for public, part in parts.items() if public != publics[0]}
    with pytest.raises(SumsRefused, match="missing"):
        unmasked_total(without, publics)
    for others in (publics[1:2], [publics[0], publics[1]], [publics[1], publics[1]]):
        with pytest.raises(SumsRefused, match="three different"):
            masked(sums[0], private, public, others, b"")


def test_sums_tell_nothing_of_two_owners():
    """O-09: each would have the other's by subtraction."""
    sums = [column_sums(table) for table in tables(2)]
    with pytest.raises(SumsRefused, match="fewer than 3"):
        from_sums(RANGED, sums)


def test_sums_that_cannot_be_are_refused():
    """O-09."""
    sums = [column_sums(table) for table in tables(3)]
    good = np.sum(sums, axis=0)
    for place, value in ((0, -1), (0, good[0] + 1), (1, good[0] * 2**21), (5, -1)):
        bad = good.copy()
        bad[place] = value
        with pytest.raises(SumsRefused, match="contradict"):
            from_sums(RANGED, bad)
    for wrong in ([good, good, good[:-1]], good[:-1], good[:0]):
        with pytest.raises(SumsRefused):
            from_sums(RANGED, wrong)
    with pytest.raises(SumsRefused, match="no range"):
        column_sums(patients())
    with pytest.raises(SumsRefused, match="no range"):
        from_ranges(PATIENTS)
    with pytest.raises(SumsRefused, match="another schema"):
        from_ranges(RANGED).apply(patients())


def test_more_rows_than_sums_hold_exactly_are_refused():
    large = type(patients())(RANGED, np.zeros((2**20 + 1, 4)))
    with pytest.raises(SumsRefused, match="more than 2"):
        column_sums(large)


def test_ranges_alone_need_nobody():
    """O-09."""
    X, _ = from_ranges(RANGED).apply(tables(1)[0])
    assert np.abs(X).max() <= 1
    empty = np.isnan(tables(1)[0].values[:, 1])
    assert empty.any()
    assert (X[empty, 1] == 0).all()


def test_a_column_that_does_not_vary_or_is_empty_becomes_zero():
    schema = Schema(
        (Column("x", "number", low=0, high=10), Column("e", "number", low=0, high=10), Column("y", "number")), "y"
    )
    table = type(patients())(schema, np.array([[5.0, np.nan, 1.0]] * 4))
    X, y = from_sums(schema, [column_sums(table)] * 3).apply(table)
    assert X.tolist() == [[0.0, 0.0]] * 4
    assert y.tolist() == [1.0] * 4
