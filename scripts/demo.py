"""``make demo``: a public model's life on a local chain, from deployment under stake to free predictions offline."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from commonlearn import PublicModel
from commonlearn.chain.connection import Connection
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.transactions import Sender
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.description import Description
from commonlearn.models import Perceptron
from commonlearn.records import Terms
from scripts.demo_data import DemoData, load_demo_data
from scripts.local_node import LocalNode

DAY = 86_400
HOUR = 3_600
GAS_GWEI = Decimal(1)
ETH_USD = Decimal(os.environ.get("COMMONLEARN_ETH_USD", "2500"))
ROUNDS = 30
HONEST = ("alice", "bob", "carol")
FLIPPER = "mallory"
EACH_ROUND = {"alice": 13, "bob": 13, "carol": 13, "mallory": 4}
COMPARED = 100
"""How many predictions of the contract itself are asked for."""
PEER = json.loads((Path(__file__).parent / "bench" / "peer_0xdeca10b.json").read_text())["gas"]


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
        self.used[step].append(gas)


class Demo:
    """The chain, the cast and the model; each method is one act."""

    def __init__(self, console: Console, node: LocalNode, data: DemoData, folder: Path) -> None:
        self.console = console
        self.node = node
        self.data = data
        self.folder = folder
        self.connection = Connection.open(node.url)
        names = ("deployer", *HONEST, FLIPPER, "beneficiary")
        self.cast = {name: Account(name, address) for name, address in zip(names, node.accounts(), strict=False)}
        self.authors: dict[int, str] = {}
        self.gas = Gas()
        self.prices = Prices.from_options(gas_gwei=str(GAS_GWEI), eth_usd=str(ETH_USD))

    @contextmanager
    def _bar(self, what: str, total: int) -> Iterator[Progress]:
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            progress.add_task(what, total=total)
            yield progress

    def deploy(self) -> None:
        """Act 1."""
        deployer = self.cast["deployer"]
        terms = Terms(
            beneficiary=self.cast["beneficiary"].address, floor_wei=10**15, growth_bps=50, half_life_seconds=HOUR,
            refund_wait_seconds=DAY, report_wait_seconds=2 * DAY, sweep_wait_seconds=9 * DAY, reporter_bps=1_000,
        )  # fmt: skip
        description = Description("demo", self.data.title, self.data.classes, self.data.featurizer.to_dict())
        plan = ModelPlan(self.data.model, description, terms)
        book = DeploymentBook.open(self.folder / "deployments", self.connection)
        sender = Sender(self.connection, UnlockedSigner(deployer.address), prices=self.prices)
        record = deploy_model(sender, book, plan)
        for contract in sorted(set(book.contracts) - {"Collaboration"}):  # that one is made by the factory
            self.gas.add(f"deploy {contract} (once a network)", self._gas_of(book.contracts[contract].tx_hash))
        self.gas.add("new model", sum(self._gas_of(tx_hash) for tx_hash in record.tx_hashes))
        self.address = record.address
        self.model = self._load()
        self.start_block = self.model.block
        for each in self.cast.values():
            each.start_wei = self.connection.balance(each.address)
        self.console.print(f"  model {record.address}, stake from {terms.floor_wei / 1e18} ether")

    def contribute(self) -> None:
        """Act 2: an hour passes between rounds, so the stake's price settles."""
        per_round = sum(EACH_ROUND.values())
        rounds = min(ROUNDS, len(self.data.raw) // per_round)
        position = 0
        dearest = 0
        with self._bar(
            f"contributing {rounds * per_round} {self.data.unit}s under stake", rounds * per_round
        ) as progress:
            for _ in range(rounds):
                for name, count in EACH_ROUND.items():
                    part = slice(position, position + count)
                    position += count
                    labels = self.data.labels[part]
                    if name == FLIPPER:
                        labels = 1 - labels
                    account = self.cast[name]
                    receipts = self.model.contribute(
                        self.data.raw[part], labels.tolist(), account=account.address, prices=self.prices
                    )
                    account.contributed += len(receipts)
                    for receipt in receipts:
                        self.authors[receipt.id] = name
                        self.gas.add("contribute, taught" if receipt.taught else "contribute, known", receipt.gas_used)
                        dearest = max(dearest, receipt.stake_wei)
                    progress.advance(progress.task_ids[0], count)
                self.node.increase_time(HOUR)
        self.model.sync()
        self.console.print(f"  stakes rose to at most {dearest / 1e18:.6f} ether and fell with every quiet hour")

    def claim(self) -> None:
        """Act 3: refunds, then reports, then withdrawals."""
        self.node.increase_time(DAY)
        with self._bar("refunds, a day later", len(HONEST) + 1) as progress:
            for name in (*HONEST, FLIPPER):
                result = self.model.refund(account=self.cast[name].address, prices=self.prices)
                self.cast[name].refunded = len(result.made)
                progress.advance(progress.task_ids[0])
        self.node.increase_time(DAY)
        self.model.sync()
        # Only who taught the model something that it agrees with now may report.
        proven = [name for name in HONEST if self.model.contract.account(self.cast[name].address)[1] > 0]
        with self._bar(f"reports by {', '.join(proven)}, another day later", len(proven)) as progress:
            for name in proven:
                ids = [
                    number
                    for number, author in self.authors.items()
                    if author != name and self._reporter(proven, number, author) == name
                ]
                result = self.model.report(account=self.cast[name].address, ids=ids, prices=self.prices)
                self.cast[name].reported = len(result.made)
                progress.advance(progress.task_ids[0])
        for name in (*HONEST, FLIPPER):
            owed, _ = self.model.contract.account(self.cast[name].address)
            if owed:
                self.model.withdraw(account=self.cast[name].address, prices=self.prices)
        self._read_the_log()

    @staticmethod
    def _reporter(proven: list[str], number: int, author: str) -> str:
        """They share the work; own contributions cannot be reported, so the next one sees to them."""
        turn = number % len(proven)
        return proven[turn] if proven[turn] != author else proven[(turn + 1) % len(proven)]

    def _read_the_log(self) -> None:
        steps = {"Refunded": "refund", "Forfeited": "report", "Withdrawn": "withdraw"}
        last = self.connection.block().number
        used: dict[str, int] = {}
        for number in range(self.start_block + 1, last + 1):
            block = self.node.request("eth_getBlockByNumber", hex(number), True)
            for transaction in block["transactions"]:
                receipt = self.node.request("eth_getTransactionReceipt", transaction["hash"])
                used[transaction["hash"]] = int(receipt["gasUsed"], 16)
                fee = used[transaction["hash"]] * int(receipt["effectiveGasPrice"], 16)
                sender = next(
                    each for each in self.cast.values() if each.address.lower() == transaction["from"].lower()
                )
                sender.fees_wei += fee
        for event in self.model.contract.events(tuple(steps), self.start_block + 1, last):
            if event.name == "Forfeited":
                self.cast[self.authors[event.values["id"]]].lost += 1
            self.gas.add(steps[event.name], used[event.tx_hash])
        for each in self.cast.values():
            each.end_wei = self.connection.balance(each.address)

    def _gas_of(self, tx_hash: str) -> int:
        return int(self.node.request("eth_getTransactionReceipt", tx_hash)["gasUsed"], 16)

    def ask_the_contract(self) -> tuple[np.ndarray, list[int]]:
        """Predictions by the contract itself, for later comparison."""
        chosen = np.random.default_rng(0).choice(len(self.data.test_raw), COMPARED, replace=False)
        samples = self.model.encode([self.data.test_raw[i] for i in chosen])
        with self._bar(f"asking the contract itself about {COMPARED} test {self.data.unit}s", COMPARED) as progress:
            answers = []
            for sample in samples:
                answers.append(self.model.contract.predict(sample))
                progress.advance(progress.task_ids[0])
        return chosen, answers

    def _load(self) -> PublicModel:
        return PublicModel.load(
            self.address, rpc=self.node.url, cache=self.folder / "cache", journal=self.folder / "journal"
        )

    def synced(self) -> PublicModel:
        """Act 5: one call, as a stranger would make it."""
        return PublicModel.load(self.address, rpc=self.node.url, cache=self.folder / "stranger")


def _people(demo: Demo) -> Table:
    table = Table(
        "account",
        "gave",
        "contributed",
        "refunded",
        "forfeited",
        "reported",
        "gas paid",
        "stakes won or lost",
        "in dollars",
        title="Who gained, who lost",
    )
    for name in (*HONEST, FLIPPER, "beneficiary"):
        each = demo.cast[name]
        gained = each.end_wei - each.start_wei + each.fees_wei
        colour = "green" if gained > 0 else "red" if gained < 0 else ""
        gave = "true labels" if name in HONEST else "flipped labels" if name == FLIPPER else "-"
        style = f"[{colour}]" if colour else ""
        table.add_row(
            name, gave, str(each.contributed), str(each.refunded), str(each.lost), str(each.reported),
            f"{each.fees_wei / 1e18:.6f}",
            f"{style}{gained / 1e18:+.6f} ether", f"{style}{float(gained) / 1e18 * float(ETH_USD):+,.2f}",
        )  # fmt: skip
    return table


def _steps(demo: Demo, words: float) -> Table:
    def peer(step: str, size: float) -> float | None:
        sizes = (20, 50, 100, 200)
        return float(np.interp(size, sizes, [PEER[f"{step}.{size}"] for size in sizes]))

    is_text = demo.data.unit == "review"
    peers = {"new model": float(PEER["new_model"])} if is_text else {}
    if is_text:
        peers |= {
            "contribute, known": peer("contribute_agrees", words),
            "contribute, taught": peer("contribute_corrected", words),
            "refund": peer("refund", words),
            "report": peer("report", words),
        }
    table = Table("step", title="What each step costs")
    for name in ("times", "mean gas", f"dollars at {GAS_GWEI} gwei, ${ETH_USD:,} an ether", "0xDeCA10B's gas", "ratio"):
        table.add_column(name, justify="right")
    for step, used in demo.gas.used.items():
        mean = sum(used) / len(used)
        dollars = mean * float(GAS_GWEI) * 1e-9 * float(ETH_USD)
        other = peers.get(step)
        table.add_row(
            step,
            str(len(used)),
            f"{mean:,.0f}",
            f"{dollars:,.4f}",
            f"{other:,.0f}" if other else "-",
            f"{other / mean:.1f} x" if other else "-",
        )
    return table


def main() -> int:
    """Run all acts."""
    started = perf_counter()
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)

    def act(number: int, title: str) -> None:
        console.print(f"\n[bold]{number}. {title}")

    with console.status("Reading data and learning first weights …"):
        data = load_demo_data()
    console.print(f"[bold]commonlearn demo[/bold]: {data.title}")
    if data.note:
        console.print(data.note, style="yellow")
    with tempfile.TemporaryDirectory(prefix="commonlearn-demo-") as folder, LocalNode(base_fee=0) as node:
        demo = Demo(console, node, data, Path(folder))
        act(1, "Deploy: a local chain, the factory, and the model with its first weights")
        demo.deploy()
        before = demo.model.score(data.test_raw, data.test_labels.tolist())
        act(2, f"Contribute: {', '.join(HONEST)} give true labels, {FLIPPER} flips them")
        demo.contribute()
        after = demo.model.score(data.test_raw, data.test_labels.tolist())
        averaged = ""
        if isinstance(data.model, Perceptron):
            score = demo.model.averaged().score(data.test_raw, data.test_labels.tolist())
            averaged = f",\n  {score:.4f} by averaged weights rebuilt from the log at no cost"
        act(3, "Time passes: refunds for data that the model agrees with, reports of the rest")
        demo.claim()
        act(4, "The books")
        console.print(_people(demo))
        locked, _, carry = demo.model.contract.totals()
        console.print(f"  still staked: {locked / 1e18:.6f} ether; rest carried into the next share: {carry} wei")
        words = float(
            np.mean([len(sample) / 2 for sample in demo.model.encode(data.raw[: sum(EACH_ROUND.values()) * ROUNDS])])
        )
        console.print(_steps(demo, words))
        if data.unit == "review":
            console.print(
                f"  0xDeCA10B's gas is interpolated to this demo's mean of {words:.0f} words a review.", style="dim"
            )
        console.print(
            f"  test accuracy: {before:.4f} with first weights, [bold]{after:.4f}[/bold] after "
            f"{demo.model.contributions} contributions{averaged}"
        )
        act(5, "Free inference: one sync, then the chain is stopped")
        chosen, answers = demo.ask_the_contract()
        stranger = demo.synced()
    start = perf_counter()
    predicted = stranger.predict_encoded(stranger.encode(data.test_raw))
    seconds = perf_counter() - start
    same = int(np.sum(predicted[chosen] == np.array(answers)))
    accuracy = float(np.mean(predicted == data.test_labels))
    console.print(
        f"  chain stopped; {len(predicted):,} test {data.unit}s predicted offline in {seconds:.1f} s, texts and all: "
        f"accuracy {accuracy:.4f}"
    )
    console.print(f"  {same} of {len(answers)} sampled predictions are identical to the contract's own")
    console.print(f"\nDone in {perf_counter() - started:.0f} s. Next: `commonlearn --help`, README.md, `make bench`.")
    return 0 if same == len(answers) else 1


if __name__ == "__main__":
    sys.exit(main())
