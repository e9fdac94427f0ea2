"""What only a command line can get wrong."""

from __future__ import annotations

from commonlearn.errors import CommonlearnError

__all__ = ["InternalProblem", "UsageProblem"]


class UsageProblem(CommonlearnError, ValueError):
    """Options or arguments contradict one another, or one is missing."""


class InternalProblem(CommonlearnError):
    """Something that this program did not foresee."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"{type(error).__name__}: {error}. This was not foreseen; set COMMONLEARN_DEBUG=1 to see where, "
            "and please tell the project."
        )
