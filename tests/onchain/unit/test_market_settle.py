"""Preparation, direct settlement, credits and training.

Requirements K-11, K-12, K-13, K-14, K-15, K-16, K-17.
"""

from dataclasses import replace

import pytest

from commonlearn.numerics import keccak256
from commonlearn.records import Phase
from tests.support.collaborations import pass_time_until, thrown_by
from tests.support.events import logged
from tests.support.linear_replay import State, prepared
from tests.support.plain_market import BURNED, TERMS
from tests.support.plain_model import first_weights
from tests.support.reverts import reverts

STORY = ((0, 3), (1, -2), (2, 1), (0, 2))  # who (alice, mallory, bob), change


@pytest.fixture
def people(alice, mallory, bob):
    return alice, mallory, bob


@pytest.fixture
def settling(market, people):
    market.run_to_settling([(people[who], change) for who, change in STORY])
    return market


@pytest.fixture
def settled(settling):
    settling.settle_all()
    return settling


class TestPrepare:
    @pytest.fixture
    def preparing(self, market, alice):
        market.open_participation()
        market.contribute(alice, 1)
        market.pass_participation()
        market.reveal_rest()
        return market

    def test_fixes_the_start(self, preparing, stranger):
        tx = preparing.prepare(by=stranger)
        start = preparing.states[0]
        samples, labels = preparing.test_set.scored(preparing.market()["drawn"])
        fields = {
            "market": 1, "preparedHash": keccak256(prepared(samples, labels)), "initialHash": preparing.initial.hash,
            "stateHash": start.hash,
        }  # fmt: skip
        deadline = tx.timestamp + 90 * 86_400
        assert logged(tx) == [
            ("Prepared", fields),
            ("PhaseChanged", {"market": 1, "phase": Phase.SETTLING, "deadline": deadline}),
        ]
        assert (start.bounty_left, start.unit_left) == (1_003, 100)
        assert preparing.owed(stranger) == TERMS.step_fee_wei * len(samples)

    def test_another_test_set(self, preparing):
        samples, labels = preparing.test_set.scored(preparing.market()["drawn"])
        wanted = bytes(preparing.market()["testHash"])
        with reverts("LabelCount", len(samples), len(labels) - 1):
            preparing.contract.prepare(samples, labels[:-1], {"from": preparing.provider})
        for wrong in (
            (samples[:-1], labels[:-1]),
            (samples, [1 - labels[0], *labels[1:]]),
            (samples[::-1], labels[::-1]),
        ):
            call = preparing.contract.prepare.encode_input(*wrong)
            thrown = thrown_by(preparing.contract, call)
            assert thrown[:4] == keccak256(b"WrongTestSet(bytes32,bytes32)")[:4]
            assert thrown[36:] == wanted
        with reverts("WrongTestSet", b"\x00" * 32, wanted):
            preparing.contract.prepare([], [], {"from": preparing.provider})

    def test_the_whole_test_set_with_the_drawn_partition_is_not_it(self, preparing):
        samples, labels = preparing.test_set.scored(-1)
        thrown = thrown_by(preparing.contract, preparing.contract.prepare.encode_input(samples, labels))
        assert thrown[:4] == keccak256(b"WrongTestSet(bytes32,bytes32)")[:4]

    def test_until_the_deadline(self, preparing):
        deadline = preparing.market()["deadline"]
        pass_time_until(deadline + 1)
        with reverts("DeadlinePassed", deadline):
            preparing.prepare()

    def test_only_once(self, settling):
        with reverts("WrongPhase", Phase.SETTLING):
            settling.prepare()


