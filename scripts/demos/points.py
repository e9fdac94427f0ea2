"""Points: contributors confirm one another; a ring of sock puppets passes points round and ends with fewer."""

from __future__ import annotations

import numpy as np
from rich.table import Table

from commonlearn.chain.abi import checksummed
from commonlearn.client.leaderboard import Standing
from commonlearn.errors import CommonlearnError
from commonlearn.records import Badge, PointsTerms
from scripts.demos.stage import ETH_USD, GAS_GWEI, Stage

__all__ = ["run"]

DAY = 86_400
WEEK = 7 * DAY
FOUNDERS = ("ada", "bela")
HONEST = ("carol", "dora", "emil")
MAIN = "mallory"
PUPPETS = ("puppet 1", "puppet 2", "puppet 3")
RING = (MAIN, *PUPPETS)
WEEKS = 4
EACH_WEEK = {"carol": 12, "dora": 10, "emil": 8, "mallory": 4, "puppet 1": 4, "puppet 2": 4, "puppet 3": 4}
"""The puppets' owner does honest work too, spread over its accounts: a ring without outside points cannot even vote."""
CHECKED = 8
"""How many contributions a week each founder looks at."""


class Demo:
    """The acts of points."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.console, self.data = stage.console, stage.data
        stage.call((*FOUNDERS, *HONEST, *RING))
        self.names = {checksummed(account.address): name for name, account in stage.cast.items()}
        self.truth: dict[int, bool] = {}
        self.authors: dict[int, str] = {}
        self.rng = np.random.default_rng(0)
        self.position = 0

    def deploy(self) -> None:
        """Put the model on chain with its founders."""
        founders = sorted((self.stage.cast[name].address for name in FOUNDERS), key=lambda one: int(one, 16))
        terms = PointsTerms(
            founders=tuple(founders), grant=90_000, least_vote=100, most_vote=1_000, give_bps=2_000, fee_bps=11_000,
            vote_seconds=2 * WEEK,
        )  # fmt: skip
        self.model = self.stage.deploy(terms)
        self.console.print(
            f"  model {self.model.address}; founders {' and '.join(FOUNDERS)} may spend {terms.grant / 100:g} points "
            f"each; who has received points may give {terms.give_bps / 100:g} % of them, each point at a cost of "
            f"{terms.fee_bps / 10_000:g}"
        )

    def week(self) -> None:
        """Everybody contributes, founders check some, the honest confirm what is right and contest what is not."""
        fresh: list[int] = []
        for name, count in EACH_WEEK.items():
            part = slice(self.position, self.position + count)
            self.position += count
            labels = self.data.labels[part].copy()
            wrong = np.zeros(count, dtype=bool)
            if name in RING:
                wrong[count // 2 :] = True  # half of the ring's data is honest work, half is rubbish
                labels = np.where(wrong, 1 - labels, labels)
            receipts = self.model.contribute(
                self.data.raw[part], labels.tolist(), account=self.stage.cast[name].address, prices=self.stage.prices
            )
            for receipt, is_wrong in zip(receipts, wrong, strict=True):
                self.stage.gas.add("contribute, taught" if receipt.taught else "contribute, known", receipt.gas_used)
                self.truth[receipt.id] = not is_wrong
                self.authors[receipt.id] = name
                fresh.append(receipt.id)
        for name in FOUNDERS:
            self._vote(name, sorted(int(i) for i in self.rng.choice(fresh, CHECKED, replace=False)))
        for name in HONEST:
            others = [id_ for id_ in fresh if self.authors[id_] != name]
            self._vote(name, [int(self.rng.choice(others))])
        self.stage.node.increase_time(WEEK)

    def _vote(self, name: str, ids: list[int]) -> int:
        """An honest vote on each, as far as the account's standing goes."""
        cast_votes = 0
        for confirms in (True, False):
            chosen = [id_ for id_ in ids if self.truth[id_] is confirms]
            cast_votes += self._send(name, chosen, confirms=confirms)
        return cast_votes

    def _send(self, name: str, ids: list[int], *, confirms: bool) -> int:
        if not ids:
            return 0
        vote = self.model.confirm if confirms else self.model.contest
        try:
            result = vote(ids, account=self.stage.cast[name].address, prices=self.stage.prices)
        except CommonlearnError:
            return 0  # no standing (yet), or voted already
        if result.made:
            self.stage.gas.share("vote", sum(map(self.stage.gas_of, result.tx_hashes)), len(result.made))
        return len(result.made)

    def attack(self) -> tuple[int, int, int]:
        """Let the ring vote for itself as often as it can: first round and round, then everything to the main account.

        Returns
        -------
        before, after, votes : int
            Points of the whole ring, in hundredths, and how many votes it cast.
        """
        before = sum(self._standing(name).points for name in RING)
        votes = 0
        latest = max(self.authors) - sum(EACH_WEEK.values())
        for shift in (1, 2, 3):
            for place, name in enumerate(RING):
                friend = RING[(place + shift) % len(RING)]
                target = MAIN if shift == 1 and name != MAIN else friend
                ids = [id_ for id_, author in self.authors.items() if author == target and id_ > latest]
                votes += self._send(name, ids, confirms=True)
        return before, sum(self._standing(name).points for name in RING), votes

    def _standing(self, name: str) -> Standing:
        return self.model.standing(self.stage.cast[name].address)

    def badges(self) -> int:
        """Let everybody's badges be claimed by one helper."""
        claimed = 0
        for name in (*FOUNDERS, *HONEST, *RING):
            result = self.model.claim_badges(
                account=self.stage.cast[HONEST[0]].address, holder=self.stage.cast[name].address,
                prices=self.stage.prices,
            )  # fmt: skip
            claimed += len(result.badges)
        return claimed


