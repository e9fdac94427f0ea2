"""A public perceptron that learns from the whole of IMDB, one contribution at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonlearn.datasets import fetch_imdb
from commonlearn.featurizers import PresenceText
from commonlearn.models import Perceptron

__all__ = ["PublicModelResult", "imdb_one_pass"]


@dataclass(frozen=True)
class PublicModelResult:
    """Test accuracies after one pass of contributions, from 0 to 1, one for each seeded order.

    Attributes
    ----------
    first : float
        By the first weights, before any contribution.
    contract : tuple of float
        By the contract's weights.
    averaged : tuple of float
        By the mean of the weights over all contributions, rebuilt from the log.
    taught : tuple of float
        Part of the contributions that taught.
    """

    first: float
    contract: tuple[float, ...]
    averaged: tuple[float, ...]
    taught: tuple[float, ...]


def imdb_one_pass(
    *,
    margin: int = 75,
    orders: int = 5,
    first_reviews: int = 2_000,
    learn_first_weights: bool = True,
    contributions: int = 25_000,
    dimension: int = 1_000,
    download: bool = False,
) -> PublicModelResult:
    """Let one pass of training reviews teach a perceptron in several seeded orders.

    Parameters
    ----------
    margin : int, default 75
        The perceptron's margin. 20 favours the averaged weights, 100 the contract's; 75 is near the best of both.
    orders : int, default 5
        Seeds 0 to ``orders - 1``.
    first_reviews : int, default 2000
        From how many training reviews vocabulary and first weights are learned.
    learn_first_weights : bool, default True
        Else all weights start at zero.
    contributions : int, default 25000
        How many of the training reviews are contributed.
    dimension : int, default 1000
        Number of words.
    download : bool, default False
        Whether to download the data if they are not there.

    Returns
    -------
    PublicModelResult

    Raises
    ------
    DataNotFound
        The data are not there, and ``download`` is false.
    """
    texts, y = fetch_imdb("train", download=download, return_X_y=True)
    texts_test, y_test = fetch_imdb("test", download=download, return_X_y=True)
    featurizer = PresenceText.learn(texts[:first_reviews], y[:first_reviews].tolist(), dimension=dimension)
    batch, known = featurizer.transform_known(texts)
    batch_test, known_test = featurizer.transform_known(texts_test)
    labels, labels_test = y[known], y_test[known_test]
    first = slice(0, int(known[:first_reviews].sum()))
    start = Perceptron(encoding="presence", margin=margin).fit(batch[first].to_csr(), labels[first])
    if not learn_first_weights:
        start.model_.weights[:] = 0

    def accuracy(model: Perceptron) -> float:
        # Over all test reviews: one without any known word counts as wrong.
        return float((model.predict_encoded(batch_test) == labels_test).sum() / len(y_test))

    contract, averaged, taught = [], [], []
    for seed in range(orders):
        model = start.copy()
        order = np.random.RandomState(seed).permutation(len(labels))[:contributions]
        taught.append(float(model.train_many(batch[order], labels[order]).mean()))
        contract.append(accuracy(model))
        averaged.append(accuracy(model.averaged()))
    return PublicModelResult(accuracy(start), tuple(contract), tuple(averaged), tuple(taught))
