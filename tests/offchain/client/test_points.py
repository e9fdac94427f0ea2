"""Points over a real node: contributing without stake, voting, the leaderboard, badges (Q-01, Q-06, Q-07, Q-09, Q-10)."""

import dataclasses

import pytest

from commonlearn import contract_errors
from commonlearn.chain.incentives import POINTS
from commonlearn.client.deployer import deploy_model
from commonlearn.client.errors import Declined, ReplayMismatch, RulesProblem, WrongIncentive
from commonlearn.client.incentives import CHOICES
from commonlearn.client.leaderboard import replay_votes
from commonlearn.contract_errors import InvalidPointsTerms
from commonlearn.records import Badge, PointsTerms, Terms
from tests.support.live import BAD, GOOD

WEEK = 604_800


def plan_of(network, **changes):
    usual = {
        "founders": (network.cast["alice"],),
        "grant": 20_000,
        "least_vote": 100,
        "most_vote": 1_000,
        "give_bps": 2_000,
        "fee_bps": 15_000,
        "vote_seconds": WEEK,
    }
    return dataclasses.replace(network.plan(), terms=PointsTerms(**{**usual, **changes}))


@pytest.fixture
def model(network, tmp_path):
    """A fresh model under points; Alice is its founder."""
    record = deploy_model(network.sender(), network.book(), plan_of(network))
    return network.load(record.address, tmp_path)


def give(model, network, role, *texts, label="positive"):
    receipts = model.contribute(list(texts), [label] * len(texts), account=network.cast[role])
    return [receipt.id for receipt in receipts]


def test_the_deployer_brings_factory_and_badges_once(network, model):
    book = network.book()
    before = {name: book.contracts[name] for name in ("PointsFactory", "PointsCollaboration", "Badges")}
    assert len({record.tx_hash for record in before.values()}) == 1
    record = deploy_model(network.sender(), book, plan_of(network, grant=30_000))
    assert {name: network.book().contracts[name] for name in before} == before
    assert record.factory == before["PointsFactory"].address
    assert record.terms["grant"] == 30_000
    factory = before["PointsFactory"].address[2:].lower()
    assert before["Badges"].constructor_arguments == "0x" + "0" * 24 + factory
    sponsorship = book.contracts["Sponsorship"].address[2:].lower()
    both = "0x" + "0" * 24 + factory + "0" * 24 + sponsorship
    assert before["PointsCollaboration"].constructor_arguments == both


def test_terms_that_cannot_work_send_nothing(network):
    sent = network.sent("deployer")
    with pytest.raises(InvalidPointsTerms, match="rings of puppets would gain"):
        deploy_model(network.sender(), network.book(), plan_of(network, fee_bps=10_000))
    assert network.sent("deployer") == sent


def test_contributing_stakes_nothing_and_is_replayed(network, model, tmp_path):
    assert model.incentive == "points"
    assert model.terms.founders == (network.cast["alice"],)
    before = network.connection.balance(model.address)
    receipts = model.contribute([GOOD, BAD], ["positive", "negative"], account=network.cast["carol"])
    assert [receipt.stake_wei for receipt in receipts] == [0, 0]
    assert network.connection.balance(model.address) == before == 0
    assert model.sync().new_contributions == 2
    model.verify()
    again = network.load(model.address, tmp_path, offline=True)
    assert (again.incentive, again.terms) == ("points", model.terms)
    assert again.predict([GOOD]).tolist() == ["positive"]
    assert [line.event for line in model.history()][-2:] == ["Contributed", "Contributed"]
    status = model.status()
    assert (status.incentive, status.stake_wei, status.locked_wei) == ("points", 0, 0)
    assert status.as_dict()["terms"]["founders"] == [network.cast["alice"]]


def test_a_quote_says_that_nothing_is_staked(network, model):
    quoted = model.quote([GOOD], ["positive"], account=network.cast["carol"])
    assert (quoted.first_stake_wei, quoted.max_stake_wei, quoted.cost.value_wei) == (0, 0, 0)


