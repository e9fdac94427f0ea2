"""Every model with every encoding, two classes and three: what the conformance suite runs over.

A new model joins by a line in `FIELDS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactModel
from commonlearn.numerics import Encoding, encode_dense, encode_presence, encode_sparse
from tests.support.twins import CONTRACTS, TWINS

DIMENSION = 140
BITS = (4, 8, 16, 32)
FIELDS: dict[Kind, dict[str, int]] = {
    Kind.PERCEPTRON: {"step": 1, "intercept_value": 2, "margin": 3},
    Kind.NEAREST_CENTROID: {"notice_seconds": 500_000},
    Kind.NAIVE_BAYES: {"smoothing": 256},
}
"""What each kind needs besides encoding, width, classes and dimension."""

_FIRST_SAMPLES = 24


@dataclass(frozen=True)
class Subject:
    """One model to be examined.

    Attributes
    ----------
    kind : Kind
    configuration : ModelConfiguration
    words : bytes
        First words, learned from a few samples of each class.
    """

    kind: Kind
    configuration: ModelConfiguration
    words: bytes

    def __str__(self) -> str:
        c = self.configuration
        return f"{self.kind.name.lower()}-{c.encoding.name.lower()}-{c.weight_bits}bits-{c.classes}classes"

    @property
    def contract(self) -> str:
        """Name of the implementation."""
        return CONTRACTS[self.kind]

    @property
    def allow_negative(self) -> bool:
        """Whether the model takes negative values."""
        return TWINS[self.kind].allow_negative

    @property
    def size(self) -> int:
        """Number of first words."""
        return len(self.words) // 32

    def twin(self) -> ExactModel:
        """The twin as it is before the first contribution."""
        return TWINS[self.kind].from_words(self.configuration, self.words)

    def chunk(self, start: int, end: int) -> bytes:
        """Words ``start`` to ``end - 1``."""
        return self.words[32 * start : 32 * end]

    def samples(self, rng: np.random.Generator, count: int) -> tuple[list[bytes], list[int]]:
        """Samples of all classes in turn, mostly but not wholly told apart by their features, and their labels."""
        return _samples(rng, self.configuration, count, self.allow_negative)


def _samples(
    rng: np.random.Generator, configuration: ModelConfiguration, count: int, allow_negative: bool
) -> tuple[list[bytes], list[int]]:
    classes, dimension = configuration.classes, configuration.dimension
    labels = (np.arange(count) % classes).tolist()
    encoded = []
    for label in labels:
        own = np.arange(dimension) % classes == label
        present = rng.random(dimension) < np.where(own, 0.15, 0.05)
        present[rng.integers(dimension)] = True
        values = rng.integers(1, 4, dimension)
        if allow_negative:
            values = values * np.where(rng.random(dimension) < 0.2, -1, 1)
        indices = np.flatnonzero(present)
        if configuration.encoding is Encoding.PRESENCE:
            encoded.append(encode_presence(indices, dimension))
        elif configuration.encoding is Encoding.SPARSE:
            encoded.append(encode_sparse(indices, values[indices], dimension))
        else:
            encoded.append(encode_dense(values * present, dimension))
    return encoded, labels


def _subject(number: int, kind: Kind, encoding: Encoding, classes: int) -> Subject:
    bits = BITS[number % len(BITS)]
    configuration = ModelConfiguration(encoding, bits, classes, DIMENSION, **FIELDS[kind])
    twin = TWINS[kind](configuration)
    rng = np.random.default_rng(number)
    twin.train_many(*_samples(rng, configuration, _FIRST_SAMPLES, twin.allow_negative))
    return Subject(kind, configuration, twin.words_bytes())


SUBJECTS = [_subject(i, *choice) for i, choice in enumerate(product(Kind, Encoding, (2, 3)))]
"""All of them; the four widths of lanes take turns."""
