"""Everybody's money in markets, by anybody's moves in any order, against plain books.

Requirements K-01, K-02, K-12, K-15, K-23, K-25, K-29.
"""

from __future__ import annotations

from typing import Any

import brownie
import pytest
from hypothesis import strategies as st

from commonlearn.records import Phase
from tests.support.market_books import MarketBooks

HOUR, DAY = 3_600, 86_400
PEOPLE = ("alice", "bob", "carol", "mallory")
EVERYBODY = ("deployer", *PEOPLE, "stranger")
LEAST_EXAMPLES = 25
NATURAL = {
    Phase.IDLE: "commit", Phase.CLOSED: "commit", Phase.VOID: "commit", Phase.DRAWING: "draw",
    Phase.PROVING: "reveal", Phase.PARTICIPATING: "contribute", Phase.REVEALING: "reveal",
    Phase.PREPARING: "prepare", Phase.SETTLING: "settle", Phase.TRAINING: "finalise",
}  # fmt: skip


class Markets:
    """Providers who reveal or do not, participants who help or harm, callers who settle, post, dispute or lie.

    Strategies
    ----------
    who, other
        Accounts.
    change
        What a sample is worth.
    extra
        What is staked beyond the least, or short of it.
    portion
        Of partitions, contributions, participants.
    bounty
        Of a commitment.
    steps
        How often the market goes on as it should.
    pause
        Seconds that pass.
    truth
        Whether a post is true.
    """

    who = st.sampled_from(PEOPLE)
    other = st.sampled_from(EVERYBODY)
    change = st.integers(-19, 19)
    extra = st.sampled_from((0, 0, 0, 1, 7_003, -1))
    portion = st.integers(1, 9)
    bounty = st.sampled_from((1_003, 99_999, 10, 9))
    steps = st.integers(1, 4)
    pause = st.sampled_from((HOUR // 4, HOUR, 3 * HOUR, DAY, 90 * DAY))
    truth = st.sampled_from((True, True, False))

    def __init__(cls, books: MarketBooks, history: Any, web3: Any) -> None:  # noqa: N805 - brownie calls it with the class
        cls.books, cls.history, cls.web3 = books, history, web3

    def setup(self) -> None:
        self.history.clear()
        self.books.reset()
        self.actors = self.books.actors

    def rule_go_on(self, who: str, other: str, change: int, portion: int, steps: int) -> None:
        """What the market waits for, several times."""
        for i in range(steps):
            go_on(self.books, self.actors[who], self.actors[other], (change + 3 * i + 19) % 39 - 19, portion)

    def rule_go_on_too(self, who: str, other: str, change: int, portion: int, steps: int) -> None:
        self.rule_go_on(who, other, change, portion, steps)

    def rule_contribute(self, who: str, change: int, extra: int) -> None:
        self.books.contribute(self.actors[who], change, self.books.terms.min_stake_wei + extra)

    def rule_commit(self, bounty: int) -> None:
        self.books.commit(bounty)

    def rule_settle(self, other: str, portion: int) -> None:
        self.books.settle(self.actors[other], portion)

    def rule_post(self, other: str, truth: bool) -> None:
        self.books.claim(self.actors[other], is_true=truth)

    def rule_dispute(self, other: str, steps: int) -> None:
        self.books.dispute(self.actors[other])
        for _ in range(steps):
            self.books.move()

    def rule_judge(self, other: str, steps: int) -> None:
        if steps == 1:
            self.books.time_out(self.actors[other])
        self.books.accept(self.actors[other])

    def rule_end(self, other: str) -> None:
        self.books.end(self.actors[other])

    def rule_withdraw(self, other: str) -> None:
        self.books.withdraw(self.actors[other])

    def rule_out_of_turn(self, other: str, portion: int) -> None:
        """What mostly does not belong to the phase."""
        (self.books.draw, self.books.prepare)[portion % 2](self.actors[other])
        self.books.train(self.actors[other], portion)

    def rule_pass_time(self, pause: int) -> None:
        self.books.pass_time(pause)

    def invariant_the_books_balance(self) -> None:
        self.books.check()

    def teardown(self) -> None:
        self.books.finish()

    def teardown_final(cls) -> None:  # noqa: N805 - brownie calls it with the class
        """No run is vacuous: moves came through and moves were refused in plenty."""
        if not cls._failed:
            assert sum(cls.books.succeeded.values()) > LEAST_EXAMPLES
            assert sum(cls.books.refused.values()) > LEAST_EXAMPLES


def go_on(books: MarketBooks, who: Any, other: Any, change: int, portion: int) -> None:
    """Do what the market waits for."""
    match NATURAL[books.phase]:
        case "commit":
            books.commit(1_003 if change % 2 else 99_999)
        case "draw":
            brownie.chain.mine(max(0, books.draw_block - brownie.chain.height))
            books.draw(other)
        case "reveal":
            books.reveal(portion)
        case "contribute":
            books.contribute(who, change, books.terms.min_stake_wei + 17 * portion)
        case "prepare":
            books.prepare(other)
        case "settle" if books.settled:
            books.finalise(other, portion)
        case "settle":
            books.settle(other, portion)
        case "finalise" if books.credited < len(books.stakes):
            books.finalise(other, portion)
        case "finalise":
            books.train(other, portion)


@pytest.fixture
def books(market, actors):
    return MarketBooks(market, {who: actors[who] for who in EVERYBODY})


@pytest.mark.slow
def test_any_moves_in_any_order(state_machine, books, history, web3, stateful_settings):
    examples = max(LEAST_EXAMPLES, stateful_settings["max_examples"])
    state_machine(Markets, books, history, web3, settings={**stateful_settings, "max_examples": examples})


@pytest.mark.slow
def test_a_long_life(books, rng, history, stateful_settings):
    """Markets one after another, mostly as they should be; every kind of ending and every move comes about."""
    for step in range(50 * stateful_settings["max_examples"]):
        who, other = (books.actors[rng.choice(names)] for names in (PEOPLE, EVERYBODY))
        change, portion = int(rng.integers(-19, 20)), int(rng.integers(1, 10))
        settling = books.phase is Phase.SETTLING and not books.settled
        odds = [0.3, 0.2, 0.3, 0.06, 0.02, 0.02, 0.1] if settling else [0.82, 0.02, 0.02, 0.02, 0.03, 0.04, 0.05]
        match rng.choice(["go on", "post", "dispute", "judge", "end", "withdraw", "wait"], p=odds):
            case "go on":
                go_on(books, who, other, change, portion)
            case "post":
                books.claim(other, is_true=bool(rng.random() < 0.5))
            case "dispute":
                books.dispute(other)
                for _ in range(2 * portion):
                    books.move()
            case "judge":
                books.time_out(other)
                books.accept(other)
            case "end":
                books.end(other)
            case "withdraw":
                books.withdraw(other)
            case "wait":
                books.pass_time(
                    int(rng.choice([HOUR // 4, HOUR, 3 * HOUR, DAY, 90 * DAY], p=[0.4, 0.3, 0.2, 0.06, 0.04]))
                )
        books.check()
        if step % 100 == 0:
            history.clear()
    books.finish()
    assert books.endings["completed"] > 1, books.endings
    assert books.endings["the provider's fault"] > 0, books.endings
    least = min(books.succeeded[move] for move in ("settle", "post", "dispute", "decide", "finalise", "train"))
    assert least > 0, books.succeeded
