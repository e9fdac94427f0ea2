"""A model's life as curves over blocks: pure functions of its log."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from commonlearn.archive.dataset import About
from commonlearn.archive.outcomes import market_numbers
from commonlearn.archive.records import LogPart
from commonlearn.archive.replaying import replay, teach
from commonlearn.chain.incentives import INCENTIVES, MARKET, POINTS
from commonlearn.models import PublicClassifier, model_from_snapshot
from commonlearn.numerics import EncodedBatch
from commonlearn.records import Status

__all__ = ["Curve", "Life", "accuracy_curve", "life_of"]


@dataclass(frozen=True)
class Curve:
    """A number that changes in some blocks and stays between them.

    Attributes
    ----------
    blocks : ndarray of int64, shape (n,)
        Ascending.
    values : ndarray of float64, shape (n,)
        From that block on.
    """

    blocks: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    @classmethod
    def summed(cls, changes: Iterable[tuple[int, int]]) -> Curve:
        """The running sum of changes, exact until it is rounded to floats.

        Examples
        --------
        >>> curve = Curve.summed([(5, 1), (3, 1), (5, 2)])
        >>> curve.blocks.tolist(), curve.values.tolist()
        ([3, 5], [1.0, 4.0])
        """
        by_block: dict[int, int] = defaultdict(int)
        for block, change in changes:
            by_block[block] += change
        blocks = sorted(by_block)
        total, values = 0, []
        for block in blocks:
            total += by_block[block]
            values.append(float(total))
        return cls(np.array(blocks, dtype=np.int64), np.array(values))

    @property
    def last(self) -> float:
        """The latest value; 0 where nothing ever happened."""
        return float(self.values[-1]) if len(self.values) else 0.0


@dataclass(frozen=True)
class Life:
    """What happened to a model, over blocks.

    Attributes
    ----------
    first_block, last_block : int
    contributions : dict of str to Curve
        How many so far, by class.
    participants : Curve
        How many accounts have contributed so far.
    stakes_wei : Curve
        What is staked.
    endings : dict of str to Curve
        How many contributions ended in each way so far (points: how many votes were cast).
    accuracy : Curve or None
        Part of a test set's samples that the model named rightly, 0 to 1; None without a test set.
    marks : list of (int, str)
        Blocks of note: markets, announced classes.
    """

    first_block: int
    last_block: int
    contributions: dict[str, Curve]
    participants: Curve
    stakes_wei: Curve
    endings: dict[str, Curve]
    accuracy: Curve | None = None
    marks: list[tuple[int, str]] = field(default_factory=list)


def life_of(log: LogPart, incentive: str, classes: Sequence[str]) -> Life:
    """The curves of a log.

    Parameters
    ----------
    log : LogPart
        From the creation to some block.
    incentive : str
        Its id.
    classes : sequence of str
        Names of the classes.
    """
    firsts: dict[str, int] = {}
    for one in log.contributions:
        firsts.setdefault(one.contribution.author, one.block)
    marks = [(one.block, f"class {one.number}") for one in log.additions]
    marks += [(one.block, f"market {one.number}") for one in log.markets if one.ending is None]
    return Life(
        first_block=log.first_block,
        last_block=log.last_block,
        contributions={
            name: Curve.summed((one.block, 1) for one in log.contributions if one.contribution.label == k)
            for k, name in enumerate(classes)
        },
        participants=Curve.summed((block, 1) for block in firsts.values()),
        stakes_wei=Curve.summed(_stakes(log, incentive)),
        endings=_endings(log, incentive),
        marks=sorted(marks),
    )


def _stakes(log: LogPart, incentive: str) -> list[tuple[int, int]]:
    """Changes of what is staked."""
    changes = [(one.block, one.contribution.stake_wei) for one in log.contributions]
    stake_of = {one.id: one.contribution.stake_wei for one in log.contributions}
    changes += [(ending.block, -stake_of[ending.id]) for ending in log.endings]
    if incentive == MARKET.id:
        held: dict[int, int] = defaultdict(int)
        for one, market in zip(log.contributions, market_numbers(log), strict=True):
            held[market] += one.contribution.stake_wei
        for credit in log.credits:
            held[credit.market] -= credit.deposit_wei
            changes.append((credit.block, -credit.deposit_wei))
        # Where a market ended without outcome, what was not credited is owed from then on.
        changes += [(end.block, -held[end.number]) for end in log.markets if end.ending is not None]
    return changes


def _endings(log: LogPart, incentive: str) -> dict[str, Curve]:
    if incentive == POINTS.id:
        kinds = {"votes for": "confirm", "votes against": "contest"}
        return {
            name: Curve.summed((vote.block, 1) for vote in log.votes if vote.kind == kind)
            for name, kind in kinds.items()
        }
    if incentive == MARKET.id:
        lost = {(one.market, one.account): (one.block, one.balance_wei < one.deposit_wei) for one in log.credits}
        settled = [
            lost[key]
            for one, market in zip(log.contributions, market_numbers(log), strict=True)
            if (key := (market, one.payee or one.contribution.author)) in lost
        ]
        return {
            "proven": Curve.summed((block, 1) for block, is_lost in settled if not is_lost),
            "forfeited": Curve.summed((block, 1) for block, is_lost in settled if is_lost),
        }
    refunded = [ending for ending in log.endings if ending.status is Status.REFUNDED]
    return {
        "proven": Curve.summed((ending.block, 1) for ending in refunded if ending.proven_gwei),
        "returned": Curve.summed((ending.block, 1) for ending in refunded if not ending.proven_gwei),
        "forfeited": Curve.summed((e.block, 1) for e in log.endings if e.status is Status.FORFEITED),
        "swept": Curve.summed((e.block, 1) for e in log.endings if e.status is Status.SWEPT),
    }


def accuracy_curve(
    about: About, log: LogPart, samples: EncodedBatch, labels: npt.NDArray[np.int64], *, points: int = 100
) -> Curve:
    """How well the model did on a test set, from its first words on.

    Parameters
    ----------
    about : About
    log : LogPart
        From the creation to some block.
    samples : EncodedBatch, length n
        The test set.
    labels : ndarray of int64, shape (n,)
        Its true classes.
    points : int, optional
        At most so many blocks are looked at, evenly spread over those in which the model changed.

    Raises
    ------
    MissingWords, ReplayMismatch
        The log is not complete.
    """
    at_once = INCENTIVES[about.incentive].learns_at_once
    model = model_from_snapshot(about.kind, about.configuration, b"".join(part for _, part, _ in log.first_words))
    moves = [one.block for one in (log.contributions if at_once else log.trainings)]
    additions = [one.block for one in log.additions]
    changed = sorted({*moves, *additions})
    if len(changed) > points:
        changed = [changed[i] for i in np.linspace(0, len(changed) - 1, points, dtype=int)]
    start = max((block for _, _, block in log.first_words), default=log.first_block)
    blocks, values = [start], [_accuracy(model, samples, labels, 0)]
    done = added = moment = 0
    for block in changed:
        upto, announced = bisect_right(moves, block), bisect_right(additions, block)
        if at_once:
            replay(model, log.contributions[done:upto], log.additions[added:announced], first_id=done)
            moment = log.contributions[upto - 1].contribution.contributed_at if upto else moment
        else:
            teach(model, [log.contributions[one.id] for one in log.trainings[done:upto] if one.learned])
        done, added = upto, announced
        blocks.append(block)
        values.append(_accuracy(model, samples, labels, moment))
    return Curve(np.array(blocks, dtype=np.int64), np.array(values))


def _accuracy(model: PublicClassifier, samples: EncodedBatch, labels: npt.NDArray[np.int64], moment: int) -> float:
    return float(np.mean(model.predict_encoded(samples, moment) == labels))
