"""Every way in which a market can end without an outcome, by the client (K-52)."""

import pytest

from commonlearn.client.market.errors import NothingDue
from commonlearn.contract_errors import DrawMissed, DrawTooEarly, NothingToEnd, WrongPhase
from commonlearn.records import Ending, Phase
from tests.support.live_market import BOUNTY_WEI, DAY, Story, labelled_reviews

LONG = 91 * DAY


def end(story: Story) -> Ending:
    ending, _ = story.market.end(account=story.who("stranger"))
    assert story.is_balanced()
    return ending


def owed(story: Story, role: str) -> int:
    return story.market.contract.account(story.who(role)).owed_wei


def dues(story: Story) -> list[str]:
    return [due.command for due in story.market.status().dues]


def test_a_missed_draw_costs_the_bond(story):
    assert dues(story) == ["commit"]
    story.commit()
    with pytest.raises(DrawTooEarly):
        story.market.draw(account=story.who("stranger"))
    assert dues(story) == ["draw"]
    story.mine(262)
    with pytest.raises(DrawMissed):
        story.market.draw(account=story.who("stranger"))
    assert dues(story) == ["end"]
    assert end(story) is Ending.DRAW_MISSED
    assert owed(story, "stranger") == story.market.contract.terms.bond_wei // 20
    purse = story.market.contract.terms.purse_wei(20)
    assert owed(story, "deployer") == BOUNTY_WEI + purse


def test_a_partition_that_is_not_shown_costs_the_bond(story):
    story.commit().draw()
    assert dues(story) == ["reveal"]
    with pytest.raises(NothingToEnd):
        story.market.end(account=story.who("stranger"))
    story.network.pass_time(DAY + 1)
    assert end(story) is Ending.NOT_PROVEN


def test_a_market_without_contributions_gives_everything_back(story):
    story.opened().closed()
    with pytest.raises(NothingDue, match="nobody took part"):
        story.reveal()
    assert dues(story) == ["end"]
    assert end(story) is Ending.EMPTY
    terms = story.market.contract.terms
    assert owed(story, "deployer") == BOUNTY_WEI + terms.bond_wei + terms.purse_wei(20)


def test_a_test_set_that_stays_secret_gives_stakes_back_and_the_bounty_away(story):
    story.opened().told()
    stake = story.market.contract.terms.min_stake_wei
    assert dues(story) == ["reveal"]
    story.network.pass_time(DAY + 1)
    assert dues(story) == ["end"]
    assert end(story) is Ending.NOT_REVEALED
    each = BOUNTY_WEI // 11
    assert owed(story, "alice") == 6 * (stake + each)
    assert owed(story, "bob") == stake + each
    paid, _ = story.market.withdraw(account=story.who("alice"))
    assert paid == 6 * (stake + each)
    assert story.is_balanced()


def test_a_test_set_that_nobody_prepares(story):
    story.revealed()
    story.network.pass_time(DAY + 1)
    assert dues(story) == ["end"]
    assert end(story) is Ending.NOT_PREPARED


def test_a_settlement_that_nobody_finishes(story):
    story.revealed()
    samples, labels = story.market.records.scored(story.market.contract.market())
    story.network.sender("stranger").send_one(story.market.contract.prepare(samples, labels))
    story.market.watch(account=story.who("carol"), post=True, once=True)
    story.network.pass_time(LONG)
    assert end(story) is Ending.NOT_SETTLED
    stake, terms = story.market.contract.terms.min_stake_wei, story.market.contract.terms
    assert owed(story, "alice") == 6 * stake
    assert owed(story, "carol") == terms.post_bond_wei


def test_a_training_that_nobody_does(story):
    story.revealed()
    story.market.settle(account=story.who("stranger"))
    assert dues(story) == ["train"]
    story.network.pass_time(LONG)
    assert end(story) is Ending.NOT_TRAINED
    assert story.market.status().view.phase is Phase.CLOSED
    story.model.sync()
    story.model.verify()


def test_one_market_follows_another_with_new_salts(story):
    story.opened().closed()
    first = story.market.contract.market().root
    end(story)
    story.opened()
    view = story.market.contract.market()
    assert (view.number, view.phase) == (2, Phase.PARTICIPATING)
    assert view.root != first, "salts that were shown hide nothing any more"
    samples, labels = story.model.labelled(*labelled_reviews())
    with pytest.raises(WrongPhase):
        story.market.commit(samples, labels, account=story.who("bob"), bounty_wei=BOUNTY_WEI)


def test_one_participant_all_harmful_and_no_change(network, tmp_path):
    """Three small markets one after another on the same model."""
    story = Story.begin(network, tmp_path, most_contributions=2)
    for who, texts, labels in (
        ("alice", ["good", "funny"], [1, 1]),
        ("mallory", ["good", "funny"], [0, 0]),
        ("bob", ["good", "funny"], [1, 1]),
    ):
        story.opened().contribute(who, texts, labels).reveal()
        market, stake = story.market, story.market.contract.terms.min_stake_wei
        before = owed(story, who)
        market.settle(account=story.who("stranger"))
        account = market.contract.account(story.who(who))
        won = account.owed_wei - before - 2 * stake
        assert {"alice": won > 0, "mallory": won < 0, "bob": won == 0}[who], (who, won)
        assert account.is_punished is (who == "mallory")
        market.train(account=story.who("stranger"))
        assert story.is_balanced()
        story.model.sync()
        story.model.verify()
    assert story.model.score(["good", "funny"], [1, 1]) == 1.0, "the false labels were not taught"
