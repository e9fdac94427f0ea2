"""Random models for comparing contracts with their twins: words near the ends of their range, good and bad samples.

Everything here is pure Python and follows from the generator that it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from commonlearn.chain.reverts import error_from_revert
from commonlearn.errors import CommonlearnError
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactCentroid, ExactModel, ExactNaiveBayes, ExactPerceptron
from commonlearn.numerics import Encoding, encode_dense, encode_presence, encode_sparse

CONTRACTS = {
    Kind.PERCEPTRON: "Perceptron",
    Kind.NEAREST_CENTROID: "NearestCentroid",
    Kind.NAIVE_BAYES: "NaiveBayes",
}
"""Name of the contract of each kind."""

ANY_WORDS = {**CONTRACTS, Kind.NEAREST_CENTROID: "NearestCentroidAnyWords"}
"""The same, without the checks of uploaded headers: to begin with words that long training would have made."""

TWINS: dict[Kind, type[ExactModel]] = {
    Kind.PERCEPTRON: ExactPerceptron,
    Kind.NEAREST_CENTROID: ExactCentroid,
    Kind.NAIVE_BAYES: ExactNaiveBayes,
}
"""The bit-exact twin of each kind."""

_VALUE_LIMIT = 32_767


def outcome(call: Callable[[], Any]) -> Any:
    """Return what a call gives, or the name and fields of what it raises, to be compared with a contract's."""
    try:
        return call()
    except CommonlearnError as error:
        return (type(error).__name__, error.values)


def thrown(data: bytes) -> Any:
    """Return name and arguments of what a contract threw, to be compared with an `outcome`; None for no data."""
    if not data:
        return None
    error = error_from_revert(bytes(data))
    return (type(error).__name__, error.values)


