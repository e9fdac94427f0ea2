"""The nearest-centroid contract as an estimator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.errors import InvalidConfiguration
from commonlearn.models.base import PublicClassifier
from commonlearn.models.configuration import Kind, ModelConfiguration, whole
from commonlearn.models.exact import ExactCentroid
from commonlearn.models.quantisation import Quantiser, fit_quantiser, lane_target
from commonlearn.numerics import EncodedBatch, Encoding

__all__ = ["NearestCentroid"]


class NearestCentroid(PublicClassifier):
    """Nearest centroid: the class whose mean sample is nearest, compared exactly.

    Parameters
    ----------
    encoding : {"auto", "presence", "sparse", "dense"}, default "auto"
        How samples are written. "auto": presence for sparse matrices of zeros and ones, sparse for other sparse
        matrices, else dense.
    scale : "auto" or float, default "auto"
        Units per 1.0; values are rounded to whole units, halves to even, and stop at ±32,767.
    weight_bits : "auto" or int, default "auto"
        Width of a feature's sum, 4, 8, 16 or 32. "auto": after `fit` the narrower of 16 and 32 that leaves the sums
        sixteen-fold room; after `partial_fit` 32.
    notice_seconds : int, default 0
        An added class takes part after this time.

    Examples
    --------
    >>> X, y = np.array([[2.0, 1.0], [1.5, 2.0], [-1.0, -2.0], [-2.0, -1.5]]), ["up", "up", "down", "down"]
    >>> NearestCentroid().fit(X, y).predict([[1.0, 1.0], [-1.0, -1.0]]).tolist()
    ['up', 'down']
    """

    kind = Kind.NEAREST_CENTROID
    exact_type = ExactCentroid
    model_: ExactCentroid

    def __init__(
        self,
        *,
        encoding: str | Encoding = "auto",
        scale: str | float = "auto",
        weight_bits: str | int = "auto",
        notice_seconds: int = 0,
    ) -> None:
        self.encoding = encoding
        self.scale = scale
        self.weight_bits = weight_bits
        self.notice_seconds = notice_seconds

    @classmethod
    def _parameters(cls, configuration: ModelConfiguration) -> dict[str, Any]:
        return {name: getattr(configuration, name) for name in ("encoding", "weight_bits", "notice_seconds")}

    def add_class(self, label: Any, words: Sequence[int] | bytes, active_at: int) -> int:
        """Follow a class that the curator added.

        Parameters
        ----------
        label : object
            Its label.
        words : sequence of int, or bytes
            Header and lanes of the class, see :meth:`class_words`.
        active_at : int
            Unix time in seconds from which it takes part (event ``ClassAdded``).

        Returns
        -------
        int
            Number of the new class.

        Raises
        ------
        InvalidConfiguration
            The label is taken.
        MissingWords, TooManyWords, EmptyClass
            The words are not those of one class with samples.
        """
        self._check_fitted()
        if label in self.classes_.tolist():
            raise InvalidConfiguration(None, f"the label {label!r} is taken.")
        number = self.model_.add_class(words, active_at)
        labels = [*self.classes_.tolist(), label]
        self.classes_ = np.array(labels)
        if self.classes_.tolist() != labels:  # NumPy would turn numbers into strings beside a string
            self.classes_ = np.array(labels, dtype=object)
        return number

    def class_words(self, X: Any) -> list[int]:
        """Words of a class made of these samples, to be announced by the curator.

        Parameters
        ----------
        X : array-like or sparse matrix, shape (n, dimension)
            At least one sample of the class.

        Returns
        -------
        list of int
        """
        batch = self.encode(X)
        alone = ExactCentroid(self.to_configuration())
        alone.add_samples(batch, np.zeros(len(batch), dtype=np.int64))
        return alone.words()[: alone.configuration.words_per_class()]

    def _start(self, X: Any, classes: int) -> tuple[ExactCentroid, Quantiser]:
        bits = 32 if self.weight_bits == "auto" else whole("weight_bits", self.weight_bits)
        quantiser = fit_quantiser(X, self.encoding, self.scale, lane_target(bits))
        configuration = ModelConfiguration(
            quantiser.encoding, bits, classes, X.shape[1], notice_seconds=self.notice_seconds
        )
        return ExactCentroid(configuration), quantiser

    def _learn(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        self.model_.add_samples(batch, labels)

    def _finish(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        self._learn(batch, labels)
        if self.weight_bits == "auto":
            self.model_ = self.model_.narrowed()