def test_confirming_gives_points_and_the_board_is_the_contracts(network, model):
    cast = network.cast
    first, second = give(model, network, "carol", GOOD, "great actor")
    (third,) = give(model, network, "mallory", BAD)
    seen = []
    result = model.confirm(
        [first, second], account=cast["alice"], confirm=lambda cost, them: seen.extend(them) or cost.transactions == 1
    )
    assert result.made == (first, second)
    assert (result.weight, result.burned) == (2_000, 3_000)
    assert [one.content for one in seen] == ["film good funny great plot", "great actor"]
    assert seen[0].class_name == seen[0].predicted_name == "positive"
    model.contest([third], account=cast["alice"])
    model.confirm([third], account=cast["carol"])
    rows = model.leaderboard()
    top = rows[0]
    assert top.address == cast["carol"]
    assert (top.points, top.received, top.given, top.burned) == (1_400, 2_000, 400, 600)
    assert (top.contributions, top.confirmed, top.votes) == (2, 2, 1)
    for row in rows:
        assert row.points == network.connection.read(model.address, _function("pointsOf"), row.address)
        assert row.can_give == network.connection.read(model.address, _function("voteWeightOf"), row.address)
    founder = next(row for row in rows if row.address == cast["alice"])
    assert founder.is_founder
    assert founder.grant_left == 20_000 - 3 * 2_500
    assert model.standing(cast["stranger"]).points == 0
    assert [line.event for line in model.history(last=4)] == ["Voted"] * 4


def _function(name):
    from commonlearn.chain.abi import function_of

    return function_of("PointsCollaboration", name)


def test_what_cannot_be_voted_on_is_left_out_and_said(network, model):
    cast = network.cast
    (mine,) = give(model, network, "alice", GOOD)
    (other,) = give(model, network, "carol", BAD, label="negative")
    result = model.confirm([mine, other, other], account=cast["alice"])
    assert result.made == (other,)
    assert "your own" in result.candidates[0].why_not
    with pytest.raises(contract_errors.AlreadyVoted):
        model.confirm([other], account=cast["alice"])
    with pytest.raises(contract_errors.NoStanding):
        model.confirm([mine], account=cast["stranger"])
    with pytest.raises(contract_errors.UnknownContribution):
        model.confirm([99], account=cast["alice"])
    sent = network.sent("alice")
    (last,) = give(model, network, "carol", GOOD)
    with pytest.raises(Declined):
        model.contest([last], account=cast["alice"], confirm=lambda cost, them: False)
    network.pass_time(WEEK)
    with pytest.raises(contract_errors.VotesClosed):
        model.contest([last], account=cast["alice"])
    assert network.sent("alice") == sent


def test_many_votes_go_in_few_transactions(network, tmp_path):
    record = deploy_model(network.sender(), network.book(), plan_of(network, grant=200_000))
    model = network.load(record.address, tmp_path)
    ids = give(model, network, "carol", *[GOOD] * 45)
    result = model.confirm(ids, account=network.cast["alice"])
    assert len(result.tx_hashes) == 2
    assert result.made == tuple(ids)
    assert model.standing(network.cast["carol"]).points == 45_000


def test_badges_are_claimed_once_earned_by_anyone(network, model):
    cast = network.cast
    assert not any(view.is_earned for view in model.badges(cast["carol"]))
    ids = give(model, network, "carol", *[GOOD] * 7)
    model.confirm(ids, account=cast["alice"])
    states = {view.badge: (view.is_earned, view.is_awarded) for view in model.badges(cast["carol"])}
    assert states[Badge.FIRST_LIGHT] == states[Badge.CONFIRMED] == (True, False)
    assert states[Badge.HUNDRED] == (False, False)
    claimed = model.claim_badges(account=cast["stranger"], holder=cast["carol"])
    assert claimed.badges == (Badge.FIRST_LIGHT, Badge.CONFIRMED)
    again = model.claim_badges(account=cast["stranger"], holder=cast["carol"])
    assert (again.badges, again.fee_wei) == ((), 0)
    assert model.leaderboard(top=1)[0].badges == (Badge.FIRST_LIGHT, Badge.CONFIRMED)


def test_right_votes_are_counted_with_the_claim(network, tmp_path):
    record = deploy_model(network.sender(), network.book(), plan_of(network, grant=30_000))
    model = network.load(record.address, tmp_path)
    cast = network.cast
    ids = give(model, network, "carol", *[GOOD] * 11)
    model.confirm(ids[:10], account=cast["alice"])
    assert model.claim_badges(account=cast["alice"]).badges == ()
    network.pass_time(WEEK)
    claimed = model.claim_badges(account=cast["alice"])
    assert claimed.badges == (Badge.JUDGE,)
    assert claimed.judged == tuple(ids[:10])
    standing = model.standing(cast["alice"])
    assert (standing.right_votes, standing.badges) == (10, (Badge.JUDGE,))


