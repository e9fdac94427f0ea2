"""J-13: transactions and gas of a private training job's life, as the benchmark measures it."""

from scripts.bench.targets import reached
from scripts.bench.training import measure_training


def test_one_job_takes_at_most_fifteen_transactions() -> None:
    found = measure_training(jobs=3, batches=1)
    assert reached("market.transactions_per_job", found.transactions)
    assert found.jobs == 3
    assert 2_000_000 < found.gas < 2_800_000  # the luck of the draw moves it by some hundreds
    assert found.batched_gas < found.gas
