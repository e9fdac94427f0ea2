"""X-02, J-13: transactions and gas of a private training job's life, as the benchmark measures it."""

import os
from pathlib import Path

from scripts.bench.targets import reached
from scripts.bench.training import measure_training
from tests.support.gas import UPDATE_VARIABLE, GasSnapshots

SNAPSHOT = Path(__file__).parent / "snapshots" / "life_of_a_job.json"


def test_one_job_takes_at_most_fifteen_transactions_and_the_recorded_gas() -> None:
    found = measure_training(jobs=3, batches=1)
    assert reached("market.transactions_per_job", found.transactions)
    assert found.jobs == 3
    assert found.batched_gas < found.gas
    snapshots = GasSnapshots(SNAPSHOT, update=bool(os.environ.get(UPDATE_VARIABLE)), fresh=True)
    snapshots.check("transactions", found.transactions)
    snapshots.check("gas", found.gas)
