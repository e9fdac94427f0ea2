"""J-13: transactions and gas of a private training job's life, as the benchmark measures it."""

from __future__ import annotations

import json

import pytest

from scripts.bench import __main__ as bench
from scripts.bench.costs import DOLLARS_AN_ETHER, L1_GWEI, costs
from scripts.bench.owners import measure_owners
from scripts.bench.targets import reached
from scripts.bench.training import measure_training


def test_one_job_takes_at_most_fifteen_transactions() -> None:
    found = measure_training(jobs=3, batches=1)
    assert reached("market.transactions_per_job", found.transactions)
    assert found.jobs == 3
    assert 2_000_000 < found.gas < 2_800_000  # the luck of the draw moves it by some hundreds
    assert found.batched_gas < found.gas
    assert 0 < found.batched_bytes < found.data_bytes


def test_jobs_of_many_owners_come_to_their_end() -> None:
    """J-13: also of more owners than one round draws; three parts of each in three transactions, eight of others."""
    one, three, many = measure_owners((1, 3, 33), jobs=2)
    assert [each.rounds for each in (one, three, many)] == [1, 1, 2]
    assert (one.transactions, three.transactions) == (9, 15)
    assert one.gas < three.gas < many.gas < 12 * three.gas
    for each in (one, three, many):
        assert each.batched_gas < each.gas
        assert each.batched_transactions < each.transactions
        assert each.seconds > 0 < each.jobs_per_second


def test_a_cost_is_gas_times_its_price() -> None:
    *layers, second = costs(1_000_000, 1_000)
    assert [each.ether for each in layers] == [gwei / 1_000 for gwei in L1_GWEI]
    assert second.ether == pytest.approx((1_000_000 * 0.01 + 1_000) / 1e9)
    assert second.dollars == second.ether * DOLLARS_AN_ETHER


def test_one_group_leaves_the_other_figures_as_they_are(tmp_path, monkeypatch) -> None:
    """X-02: what is not measured anew is not forgotten."""
    path = tmp_path / "bench.json"
    before = {name: {"key": name, "value": 1, "target": None} for name in ("gas.refund.20", "market.gas_per_job")}
    path.write_text(json.dumps({"figures": before}))
    measured = bench.Figure("market.gas_per_job", 2)
    monkeypatch.setattr(
        bench, "GROUPS", {"training": lambda _: iter([measured]), "gas": lambda _: pytest.fail("asked")}
    )
    assert bench.main(["training"], path) == 0
    figures = json.loads(path.read_text())["figures"]
    assert (figures["gas.refund.20"], figures["market.gas_per_job"]["value"]) == (before["gas.refund.20"], 2)
    with pytest.raises(SystemExit):
        bench.main(["sandcastle"], path)
