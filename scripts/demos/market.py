"""A prediction market: a provider pays for what improves the model on a secret test set; harm costs the stake.

Twice: settled by the contract portion by portion, and by a posted outcome, after a wrong one was disputed to one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.table import Table

from commonlearn.chain.abi import checksummed
from commonlearn.client.market.market import Market
from commonlearn.client.market.settling import Work
from commonlearn.models import Perceptron
from commonlearn.money import format_ether
from commonlearn.records import MarketTerms
from scripts.demos.liar import Liar
from scripts.demos.stage import ETH_USD, GAS_GWEI, Stage

__all__ = ["run"]

HOUR, DAY = 3_600, 86_400
ETHER = 10**18
TESTS = 100
HONEST = ("alice", "bob", "carol")
FLIPPER, COPIER = "mallory", "larry"
TURNS = 12
EACH_TURN = {"alice": 2, "bob": 2, "mallory": 3, "carol": 2}
COPIED = 12
FIRST, MARGIN = 1_000, 75
"""First weights here: from fewer reviews than other demos, so that more is left to gain."""
STARTS = (1_000, 3_200)
"""Where each market's contributions begin. These, the margin and the cast's shares were picked by trial out of about
five, so that the flipper is likely to lose: on 90 scored reviews one market's outcome is mostly chance. The demo shows
how a market goes, not that honesty pays in each.
"""
BOUNTY_WEI = ETHER // 2
TERMS = MarketTerms(
    min_stake_wei=ETHER // 100, bond_wei=ETHER // 5, step_fee_wei=2 * 10**14, post_bond_wei=ETHER // 10,
    full_score=25, most_contributions=200, participate_seconds=DAY, reveal_seconds=DAY, dispute_seconds=DAY,
    move_seconds=HOUR, rounds=3, draw_delay_blocks=3,
)  # fmt: skip


@dataclass
class Result:
    """What one market was to one of the cast."""

    contributed: int = 0
    staked_wei: int = 0
    got_wei: int = 0


@dataclass
class Demo:
    """The acts of a market."""

    stage: Stage
    position: int = 0
    results: list[dict[str, Result]] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.console, self.node, self.data = self.stage.console, self.stage.node, self.stage.data
        if isinstance(self.data.model, Perceptron):
            first = self.data.featurizer.transform_batch(self.data.raw[:FIRST])
            model = Perceptron(encoding="presence", margin=MARGIN).fit(first.to_csr(), self.data.labels[:FIRST])
            self.stage.data = self.data = replace(self.data, model=model)
        self.stage.call(("provider", *HONEST, FLIPPER, COPIER, "settler", "watcher"))

    @property
    def market(self) -> Market:
        """The market, as somebody sees it who has just come."""
        return self.stage.model.market(state=self.stage.folder / "markets", prices=self.stage.prices)

    def who(self, name: str) -> str:
        """Address of one of the cast."""
        return checksummed(self.stage.cast[name].address)

    # ----------------------------------------------------------------------------------------------------- the acts

    def deploy(self) -> None:
        """Put the model on chain."""
        self.stage.deploy(TERMS)
        self.accuracies.append(self.stage.accuracy())
        self.console.print(f"  model {self.stage.address}; accuracy {self.accuracies[-1]:.4f}")

    def begin(self, part: int) -> None:
        """Commit, draw, show a partition, and let everybody judge it."""
        tests = slice(part * TESTS, (part + 1) * TESTS)
        model = self.stage.model
        samples, labels = model.labelled(self.data.test_raw[tests], self.data.test_labels[tests].tolist())
        unique = dict(zip(samples, labels, strict=True))
        given, _ = self.market.commit(
            list(unique), list(unique.values()), account=self.who("provider"), bounty_wei=BOUNTY_WEI
        )
        self.console.print(
            f"  the provider escrows a bounty of {format_ether(given.bounty_wei)}, a bond of "
            f"{format_ether(given.bond_wei)} and {format_ether(given.purse_wei)} for the computation,\n"
            f"  and commits to {given.test_count} {self.data.unit}s in {given.partitions} partitions: root "
            f"0x{given.root.hex()[:16]}…"
        )
        for _ in range(TERMS.draw_delay_blocks + 1):
            self.node.request("evm_mine")
        partition, _ = self.market.draw(account=self.who("watcher"))
        self.market.reveal(account=self.who("provider"))
        found = self.market.audit()
        self.console.print(
            f"  a block draws partition {partition}: its {len(found.samples)} {self.data.unit}s are shown. The model "
            f"agrees with {found.model_agrees:.0%} of their labels: {found.verdict}"
        )

    def participate(self) -> None:
        """Honest data, flipped labels, and copies of others' data, each under a stake."""
        result = {name: Result() for name in (*EACH_TURN, COPIER)}
        self.results.append(result)
        total = TURNS * sum(EACH_TURN.values()) + COPIED
        start = self.position = min(STARTS[len(self.results) - 1], len(self.data.raw) - 2 * total)
        with self.stage.bar(f"{total} contributions under stake", total) as progress:
            for _ in range(TURNS):
                for name, count in EACH_TURN.items():
                    part = slice(self.position, self.position + count)
                    self.position += count
                    labels = self.data.labels[part]
                    given = 1 - labels if name == FLIPPER else labels
                    self._give(result[name], name, self.data.raw[part], given.tolist())
                    progress.advance(progress.task_ids[0], count)
            copied = slice(start, start + COPIED)
            self._give(result[COPIER], COPIER, self.data.raw[copied], self.data.labels[copied].tolist())
            progress.advance(progress.task_ids[0], COPIED)
        self.node.increase_time(DAY)

    def _give(self, result: Result, name: str, raw: Sequence[object], labels: Sequence[int]) -> None:
        receipts = self.stage.model.contribute(
            raw, labels, account=self.who(name), prices=self.stage.prices, job=f"{len(self.results)}-{self.position}"
        )
        result.contributed += len(receipts)
        result.staked_wei += sum(receipt.stake_wei for receipt in receipts)
        self.stage.gas.used["contribute"] += [receipt.gas_used for receipt in receipts]

    def reveal(self) -> None:
        """Show the rest of the test set."""
        count, receipts = self.market.reveal(account=self.who("provider"))
        self.stage.gas.used["reveal"] += [receipt.gas_used for receipt in receipts]
        self.console.print(f"  the other {count} partitions are shown, and the contract finds them as committed")

    def settle(self) -> None:
        """The contract computes the outcome itself, in portions, for whoever calls."""
        with self.stage.bar("replaying on chain", 1) as progress:
            task = progress.task_ids[0]
            work = self.market.settle(
                account=self.who("settler"),
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
            progress.update(task, completed=1, total=1)
        self._tell(work, "settled")
        pairs = self._pairs()
        settled = sum(self.stage.gas.used["settle"])
        self.console.print(f"  {settled:,} gas in all, {settled / pairs:,.0f} a contribution and test {self.data.unit}")

    def _tell(self, work: Work, what: str) -> None:
        self.stage.gas.used[what.replace("settled", "settle").replace("trained", "train")].append(work.gas)
        self.console.print(
            f"  {what} in {work.transactions} transactions: {work.steps:,} steps, fees {format_ether(work.fee_wei)}, "
            f"pay {format_ether(work.pay_wei)}"
        )

    def _pairs(self) -> int:
        view = self.market.contract.market()
        replay = self.market.records.replay(view)
        rounds = replay.final.round + 1
        scored = len(self.market.records.scored(view)[0])
        return max(1, rounds * view.contributions * scored)

    def lie(self) -> None:
        """Mallory posts an outcome that gives her everything; whoever watches disputes it, and wins half her bond."""
        market = self.market
        samples, labels = market.records.scored(market.contract.market())
        self.stage.sender("settler").send_one(market.contract.prepare(samples, labels))
        view = market.records.refresh()
        replay = market.records.replay(view)
        thief = next(one.participant for one in replay.inputs if one.account == self.who(FLIPPER))
        liar = Liar(self.stage.sender(FLIPPER), market.contract, replay, thief=thief, from_step=replay.steps // 3)
        liar.post()
        self.console.print(f"  mallory posts an outcome after {replay.steps} steps in which everything is hers")
        said: list[str] = []
        for _ in range(40):
            self.market.watch(account=self.who("watcher"), once=True, on_event=said.append)
            liar.defend()
            if not market.contract.posted().is_there:
                break
        moves = len([one for one in said if ": done" in one])
        judged = market.contract.events(["PostJudged"])[-1].values
        won = TERMS.post_bond_wei // 2
        right = judged["winner"] == self.who("watcher") and judged["loser"] == self.who(FLIPPER)
        self.console.print(
            f"  the watcher disputes it: after {moves} moves the contract recomputes one step, and mallory's bond is "
            f"{'lost' if right else 'NOT lost'}: {format_ether(won)} to the watcher, the rest burned"
        )
        self.market.watch(account=self.who("watcher"), post=True, once=True)
        self.node.increase_time(DAY)
        self.market.watch(account=self.who("watcher"), post=True, once=True)
        self.console.print("  the watcher posts the true outcome; nobody disputes it in a day, and it stands")
        self.market.claim(account=self.who("settler"))

    def train(self) -> None:
        """Teach the model what was not punished, and pay everybody."""
        result = self.results[-1]
        view = self.market.contract.market()
        for event in self.market.contract.events(["ParticipantCredited"], market=view.number):
            name = next(name for name in result if self.who(name) == event.values["account"])
            result[name].got_wei = event.values["balanceWei"]
        work = self.market.train(account=self.who("settler"))
        self._tell(work, "trained")
        self.stage.model.sync()
        self.stage.model.verify()
        self.accuracies.append(self.stage.accuracy())
        self.console.print(f"  accuracy {self.accuracies[-2]:.4f} before, {self.accuracies[-1]:.4f} after")

    def payouts(self) -> None:
        """Who got what."""
        table = Table("", box=None, header_style="bold")
        for number in range(len(self.results)):
            for column in (f"gave ({number + 1})", "staked", "got", "gain"):
                table.add_column(column, justify="right")
        for name in (*EACH_TURN, COPIER):
            cells = []
            for result in self.results:
                one = result[name]
                gain = (one.got_wei - one.staked_wei) / ETHER
                style = "green" if gain > 0 else "red" if gain < 0 else "dim"
                cells += [
                    str(one.contributed), f"{one.staked_wei / ETHER:.3f}", f"{one.got_wei / ETHER:.4f}",
                    f"[{style}]{gain:+.4f}[/{style}]",
                ]  # fmt: skip
            table.add_row(name, *cells)
        self.console.print(table)
        honest = [sum(result[name].got_wei - result[name].staked_wei for name in HONEST) for result in self.results]
        self.console.print(
            f"  the honest together: {honest[0] / ETHER:+.4f} and {honest[1] / ETHER:+.4f}. An illustration, its "
            "settings picked by trial:\n  on 90 scored samples, who gains in one market is mostly chance"
        )
        for name in self.stage.cast:
            if self.market.contract.account(self.who(name)).owed_wei:
                self.market.withdraw(account=self.who(name))
        burned = self.market.contract.account("0x000000000000000000000000000000000000dEaD").owed_wei
        held = self.stage.connection.balance(self.stage.address)
        self.console.print(
            f"  all is withdrawn: the contract holds {format_ether(held)}, which is what was burned "
            f"({format_ether(burned)})"
        )

    def costs(self) -> None:
        """Gas of each kind of step."""
        table = Table("step", "times", "gas each", f"USD at {GAS_GWEI} gwei, {ETH_USD} USD/ETH", box=None)
        for step, gases in self.stage.gas.used.items():
            mean = sum(gases) // len(gases)
            table.add_row(step, str(len(gases)), f"{mean:,}", f"{self.stage.gas.dollars(step):.2f}")
        self.console.print(table)


def run(stage: Stage) -> int:
    """All acts; the exit code is 1 when something is not as it should be."""
    demo = Demo(stage)
    stage.act("Deploy the model under a market")
    demo.deploy()
    stage.act("A provider commits to a secret test set, and shows a tenth of it")
    demo.begin(0)
    stage.act("Contributors stake on their data; mallory flips her labels, larry copies others")
    demo.participate()
    stage.act("The provider reveals the rest, and the contract settles, portion by portion")
    demo.reveal()
    demo.settle()
    stage.act("The model learns what was not punished")
    demo.train()
    stage.act("A second market, and a false outcome")
    demo.begin(1)
    demo.participate()
    demo.reveal()
    demo.lie()
    demo.train()
    stage.act("Who gained and who lost, in ether")
    demo.payouts()
    demo.costs()
    return stage.free_inference()
