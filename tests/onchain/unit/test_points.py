"""Points: who may vote, what a vote weighs and costs, and what it does to its author.

Requirements Q-01, Q-02, Q-03, Q-04, Q-05, Q-06.
"""

import pytest

from commonlearn.numerics import keccak256
from commonlearn.records import PointsTerms
from tests.support import collaborations
from tests.support.collaborations import pass_time_until
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN, presence
from tests.support.points import DAY, PointsModel, create, deploy_points_factory, points_terms
from tests.support.reverts import reverts


@pytest.fixture(scope="module")
def points_factory(module_isolation):
    return deploy_points_factory()


@pytest.fixture(scope="module")
def beginning(points_factory, perceptron, alice, bob):
    """Alice and Bob are founders."""
    return PointsModel.create(points_factory, perceptron, points_terms([alice, bob]))


@pytest.fixture
def game(beginning):
    """Its books go back with the chain after each test."""
    return beginning.branch()


def ballot(given):
    return (given.id, given.contribution, keccak256(given.sample))


# ------------------------------------------------------------------------------------------------------- contributing


def test_a_contribution_costs_no_stake_and_teaches_at_once(game, carol):
    before = game.contract.snapshot()[2]
    given = game.give(carol)
    assert logged(given.tx) == [
        (
            "Contributed",
            {
                "id": 0,
                "author": carol,
                "label": 1,
                "taught": True,
                "stakeWei": 0,
                "contributedAt": given.tx.timestamp,
                "sample": presence(UNKNOWN),
            },
        )
    ]
    assert game.contract.snapshot()[2] != before
    assert game.contract.contributions() == 1
    assert game.contract.stakeNow() == 0
    assert game.contract.incentive() == "points/1"
    assert game.contract.statusOf(0) == 1
    assert game.contract.predict(presence(UNKNOWN)) == 1


def test_ether_is_refused(game, carol, web3):
    with reverts("EtherRefused", 1):
        game.contract.contribute(presence(UNKNOWN), 1, {"from": carol, "value": 1})
    assert web3.eth.get_balance(game.contract.address) == 0


def test_nothing_is_contributed_before_the_opening(points_factory, perceptron, alice, carol, deployer):
    closed = create(points_factory, perceptron, points_terms([alice]), words=b"")
    assert not closed.isOpen()
    for sender in (carol, alice, deployer):
        with reverts("NotYetOpen"):
            closed.contribute(presence(UNKNOWN), 1, {"from": sender})
    with reverts("MissingWords", 0, 2):
        closed.open({"from": deployer})
    assert closed.accountOf(alice)[3] == 0  # a founder's grant begins with the opening


def test_only_the_sponsorship_contributes_for_others(perceptron, alice, carol, mallory, stranger):
    factory = deploy_points_factory(str(stranger))
    sponsored = create(factory, perceptron, points_terms([alice]))
    assert sponsored.sponsorship() == stranger
    with reverts("OnlySponsorship", mallory):
        sponsored.contributeFor(carol, mallory, presence(UNKNOWN), 1, {"from": mallory})
    with reverts("EtherRefused", 5):
        sponsored.contributeFor(carol, mallory, presence(UNKNOWN), 1, {"from": stranger, "value": 5})
    tx = sponsored.contributeFor(carol, mallory, presence(UNKNOWN), 1, {"from": stranger})
    assert [name for name, _ in logged(tx)] == ["Contributed", "Sponsored"]
    assert logged(tx)[1] == ("Sponsored", {"id": 0, "payee": mallory})
    contribution = collaborations.contribution_tuple(tx.events["Contributed"])
    assert contribution[0] == carol
    # Points go to the author; who paid may vote as anybody else, the author may not.
    sponsored.confirm(0, contribution, keccak256(presence(UNKNOWN)), {"from": alice})
    assert sponsored.pointsOf(carol) == 1_000
    assert sponsored.pointsOf(mallory) == 0
    with reverts("VoteOnOwn", 0):
        sponsored.confirm(0, contribution, keccak256(presence(UNKNOWN)), {"from": carol})


# ------------------------------------------------------------------------------------------------------------- voting


def test_a_founder_confirms_out_of_the_grant(game, alice, carol):
    given = game.give(carol)
    tx = game.confirm(given, alice)
    assert logged(tx) == [
        (
            "Voted",
            {
                "id": 0,
                "voter": alice,
                "author": carol,
                "confirms": True,
                "weight": 1_000,
                "fee": 1_500,
                "fromGrant": True,
            },
        )
    ]
    assert game.points(carol) == 1_000
    assert game.account(alice).grant_left == 20_000 - 2_500
    assert game.account(alice).burned == 0
    assert game.contract.voteWeightOf(carol) == 200


