"""The data sets that accuracy is measured on, with their splits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import RepeatedStratifiedKFold

from commonlearn.datasets import fetch_heart_disease, fetch_imdb, fetch_sms_spam, load_breast_cancer, load_digits
from commonlearn.featurizers import PresenceText
from commonlearn.numerics import Encoding

__all__ = ["TASKS", "Split", "Task", "load_task"]

TASKS = ("imdb", "sms_spam", "heart_disease", "breast_cancer", "digits")
"""Names that :func:`load_task` knows."""

# One round of a few hundred samples resolves no 0.2 points: each of these is tested once in each of ten rounds.
_FOLDS, _SEED = 5, 20_240_229
_FEW_SAMPLES, _ROUNDS = 1_000, 10
_VOCABULARY_TEXTS = 2_000


@dataclass(frozen=True)
class Split:
    """Training and test data of one fold, as real numbers.

    Attributes
    ----------
    X, X_test : ndarray or csr_array, shape (n, dimension)
    y, y_test : ndarray of int64, shape (n,)
    unpredictable : int
        Test samples without any known feature: counted as wrong.
    """

    X: Any
    y: npt.NDArray[np.int64]
    X_test: Any
    y_test: npt.NDArray[np.int64]
    unpredictable: int = 0


@dataclass(frozen=True)
class Task:
    """One data set.

    Attributes
    ----------
    name : str
    encoding : Encoding
        How contracts take it.
    counts : bool
        Whether its features count something, as naive Bayes wants.
    splits : tuple of Split
    """

    name: str
    encoding: Encoding
    counts: bool
    splits: tuple[Split, ...]

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.splits[0].y.max()) + 1


def load_task(name: str, *, download: bool = False) -> Task:
    """Load one of :data:`TASKS`.

    Parameters
    ----------
    name : str
    download : bool, default False
        Whether to download what is not there.

    Returns
    -------
    Task
        IMDB: the official split; a vocabulary of 1,000 words from the first 2,000 training reviews. SMS spam: distinct
        texts only, so that none is in both parts. Heart disease and breast cancer: standardised on the training part.
        Digits: as they are.

    Raises
    ------
    DataNotFound
        It is not there, and ``download`` is false.
    KeyError
        There is no such task.
    """
    return {
        "imdb": _imdb,
        "sms_spam": _sms_spam,
        "heart_disease": _heart_disease,
        "breast_cancer": _breast_cancer,
        "digits": _digits,
    }[name](download)


def _folds(labels: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    rounds = _ROUNDS if len(labels) < _FEW_SAMPLES else 1
    folds = RepeatedStratifiedKFold(n_splits=_FOLDS, n_repeats=rounds, random_state=_SEED)
    yield from folds.split(np.zeros((len(labels), 1)), labels)


def _texts(
    texts: list[str], y: npt.NDArray[np.int64], texts_test: list[str], y_test: npt.NDArray[np.int64], learned_from: int
) -> Split:
    featurizer = PresenceText.learn(texts[:learned_from], y[:learned_from].tolist())
    batch, known = featurizer.transform_known(texts)
    batch_test, known_test = featurizer.transform_known(texts_test)
    return Split(batch.to_csr(), y[known], batch_test.to_csr(), y_test[known_test], int((~known_test).sum()))


def _imdb(download: bool) -> Task:
    texts, y = fetch_imdb("train", download=download, return_X_y=True)
    texts_test, y_test = fetch_imdb("test", download=download, return_X_y=True)
    return Task("imdb", Encoding.PRESENCE, True, (_texts(texts, y, texts_test, y_test, _VOCABULARY_TEXTS),))


def _sms_spam(download: bool) -> Task:
    texts, y = fetch_sms_spam(download=download, return_X_y=True)
    distinct = dict(zip(texts, y.tolist(), strict=True))
    texts, y = list(distinct), np.array(list(distinct.values()))
    splits = []
    for train, test in _folds(y):
        parts = [[texts[i] for i in part] for part in (train, test)]
        splits.append(_texts(parts[0], y[train], parts[1], y[test], len(train)))
    return Task("sms_spam", Encoding.PRESENCE, True, tuple(splits))


def _standardised(data: npt.NDArray[np.float64], y: npt.NDArray[np.int64]) -> tuple[Split, ...]:
    splits = []
    for train, test in _folds(y):
        median = np.nanmedian(data[train], axis=0)
        filled = np.where(np.isnan(data), median, data)
        mean, spread = filled[train].mean(axis=0), filled[train].std(axis=0)
        X = (filled - mean) / np.where(spread > 0, spread, 1.0)
        splits.append(Split(X[train], y[train], X[test], y[test]))
    return tuple(splits)


def _heart_disease(download: bool) -> Task:
    data, y = fetch_heart_disease(download=download, return_X_y=True)
    return Task("heart_disease", Encoding.DENSE, False, _standardised(data, y))


def _breast_cancer(download: bool) -> Task:
    data, y = load_breast_cancer(return_X_y=True)
    return Task("breast_cancer", Encoding.DENSE, False, _standardised(data, y.astype(np.int64)))


def _digits(download: bool) -> Task:
    data, y = load_digits(return_X_y=True)
    splits = (Split(data[train], y[train], data[test], y[test]) for train, test in _folds(y))
    return Task("digits", Encoding.DENSE, True, tuple(splits))
