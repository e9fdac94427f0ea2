"""Jobs carried to their end by pods alone, on a real chain (Y-01, Y-09, J-01).

Each pod has its own memory, account and stores, and is turned in this process, so that it can be dropped between any
two turns and opened again. ``make demo-private`` does the same with a process for each.
"""

from __future__ import annotations

import numpy as np
import pytest

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.transactions import Sender
from commonlearn.custody import Column, Schema, Shard, check_columns, derived_salts
from commonlearn.federated import decode, estimator, metric
from commonlearn.federated.programs import program_source
from commonlearn.pod import open_pod
from commonlearn.pod.config import config_from
from commonlearn.pod.roles import Sheet, open_roles, with_sheet
from commonlearn.pod.roles import decode as decode_log
from commonlearn.pod.roles.buyer import Buyer
from commonlearn.pod.roles.opening import open_desk
from commonlearn.records import JobPhase, ModelPhase, Role
from scripts.demos.private.data import write_csv
from tests.support.keystores import PASSWORD, keystore_file
from tests.support.node import chain_for_tests

SCHEMA = Schema(
    (
        Column("a", "number", low=-8, high=8),
        Column("b", "number", low=-8, high=8),
        Column("ill", "category", categories=("no", "yes"), missing=False),
    ),
    "ill",
)
OWNERS = ("north", "south")


def table(seed, rows=60):
    source = np.random.default_rng(seed)
    X = source.normal(size=(rows, 2))
    y = X[:, 0] + 0.5 * X[:, 1] + 0.3 * source.normal(size=rows) > 0
    return check_columns(SCHEMA, {"a": X[:, 0], "b": X[:, 1], "ill": ["yes" if each else "no" for each in y]})


class World:
    """A chain with a market, a folder, and pods."""

    def __init__(self, node, folder):
        self.node, self.folder = node, folder
        connection = Connection.open(node.url)
        sender = Sender(connection, UnlockedSigner(node.accounts()[0]))
        address = deploy_training(lambda call: str(sender.send_one(call).contract))
        self.market = TrainingContract(connection, address)
        self.configs, self.addresses, self.liars = {}, {}, {}
        (folder / "schema.json").write_text(SCHEMA.to_json())
        shard = Shard(bytes(32), bytes(20), 0, table(99, 200), tuple(derived_salts(bytes(32), 0, 200)))
        (folder / "tests.shard").write_bytes(shard.to_bytes())
        self.test_root = "0x" + shard.root.hex()
        sheet = Sheet("logistic", {"epochs": 40, "step": 5.0}, limit=5_000)
        (folder / "program.py").write_bytes(with_sheet(program_source("logistic"), sheet))

    def add(self, name, role, **section):
        folder = self.folder / name
        folder.mkdir()
        keystore, address = keystore_file(folder, name)
        self.node.request("anvil_setBalance", address, hex(10**20))
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o600)
        self.addresses[name] = address
        self.configs[name] = config_from(
            {
                "roles": [role],
                "node": {"url": self.node.url, "confirmations": 0, "poll_seconds": 0.01},
                "account": {"keystore": str(keystore), "password_file": str(folder / "password")},
                "contracts": {"market": self.market.address},
                "folders": {"state": str(folder / "state")},
                "storage": {"stores": [str(self.folder / "objects")], "letters": str(self.folder / "letters")},
                "status": {"port": 0},
                "log": {"file": str(folder / "log")},
                role.replace("-", "_"): {"deposit": "2 ether", **section},
            }
        )

    def owner(self, name, seed, **section):
        write_csv(table(seed), self.folder / f"{name}.csv")
        files = {"source": str(self.folder / f"{name}.csv"), "schema_file": str(self.folder / "schema.json")}
        self.add(name, "data-owner", **files, price="1 gwei", owner_bond="5 gwei", replica_bond="3 gwei", **section)

    def buyer(self, custody, datasets, drawn):
        terms = {
            "budget": "0.1 ether",
            "vote_bond": "7 gwei",
            "challenge_bond": "9 gwei",
            "bounty": "1 gwei",
            "baseline": 500_000,
            "target": 950_000,
            "rounds": 2,
            "subsets_per_round": drawn,
            "min_subsets": drawn,
            "validators": 1,
            "metric": "accuracy",
            "test_set": self.test_root,
        }
        self.add(
            "buyer",
            "buyer",
            program=str(self.folder / "program.py"),
            schema_file=str(self.folder / "schema.json"),
            custody=custody,
            datasets=datasets,
            result=str(self.folder / "model"),
            terms=terms,
        )

    def validator(self, name):
        files = {"test_set": str(self.folder / "tests.shard"), "schema_file": str(self.folder / "schema.json")}
        self.add(name, "validator", **files, max_bond="1 ether", min_pay="1 wei")

    def play(self, most=200):
        """Turn all pods until the buyer has its model."""
        for _ in range(most):
            for name in self.configs:
                self.turn(name)
            self.node.increase_time(900)
            if (self.folder / "model").exists():
                return
        raise AssertionError(f"the job is at {self.market.job(1)} after {most} turns")

    def turn(self, name):
        """One life of a pod: opened, turned until its work of now is done, and dropped."""
        config = self.configs[name]
        roles = self.liars[name](config) if name in self.liars else open_roles(config)
        with open_pod(config, roles, decode_log) as pod:
            for _ in range(2):
                pod.runner.turn()
                for future in list(pod.runner._working.values()):
                    future.exception()  # what fails is tried again
            pod.runner.turn()


class LyingBuyer(Buyer):
    """Posts another average than it computed."""

    @property
    def handlers(self):
        return {**super().handlers, "post": self.lie}

    def lie(self, action, context):
        return self._desk.market.aggregate(action.values["job"], b"lie" + bytes(29), False)


@pytest.fixture
def world(tmp_path, walled):
    with chain_for_tests() as node:
        yield World(node, tmp_path)


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
    assert len(list((world.folder / "letters").iterdir())) == 6


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
    logs = Connection.open(world.node.url).rpc.call(
        "eth_getLogs", {"fromBlock": "0x0", "address": world.market.address}
    )
    told = [decode_log(log) for log in logs]
    decided = [each.values["digest"] for each in told if each.name == "DisputeDecided"]
    assert decided == [each.values["model"] for each in told if each.name == "RoundFinal"]
    assert decided == [each.values["claimed"] for each in told if each.name == "AverageChallenged"]
    assert len(decided) == 2
    slashed = {each.values["account"] for each in told if each.name == "BondSlashed"}
    assert slashed == {world.addresses["buyer"]}
    assert world.market.participant(world.addresses["watcher"]).credit_wei > 0
