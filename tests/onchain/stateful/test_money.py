"""Everybody's money, by anybody's moves in any order, against the ledger that the Python package computes with.

Requirements I-01, I-02, I-04, I-05, I-06, I-07, I-08, I-09, I-10, D-03, B-02, B-10.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from commonlearn.chain.connection import Connection
from commonlearn.records import Status
from tests.support import collaborations
from tests.support.batch_bookkeeper import BatchBookkeeper
from tests.support.collaborations import DEFAULT_TERMS
from tests.support.plain_model import KNOWN_1, UNKNOWN, PlainModel, presence

HOUR, DAY = 3_600, 86_400
# A part for reporters and a growth that leave rests, so that carrying them is tried too.
TERMS = replace(DEFAULT_TERMS, growth_bps=777, reporter_bps=1_234)
CONTRIBUTORS = ("alice", "bob", "carol", "mallory")
EVERYBODY = (*CONTRIBUTORS, "beneficiary", "stranger")

SINGLE = ("contribute", "sponsor", "refund", "report", "sweep", "withdraw")
BATCHES = ("contributeMany", "refundMany", "reportMany", "sweepMany")
MOVES = (*SINGLE, *BATCHES)

LEAST_EXAMPLES = 25
"""Hypothesis keeps its first ten examples to a few steps."""
MOVES_PER_EXAMPLE = 50
"""Moves of the long life for each example of the state machine."""


class Money:
    """Contributors who are right or wrong, claim too early or in time, for themselves or for others.

    Each example begins in the middle of things: two accounts are proven, two lies and two lessons are open.

    Strategies
    ----------
    who
        Account that contributes.
    feature, other
        What a sample is made of; few, so that contributors teach and contradict one another.
    label
        Class number, more often 1 than 0; 2 is unknown.
    excess
        Wei sent beyond the stake, or short of it when negative.
    pick
        Which contribution; mostly an open one, sometimes one that was never made.
    claimant
        Account that claims; mostly one that may.
    altered
        Whether a claim tells another story than the log.
    payee, to
        Who withdraws, and where to.
    batch
        Feature and label of each sample of a batch, and whether the sample is malformed.
    picks, ending, strict
        Claims of a batch, what is claimed, and whether one refusal refuses all.
    pause
        Seconds that pass.
    """

    who = st.sampled_from(CONTRIBUTORS)
    feature = st.integers(8, 23)
    other = st.integers(24, 27)
    label = st.sampled_from((1, 0, 1, 0, 1, 2))
    excess = st.sampled_from((0, 0, 0, 0, 1, 10**15 + 7, -1))
    pick = st.integers(0, 100)
    claimant = st.sampled_from((*[None] * 9, *EVERYBODY))
    altered = st.sampled_from((*[False] * 9, True))
    payee = st.sampled_from(EVERYBODY)
    to = st.sampled_from(("self", "stranger", "the contract"))
    batch = st.lists(
        st.tuples(st.integers(8, 23), st.sampled_from((1, 0, 1, 2)), st.booleans()), min_size=0, max_size=4
    )
    picks = st.lists(st.integers(0, 100), min_size=0, max_size=4)
    ending = st.sampled_from(("refund", "report", "sweep"))
    strict = st.sampled_from((False, False, True))
    pause = st.sampled_from((HOUR // 2, HOUR, DAY - 1, DAY, 2 * DAY, 6 * DAY))

    def __init__(cls, books: BatchBookkeeper, history: Any) -> None:  # noqa: N805 - brownie calls it with the class
        cls.beginning, cls.history = books, history
        for who, feature, label in (
            ("alice", UNKNOWN, 1),
            ("bob", UNKNOWN + 1, 1),
            ("mallory", KNOWN_1, 0),
            ("carol", KNOWN_1 + 1, 0),
            ("carol", UNKNOWN + 2, 1),
            ("alice", UNKNOWN + 3, 1),
        ):
            books.contribute(books.actors[who], presence(feature), label)
        books.pass_time(DAY)
        books.refund(0, books.actors["alice"])
        books.refund(1, books.actors["bob"])

    def setup(self) -> None:
        self.history.clear()
        self.books = self.beginning.branch()
        self.actors = self.books.actors

    def rule_contribute(self, who: str, feature: int, other: int, label: int, excess: int) -> None:
        self.books.contribute(self.actors[who], presence(feature, other), label, excess)

    def rule_contribute_many(self, who: str, batch: list[tuple[int, int, bool]], excess: int, strict: bool) -> None:
        given = [(b"\0" if bad else presence(feature), label) for feature, label, bad in batch]
        self.books.contribute_many(self.actors[who], given, excess, strict=strict)

    def rule_sponsor(self, who: str, payee: str, feature: int, excess: int) -> None:
        self.books.sponsor(self.actors[who], self.actors[payee], presence(feature), 1, excess)

    def rule_claim_many(self, ending: str, picks: list[int], claimant: str | None, altered: bool, strict: bool) -> None:
        ids = [self.chosen(pick) for pick in picks]
        caller = claimant or next(able_to(ending, self.books, ids))
        self.books.claim_many(ending, ids, self.actors[caller], altered=ids[:1] if altered else (), strict=strict)

    def rule_refund(self, pick: int, claimant: str | None, altered: bool) -> None:
        id_ = self.chosen(pick)
        self.books.refund(id_, self.actors[claimant or self.author(id_)], altered=altered)

    def rule_report(self, pick: int, claimant: str | None, altered: bool) -> None:
        id_ = self.chosen(pick)
        able = [who for who in ("alice", "bob") if who != self.author(id_)]
        self.books.report(id_, self.actors[claimant or able[0]], altered=altered)

    def rule_sweep(self, pick: int, claimant: str | None, altered: bool) -> None:
        self.books.sweep(self.chosen(pick), self.actors[claimant or "stranger"], altered=altered)

    def rule_withdraw(self, payee: str, to: str) -> None:
        places = {"self": self.actors[payee], "stranger": self.actors["stranger"], "the contract": self.books.contract}
        self.books.withdraw(self.actors[payee], places[to])

    def rule_pass_time(self, pause: int) -> None:
        self.books.pass_time(pause)

    def rule_stop_time(self) -> None:
        self.books.stop_time()

    def invariant_the_books_balance(self) -> None:
        self.books.check()

    def teardown(self) -> None:
        self.books.close()

    def teardown_final(cls) -> None:  # noqa: N805 - brownie calls it with the class
        """No run is vacuous: moves came through and moves were refused in plenty."""
        if not cls._failed:
            assert sum(cls.beginning.succeeded.values()) > LEAST_EXAMPLES
            assert sum(cls.beginning.refused.values()) > LEAST_EXAMPLES

    def chosen(self, pick: int) -> int:
        candidates = mostly_open(self.books)
        return candidates[pick % len(candidates)]

    def author(self, id_: int) -> str:
        return author_of(self.books, id_)


def mostly_open(books: BatchBookkeeper) -> list[int]:
    """Numbers of contributions to choose from: all, one that was never made, and the open ones several times."""
    everything = range(len(books.samples) + 1)
    return [*everything, *[id_ for id_ in everything if books.ledger.status_of(id_) is Status.OPEN] * 5]


def able_to(ending: str, books: BatchBookkeeper, ids: list[int]) -> Iterator[str]:
    """Roles that may claim the first of some contributions so; at last anybody."""
    author = author_of(books, ids[0]) if ids else "alice"
    if ending == "refund":
        yield author
    yield from (who for who in ("alice", "bob") if who != author)


def author_of(books: BatchBookkeeper, id_: int) -> str:
    """Role of an author; anybody's where there is no such contribution."""
    if id_ >= len(books.samples):
        return "alice"
    author = books.ledger.contribution(id_).author
    return next(who for who in CONTRIBUTORS if books.actors[who] == author)


