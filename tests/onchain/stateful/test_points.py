"""Everybody's points, by anybody's moves in any order, against the ledger that the Python package computes with.

Requirements Q-01, Q-02, Q-03, Q-04, Q-05, Q-06.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.support import collaborations
from tests.support.plain_model import UNKNOWN
from tests.support.points import DAY, PointsModel, deploy_points_factory, points_terms

PEOPLE = ("alice", "bob", "carol", "mallory", "stranger")
RING = ("mallory", "stranger")
LEAST_EXAMPLES = 25
MOVES_PER_EXAMPLE = 30


class Points:
    """Contributors who vote as they like, too late, twice, for themselves, beyond their standing.

    Strategies
    ----------
    who
        Account that moves.
    feature, label
        What is contributed.
    pick
        Which contribution is voted on; mostly a late one.
    pause
        Seconds that pass.
    """

    who = st.sampled_from(PEOPLE)
    feature = st.integers(UNKNOWN, UNKNOWN + 5)
    label = st.sampled_from((1, 1, 0))
    pick = st.sampled_from((*range(1, 9), *range(1, 5), 40))
    pause = st.sampled_from((3_600, DAY, 7 * DAY, 13 * DAY))

    def __init__(cls, game: PointsModel, actors: Any, history: Any) -> None:  # noqa: N805 - brownie's own
        cls.beginning, cls.actors, cls.history = game, actors, history
        for number, who in enumerate(("carol", "mallory", "stranger", "carol", "mallory", "bob")):
            game.confirm(game.give(actors[who], UNKNOWN + number), actors["alice"])

    def setup(self) -> None:
        self.history.clear()
        self.game = self.beginning.branch()

    def rule_contribute(self, who: str, feature: int, label: int) -> None:
        self.game.give(self.actors[who], feature, label)

    def rule_confirm(self, who: str, pick: int) -> None:
        self.game.confirm(self.chosen(pick), self.actors[who])

    def rule_contest(self, who: str, pick: int) -> None:
        self.game.contest(self.chosen(pick), self.actors[who])

    def rule_judge(self, who: str, pick: int) -> None:
        self.game.judge(self.actors[who], [self.chosen(pick).id], self.actors["stranger"])

    def rule_pass_time(self, pause: int) -> None:
        collaborations.pass_time(pause)

    def invariant_books_agree(self) -> None:
        for who in PEOPLE:
            assert self.game.account(self.actors[who]) == self.game.books.account(str(self.actors[who]))
        assert self.game.contract.contributions() == self.game.books.contributions

    def invariant_no_ring_has_more_than_outsiders_gave_it(self) -> None:
        books = self.game.books
        ring = {str(self.actors[who]) for who in RING}
        authors = {given.id: str(given.author) for given in self.game.given}
        outside = sum(
            vote.weight
            for (id_, voter), vote in books.votes.items()
            if vote.confirms and authors[id_] in ring and voter not in ring
        )
        assert sum(self.game.points(who) for who in ring) <= outside

    def chosen(self, pick: int) -> Any:
        return self.game.given[-min(pick, len(self.game.given))]


@pytest.fixture
def game(perceptron: Any, alice: Any, bob: Any) -> PointsModel:
    # a collaboration of its own: a state machine leaves the chain where its last example ended
    terms = points_terms([alice, bob], grant=60_000, least_vote=50, give_bps=4_000)
    return PointsModel.create(deploy_points_factory(), perceptron, terms)


@pytest.mark.slow
def test_any_moves_in_any_order(
    state_machine: Any, game: PointsModel, actors: Any, history: Any, stateful_settings: Any
) -> None:
    examples = max(LEAST_EXAMPLES, stateful_settings["max_examples"])
    state_machine(Points, game.branch(), actors, history, settings={**stateful_settings, "max_examples": examples})


@pytest.mark.slow
def test_a_long_life(game: PointsModel, actors: Any, rng: Any, history: Any, stateful_settings: Any) -> None:
    """One collaboration through hundreds of moves; each kind comes through and is refused."""
    game = game.branch()
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for step in range(MOVES_PER_EXAMPLE * stateful_settings["max_examples"]):
        who = actors[rng.choice(PEOPLE)]
        if not game.given or rng.random() < 0.3:
            game.give(who, UNKNOWN + int(rng.integers(6)), int(rng.integers(2)))
            done["contribute"] += 1
            continue
        move = rng.choice(["confirm", "contest", "judge"], p=[0.6, 0.15, 0.25])
        if move == "judge":
            cast_votes = sorted(game.books.votes)
            id_, voter = cast_votes[int(rng.integers(len(cast_votes)))]
            tx = game.judge(voter, [id_], actors["stranger"])
        else:
            given = game.given[-1 - int(rng.integers(min(8, len(game.given))))]
            tx = game.vote(given, who, confirms=move == "confirm")
        (done if tx is not None else refused)[move] += 1
        if rng.random() < 0.1:
            collaborations.pass_time(int(rng.choice([DAY, 5 * DAY])))
        if step % 100 == 0:
            history.clear()
    game.compare(*(actors[who] for who in PEOPLE))
    assert min(done[move] for move in ("contribute", "confirm", "contest", "judge")) > 5, done
    assert min(refused[move] for move in ("confirm", "contest", "judge")) > 5, refused
