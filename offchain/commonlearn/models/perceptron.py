"""The perceptron contract as an estimator, and its averaged form for free inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from commonlearn.errors import InvalidConfiguration
from commonlearn.models.base import PublicClassifier
from commonlearn.models.configuration import Kind, ModelConfiguration, whole
from commonlearn.models.exact import ExactPerceptron, Samples
from commonlearn.models.quantisation import Quantiser, fit_quantiser, lane_target
from commonlearn.numerics import EncodedBatch, Encoding
from commonlearn.numerics.fixed import VALUE_LIMIT

__all__ = ["AveragedPerceptron", "Perceptron"]

# Measured on IMDB, one pass over 25,000 reviews from zero weights: 0.814 test accuracy without a margin, 0.859 with one
# of about twice the move of a step; three times (0.860) gains little more, costs more gas and worsens the average.
_RELATIVE_MARGIN = 2.0
_MAX_ROUNDING_COST = 0.01


class Perceptron(PublicClassifier):
    """Perceptron with a margin, on small saturating integers.

    Parameters
    ----------
    encoding : {"auto", "presence", "sparse", "dense"}, default "auto"
        How samples are written. "auto": presence for sparse matrices of zeros and ones, sparse for other sparse
        matrices, else dense.
    scale : "auto" or float, default "auto"
        Units per 1.0; values are rounded to whole units, halves to even, and stop at ±32,767.
    weight_bits : "auto" or int, default "auto"
        Width of a weight, 4, 8, 16 or 32. "auto": 8 for presence, else 32.
    step : int, default 1
        Learning step, 1 to 65,535.
    margin : "auto" or int, default "auto"
        Samples inside this margin also teach, in units of the score. "auto": twice what one step moves an average
        sample's own score.
    intercept_value : "auto" or int, default "auto"
        Value of the constant feature, 0 to 32,767. "auto": that of 1.0 after scaling.
    n_epochs : int, default 5
        Passes of `fit` over the data; it ends early when a pass teaches nothing.
    average : bool, default True
        Let `fit` end with the mean of the weights over all its steps, rounded, which generalises better than the last
        ones. Where rounding costs the mean more than 1 % of the training samples (few samples, small weights), the
        last ones stay.
    shuffle : bool, default True
        Take the samples of each pass of `fit` in random order.
    random_state : int, RandomState or None, default 0
        Seed of that order.

    References
    ----------
    Krauth and Mezard, "Learning algorithms with optimal stability in neural networks" (1987), for the margin.

    Examples
    --------
    >>> X, y = np.array([[2.0, 1.0], [1.5, 2.0], [-1.0, -2.0], [-2.0, -1.5]]), ["up", "up", "down", "down"]
    >>> model = Perceptron().fit(X, y)
    >>> model.predict([[1.0, 1.0], [-1.0, -1.0]]).tolist()
    ['up', 'down']
    >>> twin = Perceptron.from_words(model.to_configuration(), model.words())
    >>> twin.predict_encoded(model.encode([[1.0, 1.0]]).to_samples()).tolist()
    [1]
    """

    kind = Kind.PERCEPTRON
    exact_type = ExactPerceptron
    model_: ExactPerceptron

    def __init__(
        self,
        *,
        encoding: str | Encoding = "auto",
        scale: str | float = "auto",
        weight_bits: str | int = "auto",
        step: int = 1,
        margin: str | int = "auto",
        intercept_value: str | int = "auto",
        n_epochs: int = 5,
        average: bool = True,
        shuffle: bool = True,
        random_state: Any = 0,
    ) -> None:
        self.encoding = encoding
        self.scale = scale
        self.weight_bits = weight_bits
        self.step = step
        self.margin = margin
        self.intercept_value = intercept_value
        self.n_epochs = n_epochs
        self.average = average
        self.shuffle = shuffle
        self.random_state = random_state

    @classmethod
    def _parameters(cls, configuration: ModelConfiguration) -> dict[str, Any]:
        names = ("encoding", "weight_bits", "step", "margin", "intercept_value")
        return {name: getattr(configuration, name) for name in names}

    def averaged(self) -> AveragedPerceptron:
        """The same model, predicting with the mean of its weights over all contributions that it learned.

        Better than the weights themselves, and free: the contract's log gives it, no gas does. Replay on the first
        words for the mean over everything.

        Returns
        -------
        AveragedPerceptron
            Independent of this one.
        """
        self._check_fitted()
        other = AveragedPerceptron(**self.get_params())
        other.__dict__.update(self.copy().__dict__)
        return other

    def _start(self, X: Any, classes: int) -> tuple[ExactPerceptron, Quantiser]:
        if whole("n_epochs", self.n_epochs) < 1:
            raise InvalidConfiguration(None, f"n_epochs is {self.n_epochs}, but must be at least 1.")
        bits = None if self.weight_bits == "auto" else whole("weight_bits", self.weight_bits)
        quantiser = fit_quantiser(X, self.encoding, self.scale, lane_target(bits or 32))
        presence = quantiser.encoding is Encoding.PRESENCE
        if self.intercept_value == "auto":
            constant = 1 if presence else min(VALUE_LIMIT, max(1, round(quantiser.scale)))
        else:
            constant = whole("intercept_value", self.intercept_value)
        step = whole("step", self.step)
        if self.margin == "auto":
            margin = round(_RELATIVE_MARGIN * step * (quantiser.encode(X).mean_square() + constant**2))
        else:
            margin = whole("margin", self.margin)
        configuration = ModelConfiguration(
            quantiser.encoding,
            bits or (8 if presence else 32),
            classes,
            X.shape[1],
            step=step,
            intercept_value=constant,
            margin=margin,
        )
        return ExactPerceptron(configuration), quantiser

    def _learn(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        self.model_.train_many(batch, labels)

    def _finish(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        random = check_random_state(self.random_state)
        self.n_iter_ = 0
        for _ in range(self.n_epochs):
            order = random.permutation(len(batch)) if self.shuffle else np.arange(len(batch))
            self.n_iter_ += 1
            if not self.model_.train_many(batch[order], labels[order]).any():
                break
        if self.average:
            self._round_average(batch, labels)

    def _round_average(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> None:
        """Replace the weights by their rounded mean, unless rounding costs too much."""
        configuration, mean = self.model_.configuration, self.model_.average()
        rounded = ExactPerceptron(configuration)
        rounded.weights = np.rint(mean).astype(np.int64)  # a mean of lanes is within their range
        exact = _predict(batch, mean, configuration.intercept_value)
        cost = (exact == labels).mean() - (rounded.predict_encoded(batch) == labels).mean()
        if cost <= _MAX_ROUNDING_COST:
            self.model_ = rounded


class AveragedPerceptron(Perceptron):
    """A perceptron that predicts with the mean of its weights over all contributions.

    Those that taught nothing count too. It learns exactly as :class:`Perceptron` and has the same words; only its
    predictions and decisions differ, and are made in floating point. Parameters are those of :class:`Perceptron`.

    References
    ----------
    Freund and Schapire, "Large margin classification using the perceptron algorithm" (1999).

    Examples
    --------
    >>> X, y = np.array([[2.0, 1.0], [1.5, 2.0], [-1.0, -2.0], [-2.0, -1.5]]), ["up", "up", "down", "down"]
    >>> AveragedPerceptron().fit(X, y).predict([[1.0, 1.0], [-1.0, -1.0]]).tolist()
    ['up', 'down']
    """

    def predict_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.int64]:
        """Class number of each encoded sample by the averaged weights."""
        self._check_fitted()
        return _predict(self.model_.decode(samples), self.model_.average(), self.model_.configuration.intercept_value)

    def decision_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.float64]:
        """Scores of encoded samples by the averaged weights."""
        self._check_fitted()
        return _scores(self.model_.decode(samples), self.model_.average(), self.model_.configuration.intercept_value)


def _scores(batch: EncodedBatch, weights: npt.NDArray[np.float64], intercept_value: int) -> npt.NDArray[np.float64]:
    scores = batch.product(weights[1:]) + intercept_value * weights[0]
    return np.asarray(scores[:, 0] if scores.shape[1] == 1 else scores)


def _predict(batch: EncodedBatch, weights: npt.NDArray[np.float64], intercept_value: int) -> npt.NDArray[np.int64]:
    scores = _scores(batch, weights, intercept_value)
    return (scores > 0).astype(np.int64) if scores.ndim == 1 else scores.argmax(axis=1)