def test_who_has_received_gives_a_part_and_pays_for_it(game, alice, bob, carol, mallory):
    for feature in range(3):
        game.confirm(game.give(carol, UNKNOWN + feature), alice)
    other = game.give(mallory)
    game.confirm(other, carol)
    assert game.points(mallory) == 600  # 20 % of 30 points
    assert game.account(carol).given == 600
    assert game.account(carol).burned == 900
    assert game.points(carol) == 3_000 - 900
    another = game.give(mallory)
    with reverts("NoStanding", carol, 0, 100):
        game.contract.confirm(*ballot(another), {"from": carol})
    assert game.confirm(another, carol) is None
    game.confirm(game.give(carol, UNKNOWN + 3), bob)
    game.confirm(another, carol)  # 20 % of 10 points more
    assert game.account(carol).given == 800


def test_strangers_and_puppets_have_no_standing(game, mallory, stranger):
    given = game.give(mallory)
    with reverts("NoStanding", stranger, 0, 100):
        game.contract.confirm(*ballot(given), {"from": stranger})
    with reverts("NoStanding", stranger, 0, 100):
        game.contract.contest(*ballot(given), {"from": stranger})
    assert game.contract.voteWeightOf(stranger) == 0


def test_nobody_votes_on_an_own_contribution_or_twice(game, alice, bob, carol):
    own, other = game.give(alice), game.give(carol)
    with reverts("VoteOnOwn", own.id):
        game.contract.confirm(*ballot(own), {"from": alice})
    with reverts("VoteOnOwn", own.id):
        game.contract.contest(*ballot(own), {"from": alice})
    game.confirm(other, alice)
    for send in (game.contract.confirm, game.contract.contest):
        with reverts("AlreadyVoted", other.id, alice):
            send(*ballot(other), {"from": alice})
    game.confirm(other, bob)
    assert game.points(carol) == 2_000


def test_a_contest_takes_no_more_than_the_contribution_gave(game, alice, bob, carol):
    wrong, right = game.give(carol), game.give(carol, UNKNOWN + 1)
    game.confirm(right, alice)
    tx = game.contest(wrong, bob)
    assert logged(tx)[0][1]["confirms"] is False
    assert game.points(carol) == 1_000
    assert tuple(game.contract.tallyOf(wrong.id))[:2] == (0, 1_000)
    game.confirm(wrong, alice)  # only undoes the contest
    assert game.points(carol) == 1_000
    assert game.account(bob).grant_left == 20_000 - 2_500  # a contest costs what a confirmation does
    game.contest(right, bob)
    assert game.points(carol) == 0


def test_points_fall_but_never_below_none(game, alice, bob, carol, mallory):
    given = game.give(carol)
    game.confirm(given, alice)
    game.confirm(game.give(mallory), carol)
    game.contest(given, bob)
    assert game.account(carol).received == 0
    assert game.account(carol).burned == 300
    assert game.points(carol) == 0
    game.confirm(game.give(carol), bob)
    assert game.points(carol) == 700  # what was burned stays burned


def test_the_last_of_a_grant_is_spent_before_points(game, alice, carol, bob):
    for feature in range(8):
        game.confirm(game.give(carol, UNKNOWN + feature), alice)
    assert game.account(alice).grant_left == 0
    game.confirm(game.give(alice), bob)
    assert game.contract.voteWeightOf(alice) == 200
    game.confirm(game.give(carol), alice)
    assert game.account(alice).given == 200


def test_a_vote_names_exactly_what_is_recorded(game, alice, carol, mallory):
    given = game.give(carol)
    id_, contribution, sample_hash = ballot(given)
    changed = [
        (id_ + 1, contribution, sample_hash),
        (id_, (str(mallory), *contribution[1:]), sample_hash),
        (id_, (contribution[0], 0, *contribution[2:]), sample_hash),
        (id_, (*contribution[:4], contribution[4] + 1), sample_hash),
        (id_, contribution, keccak256(presence(KNOWN_1))),
    ]
    for vote in changed:
        with reverts("UnknownContribution", vote[0]):
            game.contract.confirm(*vote, {"from": alice})


def test_votes_close(game, alice, bob, carol):
    given = game.give(carol)
    closes_at = given.contributed_at + game.terms.vote_seconds
    pass_time_until(closes_at - 1)
    game.contract.confirm(*ballot(given), {"from": alice})
    assert game.contract.tallyOf(given.id)[2] == closes_at
    pass_time_until(closes_at)
    with reverts("VotesClosed", given.id, closes_at):
        game.contract.contest(*ballot(given), {"from": bob})


