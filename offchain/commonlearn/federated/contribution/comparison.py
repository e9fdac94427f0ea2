"""Other rules for the same question, to compare with: leave-one-out, and DeltaML's."""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.federated.contribution.values import Worth

__all__ = ["deltaml_rule", "leave_one_out"]


def leave_one_out(owners: Sequence[str], worth: Worth) -> tuple[int, ...]:
    """What all together are worth more than all but one.

    Of two owners with the same rows, neither adds anything that the other has not: both get next to nothing.

    Examples
    --------
    >>> leave_one_out(["left", "left2", "right"], lambda who: 60 * ("right" in who and len(who) > 1))
    (0, 0, 60)
    """
    everybody = frozenset(owners)
    return tuple(worth(everybody) - worth(everybody - {owner}) for owner in owners)


def deltaml_rule(owners: Sequence[str], worth: Worth) -> tuple[int, ...]:
    """How much better than the untrained model the model *without* an owner is, as DeltaML's contract paid it.

    The model without somebody who does harm is the best of all, so it is they who get most.

    Examples
    --------
    >>> deltaml_rule(["good", "bad"], lambda who: 50 * ("good" in who) - 20 * ("bad" in who))
    (-20, 50)
    """
    everybody = frozenset(owners)
    return tuple(worth(everybody - {owner}) - worth(frozenset()) for owner in owners)
