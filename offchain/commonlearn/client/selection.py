"""Labelled data as contributions: encoded and checked before anything is sent, by row where some are bad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from commonlearn.client.errors import LengthMismatch, NothingToContribute
from commonlearn.client.receipts import Contributions, Refusal
from commonlearn.errors import CommonlearnError, SampleError, UnknownLabel

__all__ = ["Encode", "Selection", "select"]

Encode = Callable[[Sequence[Any]], list[bytes]]
Number = Callable[[Sequence[Any]], list[int]]


@dataclass(frozen=True)
class Selection:
    """What of some labelled data can be contributed.

    Attributes
    ----------
    samples : tuple of bytes
    labels : tuple of int
    rows : tuple of int
        Which of the data each is, from 0.
    refused : tuple of Refusal
        The others, and why.
    """

    samples: tuple[bytes, ...]
    labels: tuple[int, ...]
    rows: tuple[int, ...]
    refused: tuple[Refusal, ...]

    def restored(self, made: Contributions) -> Contributions:
        """Receipts and refusals with positions in the data as they were given."""
        receipts = [replace(receipt, position=self.rows[receipt.position]) for receipt in made]
        refused = [replace(refusal, position=self.rows[refusal.position]) for refusal in made.refused]
        return Contributions(receipts, sorted([*self.refused, *refused], key=lambda refusal: refusal.position))


def select(raw: Sequence[Any], labels: Sequence[Any], encode: Encode, number: Number, *, strict: bool) -> Selection:
    """Encode and check labelled data.

    Parameters
    ----------
    raw, labels : sequences, length n
        As given.
    encode : callable
        Makes checked samples; raises `SampleError` for bad ones.
    number : callable
        Makes class numbers; raises `UnknownLabel` for unknown ones.
    strict : bool
        Whether one bad row is an error for all.

    Raises
    ------
    LengthMismatch, NothingToContribute
    SampleError, UnknownLabel
        A row is bad, and `strict`, or no row is good.
    """
    if len(raw) != len(labels):
        raise LengthMismatch(len(raw), len(labels))
    if len(raw) == 0:
        raise NothingToContribute
    try:
        return Selection(tuple(encode(raw)), tuple(number(labels)), tuple(range(len(raw))), ())
    except (SampleError, UnknownLabel) as error:
        if strict:
            raise
        first: CommonlearnError = error
    samples, numbers, rows, refused = [], [], [], []
    for row, (one, label) in enumerate(zip(raw, labels, strict=True)):
        try:
            (sample,), (class_number,) = encode([one]), number([label])
        except (SampleError, UnknownLabel) as error:
            refused.append(Refusal(row, error))
            continue
        samples.append(sample)
        numbers.append(class_number)
        rows.append(row)
    if not samples:
        raise first
    return Selection(tuple(samples), tuple(numbers), tuple(rows), tuple(refused))
