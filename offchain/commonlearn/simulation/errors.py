"""What can be wrong with a simulation's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commonlearn.errors import CommonlearnError

__all__ = ["ReplayProblem", "ScenarioProblem", "SweepProblem", "said_of"]


class ScenarioProblem(CommonlearnError, ValueError):
    """A scenario cannot be played.

    Parameters
    ----------
    setting : str
        Which setting, as it is written in the file: ``agents.2.habit``.
    reason : str
        What is wrong with it.
    where : str, optional
        The file.
    """

    def __init__(self, setting: str, reason: str, where: str | None = None) -> None:
        place = f" of {where}" if where else ""
        super().__init__(f"The setting {setting}{place} cannot be used: {reason.rstrip('.')}.")
        self.setting, self.reason, self.where = setting, reason, where


def said_of(problem: Mapping[str, Any]) -> str:
    """Say what pydantic found wrong with a setting, in words for people who write scenarios.

    Examples
    --------
    >>> said_of({"type": "extra_forbidden", "msg": "Extra inputs are not permitted"})
    'there is no such setting; `commonlearn simulate scenario NAME` prints a file with those there are'
    """
    context = problem.get("ctx", {})
    told = {
        "extra_forbidden": "there is no such setting; `commonlearn simulate scenario NAME` prints a file with those "
        "there are",
        "missing": "it is missing; `commonlearn simulate scenario NAME` prints a whole file",
        "greater_than_equal": "it must be {ge} or more",
        "greater_than": "it must be more than {gt}",
        "less_than_equal": "it must be {le} or less",
        "less_than": "it must be less than {lt}",
        "int_parsing": "it must be a whole number",
        "int_from_float": "it must be a whole number",
        "int_type": "it must be a whole number",
        "float_parsing": "it must be a number",
        "float_type": "it must be a number",
        "literal_error": "it must be {expected}",
    }.get(str(problem.get("type")))
    return told.format(**context) if told else str(problem["msg"]).removeprefix("Value error, ")


class SweepProblem(CommonlearnError, ValueError):
    """A sweep cannot be made or gone on with."""


class ReplayProblem(CommonlearnError, RuntimeError):
    """The twin refused what the simulation did: a fault of the simulation."""
