"""What a simulation learns from: first weights, samples to contribute, held-out samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from commonlearn.models.exact import ExactModel
from commonlearn.numerics import EncodedBatch

__all__ = ["Material", "Row"]

Row = tuple[npt.NDArray[np.intp] | slice, npt.NDArray[np.int64] | int]
"""Features and values of a sample, as :meth:`EncodedBatch.rows` gives them."""


@dataclass(frozen=True)
class Material:
    """Samples with the model that meets them. Never changed, so that runs can share it.

    Parameters
    ----------
    source : str
        Where the samples come from, for people.
    is_real : bool
        Whether they are the real data, not a stand-in.
    model : ExactModel
        With its first weights.
    pool : EncodedBatch
        What agents contribute.
    labels : ndarray of int64, shape (len(pool),)
        Their true classes.
    test : EncodedBatch
        Held out.
    test_labels : ndarray of int64, shape (len(test),)
    test_size : int
        Number of held-out samples, with those that have no known feature and count as wrong; at least ``len(test)``.
    """

    source: str
    is_real: bool
    model: ExactModel
    pool: EncodedBatch
    labels: npt.NDArray[np.int64]
    test: EncodedBatch
    test_labels: npt.NDArray[np.int64]
    test_size: int

    def held_out(self, first: int) -> Material:
        """The same without the first of the held-out samples, which somebody else uses."""
        return replace(
            self, test=self.test[first:], test_labels=self.test_labels[first:], test_size=self.test_size - first
        )

    @cached_property
    def rows(self) -> list[Row]:
        """The pool, sample by sample."""
        return list(self.pool.rows())

    @cached_property
    def truths(self) -> list[int]:
        """The pool's true classes as plain numbers."""
        found: list[int] = self.labels.tolist()
        return found

    @cached_property
    def test_matrix(self) -> sp.csr_array:
        """The held-out samples as a sparse matrix, shape (len(test), dimension)."""
        return self.test.to_csr(np.float64)
