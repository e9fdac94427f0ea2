"""Settlement in portions, resumed and overtaken; copies of a model in a market; the audit (K-52)."""

import pytest

from commonlearn.chain.errors import NodeUnreachable
from commonlearn.client.errors import ContributionsInterrupted, NotConnected, StakeFixed
from commonlearn.client.market.errors import EngineUnknown, NothingDue
from commonlearn.client.market.records import MarketRecords
from commonlearn.errors import CommonlearnError
from commonlearn.records import Phase
from tests.support.flaky_node import flaky
from tests.support.live import small_bayes
from tests.support.live_market import DAY, Story, labelled_reviews


def outcome(story: Story) -> bytes:
    return story.market.contract.market().state_hash


def test_the_outcome_does_not_depend_on_the_portions(network, tmp_path):
    """Small and large portions, and the twin: one state hash, one pay a step."""
    story = Story.begin(network, tmp_path).revealed()
    work = story.market.settle(account=story.who("stranger"), gas_limit=200_000)
    replay = story.market.records.replay(story.market.contract.market())
    assert outcome(story) == replay.final.hash()
    assert work.transactions > 6
    assert work.steps == 18 + replay.steps + 3, "test samples prepared, steps replayed, participants credited"
    assert work.pay_wei == work.steps * story.market.contract.terms.step_fee_wei
    with pytest.raises(NothingDue):
        story.market.settle(account=story.who("stranger"))


def test_a_node_lost_again_and_again_only_delays(story, tmp_path):
    story.revealed()
    lost = 0
    with flaky(story.network.node.port) as proxy:
        model = story.network.load(story.model.address, tmp_path / "other", rpc=proxy.url)
        for allowed in range(20, 4_000, 17):
            left = {"requests": allowed}

            def rule(requests, left=left):
                left["requests"] -= 1
                return "lose answer" if left["requests"] < 0 else "answer"

            proxy.rule = rule
            try:
                model.market(state=tmp_path).settle(account=story.who("stranger"), gas_limit=900_000)
                break
            except (NodeUnreachable, ContributionsInterrupted):
                lost += 1
            except NothingDue:  # the last answer was lost, not the last transaction
                break
        proxy.heal()
    assert lost > 1
    view = story.market.contract.market()
    assert (view.phase, view.credited) == (Phase.TRAINING, 3)
    assert story.is_balanced()


def test_two_settlers_at_once_are_each_paid_for_what_they_did(story, monkeypatch):
    """One is overtaken before every second transaction, and goes on behind the other."""
    story.revealed()
    other, real = story.market, MarketRecords.replay
    state = {"calls": 0, "busy": False}

    def overtake(self, view):
        state["calls"] += 1
        if not state["busy"] and state["calls"] % 4 == 0:
            state["busy"] = True
            settle_once(other, story.who("bob"))
            state["busy"] = False
        return real(self, view)

    def settle_once(market, account):
        settler = market._settler(account, 700_000, None, None)
        view = market.records.refresh()
        if view.phase is Phase.SETTLING and not view.is_settled:
            settler._send(settler._portion(view)[0], view)

    monkeypatch.setattr(MarketRecords, "replay", overtake)
    before = story.market.contract.account(story.who("bob")).owed_wei
    work = story.market.settle(account=story.who("stranger"), gas_limit=700_000)
    fee = story.market.contract.terms.step_fee_wei
    assert work.pay_wei == work.steps * fee
    assert story.market.contract.account(story.who("bob")).owed_wei > before
    assert story.is_balanced()


def test_any_model_can_have_a_market(network, tmp_path):
    """Naive Bayes by the engine that copies the model's own code."""
    story = Story.begin(network, tmp_path, twin=small_bayes())
    story.opened()
    story.contribute("alice", ["good film", "funny", "dull plot"], [1, 1, 0])
    story.contribute("mallory", ["bad"], [1]).closed().reveal()
    story.market.settle(account=story.who("stranger"))
    assert outcome(story) == story.market.records.replay(story.market.contract.market()).final.hash()
    story.market.train(account=story.who("stranger"))
    story.model.sync()
    story.model.verify()
    assert story.is_balanced()


