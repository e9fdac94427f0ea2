"""A model's first weights and featuriser from a labelled table, with an honest measure of how good they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from commonlearn.client.errors import TableProblem
from commonlearn.client.table import Table
from commonlearn.errors import SampleError
from commonlearn.featurizers import Featurizer, PresenceText, ScaledTable
from commonlearn.models import MultinomialNaiveBayes, NearestCentroid, Perceptron, PublicClassifier

__all__ = ["MODEL_NAMES", "Learned", "learn"]

MODEL_NAMES: dict[str, Callable[..., PublicClassifier]] = {
    "perceptron": Perceptron,
    "centroid": NearestCentroid,
    "bayes": MultinomialNaiveBayes,
}
"""What users call the models."""

_HELD_OUT = 0.2
_SEED = 0
_LEAST_ROWS = 10
_MOST_CLASSES = 256
_MOST_MIN_DOCUMENTS = 5


@dataclass(frozen=True)
class Learned:
    """First weights, ready to be deployed.

    Attributes
    ----------
    model : PublicClassifier
        Learned from all rows.
    featurizer : Featurizer
    classes : tuple of str
        Labels in the order of their numbers.
    accuracy : float
        On a fifth of the rows, held out, by the same learning on the other four fifths; 0 to 1. Texts without a known
        word count as wrong.
    baseline : float
        What always naming the commonest class would reach there.
    rows, held_out : int
        How many rows there were, and on how many of them the accuracy was measured.
    """

    model: PublicClassifier
    featurizer: Featurizer
    classes: tuple[str, ...]
    accuracy: float
    baseline: float
    rows: int
    held_out: int


def learn(
    table: Table,
    *,
    label: str,
    text: str | None = None,
    columns: Sequence[str] | None = None,
    model: str = "perceptron",
    dimension: int = 1_000,
    notice_seconds: int = 0,
) -> Learned:
    """Learn a featuriser and first weights.

    Parameters
    ----------
    table : Table
    label : str
        Column of labels, each any text.
    text : str, optional
        Column of texts. Without it, features are columns of numbers.
    columns : sequence of str, optional
        Columns of numbers; all but the label's by default.
    model : {"perceptron", "centroid", "bayes"}
    dimension : int, default 1000
        How many words to know, for texts.
    notice_seconds : int, default 0
        When an added class takes part, for nearest centroid.

    Returns
    -------
    Learned

    Raises
    ------
    TableProblem
        A column is missing, there are too few rows or classes, or a cell is no number.
    """
    labels = [cell.strip() for cell in table.column(label)]
    if "" in labels:
        raise TableProblem(table.source, f"row {labels.index('') + 1} has no label in column {label!r}")
    counts = Counter(labels)
    classes = tuple(sorted(counts))
    if not 2 <= len(classes) <= _MOST_CLASSES:
        raise TableProblem(
            table.source,
            f"column {label!r} has {len(classes)} different label(s), but there must be 2 to {_MOST_CLASSES}",
        )
    if len(table) < _LEAST_ROWS or min(counts.values()) < 2:
        rare = min(counts, key=counts.__getitem__)
        raise TableProblem(
            table.source,
            f"there must be at least {_LEAST_ROWS} rows and 2 of each label; it has {len(table)} rows, "
            f"{counts[rare]} of them {rare!r}",
        )
    if text is not None and columns:
        raise TableProblem(table.source, "features are either a column of texts or columns of numbers, not both")
    raw = table.column(text) if text is not None else table.cells(columns or [c for c in table.columns if c != label])
    names = None if text is not None else tuple(columns or (c for c in table.columns if c != label))
    numbers = np.array([classes.index(one) for one in labels])
    held_out = max(len(classes), round(_HELD_OUT * len(table)))
    train, test = train_test_split(np.arange(len(table)), test_size=held_out, random_state=_SEED, stratify=numbers)

    def fit(rows: npt.NDArray[Any]) -> tuple[Featurizer, PublicClassifier]:
        chosen = [raw[i] for i in rows]
        featurizer = _featurizer(table.source, chosen, numbers[rows], names, model, dimension)
        options = {"notice_seconds": notice_seconds} if model == "centroid" and notice_seconds else {}
        if isinstance(featurizer, PresenceText):
            batch, known = featurizer.transform_known(chosen)
            estimator = MODEL_NAMES[model](encoding="presence", **options)
            return featurizer, estimator.fit(batch.to_csr(), numbers[rows][known])
        estimator = MODEL_NAMES[model](encoding="dense", scale=1.0, **options)
        return featurizer, estimator.fit(featurizer.transform_batch(chosen).to_dense().astype(float), numbers[rows])

    if names is not None:
        _check_cells(table.source, raw, names)
    try:
        accuracy = _accuracy(*fit(train), [raw[i] for i in test], numbers[test])
        featurizer, fitted = fit(np.arange(len(table)))
    except SampleError as error:
        raise TableProblem(table.source, error.user_message.rstrip(".")) from None
    if len(fitted.classes_) != len(classes):
        raise TableProblem(
            table.source, "a class has no text with a known word; give more rows, or a larger --dimension"
        )
    baseline = float(np.mean(numbers[test] == np.bincount(numbers[train]).argmax()))
    return Learned(fitted, featurizer, classes, accuracy, baseline, len(table), len(test))


def _check_cells(source: str, rows: list[Any], names: tuple[str, ...]) -> None:
    try:
        ScaledTable.learn(rows, names=names)
    except SampleError as error:
        row = "" if error.sample is None else f"row {error.sample + 1}: "
        reason = error.user_message.removeprefix(f"Sample {error.sample}: ").rstrip(".")
        raise TableProblem(source, f"{row}{reason}; its columns are {', '.join(names)}") from None


def _featurizer(
    source: str, raw: list[Any], labels: npt.NDArray[Any], names: tuple[str, ...] | None, model: str, dimension: int
) -> Featurizer:
    if names is None:
        # Small tables would have no word left with the usual least number of texts.
        least = max(1, min(_MOST_MIN_DOCUMENTS, len(raw) // 100))
        return PresenceText.learn(raw, labels.tolist(), dimension=dimension, min_documents=least)
    table = ScaledTable.learn(raw, names=names)
    if model != "bayes":
        return table
    # Naive Bayes counts: nothing may be moved below zero, and whole numbers stay what they are.
    counts = ScaledTable(table.fill, [0.0] * len(names), [1.0] * len(names), names)
    batch = counts.transform_batch(raw).to_dense()
    if batch.min(initial=0) < 0:
        raise TableProblem(
            source, "naive Bayes counts, but a column has negative numbers; use --model perceptron or centroid"
        )
    return counts


def _accuracy(featurizer: Featurizer, model: PublicClassifier, raw: list[Any], labels: npt.NDArray[Any]) -> float:
    if isinstance(featurizer, PresenceText):
        batch, known = featurizer.transform_known(raw)
        right = model.classes_[model.predict_encoded(batch)] == labels[known]
        return float(right.sum() / len(labels))
    return float(np.mean(model.classes_[model.predict_encoded(featurizer.transform_batch(raw))] == labels))
