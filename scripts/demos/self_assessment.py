"""Self-assessment: honest contributors get their stakes back, a label flipper pays, predictions are free offline."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
from rich.table import Table

from commonlearn.models import Perceptron
from commonlearn.records import Terms
from scripts.demos.stage import ETH_USD, GAS_GWEI, Stage

__all__ = ["run"]

DAY = 86_400
HOUR = 3_600
ROUNDS = 30
HONEST = ("alice", "bob", "carol")
FLIPPER = "mallory"
EACH_ROUND = {"alice": 13, "bob": 13, "carol": 13, "mallory": 4}
PEER = json.loads((Path(__file__).parents[1] / "bench" / "peer_0xdeca10b.json").read_text())["gas"]


class Demo:
    """The acts of self-assessment."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.console, self.node, self.data = stage.console, stage.node, stage.data
        self.prices, self.gas, self._bar = stage.prices, stage.gas, stage.bar
        self.connection = stage.connection
        stage.call(("deployer", *HONEST, FLIPPER, "beneficiary"))
        self.cast = stage.cast
        self.authors: dict[int, str] = {}

    def deploy(self) -> None:
        """Put the model on chain."""
        terms = Terms(
            beneficiary=self.cast["beneficiary"].address, floor_wei=10**15, growth_bps=50, half_life_seconds=HOUR,
            refund_wait_seconds=DAY, report_wait_seconds=2 * DAY, sweep_wait_seconds=9 * DAY, reporter_bps=1_000,
        )  # fmt: skip
        self.model = self.stage.deploy(terms)
        self.start_block = self.stage.start_block
        self.console.print(f"  model {self.model.address}, stake from {terms.floor_wei / 1e18} ether")

    def contribute(self) -> None:
        """Contribute under stake: an hour passes between rounds, so the stake's price settles."""
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
        """Refunds, then reports, then withdrawals."""
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
        done: Counter[tuple[str, str]] = Counter()  # many claims go into one transaction
        for event in self.model.contract.events(tuple(steps), self.start_block + 1, last):
            if event.name == "Forfeited":
                self.cast[self.authors[event.values["id"]]].lost += 1
            done[steps[event.name], event.tx_hash] += 1
        for (step, tx_hash), times in done.items():
            self.gas.share(step, used[tx_hash], times)
        for each in self.cast.values():
            each.end_wei = self.connection.balance(each.address)


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


def run(stage: Stage) -> int:
    """Run all acts; return the exit code."""
    demo, console, data = Demo(stage), stage.console, stage.data
    stage.act("Deploy: a local chain, the factory, and the model with its first weights")
    demo.deploy()
    before = stage.accuracy()
    stage.act(f"Contribute: {', '.join(HONEST)} give true labels, {FLIPPER} flips them")
    demo.contribute()
    after = stage.accuracy()
    averaged = ""
    if isinstance(data.model, Perceptron):
        score = demo.model.averaged().score(data.test_raw, data.test_labels.tolist())
        averaged = f",\n  {score:.4f} by averaged weights rebuilt from the log at no cost"
    stage.act("Time passes: refunds for data that the model agrees with, reports of the rest")
    demo.claim()
    stage.act("The books")
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
    return stage.free_inference()