def random_words(rng: np.random.Generator, kind: Kind, configuration: ModelConfiguration) -> bytes:
    """Any words of a model: lanes of any value, many at the ends of their range, and headers up to their greatest.

    Bits that belong to no lane are often set too: contracts neither read nor change them.
    """
    words = [_random_word(rng, configuration.weight_bits) for _ in range(configuration.required_words(kind))]
    if kind is Kind.NEAREST_CENTROID:
        for start in range(0, len(words), configuration.words_per_class()):
            small = rng.random() < 0.5  # distances come close only when all numbers are small
            count = int(rng.integers(1, 4)) if small else 1 + _sized(rng, (1 << 32) - 2)
            norm = int(rng.integers(40)) if small else _sized(rng, (1 << 184) - 1)
            words[start] = count << 184 | norm
    elif kind is Kind.NAIVE_BAYES:
        for number in range((configuration.classes + 1) // 2):
            words[number] = sum(_sized(rng, (1 << 64) - 1) << shift for shift in (0, 64, 128, 192))
    return b"".join(word.to_bytes(32, "big") for word in words)


def random_sample(rng: np.random.Generator, configuration: ModelConfiguration, *, allow_negative: bool) -> bytes:
    """A well-formed sample: from one feature to all, values from 1 to the greatest."""
    dimension, encoding = configuration.dimension, configuration.encoding
    present = rng.random(dimension) < rng.choice([0.05, 0.3, 1.0])
    present[rng.integers(dimension)] = True
    limit = int(rng.choice([1, 10, 1000, _VALUE_LIMIT]))
    values = np.where(rng.random(dimension) < 0.25, limit, rng.integers(1, limit + 1, dimension))
    if allow_negative:
        values = values * rng.choice([-1, 1], dimension)
    indices = np.flatnonzero(present)
    if encoding is Encoding.PRESENCE:
        return encode_presence(indices, dimension)
    if encoding is Encoding.SPARSE:
        return encode_sparse(indices, values[indices], dimension)
    return encode_dense(values * present, dimension)


def spoil(rng: np.random.Generator, sample: bytes, configuration: ModelConfiguration) -> bytes:
    """Put one or two faults into a sample; by chance it may still be well-formed."""
    data = bytearray(sample)
    for _ in range(rng.integers(1, 3)):
        unit = configuration.encoding.unit
        if len(data) < unit:
            break
        start = int(rng.integers(len(data) // unit)) * unit
        number = int(rng.choice([configuration.dimension % 65_536, 0, 32_768, 65_535, rng.integers(65_536)]))
        fault = rng.integers(5)
        if fault == 0:
            del data[rng.integers(len(data)) :]
        elif fault == 1:
            data += bytes(rng.integers(256, size=rng.integers(1, 5), dtype=np.uint8))
        elif fault == 2:
            data[start : start + 2] = number.to_bytes(2, "big")
        elif fault == 3:
            data[start + unit - 2 : start + unit] = number.to_bytes(2, "big")
        else:
            other = int(rng.integers(len(data) // unit)) * unit
            data[start : start + unit] = data[other : other + unit]
    return bytes(data)


def malformed_samples(configuration: ModelConfiguration, *, allow_negative: bool) -> dict[str, bytes]:
    """One sample for each way to break the rules of an encoding, by name.

    The model needs at least four features.
    """
    encoding, dimension = configuration.encoding, configuration.dimension
    if encoding is Encoding.DENSE:
        zeros = bytes(2 * dimension)
        faults = {
            "empty": b"",
            "a feature missing": zeros[2:],
            "a feature too many": zeros + bytes(2),
            "a trailing byte": zeros + bytes(1),
            "a missing byte": zeros[1:],
            "first value -32768": b"\x80\x00" + zeros[2:],
            "last value -32768": zeros[:-2] + b"\x80\x00",
        }
        if not allow_negative:
            faults["a negative value"] = zeros[:-2] + b"\xff\xff"
        return faults
    value = b"" if encoding is Encoding.PRESENCE else b"\x00\x07"

    def features(*indices: int) -> bytes:
        return b"".join(index.to_bytes(2, "big") + value for index in indices)

    faults = {
        "empty": b"",
        "a trailing byte": features(1) + b"\x00",
        "a missing byte": features(1, 2)[:-1],
        "out of range": features(0, dimension),
        "far out of range": features(65_535),
        "unsorted": features(0, 2, 1),
        "duplicate": features(3, 3),
        "unsorted, and then out of range": features(2, 1, dimension),
        "out of range, and then unsorted": features(dimension, 1),
    }
    if encoding is Encoding.SPARSE:
        faults |= {
            "half a feature": features(1) + b"\x00\x02",
            "value 0": features(0) + b"\x00\x01\x00\x00",
            "value -32768": features(0) + b"\x00\x01\x80\x00",
            "value 0 of a duplicate": features(1) + b"\x00\x01\x00\x00",
            "value 0 before a feature out of range": b"\x00\x01\x00\x00" + features(dimension),
        }
        if not allow_negative:
            faults["a negative value"] = features(0) + b"\x00\x01\xff\xff"
            faults["a negative value before a feature out of range"] = b"\x00\x01\xff\xff" + features(dimension)
    return faults


def _random_word(rng: np.random.Generator, bits: int) -> int:
    manner = rng.integers(3)
    if manner == 0:
        return 0
    if manner == 1:
        return int.from_bytes(rng.bytes(32), "big")
    half = 1 << (bits - 1)
    ends = [half - 1, half - 2, half, half + 1, 2 * half - 1, 2 * half - 2, 0, 1]  # of signed and of unsigned lanes
    word = 0
    for lane in rng.choice(ends, size=256 // bits):
        word = word << bits | int(lane)
    return word


def _sized(rng: np.random.Generator, most: int) -> int:
    """From 0 to ``most``: an end or its neighbour, or as likely small as great."""
    return int(rng.choice([0, 1, 2, 3])) if (manner := rng.integers(4)) == 0 else _great(rng, most, int(manner))


def _great(rng: np.random.Generator, most: int, manner: int) -> int:
    if manner == 1:
        return most - int(rng.integers(3))
    bits = most.bit_length()
    return (int.from_bytes(rng.bytes(32), "big") & ((1 << bits) - 1)) % (most + 1) >> int(rng.integers(bits))
