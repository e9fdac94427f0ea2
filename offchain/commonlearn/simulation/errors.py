"""What can be wrong with a simulation's settings."""

from __future__ import annotations

from commonlearn.errors import CommonlearnError

__all__ = ["ReplayProblem", "ScenarioProblem", "SweepProblem"]


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


class SweepProblem(CommonlearnError, ValueError):
    """A sweep cannot be made or gone on with."""


class ReplayProblem(CommonlearnError, RuntimeError):
    """The twin refused what the simulation did: a fault of the simulation."""
