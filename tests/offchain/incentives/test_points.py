"""The twin of points: its rules, and what rings of puppets can and cannot do (Q-02, Q-03, Q-04, Q-11).

Each attack says its gain as a number: points of the ring together, before and after.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.contract_errors import (
    AlreadyVoted,
    InvalidPointsTerms,
    NoStanding,
    UnknownContribution,
    VoteOnOwn,
)
from commonlearn.incentives.points import PointsLedger, earned, fee, granted
from commonlearn.records import Badge, PointsTerms
from tests.support.attacks import POINTS, is_a_limit, must_not_pay

WEEK = 604_800
FOUNDERS = ("0x" + "01" * 20, "0x" + "02" * 20)
HONEST = ("0x" + "a1" * 20, "0x" + "a2" * 20)
RING = tuple(f"0x{number:040x}" for number in range(0xB0, 0xB6))


def terms(**changes):
    usual = {
        "founders": FOUNDERS, "grant": 1_000_000, "least_vote": 1, "most_vote": 100_000,
        "give_bps": 2_000, "fee_bps": 11_000, "vote_seconds": WEEK,
    }  # fmt: skip
    return PointsTerms(**{**usual, **changes})


def ring_points(ledger, ring=RING):
    return sum(ledger.account(who).points for who in ring)


def outside_weight(ledger, authors, ring=RING):
    """Weight of all confirmations of the ring's contributions by others."""
    return sum(
        vote.weight for (id_, voter), vote in ledger.votes.items()
        if vote.confirms and authors[id_] in ring and voter not in ring
    )  # fmt: skip


def inside_weight(ledger, ring=RING):
    """What the ring's accounts have given, to one another or to others."""
    return sum(vote.weight for (_, voter), vote in ledger.votes.items() if voter in ring and not vote.from_grant)


class Game:
    """A ledger and who contributed what."""

    def __init__(self, rules):
        self.ledger = PointsLedger(rules)
        self.authors = {}

    def give(self, who):
        id_ = self.ledger.contribute(who, now=0)
        self.authors[id_] = who
        return id_

    def vote(self, id_, who, confirms=True):
        """Whether it was possible."""
        try:
            self.ledger.vote(id_, who, confirms=confirms, now=1)
        except (VoteOnOwn, AlreadyVoted, NoStanding):
            return False
        return True

    def earn(self, who, votes=1):
        """Let founders confirm so many contributions of an account."""
        for _ in range(votes):
            assert self.vote(self.give(who), FOUNDERS[0])


def pass_on(game, giver, receiver):
    """Give all that an account can give to another; returns whether anything could be."""
    return game.vote(game.give(receiver), giver)


