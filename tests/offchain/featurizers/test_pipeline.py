"""Tables by a published scikit-learn pipeline.

Requirements F-03, F-04, F-06.
"""

from typing import ClassVar

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
)

from commonlearn.errors import InvalidMetadata, SampleDimension, SampleError, UnsupportedStep
from commonlearn.featurizers import PipelineTable, featurizer_from_dict
from commonlearn.featurizers.state import State
from commonlearn.numerics import quantise

MISSING = float("nan")


def table(rng, rows=60):
    """Two columns of numbers with holes, a word column with holes, a column of codes."""
    cells = np.empty((rows, 4), dtype=object)
    cells[:, 0] = rng.normal(50, 12, rows)
    cells[:, 1] = rng.exponential(3, rows)
    cells[:, 2] = rng.choice(["red", "green", "blue"], rows)
    cells[:, 3] = rng.choice([1, 2, 5], rows)
    cells[::7, 1] = MISSING
    return cells


PIPELINES = {
    "standard": lambda: StandardScaler(),
    "standard without mean": lambda: StandardScaler(with_mean=False),
    "standard without scale": lambda: StandardScaler(with_std=False),
    "minmax": lambda: MinMaxScaler(),
    "minmax clipped": lambda: MinMaxScaler((-1, 1), clip=True),
    "mean": lambda: make_pipeline(SimpleImputer(), StandardScaler()),
    "two scalings": lambda: make_pipeline(SimpleImputer(strategy="median"), MinMaxScaler(), StandardScaler()),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_numbers_are_those_of_the_fitted_pipeline(rng, reloaded, name):
    """F-06: the very same integers, as every operation is the same."""
    values = rng.normal(3, 100, (50, 3))
    values[:, 2] = 7.0  # no spread
    if name in ("mean", "two scalings"):
        values[::5, 1] = np.nan
    fitted = PIPELINES[name]().fit(values[:30])
    made = reloaded(PipelineTable.from_sklearn(fitted, unit=1_000))
    wanted = quantise(fitted.transform(values), 1_000.0)
    assert made.transform_batch(values).to_dense().tolist() == wanted.tolist()
    assert made.transform_real(values).tolist() == fitted.transform(values).tolist()


@pytest.mark.parametrize("drop", [None, "first", "if_binary"])
@pytest.mark.parametrize("remainder", ["drop", "passthrough"])
def test_a_whole_column_transformer(rng, reloaded, drop, remainder):
    cells = table(rng)
    fitted = ColumnTransformer(
        [
            ("codes", OneHotEncoder(handle_unknown="ignore", drop=drop, sparse_output=False), [3]),
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), slice(1, 2)),
            ("colour", OneHotEncoder(sparse_output=False, drop=drop), [False, False, True, False]),
            ("dropped", "drop", []),
        ],
        remainder=remainder,
    ).fit(cells)
    made = reloaded(PipelineTable.from_sklearn(fitted, names=["a", "b", "c", "d"]))
    wanted = quantise(fitted.transform(cells).astype(float), 256.0)
    assert made.transform_batch(cells).to_dense().tolist() == wanted.tolist()
    assert made.dimension == wanted.shape[1]
    assert [label[0] for label in made.labels()][-1] == ("a" if remainder == "passthrough" else "c")


def test_cells_as_in_csv_files_give_the_same(rng):
    cells = table(rng)
    fitted = PipelineTable.learn(cells.tolist(), names=["a", "b", "c", "d"])
    text = [["" if isinstance(cell, float) and np.isnan(cell) else str(cell) for cell in row] for row in cells]
    assert fitted.transform_encoded(text) == fitted.transform_encoded(cells.tolist())


def test_learns_the_usual_pipeline(rng, reloaded):
    cells = table(rng)
    made = PipelineTable.learn(cells.tolist(), names=["age", "size", "colour", "code"])
    assert made.labels() == ["age", "size", "code", "colour=blue", "colour=green", "colour=red"]
    ages = cells[:, 0].astype(float)
    wanted = quantise((ages - ages.mean()) / ages.std(), 256.0)
    assert made.transform_batch(cells.tolist()).to_dense()[:, 0].tolist() == wanted.tolist()
    again = reloaded(made)
    assert again == made
    assert again.hash() == made.hash()
    assert again.names == ("age", "size", "colour", "code")


