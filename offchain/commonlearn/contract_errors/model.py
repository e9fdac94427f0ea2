"""Refusals of models."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError

__all__ = [
    "AlreadyOpen",
    "AlreadySealed",
    "ChunkLength",
    "ClassesFixed",
    "FirstClassDelayed",
    "NotSealed",
    "OnlyTrainer",
    "WrongNorm",
]


class OnlyTrainer(ContractError, PermissionError):
    """Only a model's collaboration writes to it."""

    fields = ("caller", "trainer")

    def __init__(self, caller: str, trainer: str) -> None:
        super().__init__(
            f"Only the collaboration {trainer} writes to this model, not {caller}. Call the collaboration instead."
        )
        self.caller, self.trainer = caller, trainer


class AlreadyOpen(ContractError):
    """The collaboration takes contributions already."""

    def __init__(self) -> None:
        super().__init__("The model is open for contributions already; it is opened once.")


class WrongNorm(ContractError, ValueError):
    """A nearest-centroid class's header does not hold the squared norm of its sum."""

    fields = ("class_",)

    def __init__(self, class_: int) -> None:
        super().__init__(
            f"The norm in the header of class {class_} is not that of its sum. Take the words from a fitted "
            "NearestCentroid, which keeps it right."
        )
        self.class_ = class_


class FirstClassDelayed(ContractError, ValueError):
    """A first class would take part only later."""

    fields = ("class_",)

    def __init__(self, class_: int) -> None:
        super().__init__(
            f"Class {class_} of the first words would take part only later. Leave it out and let the curator add it."
        )
        self.class_ = class_


class AlreadySealed(ContractError):
    """The first words are complete and fixed."""

    def __init__(self) -> None:
        super().__init__(
            "The model's first weights are sealed already and cannot be uploaded again. It is ready to use."
        )


class NotSealed(ContractError):
    """Classes are added only after the first words are sealed."""

    def __init__(self) -> None:
        super().__init__(
            "The model's first weights are not sealed yet. Finish the upload and open it, then add classes."
        )


class ChunkLength(ContractError, ValueError):
    """A chunk is not a whole number of words."""

    fields = ("length",)

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes are not a whole number of 32-byte words. Upload whole words.")
        self.length = length


class ClassesFixed(ContractError):
    """Classes are fixed, or 256 are reached."""

    def __init__(self) -> None:
        super().__init__(
            "No class can be added: this kind of model has fixed classes, or has 256 already. Deploy a "
            "nearest-centroid model "
            "where classes should grow."
        )
