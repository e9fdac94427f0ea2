"""Estimators by name. A new one is a file here, and a line below; ``tests/offchain/federated`` then tests it."""

from __future__ import annotations

from commonlearn.federated.errors import UnknownName
from commonlearn.federated.estimators.base import Estimator
from commonlearn.federated.estimators.centroid import NearestCentroid
from commonlearn.federated.estimators.linear import LinearRegression
from commonlearn.federated.estimators.logistic import LogisticRegression
from commonlearn.federated.estimators.mlp import SmallMlp
from commonlearn.federated.estimators.naive_bayes import GaussianNaiveBayes
from commonlearn.federated.estimators.perceptron import Perceptron

__all__ = ["ESTIMATORS", "Estimator", "estimator"]

ESTIMATORS: dict[str, Estimator] = {
    each.id: each
    for each in (
        LinearRegression(),
        LogisticRegression(),
        Perceptron(),
        GaussianNaiveBayes(),
        NearestCentroid(),
        SmallMlp(),
    )
}
"""All estimators by name."""


def estimator(name: str) -> Estimator:
    """Look up an estimator.

    Raises
    ------
    UnknownName
        There is none of that name.

    Examples
    --------
    >>> estimator("linear").kind
    'regression'
    """
    try:
        return ESTIMATORS[name]
    except KeyError:
        raise UnknownName("estimator", name, list(ESTIMATORS)) from None
