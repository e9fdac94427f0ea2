"""What all demos need: the chain, the cast, the model, and the sum of what every step costs."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from commonlearn import PublicModel
from commonlearn.chain.connection import Connection
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.transactions import Sender
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.description import Description
from scripts.demo_data import DemoData
from scripts.local_node import LocalNode

__all__ = ["ETH_USD", "GAS_GWEI", "Account", "Gas", "Stage"]

GAS_GWEI = Decimal(1)
ETH_USD = Decimal(os.environ.get("COMMONLEARN_ETH_USD", "2500"))
COMPARED = 100
"""How many predictions of the contract itself are asked for."""


@dataclass
class Account:
    """One of the cast, and what it did."""

    name: str
    address: str
    contributed: int = 0
    refunded: int = 0
    reported: int = 0
    lost: int = 0
    fees_wei: int = 0
    start_wei: int = 0
    end_wei: int = 0


@dataclass
class Gas:
    """Gas of every transaction, by step."""

    used: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, step: str, gas: int) -> None:
        """Note one transaction."""
        self.used[step].append(gas)

    def share(self, step: str, gas: int, among: int) -> None:
        """Note one transaction that did a step many times: its gas in equal parts, as whole numbers.

        Examples
        --------
        >>> gas = Gas()
        >>> gas.share("refund", 100, 3)
        >>> gas.used["refund"]
        [34, 33, 33]
        """
        each, rest = divmod(gas, among)
        self.used[step] += [each + (1 if position < rest else 0) for position in range(among)]

    def dollars(self, step: str) -> float:
        """What a step costs on average, at the demo's prices."""
        mean = sum(self.used[step]) / len(self.used[step])
        return mean * float(GAS_GWEI) * 1e-9 * float(ETH_USD)


class Stage:
    """A local chain with some data, and what acts have in common.

    Parameters
    ----------
    console : Console
        Where all is shown.
    node : LocalNode
        Running.
    data : DemoData
    folder : Path
        For records, copies and journals; deleted afterwards.
    """

    def __init__(self, console: Console, node: LocalNode, data: DemoData, folder: Path) -> None:
        self.console = console
        self.node = node
        self.data = data
        self.folder = folder
        self.connection = Connection.open(node.url)
        self.cast: dict[str, Account] = {}
        self.gas = Gas()
        self.prices = Prices.from_options(gas_gwei=str(GAS_GWEI), eth_usd=str(ETH_USD))
        self._acts = 0

    def act(self, title: str) -> None:
        """Announce the next act."""
        self._acts += 1
        self.console.print(f"\n[bold]{self._acts}. {title}")

    def call(self, names: Sequence[str]) -> None:
        """Give the chain's accounts names; the first deploys."""
        self.cast = {name: Account(name, address) for name, address in zip(names, self.node.accounts(), strict=False)}

    @contextmanager
    def bar(self, what: str, total: int) -> Iterator[Progress]:
        """A progress bar with one task."""
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            progress.add_task(what, total=total)
            yield progress

    def sender(self, name: str) -> Sender:
        """Sends transactions of one of the cast."""
        return Sender(self.connection, UnlockedSigner(self.cast[name].address), prices=self.prices)

    def deploy(self, terms: Any) -> PublicModel:
        """Deploy a model with the first weights under some terms, by the first of the cast."""
        description = Description("demo", self.data.title, self.data.classes, self.data.featurizer.record())
        book = DeploymentBook.open(self.folder / "deployments", self.connection)
        record = deploy_model(self.sender(next(iter(self.cast))), book, ModelPlan(self.data.model, description, terms))
        made: dict[str, str] = {}
        for name, each in sorted(book.contracts.items()):  # what a factory makes has its transaction
            made[each.tx_hash] = name if name.endswith("Factory") else made.get(each.tx_hash, name)
        for tx_hash, name in sorted(made.items(), key=lambda item: item[1]):
            self.gas.add(f"deploy {name} (once a network)", self.gas_of(tx_hash))
        self.gas.add("new model", sum(self.gas_of(tx_hash) for tx_hash in record.tx_hashes))
        self.address = record.address
        self.model = self.load()
        self.start_block = self.model.block
        for account in self.cast.values():
            account.start_wei = self.connection.balance(account.address)
        return self.model

    def load(self) -> PublicModel:
        """The model, as the cast uses it."""
        return PublicModel.load(
            self.address, rpc=self.node.url, cache=self.folder / "cache", journal=self.folder / "journal"
        )

    def gas_of(self, tx_hash: str) -> int:
        """Gas that a transaction used."""
        return int(self.node.request("eth_getTransactionReceipt", tx_hash)["gasUsed"], 16)

    def accuracy(self) -> float:
        """Part of the test items that the model has right."""
        return self.model.score(self.data.test_raw, self.data.test_labels.tolist())

    def free_inference(self) -> int:
        """The last act of every demo: a stranger syncs once, the chain is stopped, and predictions are compared.

        Returns
        -------
        int
            Exit code: 1 when a prediction differs from the contract's own.
        """
        self.act("Free inference: one sync, then the chain is stopped")
        chosen = np.random.default_rng(0).choice(len(self.data.test_raw), COMPARED, replace=False)
        samples = self.model.encode([self.data.test_raw[i] for i in chosen])
        unit = self.data.unit
        with self.bar(f"asking the contract itself about {COMPARED} test {unit}s", COMPARED) as progress:
            answers = []
            for sample in samples:
                answers.append(self.model.contract.predict(sample))
                progress.advance(progress.task_ids[0])
        stranger = PublicModel.load(self.address, rpc=self.node.url, cache=self.folder / "stranger")
        self.node.stop()
        start = perf_counter()
        predicted = stranger.predict_encoded(stranger.encode(self.data.test_raw))
        seconds = perf_counter() - start
        same = int(np.sum(predicted[chosen] == np.array(answers)))
        accuracy = float(np.mean(predicted == self.data.test_labels))
        self.console.print(
            f"  chain stopped; {len(predicted):,} test {unit}s predicted offline in {seconds:.1f} s, texts and all: "
            f"accuracy {accuracy:.4f}"
        )
        self.console.print(f"  {same} of {len(answers)} sampled predictions are identical to the contract's own")
        return 0 if same == len(answers) else 1
