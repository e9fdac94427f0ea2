"""The terms of each incentive as a scenario writes them: names and defaults are those of ``commonlearn deploy``."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from commonlearn.records import MarketTerms, PointsTerms, Terms
from commonlearn.simulation.quantities import HundredthsOfPercent, HundredthsOfPoint, Seconds, Wei

__all__ = ["MarketRules", "PointsRules", "SelfAssessmentRules", "Table"]

FINNEY = 10**15


class Table(BaseModel):
    """A table of a settings file: unknown names are refused, nothing changes once read."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=False, alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
    )  # fmt: skip


class SelfAssessmentRules(Table):
    """Terms of ongoing self-assessment, see :class:`~commonlearn.records.Terms`."""

    floor: Wei = FINNEY // 2
    growth_percent: HundredthsOfPercent = 100
    half_life: Seconds = 3_600
    refund_wait: Seconds = 86_400
    report_wait: Seconds = 7 * 86_400
    sweep_wait: Seconds = 30 * 86_400
    reporter_percent: HundredthsOfPercent = 500

    def terms(self, beneficiary: str) -> Terms:
        """As the twin takes them."""
        return Terms(
            beneficiary, self.floor, self.growth_percent, self.half_life,
            self.refund_wait, self.report_wait, self.sweep_wait, self.reporter_percent,
        )  # fmt: skip


class MarketRules(Table):
    """Terms of a prediction market, see :class:`~commonlearn.records.MarketTerms`, and the provider's offer."""

    bounty: Wei = 10**18
    test_samples: int = Field(default=1_000, ge=10, le=100_000)
    """How many of the held-out samples are the provider's secret test set."""
    partitions: int = Field(default=10, ge=10, le=64)
    min_stake: Wei = FINNEY
    bond: Wei = 100 * FINNEY
    step_fee: Wei = 50 * 10**12
    post_bond: Wei = 100 * FINNEY
    full_score: int = Field(default=10, ge=1, lt=1 << 32)
    participate_time: Seconds = 7 * 86_400
    reveal_time: Seconds = 2 * 86_400
    dispute_time: Seconds = 2 * 86_400
    move_time: Seconds = 6 * 3_600
    rounds: int = Field(default=4, ge=1, le=16)
    draw_delay: int = Field(default=5, ge=1, le=200)

    def terms(self, contributions: int) -> MarketTerms:
        """As contracts take them; participation ends after so many contributions at the latest."""
        return MarketTerms(
            self.min_stake, self.bond, self.step_fee, self.post_bond, self.full_score, contributions,
            self.participate_time, self.reveal_time, self.dispute_time, self.move_time, self.rounds, self.draw_delay,
        )  # fmt: skip


class PointsRules(Table):
    """Terms of points, see :class:`~commonlearn.records.PointsTerms`."""

    founders: tuple[str, ...] = Field(min_length=1, max_length=16)
    """Names of agents."""
    grant: HundredthsOfPoint = 100_000
    least_vote: HundredthsOfPoint = 100
    most_vote: HundredthsOfPoint = 1_000
    give_percent: HundredthsOfPercent = 2_000
    fee_percent: HundredthsOfPercent = 11_000
    vote_time: Seconds = 14 * 86_400

    def terms(self, founders: Sequence[str]) -> PointsTerms:
        """As the twin takes them, given the founders' addresses in ascending order."""
        return PointsTerms(
            tuple(founders), self.grant, self.least_vote, self.most_vote,
            self.give_percent, self.fee_percent, self.vote_time,
        )  # fmt: skip
