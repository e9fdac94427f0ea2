"""Lives on what others do wrong."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, ClassVar

from commonlearn.simulation.agents.base import Agent

if TYPE_CHECKING:
    from commonlearn.simulation.scenario import AgentSettings

__all__ = ["Reporter"]

_TO_BE_PROVEN = 5


class Reporter(Agent):
    """Contributes truly just so often that it is proven (five times, unless `limit` says otherwise), then reports.

    It reports at once when `report_after` is not given.
    """

    habit: ClassVar[str] = "reporter"

    def __init__(self, settings: AgentSettings, number: int, chance: random.Random) -> None:
        own: dict[str, int] = {}
        if settings.limit is None:
            own["limit"] = _TO_BE_PROVEN
        if settings.report_after is None:
            own["report_after"] = 0
        super().__init__(settings.model_copy(update=own), number, chance)
