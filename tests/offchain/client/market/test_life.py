"""A market's whole life by the client: commit, draw, reveal, contribute, settle, train, withdraw."""

from commonlearn.records import Phase
from tests.support.live_market import BOUNTY_WEI


def test_a_whole_market(story):
    story.revealed()
    market = story.market
    assert market.status().view.phase is Phase.PREPARING
    work = market.settle(account=story.who("stranger"))
    assert work.transactions >= 3
    view = market.status().view
    assert (view.phase, view.is_settled) == (Phase.TRAINING, True)
    assert work.pay_wei == work.steps * market.contract.terms.step_fee_wei
    assert story.is_balanced()
    alice, mallory = (market.contract.account(story.who(role)) for role in ("alice", "mallory"))
    stake = market.contract.terms.min_stake_wei
    assert alice.owed_wei > 6 * stake
    assert mallory.owed_wei < 4 * stake
    assert mallory.is_punished
    before = story.model.score(["good film", "bad film", "funny", "dull"], [1, 0, 1, 0])
    market.train(account=story.who("stranger"))
    assert market.status().view.phase is Phase.CLOSED
    story.model.sync()
    story.model.verify()
    assert story.model.score(["good film", "bad film", "funny", "dull"], [1, 0, 1, 0]) > before
    assert story.is_balanced()
    for role in ("alice", "mallory", "bob", "deployer", "stranger"):
        if market.contract.account(story.who(role)).owed_wei:
            market.withdraw(account=story.who(role))
    assert story.is_balanced()
    assert story.held_wei() == market.contract.account("0x000000000000000000000000000000000000dEaD").owed_wei
    assert BOUNTY_WEI > 0
