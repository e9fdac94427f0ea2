"""One paragraph on a run: who gained, who lost, what became of the model."""

from __future__ import annotations

from decimal import Decimal

from commonlearn.money import WEI_PER_ETHER
from commonlearn.simulation.run import Outcome, Run

__all__ = ["reading"]


def reading(run: Run) -> str:
    """Say in words what a run shows.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        One paragraph, one line.
    """
    said = [_what(run)]
    ranked = sorted(run.outcomes, key=lambda each: -(each.share or 0) if each.start_wei else -each.end_wei)
    if run.scenario.points is not None:
        said.append(_points(run))
    else:
        said.append("; ".join(_share(each) for each in ranked if each.start_wei) + ".")
        said += [_unendowed(each) for each in run.outcomes if not each.start_wei and each.end_wei]
        said += [_claims(each) for each in run.outcomes if each.forfeited or each.swept]
    if run.scenario.market is not None:
        said.append(_market(run))
    said.append(_accuracy(run))
    if run.scenario.published:
        said.append(_published(run))
    return " ".join(said)


def ether(wei: int) -> str:
    """An amount to four figures."""
    return f"{float(Decimal(wei) / WEI_PER_ETHER):.4g} ether"


def _what(run: Run) -> str:
    return (
        f"{run.contributions:,} contributions of {run.source} in {run.course.days[-1]:,.0f} simulated days "
        f"(seed {run.seed})."
    )


def _share(each: Outcome) -> str:
    heads = f"{each.agents} agents, " if each.agents > 1 else ""
    return (
        f"{each.name} ({heads}{each.habit}) ended with {100 * (each.share or 0):.1f} % of {ether(each.start_wei)}, "
        + (f"after {each.contributions:,} contributions" if each.contributions else "giving no data itself")
    )


def _unendowed(each: Outcome) -> str:
    return f"{each.name}, who began with nothing, ended with {ether(each.end_wei)}."


def _claims(each: Outcome) -> str:
    ended = each.refunded + each.forfeited + each.swept
    lost = [
        f"{count:,} {word}" for count, word in ((each.forfeited, "were forfeited"), (each.swept, "were swept")) if count
    ]
    return f"Of {each.name}'s {ended:,} stakes {' and '.join(lost)}: {ether(each.lost_wei)} lost."


def _market(run: Run) -> str:
    notes = run.notes
    paid = int(notes["bounty_wei"]) - int(notes["bounty_left_wei"])
    return (
        f"The provider paid {ether(paid)} of a bounty of {ether(int(notes['bounty_wei']))} in {notes['rounds']} rounds "
        f"for {notes['right_at_first']} to {notes['right_at_last']} of {notes['scored_samples']} secret test samples."
    )


def _points(run: Run) -> str:
    ranked = sorted(run.outcomes, key=lambda each: -each.end_wei / each.agents)
    each = "; ".join(f"{one.name} ({one.habit}) {one.end_wei / 100 / one.agents:,.0f} points a head" for one in ranked)
    notes = run.notes
    return (
        f"{each}. Of {notes['voted_on']:,} contributions that were voted on, {notes['judged_right']:,} were judged as "
        f"they are and {notes['judged_wrong']:,} were not."
    )


def _accuracy(run: Run) -> str:
    course = run.course
    said = (
        f"Accuracy on held-out samples went from {100 * course.accuracy[0]:.1f} % to {100 * course.accuracy[-1]:.1f} % "
        f"(lowest {100 * min(course.accuracy):.1f} %)"
    )
    if run.baseline is not None:
        said += f", against {100 * run.baseline:.1f} % after learning everything truly labelled"
    if course.averaged[-1] is not None:
        said += f"; the averaged weights, free off chain, reach {100 * course.averaged[-1]:.1f} %"
    return said + "."


def _published(run: Run) -> str:
    parts = [f"{name} {100 * value:.0f} %" for name, value in run.scenario.published.items()]
    return f"Published for this setting (0xDeCA10B): {', '.join(parts)}."
