"""From the strings that contracts give to twins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from commonlearn.models.base import PublicClassifier
from commonlearn.models.centroid import NearestCentroid
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.naive_bayes import MultinomialNaiveBayes
from commonlearn.models.perceptron import Perceptron

__all__ = ["MODELS", "model_from_snapshot"]

MODELS: dict[Kind, type[PublicClassifier]] = {
    model.kind: model for model in (Perceptron, NearestCentroid, MultinomialNaiveBayes)
}
"""The twin of each kind."""


def model_from_snapshot(
    kind: str,
    configuration: int | ModelConfiguration,
    words: Sequence[int] | bytes,
    *,
    classes: Sequence[Any] | npt.NDArray[Any] | None = None,
    scale: float = 1.0,
) -> PublicClassifier:
    """The twin of a contract, from what one call of its ``snapshot`` gives.

    Parameters
    ----------
    kind : str
        Such as ``perceptron/1``.
    configuration : int or ModelConfiguration
        The configuration word.
    words : sequence of int, or bytes
        All words.
    classes : sequence, optional
        Labels of the classes in order; class numbers if not given.
    scale : float, default 1.0
        Units per 1.0 for matrices.

    Returns
    -------
    PublicClassifier

    Raises
    ------
    UnknownModelKind
        There is no twin of this kind.
    InvalidConfiguration, MissingWords, TooManyWords
        Configuration and words do not fit the kind or one another.

    Examples
    --------
    >>> from commonlearn.numerics import Encoding
    >>> configuration = ModelConfiguration(Encoding.PRESENCE, weight_bits=8, classes=2, dimension=31, step=1)
    >>> model_from_snapshot("perceptron/1", configuration.to_int(), [0])
    Perceptron(encoding=<Encoding.PRESENCE: 0>, intercept_value=0, margin=0,
               weight_bits=8)
    """
    return MODELS[Kind.parse(kind)].from_words(configuration, words, classes=classes, scale=scale)
