"""What all estimators share: scikit-learn's habits over an exact model."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from commonlearn.errors import InvalidConfiguration, NotFitted, UnknownLabel
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactModel, Samples
from commonlearn.models.quantisation import Quantiser
from commonlearn.numerics import EncodedBatch

__all__ = ["PublicClassifier"]


class _NotFitted(NotFitted, NotFittedError):
    """Ours and scikit-learn's at once."""


class PublicClassifier(ClassifierMixin, BaseEstimator, ABC):
    """A contract's classifier as a scikit-learn estimator, with the integers within reach.

    There are two levels. `fit`, `partial_fit`, `predict`, `decision_function` and `score` take matrices of numbers and
    any labels. Methods that end in `_encoded`, `train_one` and `train_many` take samples and class numbers as the
    contracts do, and give what they give.

    Attributes
    ----------
    classes_ : ndarray, shape (classes,)
        Labels; position is class number.
    n_features_in_ : int
        Number of features.
    model_ : ExactModel
        The integers.
    quantiser_ : Quantiser
        How numbers become encoded samples.
    """

    kind: ClassVar[Kind]
    exact_type: ClassVar[type[ExactModel]]

    @classmethod
    def from_words(
        cls,
        configuration: ModelConfiguration | int,
        words: Sequence[int] | bytes,
        *,
        classes: Sequence[Any] | npt.NDArray[Any] | None = None,
        scale: float = 1.0,
    ) -> Self:
        """An estimator that goes on where a contract stands.

        Parameters
        ----------
        configuration : ModelConfiguration or int
            The contract's.
        words : sequence of int, or bytes
            All of the contract's words.
        classes : sequence, optional
            Labels of the classes in order; class numbers if not given.
        scale : float, default 1.0
            Units per 1.0 for matrices; encoded samples have none.

        Returns
        -------
        PublicClassifier

        Raises
        ------
        InvalidConfiguration, MissingWords, TooManyWords
            Configuration and words do not fit the kind or one another.
        UnknownLabel
            There are not as many labels as classes.
        """
        if not isinstance(configuration, ModelConfiguration):
            configuration = ModelConfiguration.from_int(configuration)
        estimator = cls(**cls._parameters(configuration))
        model = cls.exact_type.from_words(configuration, words)
        labels = np.arange(model.classes) if classes is None else np.asarray(classes)
        if labels.shape != (model.classes,) or len(set(labels.tolist())) != model.classes:
            raise UnknownLabel(labels.tolist(), model.classes)
        estimator._adopt(model, labels, Quantiser(configuration.encoding, scale))
        return estimator

    @classmethod
    @abstractmethod
    def _parameters(cls, configuration: ModelConfiguration) -> dict[str, Any]:
        """Constructor's parameters that lead to this configuration."""

    @abstractmethod
    def _start(self, X: Any, classes: int) -> tuple[ExactModel, Quantiser]:
        """A blank model for the first data, and how these are encoded."""

    @abstractmethod
    def _learn(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        """One pass, in order."""

    def _finish(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        """What `fit` does: one pass, unless an algorithm needs more."""
        self._learn(batch, labels)

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from scratch.

        Parameters
        ----------
        X : array-like or sparse matrix, shape (n, dimension)
            Finite numbers; quantised, see the parameters ``scale`` and ``encoding``.
        y : array-like, shape (n,)
            Labels of any type, at least two different ones, at most 256.

        Returns
        -------
        self

        Raises
        ------
        InvalidConfiguration
            A parameter, the number of classes or of features is out of range.
        SampleError
            A sample cannot be encoded.
        """
        X, y = self._validated(X, y, reset=True)
        classes, numbers = np.unique(y, return_inverse=True)
        model, quantiser = self._start(X, self._checked_count(classes))
        batch = quantiser.encode(X)
        self._adopt(model, classes, quantiser)
        self._finish(batch, numbers.astype(np.int64))
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Learn more samples, one after another, as the contract would.

        Parameters
        ----------
        X : array-like or sparse matrix, shape (n, dimension)
        y : array-like, shape (n,)
        classes : array-like, optional
            All labels that will ever come; needed by the first call. That call also fixes encoding and scale.

        Returns
        -------
        self

        Raises
        ------
        UnknownLabel
            A label is not among ``classes``.
        InvalidConfiguration, SampleError
            As :meth:`fit`.
        """
        first = not hasattr(self, "model_")
        if first and classes is None:
            raise InvalidConfiguration(None, "classes must be given to the first call of partial_fit.")
        X, y = self._validated(X, y, reset=first)
        if first:
            labels = np.unique(np.asarray(classes))
            numbers = self._numbers(y, labels)
            model, quantiser = self._start(X, self._checked_count(labels))
            batch = quantiser.encode(X)
            self._adopt(model, labels, quantiser)
        else:
            if classes is not None and not np.array_equal(np.unique(np.asarray(classes)), np.unique(self.classes_)):
                raise InvalidConfiguration(None, "classes differ from those of the first call of partial_fit.")
            numbers = self._numbers(y, self.classes_)
            batch = self.quantiser_.encode(X)
        self._learn(batch, numbers)
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Label of each sample.

        Parameters
        ----------
        X : array-like or sparse matrix, shape (n, dimension)

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        NotFitted
        SampleError
            A sample cannot be encoded.
        """
        numbers = self.predict_encoded(self.encode(X))
        return np.asarray(self.classes_[numbers])

    def decision_function(self, X: Any) -> npt.NDArray[np.float64]:
        """Confidence in each class: shape (n,) with two classes, positive for ``classes_[1]``; else (n, classes)."""
        return self.decision_encoded(self.encode(X))

    def encode(self, X: Any) -> EncodedBatch:
        """Samples as the contract takes them; ``encode(X).to_samples()`` are their bytes.

        Raises
        ------
        NotFitted
        SampleError
            A sample cannot be encoded.
        """
        self._check_fitted()
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        self._check_data(X)
        return self.quantiser_.encode(X)

    def predict_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.int64]:
        """Give the class number of each encoded sample. See :meth:`ExactModel.predict_encoded`."""
        return self._checked_model().predict_encoded(samples, now)

    def scores_encoded(self, sample: bytes, now: int | None = None) -> list[int]:
        """What the contract's ``scores`` gives for one encoded sample."""
        return self._checked_model().scores_encoded(sample, now)

    def decision_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.float64]:
        """:meth:`decision_function` of encoded samples."""
        return self._checked_model().decision_encoded(samples, now)

    def train_one(self, sample: bytes, label: int, now: int | None = None) -> bool:
        """Learn one encoded sample; gives whether it taught. See :meth:`ExactModel.train_one`."""
        return self._checked_model().train_one(sample, label, now)

    def train_many(
        self, samples: Samples, labels: Sequence[int] | npt.NDArray[Any], now: int | Sequence[int] | None = None
    ) -> npt.NDArray[np.bool_]:
        """Learn encoded samples one after another; gives which taught. See :meth:`ExactModel.train_many`."""
        return self._checked_model().train_many(samples, labels, now)

    def to_configuration(self) -> ModelConfiguration:
        """The configuration that a contract needs to go on from here."""
        return self._checked_model().configuration

    def words(self) -> list[int]:
        """All words in order, ready to be uploaded."""
        return self._checked_model().words()

    def words_hash(self) -> bytes:
        """What a contract's seal of these words fixes, 32 bytes."""
        return self._checked_model().words_hash()

    def copy(self) -> Self:
        """An independent estimator in the same state."""
        return copy.deepcopy(self)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _validated(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, npt.NDArray[Any]]:
        X, y = validate_data(self, X, y, accept_sparse="csr", reset=reset)
        check_classification_targets(y)
        self._check_data(X)
        return X, y

    def _check_data(self, X: Any) -> None:
        """Raise if the algorithm refuses such numbers; most take all."""

    def _adopt(self, model: ExactModel, classes: npt.NDArray[Any], quantiser: Quantiser) -> None:
        self.model_ = model
        self.classes_ = classes
        self.quantiser_ = quantiser
        self.n_features_in_ = model.configuration.dimension

    def _check_fitted(self) -> None:
        if not hasattr(self, "model_"):
            raise _NotFitted(type(self).__name__)

    def _checked_model(self) -> ExactModel:
        self._check_fitted()
        return self.model_

    @staticmethod
    def _checked_count(classes: npt.NDArray[Any]) -> int:
        if not 2 <= len(classes) <= 256:
            raise InvalidConfiguration(
                None, f"the labels have {len(classes)} class(es), but there must be 2 to 256 classes."
            )
        return len(classes)

    @staticmethod
    def _numbers(y: npt.NDArray[Any], classes: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        known = {label: number for number, label in enumerate(classes.tolist())}
        try:
            return np.array([known[label] for label in np.asarray(y).tolist()], dtype=np.int64)
        except KeyError as error:
            raise UnknownLabel(error.args[0], len(classes), known=classes.tolist()) from None
