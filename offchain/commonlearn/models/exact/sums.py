"""What the exact models that keep sums of samples share: learning many samples at once, and choosing a lane width."""

from __future__ import annotations

import copy
from abc import abstractmethod
from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact.base import ExactModel, Samples
from commonlearn.numerics import lane_range, saturate

__all__ = ["SumModel"]

_WIDTHS = (16, 32)
_ROOM = 16


class SumModel(ExactModel):
    """An exact model whose lanes are, feature by feature, the sums of each class's samples.

    Attributes
    ----------
    sums : ndarray of int64, shape (dimension, classes)
        Saturated at their lanes.
    """

    def __init__(self, configuration: ModelConfiguration) -> None:
        super().__init__(configuration)
        self.sums = np.zeros((configuration.dimension, configuration.classes), dtype=np.int64)

    def add_samples(self, samples: Samples, labels: npt.NDArray[np.int64]) -> None:
        """Learn samples at once, without asking whether they teach.

        The state is that after :meth:`train_many`, unless a sum saturates on the way and comes back, which only
        training in order shows.

        Parameters
        ----------
        samples : sequence of bytes, or EncodedBatch, length n
        labels : ndarray of int, shape (n,)

        Raises
        ------
        SampleError, UnknownLabel
            As :meth:`train_many`; nothing was learned.
        """
        batch = self.decode(samples)
        self._check_labels(labels, None)
        members = sp.csr_array(
            (np.ones(len(batch), dtype=np.int64), (np.arange(len(batch)), labels)), shape=(len(batch), self.classes)
        )
        grown = (batch.to_csr().T @ members).toarray()
        old, bits = self.sums, self.configuration.weight_bits
        self.sums = saturate(old + grown, bits, signed=self.allow_negative)
        self._count(old, np.bincount(labels, minlength=self.classes).tolist())

    def narrowed(self) -> Self:
        """The same state in the narrower lanes of 16 and 32 bits that leave the sums sixteen-fold room."""
        largest = int(np.abs(self.sums).max(initial=0))
        fitting = (bits for bits in _WIDTHS if _ROOM * largest <= lane_range(bits, signed=self.allow_negative)[1])
        model = copy.deepcopy(self)
        model.configuration = replace(self.configuration, weight_bits=next(fitting, _WIDTHS[-1]))
        return model

    @abstractmethod
    def _count(self, old: npt.NDArray[np.int64], samples: list[int]) -> None:
        """Bring what is kept besides the sums up to date: the sums before, and how many samples each class got."""
