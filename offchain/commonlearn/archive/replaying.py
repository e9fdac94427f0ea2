"""The log learned again: twins that become, contribution by contribution, what the contract became."""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.archive.errors import ReplayMismatch
from commonlearn.archive.records import ClassAddition, LoggedContribution, LogPart
from commonlearn.errors import SampleError, UnknownLabel
from commonlearn.models import PublicClassifier

__all__ = ["replay", "replay_log", "require_numbers", "teach"]


def replay(
    model: PublicClassifier,
    contributions: Sequence[LoggedContribution],
    additions: Sequence[ClassAddition],
    *,
    first_id: int,
) -> None:
    """Learn a part of the log, in the chain's order.

    Parameters
    ----------
    model : PublicClassifier
        The twin as of just before; trained in place.
    contributions, additions : sequences
        The part, each in order.
    first_id : int
        Number that the first contribution must have.

    Raises
    ------
    ReplayMismatch
        A number is missing or repeated, or the twin disagrees with the contract on what taught. The twin is then of
        no more use.
    """
    require_numbers(contributions, first_id)
    start = 0
    for addition in [*additions, None]:
        end = start
        if addition is None:
            end = len(contributions)
        else:
            before = (addition.block, addition.log_index)
            while end < len(contributions) and (contributions[end].block, contributions[end].log_index) < before:
                end += 1
        _learn(model, contributions[start:end])
        start = end
        if addition is not None:
            number = model.model_.add_class(addition.words, addition.active_at)  # type: ignore[attr-defined]
            if number != addition.number:
                raise ReplayMismatch(f"class {addition.number} was announced where {number} should be")


def replay_log(model: PublicClassifier, log: LogPart, *, learns_at_once: bool) -> None:
    """Learn a whole log from its beginning.

    Parameters
    ----------
    model : PublicClassifier
        The twin of the first words; trained in place.
    log : LogPart
        From the creation to some block.
    learns_at_once : bool
        Whether contributions are learned when they are made; else when a market teaches them.

    Raises
    ------
    ReplayMismatch
        As :func:`replay`.
    """
    if learns_at_once:
        replay(model, log.contributions, log.additions, first_id=0)
        return
    require_numbers(log.contributions, 0)
    if any(id_ >= len(log.contributions) for id_ in log.learned):
        raise ReplayMismatch("the log says that contributions were taught which are not in it")
    teach(model, [log.contributions[id_] for id_ in log.learned])


def require_numbers(contributions: Sequence[LoggedContribution], first_id: int) -> None:
    """Raise `ReplayMismatch` unless contributions are numbered from a number on, without gaps."""
    expected = range(first_id, first_id + len(contributions))
    for wanted, logged in zip(expected, contributions, strict=True):
        if logged.id != wanted:
            raise ReplayMismatch(f"contribution {logged.id} comes where {wanted} should")


def teach(model: PublicClassifier, contributions: Sequence[LoggedContribution]) -> None:
    """Learn contributions that a market taught, in order; the log does not say which of them changed anything."""
    if contributions:
        model.train_many(
            [logged.sample for logged in contributions],
            [logged.contribution.label for logged in contributions],
            [logged.contribution.contributed_at for logged in contributions],
        )


def _learn(model: PublicClassifier, contributions: Sequence[LoggedContribution]) -> None:
    if not contributions:
        return
    try:
        taught = model.train_many(
            [logged.sample for logged in contributions],
            [logged.contribution.label for logged in contributions],
            [logged.contribution.contributed_at for logged in contributions],
        )
    except (SampleError, UnknownLabel) as error:
        raise ReplayMismatch(f"the copy cannot learn what the contract learned ({error.user_message})") from None
    for logged, by_twin in zip(contributions, taught.tolist(), strict=True):
        if logged.contribution.taught != by_twin:
            raise ReplayMismatch(f"contribution {logged.id} taught the contract but not the copy, or the reverse")
