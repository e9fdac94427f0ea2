"""Samples for a simulation: IMDB's reviews, or a drawn stand-in of the same shape.

Reading and encoding 50,000 reviews takes half a minute, so what came of it is kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.datasets import fetch_imdb
from commonlearn.datasets.files import cache_folder
from commonlearn.datasets.imdb import DATA_SET
from commonlearn.errors import DataNotFound
from commonlearn.featurizers import PresenceText
from commonlearn.models import MultinomialNaiveBayes, NearestCentroid, Perceptron, PublicClassifier
from commonlearn.models.exact import ExactModel
from commonlearn.numerics import EncodedBatch, Encoding
from commonlearn.simulation.material import Material
from commonlearn.simulation.scenario import DataSettings

__all__ = ["load_material", "synthetic_material"]

_FORMAT = 1
_POOL, _TEST = 23_000, 25_000
_WORDS = 140
"""By which a drawn sample has about 90 words, as a review has."""
_SIGNAL = 0.16
"""Spread of the words' log odds in the stand-in, by which a perceptron gets about as far as on reviews."""


def load_material(settings: DataSettings, *, download: bool = False) -> Material:
    """The samples that a scenario asks for; a stand-in where the real ones are not here.

    Parameters
    ----------
    settings : DataSettings
    download : bool, optional
        Whether to download data that are not here.

    Returns
    -------
    Material
        Its ``source`` and ``is_real`` say which it is.

    Examples
    --------
    >>> settings = DataSettings(source="synthetic", first=100, dimension=50)
    >>> material = load_material(settings)
    >>> len(material.pool), material.is_real
    (23000, False)
    """
    if settings.source == "synthetic":
        return synthetic_material(settings)
    try:
        return _reviews(settings, download)
    except DataNotFound:
        return synthetic_material(settings, "a synthetic stand-in of IMDB's shape (the reviews are not here; "
                                            "COMMONLEARN_DATA names their folder)")  # fmt: skip


def synthetic_material(settings: DataSettings, source: str = "synthetic reviews", *, seed: int = 7) -> Material:
    """Draw samples of two classes: common and rare words, each a little more usual in one class.

    Parameters
    ----------
    settings : DataSettings
    source : str, optional
        What the result says of itself.
    seed : int, optional

    Returns
    -------
    Material
        As many samples as IMDB has.
    """
    chance = np.random.default_rng(seed)
    dimension = settings.dimension
    rank = np.arange(1, dimension + 1)
    usual = np.minimum(0.9, _WORDS / (rank * np.log(dimension + 1)) * (1 - np.exp(-rank / 20)))
    odds = chance.normal(0, _SIGNAL * (1_000 / dimension) ** 0.5, dimension)  # as hard with fewer words
    by_class = [1 / (1 + (1 - usual) / usual * np.exp(odds * sign)) for sign in (1, -1)]
    labels = chance.integers(0, 2, settings.first + _POOL + _TEST)
    batch = _drawn(chance, np.stack(by_class), labels)
    first, pool, test = np.split(np.arange(len(labels)), [settings.first, settings.first + _POOL])
    model = _first_model(settings, batch[first], labels[first])
    return Material(source, False, model, batch[pool], labels[pool], batch[test], labels[test], len(test))


def _drawn(
    chance: np.random.Generator, chances: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]
) -> EncodedBatch:
    rows, lengths = [], []
    for start in range(0, len(labels), 4_096):
        part = labels[start : start + 4_096]
        there = chance.random((len(part), chances.shape[1]), dtype=np.float32) < chances[part]
        there[~there.any(axis=1), 0] = True  # no sample may be empty
        rows.append(np.nonzero(there)[1].astype(np.uint16))
        lengths.append(there.sum(axis=1))
    indptr = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
    return EncodedBatch(Encoding.PRESENCE, chances.shape[1], indptr, np.concatenate(rows), None)


def _reviews(settings: DataSettings, download: bool) -> Material:
    batches, labels = _encoded_reviews(settings, download)
    model = _first_model(settings, batches["first"], labels["first"])
    return Material(
        "IMDB's film reviews", True, model, batches["pool"], labels["pool"], batches["test"], labels["test"],
        _TEST,
    )  # fmt: skip


def _first_model(settings: DataSettings, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> ExactModel:
    """First weights from the first samples of `settings`; with none, of the shape that all of them would give."""
    classifiers: dict[str, Any] = {
        "perceptron": lambda: Perceptron(encoding="presence", margin=settings.margin),
        "naive-bayes": lambda: MultinomialNaiveBayes(encoding="presence"),
        "nearest-centroid": lambda: NearestCentroid(encoding="presence"),
    }
    wanted = len(labels) if settings.taught is None else min(settings.taught, len(labels))
    chosen = slice(0, wanted or len(labels))
    made: PublicClassifier = classifiers[settings.model]().fit(batch[chosen].to_csr(), labels[chosen])
    exact: ExactModel = made.model_
    return exact if wanted else type(exact)(exact.configuration)


def _encoded_reviews(
    settings: DataSettings, download: bool
) -> tuple[dict[str, EncodedBatch], dict[str, npt.NDArray[np.int64]]]:
    place = _kept_at(settings)
    if not place.is_file():
        _keep(place, settings, download)
    with np.load(place) as kept:
        batches = {
            part: EncodedBatch(
                Encoding.PRESENCE, int(kept["dimension"]), kept[f"{part}_indptr"], kept[f"{part}_indices"], None
            )
            for part in ("first", "pool", "test")
        }
        return batches, {part: kept[f"{part}_labels"] for part in batches}


def _kept_at(settings: DataSettings) -> Path:
    what = {
        "format": _FORMAT,
        "data": DATA_SET.checksums,
        "featurizer": [PresenceText.id, PresenceText.version],
        "first": settings.first,
        "dimension": settings.dimension,
    }
    name = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
    return cache_folder() / "simulation" / f"imdb-{name}.npz"


def _keep(place: Path, settings: DataSettings, download: bool) -> None:
    texts, y = fetch_imdb("train", download=download, return_X_y=True)
    texts_test, y_test = fetch_imdb("test", download=download, return_X_y=True)
    first = settings.first
    featurizer = PresenceText.learn(texts[:first], y[:first].tolist(), dimension=settings.dimension)
    content: dict[str, Any] = {"dimension": featurizer.dimension}
    for part, (given, labels) in {
        "first": (texts[:first], y[:first]),
        "pool": (texts[first:], y[first:]),
        "test": (texts_test, y_test),
    }.items():
        batch, known = featurizer.transform_known(given)
        content |= {
            f"{part}_indptr": batch.indptr,
            f"{part}_indices": batch.indices,
            f"{part}_labels": labels[known],
        }
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(place.name + ".part.npz")
    np.savez(aside, **content)
    aside.replace(place)  # an interruption leaves no half file behind
