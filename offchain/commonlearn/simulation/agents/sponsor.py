"""Stakes for those who have no ether."""

from __future__ import annotations

from typing import ClassVar

from commonlearn.simulation.agents.base import Agent

__all__ = ["Sponsor"]


class Sponsor(Agent):
    """Sends and stakes what agents that name it as their `sponsor` contribute, and takes the stakes back.

    The authors are proven by it, and get the shares.
    """

    habit: ClassVar[str] = "sponsor"
    is_passive: ClassVar[bool] = True
