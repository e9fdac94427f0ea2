"""DeltaML's published figure: a linear regression by federated averaging on scikit-learn's diabetes rows.

Graffe and Rojas (2019), chapter 8: step 1.5, 100 rounds, mean squared error 3311.84. Weights were rounded to three
decimals every second round, from the first on, and once more at the end.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
from sklearn.datasets import load_diabetes

from commonlearn.federated import Owner, Parameters, Played, Settings, coarsened, estimator, metric, play, strategy

__all__ = ["DELTAML_MSE", "deltaml_blocks", "deltaml_figure", "train_deltaml"]

DELTAML_MSE = 3311.84
"""As published."""

TRAINING, VALIDATING, ROWS = (0, 2, 3, 4), 1, 50
_ROUNDS, _EVERY, _UNITS = 100, 2, 1000
_SETTINGS = Settings(step=1.5)


def deltaml_blocks(X: npt.NDArray[Any] | None = None, y: npt.NDArray[Any] | None = None) -> list[Owner]:
    """Rows in order, 50 to an owner: five owners; by default of scikit-learn's rows."""
    if X is None or y is None:
        X, y = load_diabetes(return_X_y=True)
    blocks = [slice(ROWS * number, ROWS * (number + 1)) for number in range(5)]
    return [Owner(f"block {number}", X[rows], y[rows]) for number, rows in enumerate(blocks)]


def train_deltaml(owners: list[Owner]) -> Played:
    """Train on owners as DeltaML did."""

    def rounded(number: int, model: Parameters) -> Parameters:
        return coarsened(model, _UNITS) if number % _EVERY == 0 or number == _ROUNDS - 1 else model

    return play(estimator("linear"), strategy("fedavg"), owners, _SETTINGS, classes=0, rounds=_ROUNDS, after=rounded)


def deltaml_figure(X: npt.NDArray[Any] | None = None, y: npt.NDArray[Any] | None = None) -> float:
    """Mean squared error on block 1 after training on blocks 0, 2, 3 and 4.

    Parameters
    ----------
    X, y : ndarray, optional
        Other rows than those of the installed scikit-learn, which have been rounded otherwise since.

    Examples
    --------
    >>> round(deltaml_figure(), 2)
    3311.86
    """
    blocks = deltaml_blocks(X, y)
    final = train_deltaml([blocks[number] for number in TRAINING]).final
    held_back = blocks[VALIDATING]
    return metric("mse").value(held_back.y, estimator("linear").scores(final, held_back.X))
