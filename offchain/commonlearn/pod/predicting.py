"""Using the model of a finished job on rows of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commonlearn.custody import Schema, Table, check_columns
from commonlearn.custody.reading import read_columns
from commonlearn.errors import CommonlearnError
from commonlearn.federated import METRICS, Parameters, decode, estimator
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.inputs import read_program, read_schema

__all__ = ["Predicted", "predicted"]


@dataclass(frozen=True)
class Predicted:
    """What a model says of rows.

    Attributes
    ----------
    target : str
        Name of what is predicted.
    values : tuple
        Classes by their names, or numbers.
    scores : mapping of str to float
        By metric; empty where the rows have no target.
    """

    target: str
    values: tuple[str | float, ...]
    scores: dict[str, float]


def predicted(model: Path, table: Path, program: Path, schema: Path) -> Predicted:
    """Predict a table's rows.

    Parameters
    ----------
    model : Path
        As a buyer's pod writes it.
    table : Path
        CSV or Parquet, with or without the target.
    program, schema : Path
        Of the job.

    Raises
    ------
    ConfigProblem
        A file cannot be used, or is of another job.
    CustodyError
        The rows do not fit the schema.
    """
    agreed = read_schema(schema, "--schema")
    _, sheet = read_program(program, "--program")
    parameters = _model(model)
    rows, is_labelled = _rows(table, agreed)
    learner = estimator(sheet.estimator)
    try:
        X, y = sheet.prepared(agreed).apply(rows)
        scores = learner.scores(parameters, X)
    except CommonlearnError as error:
        raise ConfigProblem("MODEL", error.user_message, "Give the program and schema of the model's job.") from None
    found = learner.predict(parameters, X).tolist()
    names = agreed.target_column.categories
    measured = [each for each in METRICS.values() if is_labelled and each.kind == learner.kind]
    return Predicted(
        agreed.target,
        tuple(names[each] for each in found) if names else tuple(found),
        {each.id: each.value(y, scores) for each in measured if each.id != "auc" or len(set(y.tolist())) == 2},
    )


def _model(path: Path) -> Parameters:
    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise ConfigProblem("MODEL", f"{path}: {error.strerror}", "Name the file that the buyer's pod wrote.") from None
    except CommonlearnError as error:
        raise ConfigProblem("MODEL", f"{path}: {error.user_message}", "") from None


def _rows(path: Path, schema: Schema) -> tuple[Table, bool]:
    """A table, and whether it has its targets; without them the first class, or 0, stands there."""
    columns = read_columns(path)
    if schema.target in columns:
        return check_columns(schema, columns), True
    rows = len(next(iter(columns.values()), []))
    low = schema.target_column.low
    stand_in = schema.target_column.categories[0] if schema.classes else (0.0 if low is None else low)
    filled = check_columns(schema, {**columns, schema.target: [stand_in] * rows})
    return filled, False