SHAPES = {
    "a cycle": lambda ring: list(itertools.pairwise((*ring, ring[0]))) * 5,
    "a chain to the main account": lambda ring: list(itertools.pairwise(reversed(ring))),
    "a star to the main account": lambda ring: [(puppet, ring[0]) for puppet in ring[1:]] * 3,
    "a star and back": lambda ring: [pair for p in ring[1:] for pair in ((ring[0], p), (p, ring[0]))] * 3,
    "everyone to everyone": lambda ring: list(itertools.permutations(ring, 2)) * 2,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fee_bps", [10_001, 11_000, 20_000])
@pytest.mark.parametrize("give_bps", [100, 2_000, 5_000])
def test_no_shape_of_ring_gains(shape, fee_bps, give_bps):
    game = Game(terms(fee_bps=fee_bps, give_bps=give_bps, most_vote=10_000))
    for who in RING:
        game.earn(who, 3)
    before = ring_points(game.ledger)
    assert before == 3 * len(RING) * 10_000
    moved = sum(pass_on(game, giver, receiver) for giver, receiver in SHAPES[shape](RING))
    gain = ring_points(game.ledger) - before
    assert moved > 0
    assert gain < 0
    # The best account has less than one name would have for the same work.
    assert max(game.ledger.account(who).points for who in RING) < before
    if (fee_bps, give_bps) == (11_000, 2_000):  # what the defaults are
        must_not_pay(f"points: a ring of six votes for itself, {shape}", gain, unit=POINTS)


def test_puppets_without_outside_points_cannot_even_vote():
    game = Game(terms())
    for giver, receiver in itertools.permutations(RING, 2):
        assert not pass_on(game, giver, receiver)
    assert ring_points(game.ledger) == 0
    must_not_pay("points: sock puppets, six without standing", ring_points(game.ledger), unit=POINTS)


def test_what_nobody_confirms_brings_nothing():
    """Easy, flipped or bought: money buys no votes, and a thousand contributions no points."""
    game = Game(terms())
    game.earn(HONEST[0])
    honest = game.ledger.account(HONEST[0]).points
    for number in range(1_000):
        game.give(RING[number % len(RING)])
    must_not_pay("points: farm easy samples, a thousand", ring_points(game.ledger), unit=POINTS)
    must_not_pay(
        "points: flip labels, a thousand, whatever is in the purse", ring_points(game.ledger),
        honest_loss=honest - game.ledger.account(HONEST[0]).points, unit=POINTS,
    )  # fmt: skip


def test_nobody_confirms_own_data_but_by_a_puppet_that_pays():
    """Self-reporting: refused in one's own name, and at a loss in another."""
    game = Game(terms(most_vote=10_000))
    for who in RING[:2]:
        game.earn(who)
    before = ring_points(game.ledger)
    own = game.give(RING[0])
    assert not game.vote(own, RING[0])
    assert game.vote(own, RING[1])
    must_not_pay(
        "points: self-reporting, confirm one's own data by a puppet", ring_points(game.ledger) - before, unit=POINTS
    )


@pytest.mark.parametrize("first", [True, False])
def test_the_order_of_votes_changes_nothing(first):
    """Front-running a vote, or coming last: a vote weighs what its voter can give, whatever others do."""

    def gain(is_first):
        game = Game(terms(most_vote=10_000))
        for who in (RING[0], HONEST[1]):
            game.earn(who)
        id_ = game.give(HONEST[0])
        before = ring_points(game.ledger)
        for who in (RING[0], HONEST[1]) if is_first else (HONEST[1], RING[0]):
            game.vote(id_, who)
        return ring_points(game.ledger) - before

    when = "before" if first else "after"
    must_not_pay(f"points: front-running, vote {when} another", gain(first) - gain(not first), unit=POINTS)


def test_a_founder_in_a_ring_gives_no_more_than_the_grant_pays_for():
    """The bound on founders: their grants are outside points, whoever they go to."""
    game = Game(terms(grant=21_000, most_vote=1_000))
    while pass_on(game, FOUNDERS[0], RING[0]):
        pass
    assert ring_points(game.ledger) == 10_000 == granted(21_000, 11_000)
    everybody = (*RING, FOUNDERS[0])
    for giver, receiver in list(itertools.permutations(everybody, 2)) * 3:
        pass_on(game, giver, receiver)
    assert ring_points(game.ledger, everybody) < 10_000
    must_not_pay(
        "points: a founder in a ring, beyond the grant", ring_points(game.ledger, everybody) - 10_000, unit=POINTS
    )


def test_contesting_rivals_costs_more_than_they_lose():
    game = Game(terms(most_vote=10_000))
    game.earn(RING[0], 5)
    game.earn(HONEST[0], 5)
    rival, attacker = game.ledger.account(HONEST[0]).points, game.ledger.account(RING[0]).points
    assert game.vote(4 + 1, RING[0], confirms=False)
    lost = rival - game.ledger.account(HONEST[0]).points
    paid = attacker - game.ledger.account(RING[0]).points
    assert lost == 10_000
    assert paid == 11_000
    must_not_pay(
        "points: contest a rival, the rival's loss less what it costs", lost - paid, honest_loss=lost, unit=POINTS
    )


def test_what_was_passed_on_before_a_contest_stays():
    """A stated limit: at most the part α of points that are contested later."""
    game = Game(terms(most_vote=10_000))
    game.earn(RING[1])
    assert pass_on(game, RING[1], RING[0])
    assert game.vote(0, FOUNDERS[1], confirms=False)
    assert game.ledger.account(RING[1]).points == 0
    assert ring_points(game.ledger) == 2_000 == 10_000 * 2_000 // 10_000
    is_a_limit(
        "points: pass points on before the data they were for is contested", ring_points(game.ledger),
        "at most the part that may be given away stays with the accomplice", unit=POINTS,
    )  # fmt: skip


@st.composite
def histories(draw):
    """Contributions and votes of everybody in any order, with any valid terms."""
    give_bps = draw(st.integers(1, 5_000))
    rules = terms(
        give_bps=give_bps, fee_bps=draw(st.integers(10_001, 20_000)), grant=draw(st.integers(3_000, 500_000)),
        least_vote=draw(st.sampled_from((1, 7, 100, 1_000))), most_vote=draw(st.sampled_from((1_000, 5_000, 100_000))),
    )  # fmt: skip
    people = (*FOUNDERS, *HONEST, *RING)
    moves = draw(
        st.lists(
            st.tuples(st.sampled_from(people), st.integers(0, 400), st.sampled_from((True, True, True, False))),
            min_size=5, max_size=120,
        )
    )  # fmt: skip
    return rules, people, moves


@settings(max_examples=300)
@given(histories())
def test_a_ring_never_has_more_than_outsiders_gave_it(history):
    rules, people, moves = history
    game = Game(rules)
    for who in people:
        game.give(who)
    for founder, who in itertools.product(FOUNDERS, people):
        game.vote(people.index(who), founder)
    contested = False
    for who, pick, confirms in moves:
        if pick % 3 == 0:
            game.give(who)
            continue
        id_ = pick % len(game.authors)
        before, paid_by_grant = ring_points(game.ledger), game.ledger.account(who).grant_left
        if not game.vote(id_, who, confirms):
            continue
        contested |= not confirms
        if who in RING and game.ledger.account(who).grant_left == paid_by_grant:
            # Every vote of the ring lowers the ring's sum, whomever it is for.
            assert ring_points(game.ledger) < before
        for account in game.ledger.accounts.values():
            assert account.burned <= 2 * account.given
    outside = outside_weight(game.ledger, game.authors)
    assert ring_points(game.ledger) <= outside
    if not contested:
        paid = -(-(rules.fee_bps - 10_000) * inside_weight(game.ledger) // 10_000)
        assert ring_points(game.ledger) <= outside - paid


@settings(max_examples=200)
@given(histories())
def test_all_points_together_are_bounded_by_the_grants(history):
    rules, people, moves = history
    game = Game(rules)
    for who in people:
        game.give(who)
    for who, pick, confirms in moves:
        game.vote(pick % len(game.authors), who, confirms)
        game.give(who)
    total = sum(account.received for account in game.ledger.accounts.values())
    most = len(FOUNDERS) * granted(rules.grant, rules.fee_bps)
    assert total * (10_000 - rules.give_bps) <= most * 10_000


@given(st.integers(0, (1 << 48) - 1), st.integers(10_001, 20_000))
def test_a_grant_pays_for_weight_and_fee(left, fee_bps):
    weight = granted(left, fee_bps)
    assert weight + fee(weight, fee_bps) <= left
    assert weight + 1 + fee(weight + 1, fee_bps) > left


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 48) - 1), st.integers(1, 5_000))
def test_nobody_gives_beyond_the_part(received, given_before, give_bps):
    assert 0 <= earned(received, given_before, give_bps) <= received * give_bps // 10_000


