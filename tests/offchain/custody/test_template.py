"""Templates show no row and nothing rare, and code that runs on them runs on the table. O-03."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonlearn.custody import (
    OTHER,
    Column,
    CustodyError,
    Schema,
    Table,
    Template,
    check_columns,
    column_sums,
    conformed,
    from_ranges,
    from_sums,
    make_template,
    row_bytes,
)
from commonlearn.custody.errors import NothingToShow, TooFewRows
from commonlearn.federated import Settings, estimator
from tests.support.tables import PATIENTS, patients, tables

SECRET = bytes(range(32))


def rare(cells: np.ndarray, k: int) -> set[float]:
    values, counts = np.unique(cells[~np.isnan(cells)], return_counts=True)
    return set(values[counts < k].tolist())


@given(tables(), st.integers(2, 5), st.integers(0, 100))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_real_row_and_nothing_rare_is_shown(table, k, seed):
    """O-03."""
    try:
        template = make_template(table, k=k, rows=30, secret=bytes([seed]) * 32)
    except (TooFewRows, NothingToShow):
        return  # refused by name rather than shown
    assert not set(row_bytes(template.sample)) & set(row_bytes(table))
    assert not set(row_bytes(template.sample)) & set(row_bytes(conformed(table, template.schema)))
    for own, shown in zip(table.schema.columns, template.schema.columns, strict=True):
        cells, made = table.column(own.name), template.sample.column(own.name)
        if own.kind == "category":
            names = {own.categories[int(code)] for code in rare(cells, k)}
            absent = {name for code, name in enumerate(own.categories) if code not in cells}
            assert not (names | absent) & set(shown.categories)
        else:
            assert not rare(cells, k) & set(made.tolist())
            # values beyond the k-th from either end do not move the range
            present = np.sort(cells[~np.isnan(cells)])
            if len(present) >= 2 * k:
                width = shown.high - shown.low
                assert shown.low <= present[k - 1] <= present[-k] <= shown.high
                inner = present[-k] - present[k - 1]
                assert width <= 1.6 * inner or inner == 0
    assert template.about_rows <= len(table)


@given(tables(least=12), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_outlier_does_not_show(table, data):
    """O-03: whatever the largest value is, as long as it stays the largest, the schema is the same."""
    cells = table.column("amount")
    if np.isnan(cells).any():
        return
    place = int(cells.argmax())
    other = table.values.copy()
    other[place, 0] = cells.max() + data.draw(st.floats(0, 1e9))
    try:
        first = make_template(table, k=3)
    except (TooFewRows, NothingToShow):
        return
    second = make_template(type(table)(table.schema, other), k=3)
    assert first.schema == second.schema


def test_a_template_comes_back_from_its_text():
    """O-03."""
    template = make_template(patients(), secret=SECRET)
    back = Template.from_json(template.to_json())
    assert back.hash() == template.hash() == make_template(patients(), secret=SECRET).hash()
    assert np.array_equal(back.sample.values, template.sample.values, equal_nan=True)
    assert make_template(patients(), secret=bytes(32)).hash() != template.hash()
    text = template.to_json()
    others = [
        "[" * 200_000,
        text.replace('"missing":[0,', '"missing":['),
        text.replace('"about_rows":60', '"about_rows":Infinity'),
        text.replace('"rows":[[', '"rows":[[Infinity],['),
        text.replace('"rows":[[', '"rows":[[1.5,1,1,1],['),
        text.replace('"rows":[[', '"rows":[[1,1,1,2],['),
        text.replace('"rows":[[', '"rows":[[1,1,1,null],['),
        text.replace('"rows":[[', '"rows":[[1,Infinity,1,1],['),
    ]
    assert text not in others
    for text in ("{", "[]", "{}", '{"schema": 1, "rows": []}', *others):
        with pytest.raises(CustodyError):
            Template.from_json(text)


def test_what_it_shows_of_patients():
    """O-03: the one pipe smoker is among others, agreed ranges stay, missing cells are about as many."""
    template = make_template(patients(rows=87))
    age, pressure, smokes, ill = template.schema.columns
    assert age == PATIENTS.columns[0]
    assert (pressure.low, pressure.high) == (100.0, 170.0)
    assert smokes.categories == ("no", "yes", OTHER)
    assert ill.categories == ("0", "1")
    assert template.about_rows == 80
    assert template.missing == (0, 2, 0, 0)
    assert set(template.sample.target.tolist()) == {0.0, 1.0}
    assert np.isnan(template.sample.column("pressure")).any()


@pytest.mark.parametrize("name", ["logistic", "centroid", "mlp"])
def test_the_same_code_runs_on_template_and_table(name):
    """O-03: features, classes and shapes are the same."""
    table = patients()
    template = make_template(table)
    prepared, settings_, learner = from_ranges(template.schema), Settings(epochs=3), estimator(name)
    models = []
    for rows in (template.sample, conformed(table, template.schema)):
        X, y = prepared.apply(rows)
        start = learner.initial(X.shape[1], template.schema.classes, settings_)
        models.append(learner.train(start, X, y, settings_))
    assert models[0].kind == models[1].kind
    sums = [column_sums(conformed(table.rows(np.arange(part, 60, 3)), template.schema)) for part in range(3)]
    assert from_sums(template.schema, sums).features == prepared.features


def test_a_column_that_is_hardly_filled_says_nothing():
    """O-03: not even where its few values lie."""
    table = patients()
    values = table.values.copy()
    values[4:, 1] = np.nan
    template = make_template(type(table)(PATIENTS, values))
    assert (template.schema.columns[1].low, template.schema.columns[1].high) == (0.0, 1.0)
    assert template.missing[1] == 20
    assert np.isnan(template.sample.column("pressure")).all()


@pytest.mark.parametrize("span", [1e-9, 0.3, 7.9, 8.0, 8.1, 65.0, 1e9])
def test_ranges_end_on_round_numbers(span):
    """O-03: of which at most ten lie in the range, whatever the values are."""
    x = Column("x", "number")
    values = np.linspace(3 * span, 4 * span, 40)
    table = check_columns(Schema((x, Column("y", "number")), "y"), {"x": values.tolist(), "y": range(40)})
    column = make_template(table, k=2).schema.columns[0]
    assert column.low <= values[1] < values[-2] <= column.high
    assert column.high - column.low < 1.5 * span


def test_too_few_rows_are_refused():
    """O-03: rather than shown."""
    with pytest.raises(TooFewRows, match="needs at least 10 rows, but there are 9"):
        make_template(patients(rows=9))
    with pytest.raises(CustodyError, match="at least 2"):
        make_template(patients(), k=1)
    with pytest.raises(CustodyError, match="at least one"):
        make_template(patients(), rows=0)


def test_a_table_with_every_possible_row_has_no_template():
    """O-03: two columns of two values, all four pairs real; but (other) is possible."""
    both = tuple(Column(name, "integer", low=0, high=1, missing=False) for name in ("a", "b"))
    full = check_columns(Schema(both, "b"), {"a": [0, 1] * 20, "b": [0] * 20 + [1] * 20})
    with pytest.raises(TooFewRows, match="not a real one"):
        make_template(full)


def test_a_column_of_rare_whole_numbers_is_named():
    """O-03."""
    few = Column("few", "integer", low=0, high=5)
    table = check_columns(Schema((few, Column("y", "number")), "y"), {"few": [0, 1, 2, 3, 4, 5] * 2, "y": range(12)})
    with pytest.raises(NothingToShow, match="'few'"):
        make_template(table, k=5)


def wards(seed: int) -> Table:
    """Sixty people of nine of the 24 kinds that four columns allow: each of them is known to somebody."""
    source = np.random.default_rng(seed)
    names = {"sex": ("f", "m"), "ward": ("a", "b", "c"), "smokes": ("no", "yes"), "ill": ("no", "yes")}
    schema = Schema(tuple(Column(name, "category", categories=each) for name, each in names.items()), "ill")
    kinds = list(product(*names.values()))
    people = [kinds[number] for number in source.choice(source.choice(24, 9, replace=False), 60)]
    return check_columns(schema, {name: [person[place] for person in people] for place, name in enumerate(names)})


def every_row(schema: Schema) -> set[bytes]:
    cells = product(*(range(len(column.categories)) for column in schema.columns))
    return set(row_bytes(Table(schema, np.array(list(cells), dtype=np.float64))))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_left_out_cannot_be_drawn_again(seed):
    """O-10: with a seed that everybody knows, the rows that were refused, which are real ones, could be told."""
    table = wards(seed)
    first, again = make_template(table, k=2), make_template(table, k=2)
    assert first.schema == again.schema
    assert first.hash() != again.hash()
    for known in (bytes(32), SECRET):
        assert make_template(table, k=2, secret=known).hash() not in (first.hash(), again.hash())
    with pytest.raises(ValueError, match="32 random bytes"):
        make_template(table, secret=bytes(31))


def test_rows_that_never_come_up_are_not_only_the_real_ones():
    """O-10: of 24 rows, or 36 with (other), about half of those that nobody is are left out as well."""
    missed_real, missed = 0, 0
    for seed in range(8):
        table = wards(seed)
        template = make_template(table, k=2, rows=2_000, secret=bytes([seed]) * 32)
        real = set(row_bytes(conformed(table, template.schema)))
        hidden = every_row(template.schema) - set(row_bytes(template.sample))
        assert real <= hidden
        missed_real, missed = missed_real + len(real), missed + len(hidden)
        assert {0.0, 1.0} <= set(template.sample.target.tolist())
    assert missed > 1.5 * missed_real


def test_values_that_never_come_up_are_not_only_the_rare_ones():
    """O-10: one family has eight children; that nobody has seven does not show either."""
    children = Column("children", "integer", low=0, high=40)
    cells = {"children": [0, 1, 2] * 20 + [8], "y": list(range(61))}
    table = check_columns(Schema((children, Column("y", "number")), "y"), cells)
    shown = [
        set(make_template(table, rows=200, secret=bytes([seed]) * 32).sample.column("children")) for seed in range(6)
    ]
    assert all({0.0, 1.0, 2.0} <= each for each in shown)  # what is common may show
    assert not any(8.0 in each for each in shown)
    for each in shown:
        assert 8 < len(each) < 33  # of 37 values that no row has about half
    assert len(set(map(frozenset, shown))) == 6


@pytest.mark.parametrize("values", [[0.0, 5e-324], [-1.7e308, 1.7e308], [1e-310, 2e-310], [1e300, 1.1e300]])
def test_ranges_at_the_ends_of_floating_point(values):
    """O-03: have a template, or are refused by name."""
    schema = Schema((Column("x", "number"), Column("y", "number")), "y")
    table = check_columns(schema, {"x": values * 20, "y": range(40)})
    try:
        column = make_template(table).schema.columns[0]
    except CustodyError:
        return
    assert column.low <= min(values) < max(values) <= column.high


@pytest.mark.parametrize("seed", range(6))
def test_a_table_that_leaves_hardly_a_row_has_a_template_all_the_same(seed):
    """O-10: the coin must not hide all that there is to show."""
    both = (Column("a", "integer", low=0, high=1), Column("b", "category", categories=("no", "yes"), missing=False))
    table = check_columns(Schema(both, "a"), {"a": [0, 1, 1] * 20, "b": ["no", "no", "yes"] * 20})
    template = make_template(table, secret=bytes([seed]) * 32)
    shown = set(map(tuple, template.sample.values.tolist()))
    assert shown
    assert not shown & {(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)}
