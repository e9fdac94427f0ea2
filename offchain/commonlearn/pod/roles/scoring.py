"""What a jury decides on, computed from what everybody can fetch and from the held-back rows of its pool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from commonlearn.custody import Schema, Shard
from commonlearn.federated import estimator, metric
from commonlearn.federated.contribution import Judge, contributions, grouped, payout_weights, rounds_worth
from commonlearn.pod.roles.averaging import name_of, played
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job, Ledger
from commonlearn.protocol import VOTE_ROUND, seed
from commonlearn.records import Metric

__all__ = ["METRICS", "Scorer"]

METRICS = {
    "mse": Metric.MEAN_SQUARED_ERROR,
    "accuracy": Metric.ACCURACY,
    "log-loss": Metric.LOG_LOSS,
    "auc": Metric.AREA_UNDER_CURVE,
}
_NAMES = {number: name for name, number in METRICS.items()}


class Scorer:
    """The rows of one pool.

    Parameters
    ----------
    desk : Desk
    test_set : Path
        A shard's bytes; the Merkle root of its salted rows names the pool.
    schema_file : Path

    Raises
    ------
    CustodyError
        The files are none, or do not go together.
    """

    def __init__(self, desk: Desk, test_set: Path, schema_file: Path) -> None:
        self._desk = desk
        schema = Schema.from_json(schema_file.read_bytes())
        self._tests = Shard.from_bytes(test_set.read_bytes(), schema)
        self.root = self._tests.root

    def score(self, ledger: Ledger, job: Job, tell: Callable[[str], None]) -> tuple[int, list[int]]:
        """Score the final model, and what each dataset did for it: alike on every machine.

        Returns
        -------
        int, list of int
            Millionths, and the weights of the job's datasets.
        """
        tell("fetching models")
        training = played(self._desk, ledger, job)
        _, sheet = self._desk.program(job.subject.program)
        X, y = sheet.prepared(self._tests.table.schema).apply(self._tests.table)
        learner, measure = estimator(sheet.estimator), metric(_NAMES[job.terms.metric])
        tell("computing contributions")
        worth = grouped(rounds_worth(training, Judge(learner, measure, X, y)), _members(ledger, job))
        drawn = seed(self._desk.block_hash(job.seed_block), job.number, VOTE_ROUND)
        found = contributions([str(number) for number in job.datasets], worth, seed=drawn)
        score = measure.fixed(y, learner.scores(training.final, X))
        return score, list(payout_weights(found.values))


def _members(ledger: Ledger, job: Job) -> dict[str, list[str]]:
    return {
        str(number): [name_of(number, subset) for subset in range(len(ledger.datasets[number].roots))]
        for number in job.datasets
    }