class TestSettle:
    def test_a_portion(self, settling, stranger):
        before = settling.owed(stranger)
        tx = settling.settle(3, by=stranger)
        fields = {
            "market": 1, "caller": stranger, "steps": 3, "round": 0, "position": 3,
            "stateHash": settling.states[3].hash,
        }  # fmt: skip
        assert logged(tx) == [("Advanced", fields)]
        assert settling.owed(stranger) - before == 3 * TERMS.step_fee_wei

    @pytest.mark.parametrize("portion", [1, 2, 3, 100])
    def test_the_outcome_does_not_depend_on_portions_or_callers(self, settling, people, portion):
        i = 0
        while not settling.states[settling.at].is_final:
            settling.settle(portion, by=people[i % 3])
            i += 1
        assert settling.market()["stateHash"] == "0x" + settling.states[-1].hash.hex()
        assert settling.market()["isSettled"]

    def test_the_end_is_logged(self, settling):
        while not settling.states[settling.at].is_final:
            tx = settling.settle()
        assert logged(tx)[-1] == ("Settled", {"market": 1, "stateHash": settling.states[-1].hash})

    def test_closing_a_round_is_one_step(self, settling, stranger):
        settling.settle(4)
        before = settling.owed(stranger)
        tx = settling.settle(by=stranger)
        assert tx.events["Advanced"]["steps"] == 1
        assert settling.owed(stranger) - before == TERMS.step_fee_wei

    def test_from_another_state(self, settling):
        start = settling.states[0]
        richer = replace(start, bounty_left=start.bounty_left + 1)
        (_, *rest), _ = settling.arguments(0, 2)
        with reverts("WrongState", richer.hash, start.hash):
            settling.contract.settle(richer.tuple, *rest, {"from": settling.provider})

    def test_who_is_overtaken(self, settling, mallory):
        arguments, _ = settling.arguments(0, 2)
        settling.settle(1, by=mallory)
        with reverts("WrongState", settling.states[0].hash, settling.states[1].hash):
            settling.contract.settle(*arguments, {"from": settling.provider})

    @pytest.mark.parametrize("what", ["account", "stake", "label", "sample", "participant", "author", "time", "order"])
    def test_other_contributions_than_recorded(self, settling, what, stranger):
        given = list(settling.given[:2])
        changed = {
            "account": replace(given[0], account=stranger.address),
            "stake": replace(given[0], stake_wei=given[0].stake_wei + 1),
            "label": replace(given[0], label=0),
            "sample": replace(given[0], sample=given[1].sample),
            "participant": replace(given[0], participant=1),
            "author": replace(given[0], author=stranger.address),
            "time": replace(given[0], contributed_at=given[0].contributed_at + 1),
            "order": given[1],
        }[what]
        settling.given[0] = changed
        with reverts("WrongContributions", 1):
            settling.settle(2)

    def test_more_than_there_are(self, settling):
        (state, ready, initial, inputs, origins), _ = settling.arguments(0, 4)
        with reverts("TooManyContributions", 5, 4):
            settling.contract.settle(
                state, ready, initial, [*inputs, inputs[0]], [*origins, 0], {"from": settling.provider}
            )
        with reverts("WrongOrigins", 4, 3):
            settling.contract.settle(state, ready, initial, inputs, origins[:3], {"from": settling.provider})

    def test_a_closing_too_early(self, settling):
        settling.settle(2)
        arguments = (settling.states[2].tuple, b"", settling.initial.tuple, [], [])
        with reverts("RoundIncomplete", 2, 4):
            settling.contract.settle(*arguments, {"from": settling.provider})

    def test_with_another_preparation(self, settling):
        (state, _, initial, inputs, origins), _ = settling.arguments(0, 4)
        wanted = bytes(settling.market()["preparedHash"])
        with reverts("WrongPreparation", keccak256(b"x"), wanted):
            settling.contract.settle(state, b"x", initial, inputs, origins, {"from": settling.provider})
        settling.settle()
        with reverts("WrongPreparation", State().hash, settling.initial.hash):
            settling.contract.settle(settling.states[4].tuple, b"", State().tuple, [], [], {"from": settling.provider})

    def test_not_after_the_end(self, settled):
        arguments = (settled.states[-1].tuple, b"", settled.initial.tuple, [], [])
        with reverts("WrongFinality", True):
            settled.contract.settle(*arguments, {"from": settled.provider})

    def test_not_before_the_preparation(self, market):
        arguments = (State().tuple, b"", State().tuple, [], [])
        with reverts("WrongPhase", Phase.IDLE):
            market.contract.settle(*arguments, {"from": market.provider})


class TestFinalise:
    def test_pays_everybody(self, settled, people, stranger):
        outcome = settled.states[-1]
        before = settled.owed(settled.provider)
        tx = settled.finalise(by=stranger)
        deadline = tx.timestamp + 90 * 86_400
        credits_ = [
            ("ParticipantCredited", {
                "market": 1, "account": one.account, "depositWei": one.deposit, "balanceWei": one.balance,
            })
            for one in outcome.people
        ]  # fmt: skip
        fields = {"market": 1, "bountyLeftWei": outcome.bounty_left, "unawardedWei": outcome.unawarded}
        phase = {"market": 1, "phase": Phase.TRAINING, "deadline": deadline}
        assert logged(tx) == [("Finalised", fields), ("PhaseChanged", phase), *credits_]
        assert [settled.owed(one.account) for one in outcome.people] == [one.balance for one in outcome.people]
        assert settled.owed(settled.provider) - before == outcome.bounty_left + TERMS.bond_wei
        assert settled.owed(BURNED) == outcome.unawarded
        assert settled.owed(stranger) == 3 * TERMS.step_fee_wei

    def test_in_portions(self, settled, people):
        settled.finalise(1)
        assert [settled.owed(who) > 0 for who in people] == [True, False, False]
        assert settled.contract.totals()[0] == sum(one.balance for one in settled.states[-1].people[1:])
        with reverts("NothingToDo"):
            settled.finalise(0)
        settled.finalise(1)
        settled.finalise(5)
        assert settled.contract.totals()[0] == 0
        with reverts("NothingToDo"):
            settled.finalise(1)

    def test_only_the_outcome(self, settled, people):
        outcome = settled.states[-1]
        people_ = (replace(outcome.people[0], balance=outcome.people[0].balance + 1), *outcome.people[1:])
        lie = replace(outcome, people=people_)
        with reverts("WrongState", lie.hash, outcome.hash):
            settled.finalise(outcome=lie)

    def test_not_before_the_end(self, settling):
        with reverts("NothingToDo"):
            settling.finalise(outcome=settling.states[0])


