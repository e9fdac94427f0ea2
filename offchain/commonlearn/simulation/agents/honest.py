"""Contributes what is true."""

from __future__ import annotations

from typing import ClassVar

from commonlearn.simulation.agents.base import Agent

__all__ = ["Honest"]


class Honest(Agent):
    """Contributes new samples with their true labels; what `mistakes` says goes wrong."""

    habit: ClassVar[str] = "honest"
