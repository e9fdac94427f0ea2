"""Sponsored contributions, prepaid stakes and pools by anybody's moves in any order, against the package's ledger.

Requirements S-02, S-06, S-08, G-01, G-02, G-04, G-05, G-06, G-07.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from tests.support import collaborations
from tests.support.plain_model import KNOWN_1, UNKNOWN, PlainModel
from tests.support.sponsor_books import SponsorBooks
from tests.support.sponsors import ANYONE, GWEI

HOUR, DAY = 3_600, 86_400
EVERYBODY = ("deployer", "alice", "bob", "carol", "mallory", "stranger")
MOVES = {"deposit", "withdraw", "cancel", "relay", "contribute", "refund", "open", "fund", "claim", "close"}
LEAST_EXAMPLES = 15
MOVES_PER_EXAMPLE = 30


class Sponsoring:
    """Authors, relayers and a creator with a pool; half of what they try is refused.

    Each example begins with a pool, a prepaid author, two contributions noted and one of them proven.

    Strategies
    ----------
    who, other
        Accounts.
    feature
        What a sample is made of.
    fee
        Base fee of a contribution's block, wei.
    excess
        Wei sent beyond the stake, or short of it when negative.
    amount
        Ether put in, wei.
    kind
        What is special about a request.
    pick
        Which contribution.
    nonce
        Number to cancel.
    pause
        Seconds that pass.
    """

    who = st.sampled_from(EVERYBODY)
    other = st.sampled_from(EVERYBODY)
    feature = st.integers(KNOWN_1, UNKNOWN + 10)
    fee = st.sampled_from((0, GWEI, 30 * GWEI, 900 * GWEI))
    excess = st.sampled_from((0, 0, 0, 5, 10**15, -1))
    amount = st.sampled_from((0, 1, 10**15, 10**17))
    kind = st.sampled_from(("usual", "usual", "usual", "own stake", "own stake", "payee", "relayer", "late", "low"))
    pick = st.integers(0, 50)
    nonce = st.integers(1_000, 1_030)
    pause = st.sampled_from((60, HOUR, DAY, 4 * DAY))

    def __init__(cls, books: SponsorBooks, history: Any) -> None:  # noqa: N805 - brownie calls it with the class
        cls.beginning, cls.history = books, history
        actors = books.actors
        books.open_pool(actors["deployer"], 10**17, 10 * DAY, 5 * DAY, 10**15, 2 * 10**15)
        books.deposit(actors["alice"], actors["bob"], 10**17)
        books.relay(actors["alice"], actors["bob"], 30 * GWEI, feature=UNKNOWN, excess=0)
        books.contribute(actors["carol"], 30 * GWEI, feature=UNKNOWN + 1, excess=7)
        books.refund(0)

    def setup(self) -> None:
        self.history.clear()
        self.books = self.beginning.branch()
        self.actors = self.books.actors

    def rule_deposit(self, who: str, other: str, amount: int) -> None:
        self.books.deposit(self.actors[who], self.actors[other], amount)

    def rule_withdraw(self, who: str) -> None:
        self.books.withdraw(self.actors[who])

    def rule_cancel(self, who: str, nonce: int) -> None:
        self.books.cancel(self.actors[who], nonce)

    def rule_relay(self, who: str, other: str, kind: str, fee: int, feature: int, excess: int) -> None:
        relay(self.books, who, other, kind, fee, feature, excess)

    def rule_contribute(self, who: str, fee: int, feature: int, excess: int) -> None:
        self.books.contribute(self.actors[who], fee, feature=feature, excess=excess)

    def rule_refund(self, pick: int) -> None:
        self.books.refund(pick)

    def rule_open(self, who: str, amount: int, pause: int) -> None:
        self.books.open_pool(self.actors[who], amount, pause, pause, 10**15, 2 * 10**15)

    def rule_open_by_the_creator(self, amount: int, pause: int, pick: int) -> None:
        self.books.open_pool(self.actors["deployer"], amount, pause * (pick % 3), pause, 10**14, 10**14 * (pick % 4))

    def rule_fund(self, who: str, amount: int) -> None:
        self.books.fund_pool(self.actors[who], amount)

    def rule_claim(self, pick: int, who: str) -> None:
        self.books.claim(pick, self.actors[who])

    def rule_close(self, who: str) -> None:
        self.books.close_pool(self.actors[who])

    def rule_pass_time(self, pause: int) -> None:
        self.books.pass_time(pause)

    def invariant_the_books_balance(self) -> None:
        self.books.check()

    def teardown(self) -> None:
        self.books.close()

    def teardown_final(cls) -> None:  # noqa: N805 - brownie calls it with the class
        """No run is vacuous: moves came through and moves were refused in plenty."""
        if not cls._failed:
            assert sum(cls.beginning.succeeded.values()) > LEAST_EXAMPLES
            assert sum(cls.beginning.refused.values()) > LEAST_EXAMPLES


def relay(books: SponsorBooks, who: str, other: str, kind: str, fee: int, feature: int, excess: int) -> None:
    """Send a request that is usual, or special in one way."""
    author, relayer = books.actors[who], books.actors[other]
    changes: dict[str, Any] = {
        "own stake": {"stake_from_author": True},
        "payee": {"payee": ANYONE},
        "relayer": {"relayer": books.actors["mallory"]},
        "late": {"deadline": 5},
        "low": {"max_stake_wei": 10**15},
    }.get(kind, {})
    books.relay(author, relayer, fee, feature=feature, excess=excess, **changes)


@pytest.fixture
def books(perceptron, actors):
    # contracts of its own: a state machine leaves the chain where its last example ended
    sponsorship = collaborations.deploy_sponsorship()
    sponsored = PlainModel.create(collaborations.deploy_factory(sponsorship=sponsorship), perceptron)
    return SponsorBooks(sponsorship, sponsored, {who: actors[who] for who in EVERYBODY})


@pytest.mark.slow
def test_any_moves_in_any_order(state_machine, books, history, stateful_settings):
    examples = max(LEAST_EXAMPLES, stateful_settings["max_examples"])
    state_machine(Sponsoring, books, history, settings={**stateful_settings, "max_examples": examples})


@pytest.mark.slow
def test_a_long_life(books, rng, history, stateful_settings):
    """One contract through hundreds of moves; each kind comes through and is refused."""
    actors, kinds = books.actors, ("usual", "own stake", "payee", "relayer", "late", "low")
    for step in range(MOVES_PER_EXAMPLE * stateful_settings["max_examples"]):
        who, other = (str(rng.choice(EVERYBODY)) for _ in range(2))
        fee, feature = int(rng.choice([0, GWEI, 900 * GWEI])), int(rng.integers(KNOWN_1, UNKNOWN + 20))
        excess = int(rng.choice([0, 5, 10**15, -1], p=[0.6, 0.1, 0.2, 0.1]))
        amount, pick = int(rng.choice([0, 1, 10**16], p=[0.1, 0.1, 0.8])), int(rng.integers(0, 10**6))
        move = rng.choice(
            ["deposit", "withdraw", "cancel", "relay", "contribute", "refund", "open", "fund", "claim", "close"],
            p=[0.1, 0.08, 0.04, 0.24, 0.12, 0.06, 0.08, 0.06, 0.16, 0.06],
        )
        match move:
            case "deposit":
                books.deposit(actors[who], actors[other], amount)
            case "withdraw":
                books.withdraw(actors[who])
            case "cancel":
                books.cancel(actors[who], 1_000 + pick % 3)
            case "relay":
                kind = str(rng.choice(kinds, p=[0.5, 0.25, 0.05, 0.1, 0.05, 0.05]))
                relay(books, who, other, kind, fee, feature, excess)
            case "contribute":
                books.contribute(actors[who], fee, feature=feature, excess=excess)
            case "refund":
                books.refund(pick)
            case "open":
                opener = "deployer" if rng.random() < 0.8 else who
                books.open_pool(actors[opener], amount, 12 * DAY, 8 * DAY, 10**14, 10**14 * (1 + pick % 3))
            case "fund":
                books.fund_pool(actors[who], amount)
            case "claim":
                books.claim(pick, actors[who])
            case "close":
                books.close_pool(actors[who])
        books.pass_time(int(rng.choice([0, HOUR // 2, DAY // 4, 9 * DAY], p=[0.6, 0.3, 0.08, 0.02])))
        books.check()
        if step % 200 == 0:
            history.clear()
    assert min(books.succeeded[move] for move in MOVES) > 0, books.succeeded
    assert min(books.refused[move] for move in MOVES - {"refund"}) > 0, books.refused
    books.close()