def test_the_log_of_votes_is_read_once_and_anew_after_a_reorganisation(own_network, tmp_path):
    network = own_network
    record = deploy_model(network.sender(), network.book(), plan_of(network))
    model = network.load(record.address, tmp_path)
    ids = give(model, network, "carol", GOOD, BAD)
    model.confirm(ids[:1], account=network.cast["alice"])
    before = network.node.snapshot()
    model.confirm(ids[1:], account=network.cast["alice"])
    assert model.standing(network.cast["carol"]).received == 2_000
    network.node.revert(before)
    model.contest(ids[1:], account=network.cast["alice"])
    assert model.standing(network.cast["carol"]).received == 1_000
    again = network.load(record.address, tmp_path)
    assert again.standing(network.cast["carol"]).received == 1_000


def test_a_log_that_cannot_be_is_noticed(network, model, tmp_path):
    ids = give(model, network, "carol", GOOD)
    model.confirm(ids, account=network.cast["alice"])
    model.sync()
    model.sync_log()
    votes = model._cache.votes()
    contributions = list(model._cache.contributions())
    assert replay_votes(model.terms, contributions, votes).account(network.cast["carol"]).points == 1_000
    for changed in (
        dataclasses.replace(votes[0], weight=999),
        dataclasses.replace(votes[0], voter=network.cast["carol"]),
        dataclasses.replace(votes[0], id=7),
        dataclasses.replace(votes[0], kind="judged"),
    ):
        with pytest.raises(ReplayMismatch):
            replay_votes(model.terms, contributions, [changed])
    with pytest.raises(ReplayMismatch):
        replay_votes(model.terms, [dataclasses.replace(contributions[0], id=1)], [])


def test_each_incentive_keeps_to_its_own(network, model, address, tmp_path):
    staked = network.load(address, tmp_path)
    account = network.cast["alice"]
    for action in (
        lambda: staked.leaderboard(),
        lambda: staked.confirm([0], account=account),
        lambda: staked.badges(account),
        lambda: model.refund(account=account),
        lambda: model.report(account=account),
        lambda: model.sweep(account=account),
        lambda: model.withdraw(account=account),
        lambda: model.account_status(account),
    ):
        with pytest.raises(WrongIncentive):
            action()


def test_rules_are_read_in_peoples_units():
    deployer = "0x" + "11" * 20
    terms = CHOICES["points"].terms({}, deployer)
    assert terms == PointsTerms((deployer,), 100_000, 100, 1_000, 2_000, 11_000, 14 * 86_400)
    assert terms.problems() == []
    founders = f"0x{'22' * 20}, 0x{'12' * 20},0x{'22' * 20}"
    terms = CHOICES["points"].terms({"founders": founders, "vote_time": "2d", "grant": "5"}, deployer)
    assert terms.founders == ("0x" + "12" * 20, "0x" + "22" * 20)
    assert (terms.vote_seconds, terms.grant) == (172_800, 500)
    assert isinstance(CHOICES["self-assessment"].terms({}, deployer), Terms)
    assert CHOICES["self-assessment"].terms({}, deployer).problems() == []


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"founder": "0x"}, "not known"),
        ({"founders": "me"}, "founders"),
        ({"grant": "many"}, "'many' is not"),
        ({"give_percent": "51"}, "give_percent"),
        ({"vote_time": "soon"}, "no span of time"),
    ],
)
def test_rules_that_cannot_be_read_are_said(rules, said):
    with pytest.raises(RulesProblem, match=said):
        CHOICES["points"].terms(rules, "0x" + "11" * 20)


def test_every_incentive_on_chain_can_be_chosen():
    assert {choice.on_chain.id for choice in CHOICES.values()} >= {POINTS.id, "self-assessment/1"}
    for choice in CHOICES.values():
        terms = choice.terms({}, "0x" + "11" * 20)
        assert choice.describe(terms)
        assert choice.on_chain.load(terms.as_dict()) == terms
        assert choice.on_chain.read(terms.as_tuple()) == terms
