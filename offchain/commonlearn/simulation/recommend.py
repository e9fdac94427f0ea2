"""Which settings a sweep recommends for a wanted margin of safety."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commonlearn.simulation.sweep import Result

__all__ = ["Recommendation", "recommend"]


@dataclass(frozen=True)
class Recommendation:
    """How settings stand in the worst of all conditions and seeds.

    Parameters
    ----------
    labels : tuple of str
        Of the settings.
    attacker_profit : float
        The attackers' greatest, as a part of the stakes that they gave; negative for a loss.
    honest_profit : float
        The honest contributors' least, likewise.
    accuracy : float
        The lowest at the end of a run, 0 to 1.
    honest_stake_wei : int
        What an honest contribution costs in stake, on average.
    is_safe : bool
        Whether attackers lose the margin at least, the honest do not lose, and the model keeps its accuracy.
    """

    labels: tuple[str, ...]
    attacker_profit: float
    honest_profit: float
    accuracy: float
    honest_stake_wei: int
    is_safe: bool


def recommend(
    results: Sequence[Result],
    settings: int,
    *,
    margin: float,
    most_lost: float = 0.05,
    conditions: frozenset[str] | None = None,
) -> list[Recommendation]:
    """Judge settings by their worst outcome.

    Parameters
    ----------
    results : sequence of Result
    settings : int
        How many of the labels are settings; the others are conditions.
    margin : float
        What attackers must lose at least, as a part of the stakes that they give: 0 (no gain) to 1 (all of it).
    most_lost : float, optional
        How much accuracy may be lost from beginning to end, 0 to 1. Where attackers teach more stake than the honest,
        truth becomes what they say, and they can lose their stakes while they bend the model.
    conditions : frozenset of str, optional
        Only results whose conditions are all among these labels count; all by default.

    Returns
    -------
    list of Recommendation
        Safe ones first; of these the lowest stakes first, as they keep fewest away, and equal stakes by accuracy. Then
        the others, those nearest to safety first.
    """
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        if conditions is None or set(result.labels[settings:]) <= conditions:
            groups.setdefault(result.labels[:settings], []).append(result)
    found = []
    for labels, group in groups.items():
        attacker = max(each.attacker_profit for each in group)
        honest = min(each.honest_profit for each in group)
        stake = sum(each.honest_stake_wei for each in group) // len(group)
        accuracy = min(each.accuracy for each in group)
        keeps = all(each.accuracy >= each.first_accuracy - most_lost for each in group)
        is_safe = attacker <= -margin and honest >= 0 and keeps
        found.append(Recommendation(labels, attacker, honest, accuracy, stake, is_safe))
    safe = sorted((each for each in found if each.is_safe), key=lambda each: (each.honest_stake_wei, -each.accuracy))
    others = sorted((each for each in found if not each.is_safe), key=lambda each: each.attacker_profit)
    return [*safe, *others]
