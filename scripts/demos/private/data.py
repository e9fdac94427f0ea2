"""Rows of four owners: the hospitals of the heart-disease data, or, without them, four shards of breast cancer."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_breast_cancer

from commonlearn.custody import (
    Column,
    Preparation,
    Schema,
    Shard,
    Table,
    check_columns,
    column_sums,
    derived_salts,
    from_sums,
    masked,
    new_key,
    unmasked_total,
)
from commonlearn.datasets import fetch_heart_disease
from commonlearn.errors import CommonlearnError

__all__ = ["Material", "load_material", "write_csv"]

_LEFT_OUT = ("slope", "ca", "thal")
# As clinicians would agree on them, not taken from the rows.
_RANGES = {
    "age": (0, 120),
    "sex": (0, 1),
    "cp": (1, 4),
    "trestbps": (0, 300),
    "chol": (0, 1000),
    "fbs": (0, 1),
    "restecg": (0, 2),
    "thalach": (0, 250),
    "exang": (0, 1),
    "oldpeak": (-10, 10),
}
_TRAINING = 0.7


@dataclass(frozen=True)
class Material:
    """What the demo trains on.

    Attributes
    ----------
    title : str
    note : str
        Why it is not the hospitals; empty if it is.
    schema : Schema
        That all agreed on.
    owners : mapping of str to Table
        Rows to train on, by name.
    tests : Table
        Rows that validators hold back.
    preparation : Preparation
        Out of sums that nobody saw but in total.
    """

    title: str
    note: str
    schema: Schema
    owners: dict[str, Table]
    tests: Table
    preparation: Preparation

    def test_file(self) -> Shard:
        """The held-back rows with their salts; its root names the validators' pool."""
        secret = bytes(range(32))
        return Shard(bytes(32), bytes(20), 0, self.tests, tuple(derived_salts(secret, 0, len(self.tests))))


def load_material(seed: int = 0) -> Material:
    """Load four owners' rows, 70 % to train on and 30 % held back of each."""
    note = ""
    try:
        found = fetch_heart_disease(download=False)
        kept = [place for place, name in enumerate(found.feature_names) if name not in _LEFT_OUT]
        names = [found.feature_names[place] for place in kept]
        columns = [Column(name, "number", low=_RANGES[name][0], high=_RANGES[name][1]) for name in names]
        X, y, who = found.data[:, kept], found.target, found.site
        title, target = "heart disease, 920 patients of four hospitals", "disease"
    except CommonlearnError as error:
        note = f"{error} Four shards of scikit-learn's breast cancer take the hospitals' place."
        data = load_breast_cancer()
        names = [str(name).replace(" ", "_") for name in data.feature_names[:10]]
        X, y = data.data[:, :10], data.target
        tops = 2 * X.max(axis=0)
        columns = [Column(name, "number", low=0.0, high=float(top)) for name, top in zip(names, tops, strict=True)]
        who = np.random.default_rng(seed).choice(["north", "east", "south", "west"], len(X))
        title, target = "breast cancer, 569 tumours in four shards", "benign"
    schema = Schema((*columns, Column(target, "category", categories=("no", "yes"), missing=False)), target)
    source = np.random.default_rng(seed)
    owners, tests = {}, []
    for name in sorted(set(who.tolist())):
        rows = np.flatnonzero(who == name)
        source.shuffle(rows)
        cut = round(_TRAINING * len(rows))
        owners[name] = _table(schema, X[rows[:cut]], y[rows[:cut]])
        tests.append(rows[cut:])
    held = np.concatenate(tests)
    return Material(title, note, schema, owners, _table(schema, X[held], y[held]), _preparation(schema, owners))


def write_csv(table: Table, path: Path) -> None:
    """Write a table as an owner has it."""
    target = table.schema.target_column
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.schema.names)
        for row in table.values.tolist():
            numbers = ["" if np.isnan(cell) else repr(cell) for cell in row[:-1]]
            writer.writerow([*numbers, target.categories[int(row[-1])]])


def _table(schema: Schema, X: npt.NDArray[np.float64], y: npt.NDArray[np.int64]) -> Table:
    cells: dict[str, list[object]] = {
        column.name: [None if np.isnan(cell) else float(cell) for cell in X[:, place]]
        for place, column in enumerate(schema.features)
    }
    cells[schema.target] = [schema.target_column.categories[each] for each in y]
    return check_columns(schema, cells)


def _preparation(schema: Schema, owners: dict[str, Table]) -> Preparation:
    """As the owners compute it together: each puts masks on its sums, only the total is seen."""
    keys = {name: new_key() for name in owners}
    parts = {}
    for name, table in owners.items():
        others = [public for other, (_, public) in keys.items() if other != name]
        parts[keys[name][1]] = masked(column_sums(table), *keys[name], others, b"commonlearn demo")
    return from_sums(schema, unmasked_total(parts, [public for _, public in keys.values()]))
