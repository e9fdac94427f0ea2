"""Accuracy of every featuriser, in whole numbers as on chain beside floating point throughout.

Both sides learn from the same raw data. In fixed point the featuriser's integers go into the exact models, as
`commonlearn deploy` does it; in floating point the features are not rounded, and neither are weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import check_random_state

from commonlearn.datasets import fetch_imdb, fetch_mnist, fetch_sms_spam, load_breast_cancer, load_digits
from commonlearn.evaluation.floating import float_centroid, float_perceptron
from commonlearn.featurizers import (
    Featurizer,
    HashedText,
    HogImage,
    PipelineTable,
    PixelImage,
    PresenceText,
    ProjectedText,
    ScaledTable,
    VocabularyText,
)
from commonlearn.featurizers.projected import count_weights, fit_projection
from commonlearn.featurizers.vocabulary import count_words
from commonlearn.models import NearestCentroid, Perceptron
from commonlearn.numerics import Encoding

__all__ = ["FEATURIZED_TASKS", "FeaturizedRow", "featurized_table"]

_FOLDS, _SEED, _EPOCHS = 5, 20_240_229, 5
_MNIST_TRAIN = 10_000
Numbers = npt.NDArray[np.int64]
Learn = Callable[[Any, Numbers], Featurizer]
Part = tuple[list[Any], Numbers]


@dataclass(frozen=True)
class FeaturizedRow:
    """Accuracies of one featuriser with one algorithm on one data set, from 0 to 1.

    Attributes
    ----------
    task, featurizer, family : str
    fixed : float
        In whole numbers, as the contract predicts.
    floating : float
        Features, weights and scores in floating point.
    predictions : int
        How many test predictions the means are over.
    """

    task: str
    featurizer: str
    family: str
    fixed: float
    floating: float
    predictions: int

    def to_dict(self) -> dict[str, Any]:
        """Give the row, ready for JSON."""
        return asdict(self)


def _texts(load: Callable[..., Any], *, distinct: bool) -> Callable[[bool], Iterator[tuple[Part, Part]]]:
    def splits(download: bool) -> Iterator[tuple[Part, Part]]:
        if not distinct:
            parts = [load(name, download=download, return_X_y=True) for name in ("train", "test")]
            yield parts[0], parts[1]
            return
        texts, labels = load(download=download, return_X_y=True)
        once = dict(zip(texts, labels.tolist(), strict=True))  # else copies of a test text are in training
        yield from _folds(list(once), np.array(list(once.values())))

    return splits


def _folds(raw: list[Any], labels: Numbers) -> Iterator[tuple[Part, Part]]:
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for train, test in folds.split(np.zeros((len(labels), 1)), labels):
        yield ([raw[i] for i in train], labels[train]), ([raw[i] for i in test], labels[test])


def _digits(download: bool) -> Iterator[tuple[Part, Part]]:
    digits = load_digits()
    yield from _folds(list(digits.images / 16.0), digits.target.astype(np.int64))


def _breast_cancer(download: bool) -> Iterator[tuple[Part, Part]]:
    data, labels = load_breast_cancer(return_X_y=True)
    yield from _folds(data.tolist(), labels.astype(np.int64))


def _mnist(download: bool) -> Iterator[tuple[Part, Part]]:
    train, test = (fetch_mnist(name, download=download) for name in ("train", "test"))
    yield (list(train.images[:_MNIST_TRAIN]), train.target[:_MNIST_TRAIN]), (list(test.images), test.target)


_TEXT: dict[str, Learn] = {
    "text-presence": lambda raw, y: PresenceText.learn(raw, y.tolist()),
    "text-vocabulary": lambda raw, y: VocabularyText.learn(raw, y.tolist()),
    "text-hashed": lambda raw, y: HashedText(4_096),
    "text-svd": lambda raw, y: ProjectedText.learn(raw, y.tolist()),
}
_TASKS: dict[str, tuple[Callable[[bool], Iterator[tuple[Part, Part]]], dict[str, Learn]]] = {
    "sms_spam": (_texts(fetch_sms_spam, distinct=True), _TEXT),
    "imdb": (_texts(fetch_imdb, distinct=False), _TEXT),
    "breast_cancer": (
        _breast_cancer,
        {
            "table-scaled": lambda raw, y: ScaledTable.learn(raw),
            "table-pipeline": lambda raw, y: PipelineTable.learn(raw),
        },
    ),
    "digits": (
        _digits,
        {
            "image-pixels": lambda raw, y: PixelImage(8, 8, levels=17),
            "image-hog": lambda raw, y: HogImage(16, 16, cell=4),
        },
    ),
    "mnist": (
        _mnist,
        {
            "image-pixels": lambda raw, y: PixelImage(28, 28),
            "image-hog": lambda raw, y: HogImage(28, 28, cell=7),
        },
    ),
}
FEATURIZED_TASKS = tuple(_TASKS)
"""Names that :func:`featurized_table` knows."""


def featurized_table(tasks: Iterable[str] = FEATURIZED_TASKS, *, download: bool = False) -> Iterator[FeaturizedRow]:
    """Measure every featuriser on every data set that it takes, with the averaged perceptron and nearest centroid.

    Parameters
    ----------
    tasks : iterable of str, default all
        IMDB and MNIST by their official split (of MNIST the first 10,000 training images), the others in five folds;
        SMS spam without repeated texts. Texts without a known word count as wrong.
    download : bool, default False
        Whether to download data that are not there.

    Yields
    ------
    FeaturizedRow
        The same on every run.

    Raises
    ------
    DataNotFound
        Data are not there, and ``download`` is false.

    Examples
    --------
    >>> rows = list(featurized_table(["breast_cancer"]))
    >>> [row.featurizer for row in rows[::2]], all(abs(row.fixed - row.floating) < 0.01 for row in rows)
    (['table-scaled', 'table-pipeline'], True)
    """
    for task in tasks:
        splits, learners = _TASKS[task]
        right: dict[tuple[str, str], Numbers] = {}
        total = 0
        for (raw, y), (raw_test, y_test) in splits(download):
            total += len(y_test)
            for name, learn in learners.items():
                for family, found in _measured(learn(raw, y), raw, y, raw_test, y_test):
                    right[name, family] = right.get((name, family), np.zeros(2, dtype=np.int64)) + found
        for (name, family), found in right.items():
            yield FeaturizedRow(task, name, family, *(found / total).tolist(), total)


def _measured(
    featurizer: Featurizer, raw: list[Any], y: Numbers, raw_test: list[Any], y_test: Numbers
) -> Iterator[tuple[str, Numbers]]:
    """Give how many predictions are right, in whole numbers and in floating point, by each family."""
    (batch, known), (batch_test, known_test) = (featurizer.transform_known(one) for one in (raw, raw_test))
    labels, labels_test, classes = y[known], y_test[known_test], int(y.max()) + 1
    dense = featurizer.encoding is Encoding.DENSE
    X = batch.to_dense().astype(float) if dense else batch.to_csr(np.float64)
    texts = [one for one, is_known in zip(raw, known, strict=True) if is_known]
    texts_test = [one for one, is_known in zip(raw_test, known_test, strict=True) if is_known]
    real = _real(featurizer, texts, texts_test)
    unit = 1.0 if real is None else float(getattr(featurizer, "unit", 1))
    real, real_test = (X, batch_test.to_csr(np.float64)) if real is None else real
    options: dict[str, Any] = {"encoding": featurizer.encoding}
    if featurizer.encoding is not Encoding.PRESENCE:
        options["scale"] = 1.0

    model = Perceptron(**options, n_epochs=_EPOCHS, random_state=_SEED).fit(X, labels)
    configuration, random = model.to_configuration(), check_random_state(_SEED)
    floating = float_perceptron(
        real,
        labels,
        real_test,
        classes=classes,
        margin=configuration.margin / unit**2,
        intercept_value=configuration.intercept_value / unit,
        orders=[random.permutation(len(labels)) for _ in range(_EPOCHS)],
        average=True,
    )
    yield "averaged-perceptron", _right(model.predict_encoded(batch_test), floating, labels_test)
    nearest = NearestCentroid(**options).fit(X, labels)
    floating = float_centroid(real, labels, real_test, classes=classes)
    yield "nearest-centroid", _right(nearest.predict_encoded(batch_test), floating, labels_test)


def _right(fixed: Numbers, floating: Numbers, labels: Numbers) -> Numbers:
    return np.array([(fixed == labels).sum(), (floating == labels).sum()], dtype=np.int64)


def _real(featurizer: Featurizer, raw: list[Any], raw_test: list[Any]) -> tuple[Any, Any] | None:
    """Features that are not rounded, of training and test data; None where they are whole by nature."""
    if isinstance(featurizer, PipelineTable | HogImage):
        return featurizer.transform_real(raw), featurizer.transform_real(raw_test)
    if isinstance(featurizer, ScaledTable):  # in units already
        tables = (np.asarray(one, dtype=np.float64) for one in (raw, raw_test))
        real, real_test = ((table - featurizer.offset) * featurizer.factor for table in tables)
        return real, real_test
    if isinstance(featurizer, ProjectedText):
        numbers = {word: number for number, word in enumerate(featurizer.words)}
        counts, counts_test = (count_words(featurizer.tokens(texts), numbers) for texts in (raw, raw_test))
        idf, directions = fit_projection(counts, featurizer.dimension)
        return _projected(counts, idf, directions), _projected(counts_test, idf, directions)
    return None


def _projected(counts: sp.csr_array, idf: npt.NDArray[Any], directions: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    weighted = counts.astype(np.float64)
    weighted.data = count_weights()[counts.data.clip(0, 255)] * idf[counts.indices]
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return np.asarray(weighted @ directions) / norms[:, None]