def test_missing_and_unknown_cells():
    made = PipelineTable.learn([[1, "a"], [3, "b"], ["", ""], ["?", "a"]], names=["n", "w"])
    assert made.labels() == ["n", "w=(missing)", "w=a", "w=b"]
    rows = made.transform_batch([[None, None], ["NA", "zebra"], [3, "b"]]).to_dense().tolist()
    assert rows[0] == [0, 256, 0, 0]
    assert rows[1] == [0, 0, 0, 0]
    assert rows[2][1:] == [0, 0, 256]


def test_a_column_without_any_value_is_zero():
    assert PipelineTable.learn([[1, ""], [2, "?"]]).transform_batch([[1, ""]]).to_dense().tolist() == [[-256, 0]]


class TestRefusals:
    def test_an_unknown_category_where_the_pipeline_takes_none(self):
        made = PipelineTable.from_sklearn(OneHotEncoder().fit(np.array([["a"], ["b"]], dtype=object)))
        with pytest.raises(SampleError, match=r"'c' is none of the known categories \(a, b\)") as refused:
            made.transform_batch([["a"], ["c"]])
        assert refused.value.sample == 1

    def test_a_missing_cell_where_nothing_fills_it(self):
        made = PipelineTable.from_sklearn(StandardScaler().fit([[1.0], [2.0]]))
        with pytest.raises(SampleError, match="fills in none") as refused:
            made.transform_batch([[1.0], [None]])
        assert refused.value.sample == 1

    @pytest.mark.parametrize(
        ("rows", "error"),
        [([[1.0]], SampleDimension), ([["x", 1]], SampleError), (["ab"], SampleError), ("ab", SampleError)],
    )
    def test_bad_rows(self, rows, error):
        made = PipelineTable.from_sklearn(StandardScaler().fit([[1.0, 2.0], [2.0, 3.0]]))
        with pytest.raises(error):
            made.transform_batch(rows)

    @pytest.mark.parametrize(
        ("fitted", "said"),
        [
            (lambda: RobustScaler().fit([[1.0], [2.0]]), "RobustScaler"),
            (lambda: PowerTransformer().fit([[1.0], [2.0]]), "PowerTransformer"),
            (lambda: StandardScaler(), "not fitted"),
            (lambda: make_pipeline(StandardScaler(), OrdinalEncoder()).fit([[1.0], [2.0]]), "OrdinalEncoder"),
            (lambda: FunctionTransformer(np.log).fit([[1.0], [2.0]]), "FunctionTransformer"),
            (lambda: OneHotEncoder(min_frequency=2).fit([["a"], ["b"]]), "rare categories"),
            (lambda: OneHotEncoder(handle_unknown="infrequent_if_exist").fit([["a"], ["b"]]), "infrequent_if_exist"),
            (lambda: OneHotEncoder().fit([[1.0], [MISSING]]), "impute before encoding"),
            (lambda: SimpleImputer(add_indicator=True).fit([[1.0], [MISSING]]), "add_indicator"),
            (lambda: SimpleImputer(missing_values=-1).fit([[1.0], [-1.0]]), "not -1"),
            (
                lambda: make_column_transformer((RobustScaler(), [0]), ("passthrough", [1])).fit([[1.0, 2], [2.0, 3]]),
                "'robustscaler'",
            ),
            (
                lambda: ColumnTransformer([("a", StandardScaler(), [0])], transformer_weights={"a": 2}).fit([[1.0]]),
                "transformer_weights",
            ),
        ],
        ids=range(12),
    )
    def test_steps_that_are_no_plain_numbers_are_named(self, fitted, said):
        with pytest.raises(UnsupportedStep, match=said) as refused:
            PipelineTable.from_sklearn(fitted())
        assert "StandardScaler, MinMaxScaler, OneHotEncoder and SimpleImputer" in refused.value.user_message

    def test_a_subclass_may_do_anything_and_is_refused(self):
        class Mine(StandardScaler):
            def transform(self, X, copy=None):
                return X

        with pytest.raises(UnsupportedStep, match="Mine"):
            PipelineTable.from_sklearn(Mine().fit([[1.0], [2.0]]))

    def test_a_column_of_nothing_but_holes_in_an_imputer(self):
        fitted = SimpleImputer().fit([[1.0, MISSING], [2.0, MISSING]])
        with pytest.raises(UnsupportedStep, match="finite"):
            PipelineTable.from_sklearn(fitted)

    def test_an_empty_table(self):
        with pytest.raises(SampleError, match="empty"):
            PipelineTable.learn([])

    GROUP: ClassVar = {"columns": [0], "steps": [{"step": "standard", "mean": [0.0], "scale": [1.0]}]}

    @pytest.mark.parametrize(
        "content",
        [
            {},
            {"groups": [], "names": None},
            {"groups": [{"columns": [1], "steps": []}], "names": None},
            {"groups": [{"columns": ["0"], "steps": []}], "names": None},
            {"groups": [{"columns": [0]}], "names": None},
            {"groups": [GROUP], "names": ["a", "b"]},
            {"groups": [{"columns": [0, 0], "steps": GROUP["steps"]}], "names": None},
            {"groups": [{"columns": [0], "steps": [{"step": "eval", "code": "1"}]}], "names": None},
            {"groups": [{"columns": [0], "steps": [{"step": "standard", "mean": [0], "scale": [0]}]}], "names": None},
            {"groups": [{"columns": [0], "steps": [{"step": "standard", "mean": ["x"], "scale": [1]}]}], "names": None},
            {"groups": [{"columns": [0], "steps": [{"step": "minmax", "scale": [1], "add": []}]}], "names": None},
            {"groups": [{"columns": [0], "steps": [{"step": "impute", "fill": ["red"]}]}], "names": None},
            {"groups": [{"columns": [0], "steps": [{"step": "impute", "fill": None}]}], "names": None},
            {
                "groups": [
                    {
                        "columns": [0],
                        "steps": [{"step": "onehot", "categories": [["a"]], "drop": [3], "unknown": "error"}],
                    }
                ],
                "names": None,
            },
            {
                "groups": [
                    {
                        "columns": [0],
                        "steps": [{"step": "onehot", "categories": [["a", 1]], "drop": [None], "unknown": "error"}],
                    }
                ],
                "names": None,
            },
        ],
        ids=range(15),
    )
    def test_broken_state(self, store, content):
        state = store.put(State(content).to_bytes())
        with pytest.raises(InvalidMetadata):
            featurizer_from_dict({"id": "table-pipeline", "version": 1, "columns": 1, "unit": 256, "state": state})


