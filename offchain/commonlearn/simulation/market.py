"""A prediction market, played by agents against the twin of its replay.

Agents stake while anyone can take part; then the contributions are replayed round by round, as the contracts do it, and
the model is taught what was not punished. Money moves in :mod:`commonlearn.market` only.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from commonlearn.market.commitment import partitioned
from commonlearn.market.participants import Participant
from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput
from commonlearn.numerics import keccak256
from commonlearn.simulation.actions import Kind
from commonlearn.simulation.agents import Agent
from commonlearn.simulation.material import Material
from commonlearn.simulation.run import DAY, Run
from commonlearn.simulation.scenario import Scenario
from commonlearn.simulation.stage import Progress, Stage

__all__ = ["MarketSimulation"]

_BLOCK_SECONDS = 12
_TRAINED_A_BLOCK = 40
"""Contributions of a hundred words that one transaction teaches."""
_MOMENTS = 40
"""How often accuracy is noted while the model learns."""


class MarketSimulation:
    """One market.

    The provider's test set are the first `test-samples` held-out samples, all partitions but the drawn one; accuracy is
    measured on the other held-out samples.

    Parameters
    ----------
    scenario : Scenario
        With the table ``market``.
    material : Material
    progress : callable, optional
        Told contributions so far, and in all.
    scored : (samples, labels), optional
        The scored test set, as a chain's draw has left it; by default the seed draws.

    Attributes
    ----------
    stage : Stage
        Agents, model, clock.
    wallets : list of int
        Ether of each agent outside the market, in wei.
    inputs : list of ReplayInput
        The contributions as the replay takes them.
    replay : Replay
        Once it has run.
    final : dict of int to Participant
        What came of each agent that took part, by its number.

    References
    ----------
    J. D. Harris and B. Waggoner, "Decentralized & Collaborative AI on Blockchain", 2019, the simulation of the
    prediction market.
    """

    replay: Replay

    def __init__(
        self,
        scenario: Scenario,
        material: Material,
        progress: Progress | None = None,
        *,
        scored: tuple[Sequence[bytes], Sequence[int]] | None = None,
    ) -> None:
        assert scenario.market is not None
        self.scenario, self.material, self.rules = scenario, material, scenario.market
        tests = min(self.rules.test_samples, len(material.test))
        self.scored = scored or _drawn_test_set(material, tests, self.rules.partitions, scenario.seed)
        self.stage = stage = Stage(scenario, material.held_out(tests), progress)
        stage.samples = min(stage.samples, 65_535)
        self.clock = stage.clock
        self.wallets = [agent.settings.purse for agent in stage.agents]
        self.inputs: list[ReplayInput] = []
        self._chosen: list[tuple[Agent, int, int, int]] = []  # agent, sample, label, stake
        self._closes_at = scenario.started_at + self.rules.participate_time
        self.final: dict[int, Participant] = {}
        self.closed_at = self._closes_at

    def run(self) -> Run:
        """Play to the end: until the model has learned and everybody is paid."""
        begin = time.perf_counter()
        stage = self.stage
        stage.note(*self._money())
        stage.started(self._turn)
        self.clock.at(self.scenario.started_at + self.scenario.measure_every, self._measure)
        self.clock.run()
        self._settle()
        self._train()
        self._pay()
        stage.finished()
        return Run(
            self.scenario, self.scenario.seed, self.material.source, self.material.is_real, len(stage.given), None,
            stage.course, stage.outcomes, stage.actions, self._notes(), time.perf_counter() - begin,
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------------- taking part

    def _turn(self, agent: Agent) -> None:
        stage = self.stage
        if stage.is_over or agent.is_done() or self.clock.next_action() >= self._closes_at:
            return
        due = self.clock.now
        if agent.works(stage):
            stake = max(self.rules.min_stake, agent.most_stake())
            if stake <= self.wallets[agent.number]:
                self._contribute(agent, stake)
        self.clock.at(due + agent.wait(), self._turn, agent)

    def _contribute(self, agent: Agent, stake: int) -> None:
        stage = self.stage
        offer = agent.offer(stage)
        if offer is None:
            return
        now = self.clock.act()
        self.wallets[agent.number] -= stake
        self._chosen.append((agent, offer.sample, offer.label, stake))
        stage.actions.add(now, Kind.CONTRIBUTE, agent.number, len(self._chosen) - 1, offer.sample, offer.label, stake)
        stage.contributed(agent, offer, False)
        outcome = stage.group[agent.number]
        outcome.staked_wei += stake

    # ------------------------------------------------------------------------------------------------------- settling

    def _settle(self) -> None:
        """Replay on the scored samples, and note the balances after each round."""
        samples = self.material.pool[[sample for _, sample, _, _ in self._chosen]].to_samples()
        numbers: dict[int, int] = {}
        for (agent, _, label, stake), sample in zip(self._chosen, samples, strict=True):
            number = numbers.setdefault(agent.number, len(numbers))
            self.inputs.append(ReplayInput(number, agent.address, stake, label, sample))
        self.replay = replay = Replay(
            AwardTerms(self.rules.bounty, self.rules.full_score, self.rules.rounds),
            self.material.model,
            *self.scored,
            self.inputs,
        )
        each = len(self.inputs) + 1
        rounds = replay.steps // each
        self.clock.now = max(self.clock.now, min(self._closes_at, self.clock.now + _BLOCK_SECONDS))
        self.closed_at = self.clock.now
        self.stage.note(*self._money())
        blocks = len(replay.portions()) / max(1, rounds)
        for number in range(1, rounds + 1):
            self.clock.now += round(blocks * _BLOCK_SECONDS)
            roster = replay.state_after(number * each).roster()
            self.final = {agent: roster[participant] for agent, participant in numbers.items()}
            self.stage.note(*self._money())

    def _train(self) -> None:
        """Teach the model what was not punished."""
        stage = self.stage
        taught = [one for one in self._chosen if not self.final[one[0].number].is_punished]
        step = max(1, -(-len(taught) // _MOMENTS))
        for position, (agent, sample, label, _) in enumerate(taught, 1):
            stage.group[agent.number].taught += stage.learner.learn(sample, label)
            if position % step == 0 or position == len(taught):
                self.clock.now += -(-step // _TRAINED_A_BLOCK) * _BLOCK_SECONDS
                stage.measure()
                stage.note(*self._money())

    def _pay(self) -> None:
        stage = self.stage
        for agent, wallet in zip(stage.agents, self.wallets, strict=True):
            outcome = stage.group[agent.number]
            outcome.end_wei += wallet
            participant = self.final.get(agent.number)
            if participant is None:
                continue
            balance = participant.balance_wei
            outcome.end_wei += balance
            outcome.lost_wei += max(0, participant.deposit_wei - balance)
            if participant.is_punished:
                outcome.forfeited += agent.contributed
            else:
                outcome.refunded += agent.contributed
            if balance:
                stage.actions.add(self.clock.act(), Kind.WITHDRAW, agent.number, wei=balance)

    # ---------------------------------------------------------------------------------------------------------- notes

    def _measure(self) -> None:
        self.stage.note(*self._money())
        if not self.stage.is_over and self.clock.now < self._closes_at:
            self.clock.at(self.clock.now + self.scenario.measure_every, self._measure)

    def _money(self) -> tuple[dict[str, int], dict[str, int]]:
        """Purses with what the replay gives so far, and stakes in the market."""
        names = [outcome.name for outcome in self.stage.outcomes]
        balances, locked = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
        for agent, wallet in zip(self.stage.agents, self.wallets, strict=True):
            balances[agent.settings.name] += wallet
            if agent.number in self.final:
                balances[agent.settings.name] += self.final[agent.number].balance_wei
        if not self.final:
            for outcome in self.stage.outcomes:
                locked[outcome.name] = outcome.staked_wei
        return balances, locked

    def _notes(self) -> dict[str, object]:
        final = self.replay.final
        steps = self.replay.steps
        return {
            "closed_day": (self.closed_at - self.scenario.started_at) / DAY,
            "rounds": steps // (len(self.inputs) + 1),
            "steps": steps,
            "scored_samples": len(self.scored[0]),
            "right_at_first": self.replay.first.correct,
            "right_at_last": _last_correct(self.replay, len(self.inputs)),
            "bounty_wei": str(self.rules.bounty),
            "bounty_left_wei": str(final.bounty_left_wei),
            "burned_wei": str(final.unawarded_wei),
            "settlement_fees_wei": str(self.rules.step_fee * steps),
            "punished": _punished(self.stage.agents, self.final),
        }


def _drawn_test_set(material: Material, tests: int, partitions: int, seed: int) -> tuple[list[bytes], list[int]]:
    """All partitions of the test set but the drawn one."""
    secret = keccak256(f"commonlearn simulation {seed}".encode())
    dealt = partitioned(secret, tests, partitions)
    drawn = secret[0] % partitions
    chosen = [number for place, part in enumerate(dealt) if place != drawn for number in part]
    return material.test[chosen].to_samples(), material.test_labels[chosen].tolist()


def _last_correct(replay: Replay, contributions: int) -> int:
    """Test samples that are right after the last round's contributions."""
    return replay.state_after(replay.steps - 1).correct if contributions else replay.first.correct


def _punished(agents: Sequence[Agent], final: dict[int, Participant]) -> dict[str, int]:
    """How many agents of each name come out with less than they staked."""
    return dict(Counter(agents[number].settings.name for number, one in final.items() if one.is_punished))