def test_several_votes_in_one_transaction_are_all_or_none(game, alice, bob, carol, mallory):
    given = [game.give(carol, UNKNOWN + feature) for feature in range(3)]
    tx = game.contract.confirmMany([ballot(one) for one in given], {"from": alice})
    assert [fields["id"] for _, fields in logged(tx)] == [0, 1, 2]
    assert game.points(carol) == 3_000
    tx = game.contract.contestMany([ballot(one) for one in given[:2]], {"from": bob})
    assert [fields["confirms"] for _, fields in logged(tx)] == [False, False]
    assert game.points(carol) == 1_000
    more = [game.give(carol, UNKNOWN + 3), given[0]]
    with reverts("AlreadyVoted", 0, alice):
        game.contract.confirmMany([ballot(one) for one in more], {"from": alice})
    assert tuple(game.contract.tallyOf(3)) == (0, 0, 0, 0, 0)
    twice = [ballot(more[0])] * 2
    with reverts("AlreadyVoted", 3, alice):
        game.contract.contestMany(twice, {"from": alice})


# ------------------------------------------------------------------------------------------------------------ judging


def test_right_votes_are_counted_after_the_close_and_once(game, alice, bob, carol, stranger):
    right, wrong, even = (game.give(carol, UNKNOWN + feature) for feature in range(3))
    game.confirm(right, alice)
    game.contest(wrong, alice)
    game.confirm(even, alice)
    game.contest(even, bob)
    closes_at = right.contributed_at + game.terms.vote_seconds
    with reverts("VotesStillOpen", right.id, closes_at):
        game.contract.judge(alice, [right.id], {"from": stranger})
    collaborations.pass_time(15 * DAY)
    for voter, id_ in ((alice, even.id), (bob, even.id), (bob, right.id), (stranger, right.id), (alice, 99)):
        with reverts("NotRight", id_, voter):
            game.contract.judge(voter, [id_], {"from": stranger})
    with reverts("NotRight", right.id, alice):
        game.contract.judge(alice, [right.id, right.id], {"from": stranger})
    tx = game.judge(alice, [right.id, wrong.id], stranger)
    assert logged(tx) == [
        ("Judged", {"id": right.id, "voter": alice}),
        ("Judged", {"id": wrong.id, "voter": alice}),
    ]
    assert game.account(alice).right_votes == 2
    assert game.contract.voteOf(right.id, alice) == (1_000, True, True)
    assert game.judge(alice, [wrong.id], stranger) is None


# -------------------------------------------------------------------------------------------------------------- terms


def test_terms_are_readable_by_anyone(game, alice, bob):
    founders, *numbers = game.contract.terms()
    assert PointsTerms(tuple(founders), *numbers) == game.terms
    assert set(founders) == {alice, bob}
    assert game.account(alice).grant_left == game.account(bob).grant_left == 20_000


@pytest.mark.parametrize(
    "changes",
    [
        {"founders": ()},
        {"founders": tuple(f"0x{i:040x}" for i in range(1, 18))},
        {"founders": ("0x" + "22" * 20, "0x" + "11" * 20)},
        {"founders": ("0x" + "11" * 20, "0x" + "11" * 20)},
        {"founders": ("0x" + "00" * 20,)},
        {"least_vote": 0},
        {"least_vote": 1_001},
        {"most_vote": 1 << 24},
        {"give_bps": 0},
        {"give_bps": 5_001},
        {"fee_bps": 10_000},
        {"fee_bps": 20_001},
        {"vote_seconds": 0},
        {"grant": 249},
    ],
    ids=str,
)
def test_terms_that_cannot_work_are_refused(points_factory, perceptron, alice, changes):
    terms = points_terms([alice], **changes)
    assert terms.problems()
    with reverts("InvalidPointsTerms", _shown(terms)):
        create(points_factory, perceptron, terms)


@pytest.mark.parametrize(
    "changes",
    [
        {"founders": tuple(f"0x{i:040x}" for i in range(1, 17))},
        {"least_vote": 1, "most_vote": (1 << 24) - 1},
        {"give_bps": 5_000, "fee_bps": 10_001},
        {"give_bps": 1, "fee_bps": 10_001, "grant": 201},
        {"fee_bps": 20_000, "grant": (1 << 32) - 1},
        {"vote_seconds": (1 << 32) - 1},
        {"grant": 250},
    ],
    ids=str,
)
def test_terms_at_their_bounds_can_be_used(points_factory, perceptron, alice, changes):
    terms = points_terms([alice], **changes)
    assert terms.problems() == []
    founders, *numbers = create(points_factory, perceptron, terms).terms()
    assert (tuple(one.lower() for one in founders), *numbers) == (
        tuple(one.lower() for one in terms.founders),
        *terms.as_tuple()[1:],
    )


def _shown(terms):
    founders, *numbers = terms.as_tuple()
    return (tuple(one.lower() for one in founders), *numbers)
