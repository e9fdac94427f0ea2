"""Real rows and trained models that the tests of this room share."""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from commonlearn.federated import Owner, Parameters, Settings, estimator, play, strategy

SETTINGS = {
    "linear": Settings(epochs=60, step=0.1),
    "logistic": Settings(epochs=20, step=0.5, momentum=0.5, penalty=0.001),
    "perceptron": Settings(epochs=5, step=0.1, seed=3),
    "naive-bayes": Settings(),
    "centroid": Settings(),
    "mlp": Settings(epochs=10, step=0.2, momentum=0.9, batch=32, width=8, seed=3),
}
"""Settings with which each estimator learns; a new estimator needs a line here."""


@cache
def rows(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Training and test rows, standardised, of a data set that comes with scikit-learn; and its classes."""
    X, y = {"diabetes": load_diabetes, "cancer": load_breast_cancer, "wine": load_wine}[name](return_X_y=True)
    order = np.random.default_rng(7).permutation(len(X))
    X, y = X[order], y[order].astype(float)
    cut = 2 * len(X) // 3
    # rounded, as means and deviations may differ in their last bits from machine to machine
    X = np.round((X - X[:cut].mean(axis=0)) / X[:cut].std(axis=0), 6)
    if name == "diabetes":
        return X[:cut], y[:cut] / 100, X[cut:], y[cut:] / 100, 0
    return X[:cut], y[:cut].astype(int), X[cut:], y[cut:].astype(int), len(np.unique(y))


def data_for(name: str) -> str:
    """A data set of the kind of an estimator."""
    return "diabetes" if estimator(name).kind == "regression" else "wine"


def train_alone(name: str) -> Parameters:
    """One training on all rows."""
    X, y, _, _, classes = rows(data_for(name))
    learner, settings = estimator(name), SETTINGS[name]
    return learner.train(learner.initial(X.shape[1], classes, settings), X, y, settings)


def owners_of(name: str, count: int = 4) -> list[Owner]:
    """Rows dealt out to owners."""
    X, y, _, _, _ = rows(data_for(name))
    return [Owner(f"owner {place}", X[place::count], y[place::count]) for place in range(count)]


@cache
def train_together(name: str) -> Parameters:
    """Five rounds of federated averaging with four owners."""
    classes = rows(data_for(name))[4]
    learner, average = estimator(name), strategy("fedavg")
    return play(learner, average, owners_of(name), SETTINGS[name], classes=classes, rounds=5).final