@pytest.fixture
def books(perceptron, actors, deployer, web3):
    model = PlainModel.create(collaborations.deploy_factory(sponsorship=deployer), perceptron, TERMS)
    connection = Connection.open(web3.provider.endpoint_uri)
    opened_at = connection.block("latest").timestamp
    return BatchBookkeeper(model, {who: actors[who] for who in (*EVERYBODY, "deployer")}, connection, opened_at)


@pytest.mark.slow
def test_any_moves_in_any_order(state_machine, books, history, stateful_settings):
    examples = max(LEAST_EXAMPLES, stateful_settings["max_examples"])
    state_machine(Money, books, history, settings={**stateful_settings, "max_examples": examples})


@pytest.mark.slow
def test_a_long_life(books, rng, history, stateful_settings):
    """One collaboration through hundreds of moves, as many honest as not; each kind comes through and is refused."""
    for step in range(MOVES_PER_EXAMPLE * stateful_settings["max_examples"]):
        who, other = rng.choice(CONTRIBUTORS), rng.choice(EVERYBODY)
        feature, label = int(rng.integers(8, 40)), int(rng.choice([0, 1, 2], p=[0.3, 0.65, 0.05]))
        id_ = int(rng.choice(mostly_open(books)))
        singles = [one for one in mostly_open(books) if one < len(books.samples) and books.is_single(one)]
        if singles and rng.random() < 0.9:
            id_ = int(rng.choice(singles))
        author = author_of(books, id_)
        strange, altered = rng.random() < 0.1, bool(rng.random() < 0.05)
        ids = [int(one) for one in rng.choice(mostly_open(books), size=rng.integers(1, 5))]
        match rng.choice(MOVES, p=[0.2, 0.08, 0.12, 0.16, 0.06, 0.1, 0.1, 0.07, 0.07, 0.04]):
            case "contributeMany":
                given = [
                    (presence(int(rng.integers(8, 40))) if rng.random() < 0.9 else b"\0", int(rng.integers(2)))
                    for _ in range(rng.integers(1, 5))
                ]
                books.contribute_many(books.actors[who], given, int(rng.choice([0, 3])), strict=strange)
            case "sponsor":
                payee = books.actors[rng.choice(CONTRIBUTORS)]
                excess = -1 if rng.random() < 0.5 else 1
                books.sponsor(books.actors[who], payee, presence(feature), min(label, 1), excess)
            case "refundMany":
                books.claim_many("refund", ids, books.actors[author_of(books, ids[0])], strict=strange)
            case "reportMany":
                able = [one for one in CONTRIBUTORS if books.ledger.proven(books.actors[one].address)]
                books.claim_many("report", ids, books.actors[rng.choice(able or ["alice"])], altered=ids[:altered])
            case "sweepMany":
                books.claim_many("sweep", ids, books.actors[other], strict=strange)
            case "contribute":
                excess = int(rng.choice([0, 1, 10**15 + 7, -1], p=[0.6, 0.08, 0.08, 0.24]))
                books.contribute(books.actors[who], presence(feature), label, excess)
            case "refund":
                books.refund(id_, books.actors[other if strange else author], altered=altered)
            case "report":
                able = [one for one in CONTRIBUTORS if one != author and books.ledger.proven(books.actors[one].address)]
                books.report(id_, books.actors[other if strange or not able else rng.choice(able)], altered=altered)
            case "sweep":
                books.sweep(id_, books.actors[other], altered=altered)
            case "withdraw":
                books.withdraw(books.actors[other], books.contract if strange else books.actors[other])
        if rng.random() < 0.2:
            books.stop_time()
        else:
            books.pass_time(int(rng.choice([0, HOUR // 3, DAY // 2, 3 * DAY], p=[0.25, 0.35, 0.25, 0.15])))
        books.check()
        if step % 200 == 0:
            history.clear()
    assert min(books.succeeded[move] for move in MOVES) > 5, books.succeeded
    assert min(books.refused[move] for move in MOVES) > 5, books.refused
    books.close()
