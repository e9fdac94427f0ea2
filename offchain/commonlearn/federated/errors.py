"""What can be wrong with models, updates and data of a federation."""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.errors import CommonlearnError

__all__ = [
    "DataRefused",
    "FederatedError",
    "MalformedParameters",
    "NotFinite",
    "OutOfRange",
    "ParametersError",
    "ParametersTooLarge",
    "SettingRefused",
    "ShapeMismatch",
    "TooFewUpdates",
    "TooManyOwners",
    "UnknownName",
    "UpdateRefused",
    "WrongEstimator",
]


class FederatedError(CommonlearnError, ValueError):
    """Base of what this room raises."""


class ParametersError(FederatedError):
    """A model's parameters cannot be used."""


class MalformedParameters(ParametersError):
    """Bytes are not the canonical form of any parameters."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"These bytes are no model: {reason}. Do not use them; ask whoever made them to send encode(parameters)."
        )
        self.reason = reason


class ParametersTooLarge(ParametersError):
    """A model is larger than its job allows."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The model takes {size} bytes, but at most {limit} are allowed, so that nobody hides data in it. "
            "Make it smaller (fewer features or hidden units), or agree on a larger limit."
        )
        self.size, self.limit = size, limit


class WrongEstimator(ParametersError):
    """Parameters belong to another estimator, version, scale or shape of task."""

    def __init__(self, what: str, found: object, wanted: object) -> None:
        super().__init__(
            f"The model's {what} is {found}, but {wanted} is wanted here. Use the job's estimator and settings."
        )
        self.what, self.found, self.wanted = what, found, wanted


class ShapeMismatch(ParametersError):
    """Arrays have other shapes than their estimator's."""

    def __init__(self, estimator: str, found: Sequence[tuple[int, ...]], wanted: Sequence[tuple[int, ...]]) -> None:
        super().__init__(
            f"A model of {estimator!r} has arrays of the shapes {list(wanted)}, not {list(found)}. It was made by "
            "other code, or for other columns."
        )
        self.estimator, self.found, self.wanted = estimator, tuple(found), tuple(wanted)


class NotFinite(ParametersError):
    """A weight is NaN or infinite."""

    def __init__(self, array: int) -> None:
        super().__init__(
            f"Array {array} of the model has a value that is no finite number: training has diverged. "
            "Take a smaller step, or scale the features."
        )
        self.array = array


class OutOfRange(ParametersError):
    """A weight is too large to be kept exactly."""

    def __init__(self, value: float, limit: float) -> None:
        super().__init__(
            f"The value {value:g} of the model is beyond ±{limit:g}, the largest that its scale keeps exactly. "
            "Scale the features, take a smaller step, or a smaller scale."
        )
        self.value, self.limit = value, limit


class DataRefused(FederatedError):
    """Features or targets cannot be learned from or scored."""

    def __init__(self, reason: str, remedy: str = "Check the table and its schema") -> None:
        super().__init__(f"These data cannot be used: {reason}. {remedy}.")
        self.reason = reason


class SettingRefused(FederatedError):
    """A setting is unknown or out of range."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The setting {name!r} cannot be used: {reason}.")
        self.name, self.reason = name, reason


class UnknownName(FederatedError, LookupError):
    """There is no estimator, strategy, metric or program of a name."""

    def __init__(self, kind: str, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no {kind} {name!r}. Known are {', '.join(sorted(known))}.")
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))


class TooFewUpdates(FederatedError):
    """A strategy needs more updates than there are."""

    def __init__(self, strategy: str, found: int, needed: int) -> None:
        super().__init__(
            f"The strategy {strategy!r} needs at least {needed} updates with these settings, but there are {found}. "
            "Wait for more owners, or tolerate fewer bad ones."
        )
        self.strategy, self.found, self.needed = strategy, found, needed


class UpdateRefused(FederatedError):
    """An update cannot be aggregated with the others."""

    def __init__(self, owner: str, reason: str) -> None:
        super().__init__(f"The update of {owner!r} is refused: {reason}. The round can go on without it.")
        self.owner, self.reason = owner, reason


class TooManyOwners(FederatedError):
    """Exact shares of so many owners would need too many models."""

    def __init__(self, owners: int, limit: int) -> None:
        super().__init__(
            f"Exact Shapley values of {owners} owners need {2 ** min(owners, 64)} models; at most {limit} owners are "
            "computed so. Use the truncated Monte Carlo estimate."
        )
        self.owners, self.limit = owners, limit
