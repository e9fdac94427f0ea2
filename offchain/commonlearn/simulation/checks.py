"""What no single setting shows: settings that contradict one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commonlearn.money import format_ether
from commonlearn.simulation.agents import HABITS
from commonlearn.simulation.errors import ScenarioProblem

if TYPE_CHECKING:
    from commonlearn.simulation.scenario import AgentSettings, Scenario

__all__ = ["problem_of"]


def problem_of(scenario: Scenario) -> ScenarioProblem | None:
    """The first contradiction, or None."""
    given = [
        name
        for name, rules in (
            ("self-assessment", scenario.self_assessment),
            ("market", scenario.market),
            ("points", scenario.points),
        )
        if rules is not None
    ]
    if len(given) != 1:
        return ScenarioProblem(
            "incentive",
            "exactly one of the tables [self-assessment], [market] and [points] must be given (it is "
            f"{' and '.join(given) or 'none'})",
        )
    names = [agent.name for agent in scenario.agents]
    for number, agent in enumerate(scenario.agents):
        problem = _agent_problem(scenario, agent, names)
        if problem:
            return ScenarioProblem(f"agents.{agent.name}.{problem[0]}", problem[1])
        if names.index(agent.name) != number:
            return ScenarioProblem(f"agents.{number}.name", f"there are two agents of the name {agent.name!r}")
    if all(HABITS[agent.habit].is_passive for agent in scenario.agents):
        return ScenarioProblem("agents", "none of them contributes")
    return _terms_problem(scenario, names)


def _agent_problem(scenario: Scenario, agent: AgentSettings, names: list[str]) -> tuple[str, str] | None:
    if agent.habit not in HABITS:
        return "habit", f"{agent.habit!r} is not known; there are {', '.join(HABITS)}"
    if agent.every == 0:
        return "every", "nobody can contribute all the time; say for example 10min"
    if agent.sponsor is not None:
        if scenario.self_assessment is None:
            return "sponsor", "only self-assessment has stakes that somebody else can give"
        if agent.sponsor not in names:
            return "sponsor", f"there is no agent {agent.sponsor!r}"
        sponsor = scenario.agents[names.index(agent.sponsor)]
        if sponsor.habit != "sponsor":
            return "sponsor", f"{agent.sponsor!r} has the habit {sponsor.habit!r}, not sponsor"
        if sponsor.count > 1:
            return "sponsor", f"there must be one {agent.sponsor!r}, not {sponsor.count}"
        return None
    if HABITS[agent.habit].is_passive and scenario.self_assessment is None:
        return "habit", "only self-assessment has stakes that somebody else can give"
    least = (
        scenario.self_assessment.floor if scenario.self_assessment
        else scenario.market.min_stake if scenario.market else 0
    )  # fmt: skip
    if agent.stake_mean + 3 * agent.stake_stdev < least:
        return "stake-mean", f"it is never willing to pay the lowest stake, {format_ether(least)}"
    if agent.purse < least:
        return "purse", f"it cannot pay the lowest stake, {format_ether(least)}"
    return None


def _terms_problem(scenario: Scenario, names: list[str]) -> ScenarioProblem | None:
    if scenario.self_assessment is not None:
        problems = scenario.self_assessment.terms(scenario.beneficiary).problems()
        if problems:
            return ScenarioProblem("self-assessment", problems[0])
    if scenario.market is not None:
        problems = scenario.market.terms(min(scenario.samples or 1_000, 65_535)).problems()
        if problems:
            return ScenarioProblem("market", problems[0])
        if (scenario.samples or 0) > 65_535:
            return ScenarioProblem("samples", "a market takes at most 65,535 contributions")
    if scenario.points is not None:
        unknown = [name for name in scenario.points.founders if name not in names]
        if unknown:
            return ScenarioProblem("points.founders", f"there is no agent {unknown[0]!r}")
        founders = sum(agent.count for agent in scenario.agents if agent.name in scenario.points.founders)
        if founders > 16:
            return ScenarioProblem("points.founders", f"there can be 16 founders, not {founders}")
        problems = scenario.points.terms([f"0x{i + 1:040x}" for i in range(founders)]).problems()
        if problems:
            return ScenarioProblem("points", problems[0])
    return None
