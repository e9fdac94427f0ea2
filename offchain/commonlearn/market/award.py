"""Who pays and who is paid when a round ends: the twin of ``contracts/libraries/AwardRound.sol``, in whole wei.

Source: ``docs/ref-market.md``, "Closing a round".
"""

from __future__ import annotations

from dataclasses import dataclass

from commonlearn.market.participants import Roster

__all__ = ["Outcome", "close_round", "unit_of"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round ended.

    Parameters
    ----------
    unit_wei : int
        What a test sample counted.
    bounty_left_wei : int
        What is left of the bounty.
    surplus_wei : int
        What was paid and nobody stood against.
    """

    unit_wei: int
    bounty_left_wei: int
    surplus_wei: int


def unit_of(roster: Roster, unit_left_wei: int, rounds_left: int) -> int:
    """What a test sample counts in a round, in wei.

    All that is left if nobody did harm; else no more than the poorest of those can bear, but enough that the rounds
    suffice.

    Parameters
    ----------
    roster : Roster
        With the round's scores.
    unit_left_wei : int
        What a test sample is still worth, at least 0.
    rounds_left : int
        This one included, at least 1.
    """
    bearable = [each.balance_wei // -each.score for each in roster if each.score < 0]
    if not bearable:
        return unit_left_wei
    return min(unit_left_wei, max(min(bearable), -(-unit_left_wei // rounds_left)))


def close_round(roster: Roster, unit_left_wei: int, bounty_left_wei: int, rounds_left: int) -> Outcome:
    """Move the money of a round.

    Parameters
    ----------
    roster : Roster
        Balances change in place, and who cannot go on is marked as out; scores stay.
    unit_left_wei, bounty_left_wei : int
        What a test sample is still worth, and what is left of the bounty.
    rounds_left : int
        This round included, at least 1.

    Returns
    -------
    Outcome
        Balances, bounty and surplus hold in sum what balances and bounty held before.

    Examples
    --------
    One made two test samples worse and cannot bear more than 3 wei for each; the other made one better.

    >>> from commonlearn.market.participants import Participant
    >>> roster = Roster([Participant("0x" + "11" * 20, 7, 7, -2), Participant("0x" + "22" * 20, 7, 7, 1)])
    >>> close_round(roster, unit_left_wei=10, bounty_left_wei=100, rounds_left=4)
    Outcome(unit_wei=3, bounty_left_wei=100, surplus_wei=3)
    >>> [(each.balance_wei, each.is_out) for each in roster]
    [(1, True), (10, False)]
    """
    unit = unit_of(roster, unit_left_wei, rounds_left)
    paid = helped = 0
    for number, each in enumerate(list(roster)):
        helped += max(0, each.score)
        if each.score < 0:
            payment = min(each.balance_wei, -each.score * unit)
            left = each.balance_wei - payment
            roster.change(number, balance_wei=left, is_out=each.is_out or left < -each.score)
            paid += payment
    funds = paid + bounty_left_wei
    per_sample = funds // helped if helped * unit > funds else unit
    for number, each in enumerate(list(roster)):
        if each.score > 0:
            roster.change(number, balance_wei=each.balance_wei + each.score * per_sample)
    awarded = helped * per_sample
    if awarded > paid:
        return Outcome(unit, funds - awarded, 0)
    return Outcome(unit, bounty_left_wei, paid - awarded)