class TestTrain:
    @pytest.fixture
    def training(self, settled):
        settled.finalise()
        return settled

    def test_teaches_what_was_not_punished(self, training, stranger):
        before = training.owed(stranger)
        tx = training.train(by=stranger)
        punished = {one.account for one in training.states[-1].people if one.balance < one.deposit}
        learned = bytes(0 if given.account in punished else 1 for given in training.given)
        assert punished
        assert 0 < sum(learned) < len(learned)
        trained = ("Trained", {"market": 1, "first": 0, "learned": learned})
        ended = ("Ended", {"market": 1, "ending": 0, "perContributionWei": 0})
        closed = ("PhaseChanged", {"market": 1, "phase": Phase.CLOSED, "deadline": 0})
        assert logged(tx) == [trained, ended, closed]
        twin = first_weights()
        for given, was_learned in zip(training.given, learned, strict=True):
            if was_learned:
                twin.train_one(given.sample, given.label)
        assert list(training.contract.snapshot()[2]) == twin.words()
        assert training.owed(stranger) - before == 4 * TERMS.step_fee_wei
        assert [training.contract.statusOf(i) for i in range(4)] == [2 if one else 3 for one in learned]

    def test_in_portions_it_gives_the_same(self, training):
        for portion in (1, 2, 5):
            assert training.phase is Phase.TRAINING
            training.train(portion)
        assert training.phase is Phase.CLOSED
        assert training.contract.totals() == (0, 0, 0)

    def test_only_after_the_credits(self, settled):
        settled.finalise(1)
        with reverts("NothingToDo"):
            settled.train()
        settled.finalise()
        with reverts("NothingToDo"):
            settled.train(0)

    def test_other_contributions_than_recorded(self, training):
        training.given[2] = replace(training.given[2], label=0)
        with reverts("WrongContributions", 3):
            training.train()

    def test_more_than_there_are(self, training):
        training.train(3)
        inputs, origins = [training.given[3].input] * 2, [training.given[3].origin] * 2
        with reverts("TooManyContributions", 2, 1):
            training.contract.train(inputs, origins, {"from": training.provider})

    def test_not_before_the_outcome(self, settling):
        with reverts("WrongPhase", Phase.SETTLING):
            settling.train()


OUTCOMES = {
    "all harmful": [(0, -3), (1, -2), (2, -5)],
    "no change at all": [(0, 0), (1, 0)],
    "one helpful participant": [(0, 4)],
    "one harmful participant": [(0, -4)],
    "helpful beyond the full score": [(0, 19), (1, 19)],
    "they cancel out": [(0, 5), (0, -5)],
    "harm hurts so much that its author drops out": [(0, 10), (1, -19), (2, 3), (1, -19)],
}


@pytest.mark.parametrize("story", OUTCOMES.values(), ids=OUTCOMES)
def test_special_outcomes(market, people, actors, story):
    """K-16: each is settled to the wei, and nobody gets more than stakes and bounty hold."""
    market.run_all([(people[who], change) for who, change in story])
    outcome = market.states[-1]
    stakes = TERMS.min_stake_wei * len(story)
    assert outcome.total() == stakes + 1_003
    for one in outcome.people:
        changes = sum(change for who, change in story if people[who] == one.account)
        if changes == 0:
            assert one.balance == one.deposit
        if changes < 0:
            assert one.balance < one.deposit
        if len(story) == 1 and changes > 0:
            assert one.balance == one.deposit + changes * 100
    market.check(actors.values())
    assert market.contract.totals() == (0, 0, 0)


def test_one_market_after_another(market, people, actors):
    for bounty in (1_003, 77, 5_001):
        market.run_all([(people[0], 2), (people[1], -1)], bounty)
        market.check(actors.values())
    assert market.market()["number"] == 3
    assert market.contract.contributions() == 6
    for who in (people[0], market.provider):
        owed, before = market.owed(who), who.balance()
        tx = market.contract.withdraw(who, {"from": who})
        assert logged(tx) == [("Withdrawn", {"account": who, "to": who, "amountWei": owed})]
        assert who.balance() - before == owed
    market.check(actors.values())
