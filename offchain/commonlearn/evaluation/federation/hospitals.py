"""Four hospitals train on their patients without pooling them, against one model on all.

Ten measurements (without ``slope``, ``ca`` and ``thal``, which three hospitals hardly took), 70 % of each hospital's
patients for training, the rest of all hospitals for testing. Features come from sums over hospitals
(:mod:`commonlearn.custody.preparing`): no row is shown, and under masks no hospital's sums either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from commonlearn.custody import Column, Schema, Table, check_columns, column_sums, from_sums
from commonlearn.custody.reading import columns_of_array
from commonlearn.datasets import fetch_heart_disease
from commonlearn.federated import Owner, Settings, estimator, metric, play, strategy
from commonlearn.numerics import random_order

__all__ = ["Comparison", "compare_hospitals", "hospital_tables", "hospitals_schema"]

_SITES = ("cleveland", "hungarian", "switzerland", "va")
_TRAINING_PART = 0.7
_SETTINGS = Settings(epochs=5, step=0.5, penalty=0.001)
_ROUNDS = 30


def hospitals_schema() -> Schema:
    """Columns on which the hospitals agree, with ranges out of medicine, not out of the patients.

    Examples
    --------
    >>> len(hospitals_schema().features), hospitals_schema().classes
    (10, 2)
    """
    return Schema(
        (
            Column("age", "integer", "years", 0, 120),
            Column("sex", "integer", "1 is male", 0, 1),
            Column("cp", "integer", "kind of chest pain", 1, 4),
            Column("trestbps", "number", "mmHg at rest", 0, 300),
            Column("chol", "number", "mg/dl", 0, 700),
            Column("fbs", "integer", "1 above 120 mg/dl", 0, 1),
            Column("restecg", "integer", "kind of ECG", 0, 2),
            Column("thalach", "number", "beats a minute", 0, 250),
            Column("exang", "integer", "1 is yes", 0, 1),
            Column("oldpeak", "number", "mm ST depression", -10, 10),
            Column("disease", "category", categories=("0", "1")),
        ),
        "disease",
    )


def hospital_tables() -> dict[str, Table]:
    """Checked tables of the four hospitals; 920 patients.

    Raises
    ------
    DataNotFound
        The data are nowhere.
    """
    schema, tables = hospitals_schema(), {}
    for site in _SITES:
        data = fetch_heart_disease([site], download=False)
        columns = columns_of_array(data.feature_names, data.data)
        kept = {column.name: columns[column.name] for column in schema.features}
        tables[site] = check_columns(schema, kept | {"disease": data.target.tolist()})
    return tables


@dataclass(frozen=True, slots=True)
class Comparison:
    """Accuracy on the patients held back, of each seed.

    Parameters
    ----------
    pooled : ndarray, shape (seeds,)
        Of a model trained on all hospitals' training patients at one place.
    federated : ndarray, shape (seeds,)
        Of the model that hospitals trained in rounds.
    """

    pooled: npt.NDArray[np.float64]
    federated: npt.NDArray[np.float64]

    @property
    def difference(self) -> float:
        """Of the means, federated minus pooled."""
        return float(self.federated.mean() - self.pooled.mean())


def compare_hospitals(tables: dict[str, Table], seeds: int = 10) -> Comparison:
    """Train both ways on splits of some seeds.

    Parameters
    ----------
    tables : dict of str to Table
        Of at least three hospitals.
    seeds : int, default 10
    """
    learner, measure = estimator("logistic"), metric("accuracy")
    results = []
    for seed in range(seeds):
        source = np.random.PCG64(seed)
        parts = {}
        for site, table in tables.items():
            order = random_order(len(table), source)
            cut = int(_TRAINING_PART * len(table))
            parts[site] = table.rows(order[:cut]), table.rows(order[cut:])
        training = {site: part[0] for site, part in parts.items()}
        schema = next(iter(training.values())).schema
        prepared = from_sums(schema, [column_sums(table) for table in training.values()])
        owners = [Owner(site, *prepared.apply(table)) for site, table in training.items()]
        together = Owner(
            "all", np.concatenate([each.X for each in owners]), np.concatenate([each.y for each in owners])
        )
        tests = [prepared.apply(part[1]) for part in parts.values()]
        X, y = np.concatenate([each[0] for each in tests]), np.concatenate([each[1] for each in tests])
        scored = []
        for who in ([together], owners):
            model = play(learner, strategy("fedavg"), who, _SETTINGS, classes=2, rounds=_ROUNDS).final
            scored.append(measure.value(y, learner.scores(model, X)))
        results.append(scored)
    pooled, federated = np.array(results).T
    return Comparison(pooled, federated)