def run(stage: Stage) -> int:
    """Run all acts; return the exit code."""
    demo, console = Demo(stage), stage.console
    stage.act("Deploy: a local chain, the factory with its badges, and the model with its first weights")
    demo.deploy()
    before = stage.accuracy()
    total = WEEKS * sum(EACH_WEEK.values())
    stage.act(f"{WEEKS} weeks: {total} {stage.data.unit}s, checked by founders and by one another. No stakes")
    with stage.bar("weeks", WEEKS) as progress:
        for _ in range(WEEKS):
            demo.week()
            progress.advance(progress.task_ids[0])
    demo.model.sync()
    after = stage.accuracy()
    stage.act(f"A ring: {MAIN} and {len(PUPPETS)} puppets, one owner, vote for one another as often as they can")
    honest_before = sum(demo._standing(name).points for name in HONEST)
    ring_before, ring_after, votes = demo.attack()
    main = demo._standing(MAIN)
    outside = ring_before / 100
    console.print(
        f"  {votes} votes within the ring: its points went from {ring_before / 100:g} to {ring_after / 100:g}; "
        f"[bold]gain {(ring_after - ring_before) / 100:+g}[/bold]"
    )
    console.print(f"  its best account has {main.points / 100:g}; the same work under one name would have {outside:g}")
    console.print(
        f"  the honest have {sum(demo._standing(name).points for name in HONEST) / 100:g} points, as before "
        f"({honest_before / 100:g})"
    )
    stage.act("Votes close; badges for what was done, claimed for everybody by one helper")
    stage.node.increase_time(2 * WEEK)
    claimed = demo.badges()
    rows = demo.model.leaderboard()
    console.print(_board(demo, rows))
    console.print(f"  {claimed} badges minted; none can be moved (ERC-5192)")
    console.print(_steps(stage))
    console.print(
        f"  test accuracy: {before:.4f} with first weights, [bold]{after:.4f}[/bold] after "
        f"{demo.model.contributions} contributions, {sum(not right for right in demo.truth.values())} of them wrong on "
        "purpose"
    )
    failed = stage.free_inference()
    return 1 if failed or ring_after > ring_before else 0


def _board(demo: Demo, rows: list[Standing]) -> Table:
    table = Table(title="commonlearn leaderboard")
    for name in ("account", "points", "received", "given", "burned", "confirmed", "votes", "badges"):
        table.add_column(name, justify="left" if name in ("account", "badges") else "right")
    for row in rows:
        table.add_row(
            demo.names.get(row.address, row.address) + (" (founder)" if row.is_founder else ""),
            f"{row.points / 100:.2f}",
            f"{row.received / 100:.2f}",
            f"{row.given / 100:.2f}",
            f"{row.burned / 100:.2f}",
            f"{row.confirmed} of {row.contributions}",
            str(row.votes),
            ", ".join(Badge(badge).title for badge in row.badges),
        )
    return table


def _steps(stage: Stage) -> Table:
    table = Table("step", title="What each step costs")
    for name in ("times", "mean gas", f"dollars at {GAS_GWEI} gwei, ${ETH_USD:,} an ether"):
        table.add_column(name, justify="right")
    for step, used in stage.gas.used.items():
        table.add_row(step, str(len(used)), f"{sum(used) / len(used):,.0f}", f"{stage.gas.dollars(step):,.4f}")
    return table
