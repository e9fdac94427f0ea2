"""Ongoing self-assessment, played by agents against the money twin and a model twin.

No money is counted here: stakes, refunds, shares and prices are the ledger's, which is the contract's twin.
"""

from __future__ import annotations

import time

from commonlearn.incentives.self_assessment import ClaimOf, SelfAssessmentLedger
from commonlearn.records import Status
from commonlearn.simulation.actions import Kind
from commonlearn.simulation.agents import Agent
from commonlearn.simulation.errors import ReplayProblem
from commonlearn.simulation.material import Material
from commonlearn.simulation.run import Run
from commonlearn.simulation.scenario import Scenario
from commonlearn.simulation.stage import Progress, Stage

__all__ = ["SelfAssessmentSimulation"]


class SelfAssessmentSimulation:
    """One run of self-assessment.

    Each contribution has two lines of events behind it, which end when its stake is released: the author asks for it
    when refunds open, and again from time to time; those who report look when reports open, quickest first, and again.
    What is left is swept.

    Parameters
    ----------
    scenario : Scenario
        With the table ``self-assessment``.
    material : Material
    progress : callable, optional
        Told contributions so far, and in all.

    Attributes
    ----------
    ledger : SelfAssessmentLedger
        The money twin.
    stage : Stage
        Agents, model, clock.
    wallets : list of int
        Ether of each agent outside the ledger, in wei.

    References
    ----------
    J. D. Harris and B. Waggoner, "Decentralized & Collaborative AI on Blockchain", 2019, the simulation of ongoing
    self-assessment.
    """

    def __init__(self, scenario: Scenario, material: Material, progress: Progress | None = None) -> None:
        assert scenario.self_assessment is not None
        self.scenario, self.material = scenario, material
        self.terms = scenario.self_assessment.terms(scenario.beneficiary)
        self.stage = stage = Stage(scenario, material, progress)
        self.clock, self.learner, self.actions = stage.clock, stage.learner, stage.actions
        self.ledger = SelfAssessmentLedger(self.terms, opened_at=scenario.started_at)
        self.wallets = [agent.settings.purse for agent in stage.agents]
        self._authors: list[Agent] = []
        self._payers: list[Agent] = []
        self._by_delay = sorted(
            (agent for agent in stage.agents if agent.settings.report_after is not None),
            key=lambda agent: (agent.settings.report_after, agent.number),
        )
        self._locked = dict.fromkeys((outcome.name for outcome in stage.outcomes), 0)
        self._open = 0

    def run(self) -> Run:
        """Play to the end: until every stake is released."""
        begin = time.perf_counter()
        stage = self.stage
        stage.note(*self._money())
        stage.started(self._turn)
        self.clock.at(self.scenario.started_at + self.scenario.measure_every, self._measure)
        self.clock.run()
        self._withdraw_all()
        stage.measure()
        stage.note(*self._money())
        for agent, wallet in zip(stage.agents, self.wallets, strict=True):
            stage.group[agent.number].end_wei += wallet
        stage.finished()
        totals = self.ledger.totals()
        notes = {
            "swept_wei": str(self.ledger.owed(self.terms.beneficiary)),
            "carried_wei": str(totals.carry_wei),
            "proven_gwei": totals.proven_gwei,
        }
        return Run(
            self.scenario, self.scenario.seed, self.material.source, self.material.is_real, len(stage.given), None,
            stage.course, stage.outcomes, self.actions, notes, time.perf_counter() - begin,
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------------- contributing

    def _turn(self, agent: Agent) -> None:
        if self.stage.is_over or agent.is_done():
            return
        due = self.clock.now
        payer = agent if agent.settings.sponsor is None else self.stage.agent_named(agent.settings.sponsor)
        if agent.works(self.stage):
            most = payer.most_stake()
            if self.ledger.stake_at(self.clock.next_action()) <= most and self._can_pay(payer):
                self._contribute(agent, payer)
        self.clock.at(due + agent.wait(), self._turn, agent)

    def _can_pay(self, payer: Agent) -> bool:
        """Whether the purse holds the stake; what the contract owes is withdrawn for it."""
        wallet = self.wallets[payer.number]
        if wallet >= self.ledger.stake_at(self.clock.next_action()):
            return True
        owed = self.ledger.owed(payer.address)
        # A second later the stake is lower, if anything.
        if owed == 0 or wallet + owed < self.ledger.stake_at(self.clock.next_action()):
            return False
        self._withdraw(payer)
        return True

    def _contribute(self, agent: Agent, payer: Agent) -> None:
        stage = self.stage
        offer = agent.offer(stage)
        if offer is None:
            return
        now = self.clock.act()
        stake = self.ledger.stake_at(now)
        taught = self.learner.learn(offer.sample, offer.label)
        id_ = self.ledger.contribute(
            agent.address, offer.label, offer.sample, taught=taught, value_wei=stake, now=now,
            payee=None if payer is agent else payer.address,
        )  # fmt: skip
        self.wallets[payer.number] -= stake
        self._authors.append(agent)
        self._payers.append(payer)
        stage.contributed(agent, offer, taught)
        outcome = stage.group[payer.number]
        outcome.staked_wei += stake
        self._locked[outcome.name] += stake
        self._open += 1
        self.actions.add(
            now, Kind.CONTRIBUTE, agent.number, id_, offer.sample, offer.label, stake,
            -1 if payer is agent else payer.number,
        )  # fmt: skip
        if payer.settings.refunds:
            self.clock.at(now + self.terms.refund_wait_seconds, self._try_refund, id_, True)
        else:
            self._await_reports(id_)

    # --------------------------------------------------------------------------------------------------------- claims

    def _try_refund(self, id_: int, is_first: bool) -> None:
        if self.ledger.status_of(id_) is not Status.OPEN:
            return
        offer, payer = self.stage.given[id_], self._payers[id_]
        if self.learner.predict(offer.sample) == offer.label:
            self._claim(Kind.REFUND, id_, payer)
            return
        if is_first:
            self._await_reports(id_)
        again = self.clock.now + payer.settings.retry
        if again < self.ledger.contribution(id_).contributed_at + self.terms.sweep_wait_seconds:
            self.clock.at(again, self._try_refund, id_, False)

    def _await_reports(self, id_: int) -> None:
        given_at = self.ledger.contribution(id_).contributed_at
        self._await_reporter(id_, 0, given_at + self.terms.report_wait_seconds)
        self.clock.at(given_at + self.terms.sweep_wait_seconds, self._sweep, id_)

    def _await_reporter(self, id_: int, place: int, opens_at: int) -> None:
        """Let the next of those who report look at a contribution, in the order of their delays."""
        if place == len(self._by_delay):
            if not self._by_delay:
                return
            place, opens_at = 0, opens_at + max(1, self._by_delay[0].settings.retry)
        when = opens_at + (self._by_delay[place].settings.report_after or 0)
        if when < self.ledger.contribution(id_).contributed_at + self.terms.sweep_wait_seconds:
            self.clock.at(when, self._try_report, id_, place, opens_at)

    def _try_report(self, id_: int, place: int, opens_at: int) -> None:
        if self.ledger.status_of(id_) is not Status.OPEN:
            return
        reporter, offer = self._by_delay[place], self.stage.given[id_]
        if (
            reporter is not self._authors[id_]
            and reporter is not self._payers[id_]
            and self.ledger.proven(reporter.address) > 0
            and self.learner.predict(offer.sample) != offer.label
        ):
            self._claim(Kind.REPORT, id_, reporter)
            self.stage.group[reporter.number].reports += 1
            return
        self._await_reporter(id_, place + 1, opens_at)

    def _sweep(self, id_: int) -> None:
        if self.ledger.status_of(id_) is Status.OPEN:
            self._claim(Kind.SWEEP, id_, None)

    def _claim(self, kind: Kind, id_: int, caller: Agent | None) -> None:
        now, ledger, offer = self.clock.act(), self.ledger, self.stage.given[id_]
        author, payer = self._authors[id_], self._payers[id_]
        address = "" if caller is None else caller.address
        if payer is not author:  # sponsored contributions are claimed in batches only
            predicted = -1 if kind is Kind.SWEEP else self.learner.predict(offer.sample)
            claim = [ClaimOf(id_, predicted, payee=payer.address)]
            if kind is Kind.REFUND:
                refused = ledger.refund_many(claim, address, now=now)
            elif kind is Kind.REPORT:
                refused = ledger.report_many(claim, address, now=now)
            else:
                refused = ledger.sweep_many(claim, now=now)
            if refused:
                raise ReplayProblem(f"contribution {id_}: {refused[0].reason}")
        elif kind is Kind.REFUND:
            ledger.refund(id_, address, predicted=offer.label, now=now)
        elif kind is Kind.REPORT:
            ledger.report(id_, address, predicted=self.learner.predict(offer.sample), now=now)
        else:
            ledger.sweep(id_, now=now)
        stake, outcome = ledger.contribution(id_).stake_wei, self.stage.group[payer.number]
        self.actions.add(now, kind, -1 if caller is None else caller.number, id_, wei=stake)
        self._locked[outcome.name] -= stake
        self._open -= 1
        if kind is Kind.REFUND:
            outcome.refunded += 1
        else:
            outcome.lost_wei += stake
            outcome.forfeited += kind is Kind.REPORT
            outcome.swept += kind is Kind.SWEEP

    # ---------------------------------------------------------------------------------------------------------- money

    def _withdraw(self, agent: Agent) -> None:
        now = self.clock.act()
        amount = self.ledger.withdraw(agent.address)
        self.wallets[agent.number] += amount
        self.actions.add(now, Kind.WITHDRAW, agent.number, wei=amount)

    def _withdraw_all(self) -> None:
        for agent in self.stage.agents:
            if self.ledger.owed(agent.address):
                self._withdraw(agent)

    def _measure(self) -> None:
        self.stage.measure()
        self.stage.note(*self._money())
        if not self.stage.is_over or self._open:
            self.clock.at(self.clock.now + self.scenario.measure_every, self._measure)

    def _money(self) -> tuple[dict[str, int], dict[str, int]]:
        balances = dict.fromkeys(self._locked, 0)
        for agent, wallet in zip(self.stage.agents, self.wallets, strict=True):
            balances[agent.settings.name] += wallet + self.ledger.owed(agent.address)
        return balances, dict(self._locked)
