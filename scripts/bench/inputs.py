"""What is measured: the inputs that were used to measure 0xDeCA10B, at this project's scales.

The samples, the dense vectors, the centroids and the counts come from the peer's seeds. Its 1,000 sentiment weights lie
in the data folder (they are not ours to ship); without it, weights of the same spread are drawn from a seed.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from commonlearn.client.description import Description
from commonlearn.featurizers import PresenceText
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.numerics import Encoding
from commonlearn.numerics.codec import encode_dense, encode_presence
from commonlearn.numerics.lanes import bytes_to_words, pack_lanes

__all__ = ["Inputs", "ModelInput"]

SPARSE_SIZES = (20, 50, 100, 200)
SCALE = 10**9
UNIT = 4_096
"""What 1.0 is in a dense sample."""
STEPS_PER_LEARNING_RATE = 3
"""The peer learns by 0.5: 3 units of an int8 weight, so its weights of ±17.8 fill ±107 of ±127."""


@dataclass(frozen=True)
class ModelInput:
    """A model to create, and what is shown to it.

    Attributes
    ----------
    contract : str
        Name of the implementation.
    configuration : ModelConfiguration
        Its fixed parameters.
    words : bytes
        First words.
    samples : dict of str to bytes
        Encoded samples by the name that the benchmark gives them.
    metadata : bytes
        Description of the model.
    """

    contract: str
    configuration: ModelConfiguration
    words: bytes
    samples: dict[str, bytes] = field(default_factory=dict)
    metadata: bytes = b""


class Inputs:
    """All inputs; the same on every call.

    Parameters
    ----------
    use_data : bool
        Whether to take the peer's own weights and words from the data folder where there is one. Gas snapshots do not,
        so that they are the same everywhere.
    """

    def __init__(self, *, use_data: bool) -> None:
        folder = os.environ.get("COMMONLEARN_DATA") if use_data else None
        path = Path(folder) / "0xdeca10b" if folder else None
        self.has_peer_weights = path is not None and (path / "imdb-sentiment-model.json").exists()
        if path is not None and self.has_peer_weights:
            model = json.loads((path / "imdb-sentiment-model.json").read_text())
            weights, intercept = model["weights"], model["intercept"]
            index = json.loads((path / "imdb.json").read_text())
            vocabulary = [f"{word}" for word in list(index)[:1000]]
        else:
            chance = random.Random(1)
            weights, intercept = [chance.gauss(0, 5) for _ in range(1000)], 5.0
            vocabulary = None
        self.sparse_perceptron = self._sparse_perceptron(weights, intercept, vocabulary)
        self.dense_perceptron, self.dense_centroid = self._dense()
        self.sparse_centroid = self._sparse_centroid()
        self.naive_bayes = self._naive_bayes()

    @staticmethod
    def _samples() -> dict[str, bytes]:
        return {
            str(size): encode_presence(sorted(random.Random(1000 + size).sample(range(1000), size)))
            for size in SPARSE_SIZES
        }

    def _sparse_perceptron(self, weights: list[float], intercept: float, vocabulary: list[str] | None) -> ModelInput:
        lanes = np.array([intercept, *weights]) * STEPS_PER_LEARNING_RATE / 0.5
        configuration = ModelConfiguration(
            Encoding.PRESENCE, weight_bits=8, classes=2, dimension=1000, step=STEPS_PER_LEARNING_RATE, intercept_value=1
        )
        words = pack_lanes(np.clip(np.rint(lanes), -128, 127).astype(np.int64), 8)
        if vocabulary is None:
            metadata = random.Random(2).randbytes(3_700)  # as long, and the same whatever deflates here
        else:
            featurizer = PresenceText(vocabulary).record()
            metadata = Description("imdb", "", ("Negative", "Positive"), featurizer).to_bytes()
        return ModelInput("Perceptron", configuration, words, self._samples(), metadata)

    @staticmethod
    def _dense() -> tuple[ModelInput, ModelInput]:
        size = 100
        chance = random.Random(2000 + size)
        weights = [chance.randrange(-5 * SCALE, 5 * SCALE + 1) for _ in range(size)]

        def unit_vector() -> np.ndarray:
            drawn = np.array([chance.gauss(0, 1) for _ in range(size)])
            return np.rint(drawn / np.sqrt(np.sum(drawn**2)) * UNIT).astype(np.int64)

        sample = encode_dense(unit_vector())
        centroids = [unit_vector(), unit_vector()]
        perceptron = ModelInput(
            "Perceptron",
            ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=size, step=1, intercept_value=UNIT),
            pack_lanes(np.rint(np.array([0, *weights]) / SCALE * UNIT).astype(np.int64), 16),
            {"100": sample},
        )
        return perceptron, ModelInput(
            "NearestCentroid",
            ModelConfiguration(Encoding.DENSE, weight_bits=32, classes=2, dimension=size),
            b"".join(_centroid_words(centroid * 1000, 1000, 32) for centroid in centroids),
            {"100": sample},
        )

    def _sparse_centroid(self) -> ModelInput:
        chance = random.Random(3000)
        sums = [np.array([chance.randrange(1, SCALE) for _ in range(1000)]) * 12_500 // SCALE for _ in range(2)]
        configuration = ModelConfiguration(Encoding.PRESENCE, weight_bits=16, classes=2, dimension=1000)
        words = b"".join(_centroid_words(each, 12_500, 16) for each in sums)
        return ModelInput("NearestCentroid", configuration, words, self._samples())

    def _naive_bayes(self) -> ModelInput:
        chance = random.Random(4000)
        counts = np.array([[chance.randrange(1, 1001) for _ in range(1000)] for _ in range(2)])
        header = b"".join((12_500).to_bytes(8, "big") + int(each.sum()).to_bytes(8, "big") for each in counts)
        configuration = ModelConfiguration(Encoding.PRESENCE, weight_bits=16, classes=2, dimension=1000, smoothing=256)
        words = header + pack_lanes(counts.T.ravel(), 16, signed=False)
        return ModelInput("NaiveBayes", configuration, words, self._samples())


def touched_words(model: ModelInput, sample: bytes) -> int:
    """How many words of a binary presence or dense perceptron a sample needs, the intercept's included."""
    per_word = 256 // model.configuration.weight_bits
    if model.configuration.encoding is Encoding.DENSE:
        return len(bytes_to_words(model.words))
    lanes = {0, *(int.from_bytes(sample[i : i + 2], "big") + 1 for i in range(0, len(sample), 2))}
    return len({lane // per_word for lane in lanes})


def _centroid_words(sums: np.ndarray, count: int, bits: int) -> bytes:
    norm = int(np.sum(sums.astype(object) ** 2))
    return (count << 184 | norm).to_bytes(32, "big") + pack_lanes(sums, bits)