def test_an_engine_that_began_with_something_else_is_refused(story, monkeypatch):
    story.revealed()
    samples, labels = story.market.records.scored(story.market.contract.market())
    story.network.sender("stranger").send_one(story.market.contract.prepare(samples, labels))
    monkeypatch.setattr(MarketRecords, "bounty_wei", lambda self, view: 7)
    with pytest.raises(EngineUnknown, match="Do not stake"):
        story.market.settle(account=story.who("stranger"))


# ---------------------------------------------------------------------------------------------------------- the copy


def test_copies_learn_what_was_taught_however_they_come_to_it(story, tmp_path):
    """One follows all the time, one comes in the middle of training, one afterwards, one averages."""
    story.revealed()
    story.market.settle(account=story.who("stranger"))
    assert story.model.sync().contributions == 11
    before = story.model.twin.words()
    settler = story.market._settler(story.who("stranger"), 400_000, None, None)
    view = story.market.records.refresh()
    settler._send(story.market.contract.train(*_some(story, view, 4)), view)
    middle = story.network.load(story.model.address, tmp_path / "middle")
    assert middle.twin.words() != before
    story.market.train(account=story.who("stranger"))
    late = story.network.load(story.model.address, tmp_path / "late")
    for model in (story.model, middle, late):
        model.sync()
        model.verify()
        assert model.contributions == 11
    averaged = late.averaged()
    assert averaged.predict(["good", "dull"]).tolist() == ["positive", "negative"]
    assert late.twin.words() == middle.twin.words() != before


def _some(story: Story, view, count: int):
    inputs, origins = story.market.records.contributions(view)
    return [one.as_tuple() for one in inputs[:count]], origins[:count]


def test_the_replay_begins_with_the_first_words_even_in_the_middle_of_training(story):
    story.revealed()
    story.market.settle(account=story.who("stranger"))
    view = story.market.records.refresh()
    start = story.model.twin.words()
    settler = story.market._settler(story.who("stranger"), None, None, None)
    settler._send(story.market.contract.train(*_some(story, view, 5)), view)
    view = story.market.records.refresh()
    assert story.model.twin.words() != start
    assert story.market.records.starting_model(view).words() == start


def test_a_stake_is_what_was_said_and_never_more(story):
    story.opened()
    least = story.market.contract.terms.min_stake_wei
    (plain,) = story.model.contribute(["good"], [1], account=story.who("alice"))
    more = story.model.contribute(["bad", "dull"], [0, 0], account=story.who("alice"), stake_wei=3 * least)
    (least_at_least,) = story.model.contribute(["long"], [0], account=story.who("alice"), stake_wei=1)
    assert [one.stake_wei for one in (plain, *more, least_at_least)] == [least, 3 * least, 3 * least, least]
    assert story.market.contract.account(story.who("alice")).stake_wei == 8 * least
    films = story.network.load(story.network.deploy().address, story.folder / "films")
    with pytest.raises(StakeFixed):
        films.contribute(["good film"], [1], account=story.who("alice"), stake_wei=10**15)


# ----------------------------------------------------------------------------------------------------------- the audit


def test_the_audit_compares_the_shown_partition_with_model_and_own_data(story):
    with pytest.raises(NothingDue):
        story.market.audit()
    story.opened()
    plain = story.market.audit()
    assert len(plain.samples) == 2
    assert plain.own_agrees is None
    own = story.model.labelled(*labelled_reviews())
    mine = story.market.audit(own)
    assert (mine.same, mine.same_agrees) == (2, 2)
    assert mine.own_agrees == 1.0
    flipped = story.market.audit((own[0], [1 - label for label in own[1]]))
    assert flipped.same_agrees == 0
    assert flipped.own_agrees == 0.0
    assert flipped.verdict != mine.verdict
    assert story.model.twin.words() == story.network.load(story.model.address, story.folder / "x").twin.words()


def test_a_market_needs_a_node_and_a_market(story, network):
    story.model.sync()
    offline = story.network.load(story.model.address, story.folder, rpc=None, offline=True)
    with pytest.raises(NotConnected):
        offline.market()
    films = network.load(network.deploy().address, story.folder / "films")
    with pytest.raises(CommonlearnError, match="not a prediction market"):
        films.market()
    assert DAY == 86_400