def test_says_what_is_in_a_sample():
    made = PipelineTable.learn([[20, "red"], [40, "blue"], [60, "red"]], names=["age", "colour"])
    assert made.describe(made.transform_encoded([[60, "red"]])[0]) == "age +1.23, colour=red"
    assert made.describe(made.transform_encoded([[40, "green"]])[0]) == "all as usual"


def test_the_layout_of_published_numbers_never_changes():
    fitted = ColumnTransformer([("n", StandardScaler(), [0]), ("w", OneHotEncoder(handle_unknown="ignore"), [1])]).fit(
        np.array([[1.0, "a"], [3.0, "b"]], dtype=object)
    )
    made = PipelineTable.from_sklearn(fitted, names=["x", "y"])
    assert made.state().content == {
        "groups": [
            {"columns": [0], "steps": [{"step": "standard", "mean": [2.0], "scale": [1.0]}]},
            {
                "columns": [1],
                "steps": [
                    {"step": "onehot", "categories": [["a", "b"]], "drop": [None], "unknown": "ignore"},
                ],
            },
        ],
        "names": ["x", "y"],
    }
    assert made.to_dict() == {
        "id": "table-pipeline", "version": 1, "columns": 2, "unit": 256, "state": made.state().address(),
    }  # fmt: skip
