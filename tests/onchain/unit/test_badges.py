"""Badges: who gets which, and that nobody can move one.

Requirements Q-07, Q-08.
"""

import base64
import json
import xml.etree.ElementTree as ElementTree

import pytest

from commonlearn.records import Badge
from tests.support import collaborations
from tests.support.events import logged
from tests.support.plain_model import UNKNOWN
from tests.support.points import DAY, PointsModel, deploy_points_factory, points_terms
from tests.support.reverts import reverts

NOBODY = "0x" + "00" * 20


@pytest.fixture(scope="module")
def points_factory(module_isolation):
    return deploy_points_factory()


@pytest.fixture(scope="module")
def beginning(points_factory, perceptron, alice, bob):
    return PointsModel.create(points_factory, perceptron, points_terms([alice, bob], grant=100_000))


@pytest.fixture
def game(beginning):
    """Its books go back with the chain after each test."""
    return beginning.branch()


@pytest.fixture
def unlock(accounts, web3):
    """Lets a contract's address send, for one test: other tests count the accounts, and the node lists these too."""
    held = []
    yield lambda address: held.append(accounts.at(address, force=True)) or held[-1]
    for account in held:
        web3.provider.make_request("anvil_stopImpersonatingAccount", [account.address])
        accounts.remove(account)


@pytest.fixture(scope="module")
def badges(points_factory, Badges):
    return Badges.at(points_factory.badges())


@pytest.fixture
def token(game, badges, carol, stranger):
    """Carol's first badge."""
    game.give(carol)
    game.contract.claimBadge(carol, Badge.FIRST_LIGHT, {"from": stranger})
    return badges.tokenIdOf(game.contract, carol, Badge.FIRST_LIGHT)


def test_the_collection_belongs_to_its_factory(game, badges, points_factory):
    assert badges.factory() == points_factory
    assert game.contract.badges() == badges
    assert points_factory.numberOf(game.contract) == 1
    assert points_factory.collaborationOf(1) == game.contract
    assert points_factory.numberOf(badges) == 0
    assert points_factory.collaborationOf(2) == NOBODY
    assert (badges.name(), badges.symbol()) == ("commonlearn badges", "CLB")


def test_anyone_claims_a_badge_for_who_has_earned_it(game, badges, carol, stranger):
    with reverts("NotEarned", carol, 0):
        game.contract.claimBadge(carol, Badge.FIRST_LIGHT, {"from": stranger})
    game.give(carol)
    assert game.contract.hasEarned(carol, Badge.FIRST_LIGHT)
    tx = game.contract.claimBadge(carol, Badge.FIRST_LIGHT, {"from": stranger})
    token = (1 << 168) | (int(str(carol), 16) << 8)
    assert logged(tx) == [
        ("Transfer", {"from": NOBODY, "to": carol, "tokenId": token}),
        ("Locked", {"tokenId": token}),
    ]
    assert badges.tokenIdOf(game.contract, carol, 0) == token
    assert badges.ownerOf(token) == carol
    assert badges.balanceOf(carol) == 1
    assert badges.locked(token)
    assert badges.isAwarded(game.contract, carol, 0)
    assert not badges.isAwarded(game.contract, carol, 1)
    assert badges.badgeOf(token) == (game.contract, carol, 0)
    with reverts("AlreadyAwarded", carol, 0):
        game.contract.claimBadge(carol, Badge.FIRST_LIGHT, {"from": carol})


def test_a_badge_stays_when_points_are_lost(game, badges, alice, bob, carol):
    given = game.give(carol)
    game.confirm(given, alice)
    game.contract.claimBadge(carol, Badge.CONFIRMED, {"from": carol})
    game.contest(given, bob)
    assert not game.contract.hasEarned(carol, Badge.CONFIRMED)
    assert badges.isAwarded(game.contract, carol, Badge.CONFIRMED)


def test_a_hundred_points_earn_a_badge_and_not_a_hundredth_less(game, alice, bob, carol, stranger):
    for feature in range(9):
        game.confirm(game.give(carol, UNKNOWN + feature), alice)
    last = game.give(carol)
    with reverts("NotEarned", carol, int(Badge.HUNDRED)):
        game.contract.claimBadge(carol, Badge.HUNDRED, {"from": stranger})
    game.confirm(last, bob)
    assert game.points(carol) == 10_000
    game.contract.claimBadge(carol, Badge.HUNDRED, {"from": stranger})


