"""The score of a table by a rule that all know. O-04."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from commonlearn.custody import Column, QualityRule, Schema, Table, check_columns, quality
from commonlearn.custody.errors import SchemaRefused, TooFewRows
from tests.support.tables import patients, tables


@given(tables())
@settings(max_examples=50, deadline=None)
def test_scores_are_in_range_and_do_not_depend_on_order(table):
    """O-04."""
    found = quality(table)
    for part in (found.score, found.amount, found.variance, found.missing, found.balance):
        assert isinstance(part, int)
        assert 0 <= part <= 10_000
    assert quality(table.rows(np.arange(len(table))[::-1])) == found
    assert found.millionths == 100 * found.score


@given(tables())
@settings(max_examples=30, deadline=None)
def test_repeating_rows_gains_nothing(table):
    """O-04."""
    twice = quality(table.rows(np.repeat(np.arange(len(table)), 2)))
    assert twice.amount == quality(table).amount
    assert abs(twice.score - quality(table).score) <= 1


def simple(ages: list, ills: list[str]) -> Table:
    ill = Column("ill", "category", categories=("no", "yes"))
    return check_columns(Schema((Column("age", "integer", low=0, high=120), ill), "ill"), {"age": ages, "ill": ills})


def test_each_part_moves_as_it_says():
    """O-04."""
    rule = QualityRule(wanted_rows=4)
    base = quality(simple([0, 120, 0, 120], ["no", "yes", "yes", "no"]), rule)
    assert (base.amount, base.variance, base.missing, base.balance, base.score) == (10_000,) * 5
    assert quality(simple([0, 120, 0, 120], ["no", "yes", "yes", "no"]), QualityRule(wanted_rows=8)).amount == 5000
    assert quality(simple([7, 7, 7, 7], ["no", "yes", "yes", "no"]), rule).variance == 0
    assert quality(simple([0, None, 0, 120], ["no", "yes", "yes", "no"]), rule).missing == 7500
    assert quality(simple([0, 120, 1, 120], ["no", "yes", "no", "no"]), rule).balance == 7500
    assert quality(simple([1, 2], ["no", "no"]), rule).balance == 0
    # a uniform distribution over the range has all of it
    assert quality(simple(list(range(121)), ["no"] * 121), rule).variance == 10_000
    assert quality(simple(list(range(30, 91)), ["no"] * 61), rule).variance == pytest.approx(2583, abs=1)


def test_one_class_is_no_spread():
    one = Schema((Column("x", "number"), Column("y", "category", categories=("a",))), "y")
    assert quality(check_columns(one, {"x": [1, 2], "y": ["a", "a"]})).balance == 0


def test_weights_and_rule():
    """O-04: the rule has a hash, which stands beside the score."""
    table = patients()
    only = quality(table, QualityRule(amount=10_000, variance=0, missing=0, balance=0))
    assert only.score == only.amount
    assert QualityRule().hash() == QualityRule().hash() != QualityRule(wanted_rows=2000).hash()
    for wrong in ({"amount": 2501}, {"wanted_rows": 0}, {"amount": -1, "variance": 5001}):
        with pytest.raises(SchemaRefused):
            QualityRule(**wrong)
    with pytest.raises(TooFewRows):
        quality(table.rows([]))
