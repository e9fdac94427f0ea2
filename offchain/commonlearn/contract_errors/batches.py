"""Refusals of batches."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError

__all__ = [
    "BatchLength",
    "BatchRefused",
    "EmptyBatch",
]


class EmptyBatch(ContractError, ValueError):
    """There is nothing in a batch."""

    def __init__(self) -> None:
        super().__init__("There is nothing in this batch. Give at least one sample or claim.")


class BatchLength(ContractError, ValueError):
    """Samples and labels (or the answers of a model) do not go together."""

    fields = ("samples", "labels")

    def __init__(self, samples: int, labels: int) -> None:
        super().__init__(
            f"The batch has {samples:,} samples, but {labels:,} labels (or answers of the model). Give one label for "
            "each sample."
        )
        self.samples, self.labels = samples, labels


class BatchRefused(ContractError, ValueError):
    """One of a strict batch was refused, and all others with it.

    Parameters
    ----------
    position : int
        Which sample or claim, from 0.
    reason : bytes
        What the single call would have thrown; :func:`commonlearn.chain.reverts.error_from_revert` reads it.
    """

    fields = ("position", "reason")

    def __init__(self, position: int, reason: bytes) -> None:
        super().__init__(
            f"Number {position + 1:,} of the batch was refused (0x{reason[:4].hex()}), and the others with it, as you "
            "asked. Leave it out, or do without strict."
        )
        self.position, self.reason = position, reason
