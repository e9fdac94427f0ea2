"""Labels as people give them, and class numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commonlearn.errors import UnknownLabel

__all__ = ["label_number", "label_numbers"]


def label_number(label: Any, names: Sequence[str]) -> int:
    """Number of a class from its name or its number. A name wins where a label could be either.

    Parameters
    ----------
    label : str or int
        A name, a number, or a number as text.
    names : sequence of str
        Names in the order of their numbers.

    Returns
    -------
    int

    Raises
    ------
    UnknownLabel
        Neither; the error names the classes.

    Examples
    --------
    >>> label_number("positive", ["negative", "positive"]), label_number(0, ["negative", "positive"])
    (1, 0)
    >>> label_number(7, ["3", "7"])
    1
    """
    if isinstance(label, np.generic):
        label = label.item()
    known = list(names)
    text = str(label)
    if not isinstance(label, bool) and text in known:
        return known.index(text)
    whole = isinstance(label, int) or (isinstance(label, float) and label.is_integer())
    if not isinstance(label, bool) and (whole or (isinstance(label, str) and text.isdecimal())):
        number = int(label)
        if 0 <= number < len(known) and not (isinstance(label, float) and str(int(label)) in known):
            return number
        if str(number) in known:
            return known.index(str(number))
    raise UnknownLabel(label, len(known), known=known)


def label_numbers(labels: Sequence[Any], names: Sequence[str]) -> list[int]:
    """Numbers of many; see :func:`label_number`."""
    return [label_number(label, names) for label in labels]