def test_refusals_change_nothing():
    game = Game(terms(grant=3_000, least_vote=1_000))
    game.earn(RING[0])
    with pytest.raises(NoStanding) as refused:
        game.ledger.vote(0, RING[1], confirms=True, now=1)
    assert refused.value.values == (RING[1], 0, 1_000)
    with pytest.raises(UnknownContribution):
        game.ledger.vote(1, FOUNDERS[0], confirms=True, now=1)
    assert RING[1] not in game.ledger.accounts
    with pytest.raises(InvalidPointsTerms, match="founders"):
        PointsLedger(terms(founders=()))


def test_weeks_and_badges_follow_the_manual():
    ledger = PointsLedger(terms(most_vote=10_000, grant=60_000))
    for week in (5, 5, 6, 9, 9, 20):
        ledger.contribute(HONEST[0], now=week * WEEK + 3)
    assert ledger.account(HONEST[0]).weeks_active == 4
    assert [badge for badge in Badge if ledger.has_earned(HONEST[0], badge)] == [Badge.FIRST_LIGHT, Badge.STEADY]
    ledger.vote(0, FOUNDERS[0], confirms=True, now=5 * WEEK)
    assert ledger.has_earned(HONEST[0], Badge.HUNDRED)
    assert not any(ledger.has_earned(HONEST[1], badge) for badge in Badge)
