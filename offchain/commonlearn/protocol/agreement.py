"""Strict majorities of those who were asked (``contracts/libraries/Agreement``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

__all__ = ["strict_majority"]


def strict_majority(answers: Sequence[bytes | None], asked: int) -> bytes | None:
    """Return what more than half of the asked answered.

    Silence counts against a majority: two equal answers of three asked are one, of four they are none.

    Parameters
    ----------
    answers : sequence of bytes or None
        None for who did not answer.
    asked : int
        How many were asked.

    Examples
    --------
    >>> strict_majority([b"a", b"a", None], 3), strict_majority([b"a", b"a", None, None], 4)
    (b'a', None)
    """
    counts = Counter(answer for answer in answers if answer is not None)
    return next((answer for answer, votes in counts.items() if 2 * votes > asked), None)
