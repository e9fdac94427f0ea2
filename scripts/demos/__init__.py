"""Demos, one module an incentive: each has ``run(stage) -> int``, all its acts, and gives the exit code."""

from __future__ import annotations

__all__ = ["DEMOS"]

DEMOS = {
    "self-assessment": "scripts.demos.self_assessment",
    "points": "scripts.demos.points",
    "market": "scripts.demos.market",
}
"""Module of each incentive's demo, by the word that chooses it: ``make demo INCENTIVE=points``."""
