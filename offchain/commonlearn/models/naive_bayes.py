"""The naive Bayes contract as an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from commonlearn.errors import InvalidConfiguration, SampleError
from commonlearn.models.base import PublicClassifier
from commonlearn.models.configuration import Kind, ModelConfiguration, whole
from commonlearn.models.exact import ExactNaiveBayes
from commonlearn.models.quantisation import Quantiser, fit_quantiser
from commonlearn.numerics import EncodedBatch, Encoding

__all__ = ["MultinomialNaiveBayes"]

_TARGET = 255


class MultinomialNaiveBayes(PublicClassifier):
    """Multinomial naive Bayes in integer logarithms, which cannot underflow.

    Features count something, so they are not negative. Fractions are scaled to whole numbers, and the smoothing with
    them; only the prior cannot be, so that it weighs less than in floating point. Counts need no scale and lose
    nothing.

    Parameters
    ----------
    encoding : {"auto", "presence", "sparse", "dense"}, default "auto"
        How samples are written. "auto": presence for sparse matrices of zeros and ones, sparse for other sparse
        matrices, else dense.
    scale : "auto" or float, default "auto"
        Units per 1.0; values are rounded to whole units, halves to even, and stop at 32,767. "auto": 1 for whole
        numbers.
    weight_bits : "auto" or int, default "auto"
        Width of a count, 4, 8, 16 or 32. "auto": after `fit` the narrower of 16 and 32 that leaves the counts
        sixteen-fold room; after `partial_fit` 32.
    smoothing : float, default 1.0
        Added to each count (Laplace's is 1), in units of ``X``; rounded to 1/256 of a scaled unit.

    Examples
    --------
    >>> X, y = np.array([[3, 0, 1], [2, 0, 0], [0, 4, 1]]), ["tea", "tea", "coffee"]
    >>> MultinomialNaiveBayes().fit(X, y).predict([[1, 0, 1], [0, 1, 0]]).tolist()
    ['tea', 'coffee']
    """

    kind = Kind.NAIVE_BAYES
    exact_type = ExactNaiveBayes
    model_: ExactNaiveBayes

    def __init__(
        self,
        *,
        encoding: str | Encoding = "auto",
        scale: str | float = "auto",
        weight_bits: str | int = "auto",
        smoothing: float = 1.0,
    ) -> None:
        self.encoding = encoding
        self.scale = scale
        self.weight_bits = weight_bits
        self.smoothing = smoothing

    @classmethod
    def _parameters(cls, configuration: ModelConfiguration) -> dict[str, Any]:
        return {
            "encoding": configuration.encoding,
            "weight_bits": configuration.weight_bits,
            "smoothing": configuration.smoothing / 256,
        }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.classifier_tags.poor_score = True  # as scikit-learn's own: the checks' clouds of points count nothing
        return tags

    def _check_data(self, X: Any) -> None:
        if (X.data if sp.issparse(X) else X).min(initial=0) < 0:
            raise SampleError(
                "Negative values in data, but naive Bayes counts. Shift, clip or leave out such features."
            )

    def _start(self, X: Any, classes: int) -> tuple[ExactNaiveBayes, Quantiser]:
        bits = 32 if self.weight_bits == "auto" else whole("weight_bits", self.weight_bits)
        quantiser = fit_quantiser(X, self.encoding, self.scale, _TARGET)
        smoothing = round(256 * self.smoothing * quantiser.scale)
        if smoothing < 1:
            raise InvalidConfiguration(
                None, f"smoothing is {self.smoothing!r}, but must be at least 1/256 of a scaled unit."
            )
        configuration = ModelConfiguration(quantiser.encoding, bits, classes, X.shape[1], smoothing=smoothing)
        return ExactNaiveBayes(configuration), quantiser

    def _learn(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        self.model_.add_samples(batch, labels)

    def _finish(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        self._learn(batch, labels)
        if self.weight_bits == "auto":
            self.model_ = self.model_.narrowed()
