"""Jobs carried to their end by pods alone, on a real chain (Y-01, Y-09, J-01).

Each pod has its own memory, account and stores, and is turned in this process, so that it can be dropped between any
two turns and opened again. ``make demo-private`` does the same with a process for each.
"""

from __future__ import annotations

from commonlearn.federated import decode, estimator, metric
from commonlearn.pod.roles import Sheet
from commonlearn.pod.roles.buyer import Buyer
from commonlearn.pod.roles.opening import open_desk
from commonlearn.records import JobPhase, ModelPhase, Role
from tests.offchain.pod.roles.world import OWNERS, SCHEMA, table


class LyingBuyer(Buyer):
    """Posts another average than it computed."""

    @property
    def handlers(self):
        return {**super().handlers, "post": self.lie}

    def lie(self, action, context):
        return self._desk.market.aggregate(action.values["job"], b"lie" + bytes(29), False)


def test_a_local_job_is_carried_to_its_end_by_pods_that_are_dropped_all_the_time(world):
    for seed, name in enumerate(OWNERS):
        world.owner(name, seed)
    world.validator("validator")
    world.buyer("local", 2, 2)
    world.play()
    market = world.market
    job = market.job(1)
    assert (job.phase, job.agreed_rounds, job.is_unscored) == (JobPhase.CLOSED, 2, False)
    phase, model, score = market.model(1)
    assert phase is ModelPhase.VALIDATED
    X, y = Sheet("logistic").prepared(SCHEMA).apply(table(99, 200))
    final = decode((world.folder / "model").read_bytes())
    assert metric("accuracy").fixed(y, estimator("logistic").scores(final, X)) == score > 850_000
    assert market.reputation(world.addresses["north"], Role.COMPUTE_OWNER) > 1 << 31
    assert market.jobs() == 1
    assert model


def test_a_sharded_job_reaches_compute_owners_as_sealed_letters(world):
    for name in ("one", "two", "three"):
        world.add(name, "compute-owner", price="1 wei")
    holders = [world.addresses[name] for _ in range(2) for name in ("one", "two", "three")]
    world.owner("north", 1, custody="sharded", subsets=2, replicas=3, holders=holders)
    world.validator("validator")
    world.buyer("sharded", 1, 2)
    world.play()
    job = world.market.job(1)
    assert (job.phase, job.agreed_rounds, job.is_unscored) == (JobPhase.CLOSED, 2, False)
    rows = (world.folder / "north.csv").read_bytes().splitlines()[1].split(b",")[0]
    assert not any(rows in each.read_bytes() for each in (world.folder / "letters").iterdir())
    kinds = [each.name.split("-")[0] for each in (world.folder / "letters").iterdir()]
    assert sorted(set(kinds) - {"asked", "answered"}) == ["1"]  # packages are named by dataset and seat
    assert kinds.count("1") == 6


def test_a_wrong_average_is_challenged_judged_and_replaced(world):
    """J-06, Y-11: replicas and the challenger are right against the buyer, which loses its bond."""
    for seed, name in enumerate(OWNERS):
        world.owner(name, seed)
    world.validator("validator")
    world.buyer("local", 2, 2)
    world.liars["buyer"] = lambda config: {"buyer": LyingBuyer(open_desk(config), config.buyer)}
    world.add("watcher", "watcher", advances=True)
    world.play()
    job = world.market.job(1)
    assert (job.phase, job.agreed_rounds, job.is_unscored) == (JobPhase.CLOSED, 2, False)
    assert job.model != b"lie" + bytes(29)
    told = world.told()
    decided = [each.values["digest"] for each in told if each.name == "DisputeDecided"]
    assert decided == [each.values["model"] for each in told if each.name == "RoundFinal"]
    assert decided == [each.values["claimed"] for each in told if each.name == "AverageChallenged"]
    assert len(decided) == 2
    slashed = {each.values["account"] for each in told if each.name == "BondSlashed"}
    assert slashed == {world.addresses["buyer"]}
    assert world.market.participant(world.addresses["watcher"]).credit_wei > 0
