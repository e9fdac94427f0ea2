"""A chain with a market, a folder, and pods that are turned in this process, for stories of all roles."""

from __future__ import annotations

import numpy as np

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.transactions import Sender
from commonlearn.custody import Column, Schema, Shard, check_columns, derived_salts
from commonlearn.federated.programs import program_source
from commonlearn.pod import open_pod
from commonlearn.pod.config import config_from
from commonlearn.pod.roles import Sheet, open_roles, with_sheet
from commonlearn.pod.roles import decode as decode_log
from commonlearn.records import DatasetPhase
from scripts.demos.private.data import write_csv
from tests.support.keystores import PASSWORD, keystore_file

__all__ = ["OWNERS", "SCHEMA", "World", "table"]

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
        self.said, self.configs, self.addresses, self.liars = {}, {}, {}, {}
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
        self.said[name] = {
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
        self.configs[name] = config_from(self.said[name])

    def owner(self, name, seed, **section):
        write_csv(table(seed), self.folder / f"{name}.csv")
        files = {"source": str(self.folder / f"{name}.csv"), "schema_file": str(self.folder / "schema.json")}
        self.add(name, "data-owner", **files, price="1 gwei", owner_bond="5 gwei", replica_bond="3 gwei", **section)

    def buyer(self, custody, datasets, drawn, terms=(), **section):
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
            **dict(terms),
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
            **section,
        )

    @property
    def held_back(self):
        return {"test_set": str(self.folder / "tests.shard"), "schema_file": str(self.folder / "schema.json")}

    def validator(self, name, **section):
        self.add(name, "validator", **self.held_back, max_bond="1 ether", min_pay="1 wei", **section)

    def ready(self, dataset=1):
        """Whether a dataset can be named by jobs."""
        return self.market.dataset(dataset).phase is DatasetPhase.READY

    def play(self, most=200, until=None, seconds=900):
        """Turn all pods until the buyer has its model, or something else holds."""
        until = until or (self.folder / "model").exists
        for _ in range(most):
            for name in self.configs:
                self.turn(name)
            self.node.increase_time(seconds)
            if until():
                return
        raise AssertionError(f"the job is at {self.market.job(1)} after {most} turns")

    def change(self, name, role, **section):
        """Other settings of a pod: of its role's section, or of another (``money``)."""
        said = self.said[name]
        said[role] = {**said.get(role, {}), **section}
        self.configs[name] = config_from(said)

    def memory(self, name):
        """What a pod remembers of its actions."""
        with open_pod(self.configs[name], open_roles(self.configs[name]), decode_log) as pod:
            return pod.runner.state.memory()

    def told(self, name=None):
        """All events, or those of a name."""
        logs = Connection.open(self.node.url).rpc.call(
            "eth_getLogs", {"fromBlock": "0x0", "address": self.market.address}
        )
        found = [decode_log(log) for log in logs]
        return [each for each in found if name is None or each.name == name]

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
