"""What the exact models share: words in and out, their hash, decoding, labels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from commonlearn.errors import InvalidWord, MissingWords, SampleDimension, SampleError, TooManyWords, UnknownLabel
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.numerics import EncodedBatch, bytes_to_words, decode_many, words_hash, words_to_bytes
from commonlearn.numerics.lanes import WORD_BYTES

__all__ = ["ExactModel", "Samples", "words_data"]

Samples = Sequence[bytes] | EncodedBatch
"""Encoded samples, or a batch that was decoded before (faster when used again)."""

Features = npt.NDArray[np.intp] | slice
Values = npt.NDArray[np.int64] | int


class ExactModel(ABC):
    """A contract's model, bit for bit.

    Parameters
    ----------
    configuration : ModelConfiguration
        Checked for the kind. All counts and weights start at zero.

    Raises
    ------
    InvalidConfiguration
        The kind cannot run with this configuration.
    """

    kind: ClassVar[Kind]
    allow_negative: ClassVar[bool] = True

    def __init__(self, configuration: ModelConfiguration) -> None:
        configuration.check(self.kind)
        self.configuration = configuration
        # Bits of the words that belong to no lane. Contracts neither read nor change them; kept, so that words and
        # hash stay equal.
        self._residue: int | None = None

    @classmethod
    def from_words(cls, configuration: ModelConfiguration, words: Sequence[int] | bytes) -> Self:
        """Read a model out of its words.

        Parameters
        ----------
        configuration : ModelConfiguration
            Its configuration.
        words : sequence of int, or bytes
            All words in order, as numbers or big-endian.

        Returns
        -------
        ExactModel

        Raises
        ------
        MissingWords, TooManyWords
            The number of words is not what the configuration needs.
        InvalidWord
            A number is not of 256 bits.
        """
        model = cls(configuration)
        data = words_data(words)
        model._check_count(len(data) // 32)
        model._read(data)
        residue = int.from_bytes(data, "big") ^ int.from_bytes(model._write(), "big")
        model._residue = residue or None
        return model

    def words_bytes(self) -> bytes:
        """All words, big-endian, 32 bytes each."""
        data = self._write()
        if self._residue is None:
            return data
        return (int.from_bytes(data, "big") ^ self._residue).to_bytes(len(data), "big")

    def words(self) -> list[int]:
        """All words in order, ready to be uploaded."""
        return bytes_to_words(self.words_bytes())

    def words_hash(self) -> bytes:
        """The hash that a contract fixes when exactly these words are sealed, 32 bytes."""
        return words_hash(self.configuration.to_int(), self.words_bytes())

    @property
    def classes(self) -> int:
        """Number of classes, announced ones included."""
        return self.configuration.classes

    def decode(self, samples: Samples) -> EncodedBatch:
        """Decode and checks samples; a batch of this model's shape passes as it is.

        Raises
        ------
        SampleError
            A sample is malformed; the error says which and why.
        """
        c = self.configuration
        if not isinstance(samples, EncodedBatch):
            if isinstance(samples, bytes | bytearray | memoryview):
                raise SampleError("one sample was given where a list of samples is expected. Put it into a list.")
            return decode_many(samples, c.encoding, c.dimension, allow_negative=self.allow_negative)
        if samples.dimension != c.dimension:
            raise SampleDimension(2 * samples.dimension, 2 * c.dimension)
        if samples.encoding is not c.encoding:
            raise SampleError(
                f"the batch is encoded as {samples.encoding.name}, but the model takes {c.encoding.name}."
            )
        if not self.allow_negative and samples.values is not None and samples.values.min(initial=0) < 0:
            return self.decode(samples.to_samples())  # raises, naming the sample
        return samples

    @abstractmethod
    def predict_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.int64]:
        """Class number of each sample.

        Parameters
        ----------
        samples : sequence of bytes, or EncodedBatch, length n
        now : int, optional
            Unix time in seconds; None is the present. Only matters to nearest centroid with added classes.

        Returns
        -------
        ndarray of int64, shape (n,)

        Raises
        ------
        SampleError
            A sample is malformed.
        """

    @abstractmethod
    def scores_encoded(self, sample: bytes, now: int | None = None) -> list[int]:
        """What the contract's ``scores`` gives for one sample."""

    @abstractmethod
    def decision_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.float64]:
        """Give the scores as floats.

        Returns
        -------
        ndarray of float64
            Shape (n,) with two classes, positive for class 1; else (n, classes), the greatest for the prediction.
        """

    def train_one(self, sample: bytes, label: int, now: int | None = None) -> bool:
        """Learn one labelled sample, as the contract does.

        Parameters
        ----------
        sample : bytes
            Encoded features.
        label : int
            Class number.
        now : int, optional
            Unix time in seconds; None is the present.

        Returns
        -------
        bool
            Whether the contribution taught.

        Raises
        ------
        SampleError
            The sample is malformed. Nothing was learned.
        UnknownLabel
            The label names no class that takes part. Nothing was learned.
        """
        return bool(self.train_many([sample], [label], now)[0])

    def train_many(
        self, samples: Samples, labels: Sequence[int] | npt.NDArray[Any], now: int | Sequence[int] | None = None
    ) -> npt.NDArray[np.bool_]:
        """Learn labelled samples one after another.

        Parameters
        ----------
        samples : sequence of bytes, or EncodedBatch, length n
        labels : sequence of int, length n
        now : int or sequence of int (length n), optional
            Unix time in seconds of all or of each; None is the present.

        Returns
        -------
        ndarray of bool, shape (n,)
            Which contributions taught.

        Raises
        ------
        SampleError, UnknownLabel
            As :meth:`train_one`. All are checked first: on an error nothing was learned.
        """
        batch = self.decode(samples)
        numbers = np.asarray(labels)
        if numbers.shape != (len(batch),):
            raise SampleError(
                f"there are {len(batch)} samples, but labels of shape {numbers.shape}. Give one label a sample."
            )
        moments = None if now is None else np.broadcast_to(np.asarray(now, dtype=np.int64), (len(batch),))
        self._check_labels(numbers, moments)
        return self._train(batch, numbers.astype(np.int64), moments)

    def _check_labels(self, labels: npt.NDArray[Any], moments: npt.NDArray[np.int64] | None) -> None:
        if labels.size and labels.dtype.kind not in "biu":
            raise UnknownLabel(labels.ravel()[0], self.classes)
        wrong = (labels < 0) | (labels >= self.classes)
        if wrong.any():
            raise UnknownLabel(labels[wrong][0].item(), self.classes)

    def _check_count(self, given: int) -> None:
        required = self.configuration.required_words(self.kind)
        if given < required:
            raise MissingWords(given, required)
        if given > required:
            raise TooManyWords(given, required)

    @abstractmethod
    def _read(self, data: bytes) -> None:
        """Take over the state that the words hold."""

    @abstractmethod
    def _write(self) -> bytes:
        """The state as words, unused bits zero."""

    @abstractmethod
    def _train(
        self, batch: EncodedBatch, labels: npt.NDArray[np.int64], moments: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.bool_]:
        """Learn checked samples in order."""


def words_data(words: Sequence[int] | bytes) -> bytes:
    """Give words, numbers or big-endian bytes, as bytes.

    Raises
    ------
    InvalidWord
        A number is not of 256 bits, or the bytes are no whole words.
    """
    if not isinstance(words, bytes | bytearray | memoryview):
        return words_to_bytes(words)
    if len(words) % WORD_BYTES:
        raise InvalidWord(len(words) // WORD_BYTES, f"has only {len(words) % WORD_BYTES} of {WORD_BYTES} bytes")
    return bytes(words)
