"""The fixed parameters of a model in one 256-bit number. Source: ``docs/ref-models.md``, "Model configuration"."""

from __future__ import annotations

import operator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from commonlearn.errors import InvalidConfiguration, UnknownModelKind
from commonlearn.numerics import Encoding, lanes_per_word, words_needed

__all__ = ["Kind", "ModelConfiguration", "whole"]

# Field and width in bits, from the most significant end; the lowest 32 bits stay zero.
_LAYOUT = (
    ("encoding", 8),
    ("weight_bits", 8),
    ("classes", 16),
    ("dimension", 32),
    ("step", 16),
    ("intercept_value", 16),
    ("margin", 64),
    ("smoothing", 32),
    ("notice_seconds", 32),
)
_UNUSED_BITS = 32
WIDTHS = (4, 8, 16, 32)
"""Lane widths that contracts know: positions in bits then split into word and offset by shifting."""
_MAX_INTERCEPT_VALUE = 32_767


def whole(name: str, value: Any) -> int:
    """Give a parameter as a plain integer.

    Raises
    ------
    InvalidConfiguration
        It is no whole number; the message names it.
    """
    try:
        return int(operator.index(value))
    except TypeError:
        raise InvalidConfiguration(None, f"{name} is {value!r}, but must be a whole number.") from None


class Kind(StrEnum):
    """Which algorithm, with its version: the string that a contract's ``kind()`` gives.

    Examples
    --------
    >>> Kind("perceptron/1") is Kind.PERCEPTRON
    True
    """

    PERCEPTRON = "perceptron/1"
    NEAREST_CENTROID = "nearest-centroid/1"
    NAIVE_BAYES = "naive-bayes/1"

    @classmethod
    def parse(cls, kind: str) -> Kind:
        """The member of this name.

        Raises
        ------
        UnknownModelKind
            There is none.
        """
        try:
            return cls(kind)
        except ValueError:
            raise UnknownModelKind(kind, [member.value for member in cls]) from None


# What each algorithm uses beyond encoding, weight_bits, classes and dimension: field -> lowest and highest value.
_USED = {
    Kind.PERCEPTRON: {"step": (1, 65_535), "intercept_value": (0, _MAX_INTERCEPT_VALUE), "margin": (0, (1 << 64) - 1)},
    Kind.NEAREST_CENTROID: {"notice_seconds": (0, (1 << 32) - 1)},
    Kind.NAIVE_BAYES: {"smoothing": (1, (1 << 32) - 1)},
}
_ALWAYS = {"encoding": (0, 2), "weight_bits": (4, 32), "classes": (2, 256), "dimension": (1, 65_536)}


@dataclass(frozen=True)
class ModelConfiguration:
    """A model's configuration word, field by field. Fields that an algorithm does not use are zero.

    Parameters
    ----------
    encoding : Encoding
        How samples are written.
    weight_bits : int
        Lane width: 4, 8, 16 or 32.
    classes : int
        Number of classes at creation, 2 to 256.
    dimension : int
        Number of features, 1 to 65,536.
    step : int, default 0
        Perceptron: learning step, 1 to 65,535.
    intercept_value : int, default 0
        Perceptron: value of the constant feature, 0 (no intercept) to 32,767.
    margin : int, default 0
        Perceptron: contributions inside this margin also teach; units of the score; below 2**64.
    smoothing : int, default 0
        Naive Bayes: additive smoothing in 1/256, at least 1 (256 is Laplace's 1).
    notice_seconds : int, default 0
        Nearest centroid: an added class takes part after this time.

    Raises
    ------
    InvalidConfiguration
        A field is out of range.

    Examples
    --------
    >>> c = ModelConfiguration(Encoding.PRESENCE, weight_bits=8, classes=2, dimension=1000, step=1, margin=50)
    >>> ModelConfiguration.from_int(c.to_int()) == c
    True
    >>> c.required_words(Kind.PERCEPTRON)
    32
    """

    encoding: Encoding
    weight_bits: int
    classes: int
    dimension: int
    step: int = 0
    intercept_value: int = 0
    margin: int = 0
    smoothing: int = 0
    notice_seconds: int = 0

    def __post_init__(self) -> None:
        for name, width in _LAYOUT:
            value = whole(name, getattr(self, name))
            low, high = _ALWAYS.get(name, (0, (1 << width) - 1))
            if not low <= value <= high:
                raise InvalidConfiguration(None, f"{name} is {value}, but must be from {low} to {high}.")
            if name == "weight_bits" and value not in WIDTHS:
                raise InvalidConfiguration(None, f"{name} is {value}, but must be 4, 8, 16 or 32.")
            # Numbers of NumPy would overflow in to_int; the dataclass is frozen, so plain ones go in this way.
            object.__setattr__(self, name, Encoding(value) if name == "encoding" else value)

    def to_int(self) -> int:
        """The configuration word, 0 to 2**256 - 1."""
        word = 0
        for name, width in _LAYOUT:
            word = word << width | int(getattr(self, name))
        return word << _UNUSED_BITS

    @classmethod
    def from_int(cls, word: int) -> ModelConfiguration:
        """Read a configuration word.

        Raises
        ------
        InvalidConfiguration
            A field is out of range, or unused bits are set.
        """
        if not 0 <= word < 1 << 256:
            raise InvalidConfiguration(None, "it is not an unsigned 256-bit number.")
        if word & ((1 << _UNUSED_BITS) - 1):
            raise InvalidConfiguration(word, "its lowest 32 bits, which are not used, must be zero.")
        rest, values = word >> _UNUSED_BITS, {}
        for name, width in reversed(_LAYOUT):
            values[name] = rest & ((1 << width) - 1)
            rest >>= width
        try:
            return cls(**values)  # type: ignore[arg-type]  # __post_init__ turns the encoding into an Encoding
        except InvalidConfiguration as error:
            raise InvalidConfiguration(word, error.reason) from None

    def check(self, kind: Kind | str) -> None:
        """Raise unless a model of this kind can run with it.

        Raises
        ------
        InvalidConfiguration
            A field that the algorithm uses is out of its range, or another one is not zero.
        UnknownModelKind
            There is no such algorithm.
        """
        used = _USED[Kind.parse(kind)]
        for field in fields(self):
            value, name = getattr(self, field.name), field.name
            if name in _ALWAYS:
                continue
            low, high = used.get(name, (0, 0))
            if not low <= value <= high:
                wanted = f"from {low} to {high}" if name in used else "0, as this algorithm does not use it"
                raise InvalidConfiguration(self.to_int(), f"{name} is {value}, but must be {wanted}.")

    def columns(self, kind: Kind | str) -> int:
        """Weights a feature: classes, but 1 for a perceptron with two classes."""
        return 1 if Kind.parse(kind) is Kind.PERCEPTRON and self.classes == 2 else self.classes

    def words_per_class(self) -> int:
        """Nearest centroid: words of one class, header included."""
        return 1 + words_needed(self.dimension, self.weight_bits)

    def required_words(self, kind: Kind | str) -> int:
        """Number of first words.

        Parameters
        ----------
        kind : Kind or str

        Returns
        -------
        int
        """
        parsed = Kind.parse(kind)
        if parsed is Kind.NEAREST_CENTROID:
            return self.classes * self.words_per_class()
        if parsed is Kind.NAIVE_BAYES:
            return (self.classes + 1) // 2 + words_needed(self.dimension * self.classes, self.weight_bits)
        return words_needed((self.dimension + 1) * self.columns(parsed), self.weight_bits)

    @property
    def lanes(self) -> int:
        """Lanes in a word, 8 to 128."""
        return lanes_per_word(self.weight_bits)
