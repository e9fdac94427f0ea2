"""Points that contributors give one another, played by agents against the twin of their rules. There is no money."""

from __future__ import annotations

import time

from commonlearn.incentives.points import PointsLedger
from commonlearn.simulation.actions import Kind
from commonlearn.simulation.agents import Agent, Offer
from commonlearn.simulation.material import Material
from commonlearn.simulation.run import Run
from commonlearn.simulation.scenario import Scenario
from commonlearn.simulation.stage import Progress, Stage

__all__ = ["PointsSimulation"]

_LOOKS_AFTER = 3_600
"""Seconds after a contribution from which others look at it; each agent a little later than the one before."""
_APART = 60


class PointsSimulation:
    """One run under points.

    A contribution is looked at by every agent with the chance of its `votes`; who has standing and an opinion votes.
    Balances are hundredths of a point, as the ledger counts them.

    Parameters
    ----------
    scenario : Scenario
        With the table ``points``.
    material : Material
    progress : callable, optional
        Told contributions so far, and in all.

    Attributes
    ----------
    ledger : PointsLedger
        The twin.
    stage : Stage
        Agents, model, clock.
    """

    def __init__(self, scenario: Scenario, material: Material, progress: Progress | None = None) -> None:
        assert scenario.points is not None
        self.scenario, self.material, self.rules = scenario, material, scenario.points
        self.stage = stage = Stage(scenario, material, progress)
        self.clock = stage.clock
        founders = [agent.address for agent in stage.agents if agent.settings.name in self.rules.founders]
        self.terms = self.rules.terms(founders)
        self.ledger = PointsLedger(self.terms)
        self._voters = [agent for agent in stage.agents if agent.settings.votes > 0]
        for outcome in stage.outcomes:
            outcome.start_wei = 0

    def run(self) -> Run:
        """Play to the end: until the last vote is possible no more."""
        begin = time.perf_counter()
        stage = self.stage
        stage.note(self._points(), {})
        stage.started(self._turn)
        self.clock.at(self.scenario.started_at + self.scenario.measure_every, self._measure)
        self.clock.run()
        stage.measure()
        stage.note(self._points(), {})
        for agent in stage.agents:
            stage.group[agent.number].end_wei += self.ledger.account(agent.address).points
        stage.finished()
        return Run(
            self.scenario, self.scenario.seed, self.material.source, self.material.is_real, len(stage.given), None,
            stage.course, stage.outcomes, stage.actions, self._notes(), time.perf_counter() - begin,
        )  # fmt: skip

    def _turn(self, agent: Agent) -> None:
        stage = self.stage
        if stage.is_over or agent.is_done():
            return
        due = self.clock.now
        offer = agent.offer(stage) if agent.works(stage) else None
        if offer is not None:
            now = self.clock.act()
            taught = stage.learner.learn(offer.sample, offer.label)
            id_ = self.ledger.contribute(agent.address, now=now)
            stage.contributed(agent, offer, taught)
            stage.actions.add(now, Kind.CONTRIBUTE, agent.number, id_, offer.sample, offer.label)
            for place, voter in enumerate(self._voters):
                if voter is not agent:
                    self._await_vote(id_, offer, voter, now + _LOOKS_AFTER + place * _APART)
        self.clock.at(due + agent.wait(), self._turn, agent)

    def _await_vote(self, id_: int, offer: Offer, voter: Agent, when: int) -> None:
        # The draw is made here, so that contributions at which nobody looks cost nothing later.
        opinion = voter.judges(self.stage, offer)
        if opinion is not None:
            self.clock.at(when, self._vote, id_, voter, opinion)

    def _vote(self, id_: int, voter: Agent, confirms: bool) -> None:
        ledger = self.ledger
        now = self.clock.next_action()
        given_at = ledger.contributed_at(id_)
        if ledger.weight_of(voter.address) == 0 or now >= given_at + self.terms.vote_seconds:
            return
        now = self.clock.act()
        vote = ledger.vote(id_, voter.address, confirms=confirms, now=now)
        kind = Kind.CONFIRM if confirms else Kind.CONTEST
        self.stage.actions.add(now, kind, voter.number, id_, wei=vote.weight)
        self.stage.group[voter.number].votes += 1

    def _measure(self) -> None:
        self.stage.measure()
        self.stage.note(self._points(), {})
        if not self.stage.is_over:
            self.clock.at(self.clock.now + self.scenario.measure_every, self._measure)

    def _points(self) -> dict[str, int]:
        found = dict.fromkeys((outcome.name for outcome in self.stage.outcomes), 0)
        for agent in self.stage.agents:
            found[agent.settings.name] += self.ledger.account(agent.address).points
        return found

    def _notes(self) -> dict[str, object]:
        tallies = self.ledger.tallies.values()
        right = wrong = 0
        for id_, tally in self.ledger.tallies.items():
            offer = self.stage.given[id_]
            is_true = self.stage.truth(offer.sample) == offer.label
            if tally.confirmed != tally.contested:
                agrees = (tally.confirmed > tally.contested) == is_true
                right, wrong = right + agrees, wrong + (not agrees)
        return {
            "voted_on": len(tallies),
            "judged_right": right,
            "judged_wrong": wrong,
            "points_hundredths": sum(self._points().values()),
        }
