"""A model's first weights and featuriser from a labelled table, with an honest measure of how good they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from commonlearn.client.errors import FeatureProblem, TableProblem
from commonlearn.client.featurizing import Material, choose, least_documents
from commonlearn.client.table import Table, image_paths
from commonlearn.errors import InvalidMetadata, SampleError
from commonlearn.featurizers import Featurizer, ScaledTable, Takes
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
    image: str | None = None,
    model: str = "perceptron",
    dimension: int = 1_000,
    featurizer: str | None = None,
    features: Mapping[str, str] | None = None,
    notice_seconds: int = 0,
) -> Learned:
    """Learn a featuriser and first weights.

    Parameters
    ----------
    table : Table
    label : str
        Column of labels, each any text.
    text : str, optional
        Column of texts. Without it and `image`, features are columns of cells.
    columns : sequence of str, optional
        Columns of cells; all but the label's by default.
    image : str, optional
        Column of paths of images, relative to the table's folder.
    model : {"perceptron", "centroid", "bayes"}
    dimension : int, default 1000
        How many words to know, for texts.
    featurizer : str, optional
        One of :data:`~commonlearn.client.featurizing.FEATURIZER_CHOICES`; by default words that are there, numbers
        standardised, or pixels.
    features : mapping of str to str, optional
        Its settings by name.
    notice_seconds : int, default 0
        When an added class takes part, for nearest centroid.

    Returns
    -------
    Learned

    Raises
    ------
    TableProblem
        A column is missing, there are too few rows or classes, or a cell cannot be used.
    FeatureProblem
        There is no such featuriser or setting, or it takes other data.
    ExtraMissing
        The featuriser stands on a package that is not installed.
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
    if sum((text is not None, bool(columns), image is not None)) > 1:
        raise TableProblem(
            table.source, "features are a column of texts, or one of images, or columns of cells, not both"
        )
    takes = Takes.TEXT if text is not None else Takes.IMAGE if image is not None else Takes.ROW
    word, choice = choose(featurizer, takes)
    settings = choice.parsed(word, features or {})
    raw: list[Any]
    names: tuple[str, ...] | None = None
    if text is not None:
        raw = table.column(text)
    elif image is not None:
        raw = image_paths(table, image)
    else:
        names = tuple(columns or (c for c in table.columns if c != label))
        raw = table.cells(names)
    numbers = np.array([classes.index(one) for one in labels])
    held_out = max(len(classes), round(_HELD_OUT * len(table)))
    train, test = train_test_split(np.arange(len(table)), test_size=held_out, random_state=_SEED, stratify=numbers)

    def fit(rows: npt.NDArray[Any]) -> tuple[Featurizer, PublicClassifier]:
        chosen, least = [raw[i] for i in rows], least_documents(len(rows))
        material = Material(chosen, numbers[rows].tolist(), names, dimension, least, model == "bayes")
        learned = choice.learn(material, **settings)
        batch, known = learned.transform_known(chosen)
        if model == "bayes" and batch.values is not None and batch.values.min(initial=0) < 0:
            raise TableProblem(
                table.source,
                f"naive Bayes counts, but the featuriser {word!r} makes negative numbers of it; use --model perceptron "
                "or centroid",
            )
        options: dict[str, Any] = {"notice_seconds": notice_seconds} if model == "centroid" and notice_seconds else {}
        encoding = batch.encoding.name.lower()
        if encoding != "presence":
            options["scale"] = 1.0
        estimator = MODEL_NAMES[model](encoding=encoding, **options)
        X = batch.to_dense().astype(float) if encoding == "dense" else batch.to_csr()
        return learned, estimator.fit(X, numbers[rows][known])

    if names is not None and word == ScaledTable.id:
        _check_cells(table.source, raw, names)
    try:
        accuracy = _accuracy(*fit(train), [raw[i] for i in test], numbers[test])
        made, fitted = fit(np.arange(len(table)))
    except SampleError as error:
        raise TableProblem(table.source, error.user_message.rstrip(".")) from None
    except InvalidMetadata as error:
        raise FeatureProblem(word, error.reason.rstrip(".")) from None
    if len(fitted.classes_) != len(classes):
        raise TableProblem(
            table.source, "a class has no text with a known word; give more rows, or a larger --dimension"
        )
    baseline = float(np.mean(numbers[test] == np.bincount(numbers[train]).argmax()))
    return Learned(fitted, made, classes, accuracy, baseline, len(table), len(test))


def _check_cells(source: str, rows: list[Any], names: tuple[str, ...]) -> None:
    try:
        ScaledTable.learn(rows, names=names)
    except SampleError as error:
        row = "" if error.sample is None else f"row {error.sample + 1}: "
        reason = error.user_message.removeprefix(f"Sample {error.sample}: ").rstrip(".")
        raise TableProblem(source, f"{row}{reason}; its columns are {', '.join(names)}") from None


def _accuracy(featurizer: Featurizer, model: PublicClassifier, raw: list[Any], labels: npt.NDArray[Any]) -> float:
    batch, known = featurizer.transform_known(raw)
    right = model.classes_[model.predict_encoded(batch)] == labels[known]
    return float(right.sum() / len(labels))