def test_ten_right_votes_make_a_judge(game, alice, carol, stranger):
    given = [game.give(carol, UNKNOWN + feature) for feature in range(10)]
    for one in given:
        game.confirm(one, alice)
    collaborations.pass_time(15 * DAY)
    game.judge(alice, [one.id for one in given[:9]], stranger)
    with reverts("NotEarned", alice, int(Badge.JUDGE)):
        game.contract.claimBadge(alice, Badge.JUDGE, {"from": stranger})
    game.judge(alice, [given[9].id], stranger)
    game.contract.claimBadge(alice, Badge.JUDGE, {"from": stranger})


def test_four_different_weeks_are_steady(game, carol, stranger):
    for week in range(4):
        game.give(carol)
        game.give(carol)
        assert game.account(carol).weeks_active == week + 1
        if week < 3:
            with reverts("NotEarned", carol, int(Badge.STEADY)):
                game.contract.claimBadge(carol, Badge.STEADY, {"from": stranger})
            collaborations.pass_time(7 * DAY)
    game.contract.claimBadge(carol, Badge.STEADY, {"from": stranger})
    game.compare(carol)


def test_nobody_moves_or_approves_a_badge(badges, token, carol, bob):
    moves = [
        lambda: badges.transferFrom(carol, bob, token, {"from": carol}),
        lambda: badges.safeTransferFrom(carol, bob, token, {"from": carol}),
        lambda: badges.safeTransferFrom(carol, bob, token, b"data", {"from": carol}),
        lambda: badges.approve(bob, token, {"from": carol}),
        lambda: badges.setApprovalForAll(bob, True, {"from": carol}),
    ]
    for move in moves:
        with reverts("Soulbound"):
            move()
    assert badges.ownerOf(token) == carol


def test_only_the_factorys_collaborations_mint(badges, carol, mallory, Collaboration):
    with reverts("OnlyCollaboration", mallory):
        badges.award(mallory, 0, {"from": mallory})
    with reverts("OnlyCollaboration", mallory):
        badges.tokenIdOf(mallory, carol, 0)


def test_collaborations_have_badges_of_their_own(points_factory, perceptron, game, badges, alice, carol, token):
    other = PointsModel.create(points_factory, perceptron, game.terms)
    with reverts("NotEarned", carol, 0):
        other.contract.claimBadge(carol, 0, {"from": carol})
    other.give(carol)
    other.contract.claimBadge(carol, 0, {"from": carol})
    assert points_factory.numberOf(other.contract) == 2
    assert badges.balanceOf(carol) == 2
    assert badges.badgeOf(badges.tokenIdOf(other.contract, carol, 0)) == (other.contract, carol, 0)


def test_wallets_see_what_they_are(badges, token):
    for known in ("0x01ffc9a7", "0x80ac58cd", "0x5b5e139f", "0xb45a3c0e"):  # ERC-165, 721, 721's metadata, 5192
        assert badges.supportsInterface(known)
    assert not badges.supportsInterface("0xffffffff")
    with reverts("ERC721NonexistentToken", token + 1):
        badges.locked(token + 1)
    with reverts("ERC721NonexistentToken", token + 1):
        badges.badgeOf(token + 1)
    with reverts("ERC721NonexistentToken", token + 1):
        badges.tokenURI(token + 1)


@pytest.mark.parametrize("badge", Badge)
def test_the_picture_is_made_on_chain(game, badges, carol, badge, points_factory, unlock):
    # Minting is for collaborations: the factory's first one stands in for all five, whatever is earned.
    collaboration = unlock(game.contract.address)
    token = badges.award.call(carol, badge, {"from": collaboration})
    badges.award(carol, badge, {"from": collaboration, "gas_price": 0})
    content = json.loads(_decoded(badges.tokenURI(token), "data:application/json;base64,"))
    assert content["name"] == badge.title
    assert str(game.contract.address) in content["description"]
    assert content["attributes"][0] == {"trait_type": "badge", "value": badge.title}
    picture = ElementTree.fromstring(_decoded(content["image"], "data:image/svg+xml;base64,"))
    texts = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [badge.title, f"model {game.contract.address}", str(carol)]


def _decoded(address, prefix):
    assert address.startswith(prefix)
    return base64.b64decode(address[len(prefix) :])


def test_an_account_that_is_a_contract_gets_badges_too(game, badges, RefusingRecipient, deployer, stranger, unlock):
    """Minting calls nothing of the account's, so nothing of it can refuse or re-enter."""
    contract = RefusingRecipient.deploy({"from": deployer})
    holder = unlock(contract.address)
    game.give(holder)
    game.contract.claimBadge(contract, 0, {"from": stranger})
    assert badges.balanceOf(contract) == 1
