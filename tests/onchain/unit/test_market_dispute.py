"""Posted outcomes: accepted, disputed down to one step, judged.

Requirements K-18, K-19, K-20, K-21, K-22.
"""

from dataclasses import replace

import pytest

from tests.support.collaborations import pass_time, pass_time_until
from tests.support.disputes import bisect_truly, play
from tests.support.events import logged
from tests.support.plain_market import BURNED, TERMS
from tests.support.reverts import reverts

BOND = TERMS.post_bond_wei
BURNED_WEI = BOND - BOND // 2


@pytest.fixture
def settling(market, alice, mallory):
    market.run_to_settling([(alice, 3), (mallory, -2), (alice, 2)])
    return market


@pytest.fixture
def posted(settling, bob):
    settling.post(bob)
    return settling


class Liar:
    """Somebody who posts a replay that is true up to some step, and invented from there on."""

    def __init__(self, market, who, true_until):
        self.market, self.who = market, who
        last = market.states[-1]
        thief = replace(last.people[1], balance=last.people[1].balance + last.people[0].balance)
        self.outcome = replace(last, people=(replace(last.people[0], balance=0), thief))
        self.hashes = [
            state.hash if i <= true_until else replace(state, correct=7).hash for i, state in enumerate(market.states)
        ]
        self.hashes[-1] = self.outcome.hash
        self.tree = market.tree(self.hashes)

    def post(self):
        return self.market.post(self.who, self.outcome, self.tree.root)

    def bisect(self, middle):
        return self.market.contract.bisect(self.hashes[middle], self.tree.proof(middle), {"from": self.who})


class TestPost:
    def test_is_kept_and_logged(self, settling, bob):
        tx = settling.post(bob)
        until = tx.timestamp + TERMS.dispute_seconds
        steps = len(settling.states) - 1
        fields = {
            "market": 1, "poster": bob, "steps": steps, "stateHash": settling.states[-1].hash,
            "statesRoot": settling.tree().root, "until": until,
        }  # fmt: skip
        assert logged(tx) == [("Posted", fields)]
        assert settling.contract.totals()[2] == BOND
        assert settling.contract.posted()[:3] == (bob, steps, until)

    def test_needs_exactly_the_bond(self, settling, bob):
        outcome = settling.states[-1].tuple
        for value in (BOND - 1, BOND + 1):
            with reverts("WrongBond", value, BOND):
                settling.contract.post(outcome, 5, settling.tree().root, {"from": bob, "value": value})

    def test_is_of_a_final_state(self, settling, bob):
        with reverts("WrongFinality", False):
            settling.post(bob, settling.states[-2])

    def test_has_a_possible_number_of_steps(self, settling, bob):
        most = (len(settling.given) + 1) * TERMS.rounds
        for steps in (0, most + 1):
            with reverts("WrongSteps", steps, most):
                settling.post(bob, steps=steps)
        settling.post(bob, steps=most)

    def test_one_at_a_time(self, posted, bob, stranger):
        with reverts("AlreadyPosted", bob):
            posted.post(stranger)

    def test_not_after_the_outcome(self, settling, bob):
        settling.settle_all()
        with reverts("WrongFinality", True):
            settling.post(bob)


class TestAccept:
    def test_after_the_window(self, posted, bob, stranger, actors):
        until = posted.contract.posted()[2]
        pass_time_until(until - 1)
        with reverts("NotYetTime", until):
            posted.contract.accept({"from": stranger})
        pass_time_until(until)
        tx = posted.contract.accept({"from": stranger})
        reward = TERMS.step_fee_wei * (len(posted.states) - 1) // 10
        accepted = {"market": 1, "poster": bob, "rewardWei": reward}
        settled = {"market": 1, "stateHash": posted.states[-1].hash}
        assert logged(tx) == [("PostAccepted", accepted), ("Settled", settled)]
        assert posted.owed(bob) == BOND + reward
        posted.finalise()
        posted.train()
        posted.check(actors.values())
        assert posted.phase.name == "CLOSED"

    def test_not_without_a_post(self, settling, bob):
        with reverts("NothingPosted"):
            settling.contract.accept({"from": bob})

    def test_not_while_disputed(self, posted, mallory, bob):
        posted.dispute(mallory)
        pass_time(TERMS.dispute_seconds)
        with reverts("AlreadyDisputed", mallory):
            posted.contract.accept({"from": bob})

    def test_the_reward_leaves_what_crediting_and_training_cost(self, MarketFactory, market, alice, bob):
        """With the purse drained by settlement of nearly everything, the poster gets the bond, and no fee is lacking."""
        market.run_to_settling([(alice, 1)] * TERMS.most_contributions)
        while not market.states[market.at + 1].is_final:
            market.settle(1)
        market.post(bob)
        pass_time(TERMS.dispute_seconds)
        market.contract.accept({"from": bob})
        market.finalise()
        before = market.owed(alice)
        market.train(by=alice)
        assert market.owed(alice) - before == TERMS.step_fee_wei * TERMS.most_contributions


class TestDispute:
    def test_is_kept_and_logged(self, posted, alice):
        tx = posted.dispute(alice)
        assert logged(tx) == [("Disputed", {"market": 1, "challenger": alice})]
        assert posted.contract.totals()[2] == 2 * BOND
        post = posted.contract.posted().dict()
        assert (post["challenger"], post["low"], post["high"]) == (alice, 0, len(posted.states) - 1)
        assert (bytes(post["lowHash"]), bytes(post["highHash"])) == (posted.states[0].hash, posted.states[-1].hash)
        assert post["isPostersTurn"]
        assert post["moveUntil"] == tx.timestamp + TERMS.move_seconds

    def test_needs_a_post_and_the_bond(self, settling, bob, alice):
        with reverts("NothingPosted"):
            settling.dispute(alice)
        settling.post(bob)
        with reverts("WrongBond", 0, BOND):
            settling.contract.dispute({"from": alice})

    def test_one_at_a_time(self, posted, alice, stranger):
        posted.dispute(alice)
        with reverts("AlreadyDisputed", alice):
            posted.dispute(stranger)

    def test_only_within_the_window(self, posted, alice):
        until = posted.contract.posted()[2]
        pass_time_until(until)
        with reverts("DeadlinePassed", until):
            posted.dispute(alice)

    def test_a_true_post_wins_against_any_challenger(self, posted, bob, alice, actors):
        """Whatever the challenger says, the last step goes from a true state to a true state."""
        for answers in (lambda middle: True, lambda middle: False, lambda middle: middle % 2 == 0):
            posted.dispute(alice)
            low = play(posted, lambda middle: bisect_truly(posted, bob, middle), alice, answers)
            before = posted.owed(bob)
            tx = posted.decide(low)
            fields = {"market": 1, "winner": bob, "loser": alice, "burnedWei": BURNED_WEI}
            assert logged(tx) == [("PostJudged", fields)]
            assert posted.owed(bob) - before == BOND // 2
            assert posted.contract.posted()[2] == tx.timestamp + TERMS.dispute_seconds  # the window begins anew
            posted.check(actors.values())
        assert posted.owed(BURNED) == 3 * BURNED_WEI

    @pytest.mark.parametrize("true_until", [0, 1, 2, 3])
    def test_a_false_post_loses_at_its_first_false_step(self, settling, mallory, alice, actors, true_until):
        liar = Liar(settling, mallory, true_until)
        liar.post()
        settling.dispute(alice)
        low = play(settling, liar.bisect, alice, lambda middle: middle > true_until)
        assert low == true_until
        tx = settling.decide(low)
        fields = {"market": 1, "winner": alice, "loser": mallory, "burnedWei": BURNED_WEI}
        assert logged(tx) == [("PostJudged", fields)]
        assert settling.owed(alice) == BOND + BOND // 2
        assert settling.contract.posted()[0] == "0x" + "00" * 20
        settling.check(actors.values())
        settling.post(alice)  # anyone can post again

    def test_a_replay_that_goes_on_after_its_end_is_false(self, settling, mallory, alice):
        """More steps than the replay has: nothing follows a final state."""
        final = settling.states[-1]
        hashes = [*[state.hash for state in settling.states], final.hash, final.hash]
        tree = settling.tree(hashes)
        settling.post(mallory, final, tree.root, len(hashes) - 1)
        settling.dispute(alice)
        end = len(settling.states) - 1

        def move(middle):
            settling.contract.bisect(hashes[middle], tree.proof(middle), {"from": mallory})

        low = play(settling, move, alice, lambda middle: middle > end)
        assert low == end
        arguments = (final.tuple, b"", settling.initial.tuple, [], [])
        tx = settling.contract.decide(*arguments, {"from": alice})
        assert tx.events["PostJudged"]["winner"] == alice

    def test_moves_are_logged(self, posted, bob, alice):
        posted.dispute(alice)
        high = len(posted.states) - 1
        tx = bisect_truly(posted, bob, high // 2)
        fields = {"market": 1, "step": high // 2, "stateHash": posted.states[high // 2].hash}
        assert logged(tx) == [("Bisected", fields)]
        tx = posted.contract.choose(False, {"from": alice})
        assert logged(tx) == [("HalfChosen", {"market": 1, "low": high // 2, "high": high})]

    def test_a_state_outside_of_the_commitment(self, posted, bob, alice):
        posted.dispute(alice)
        middle = (len(posted.states) - 1) // 2
        with reverts("WrongProof", middle):
            posted.contract.bisect(b"\x11" * 32, posted.tree().proof(middle), {"from": bob})
        with reverts("WrongProof", middle):  # of another step
            posted.contract.bisect(posted.states[1].hash, posted.tree().proof(1), {"from": bob})

    def test_turns(self, posted, bob, alice, stranger):
        middle = (len(posted.states) - 1) // 2
        with reverts("NotDisputed"):
            bisect_truly(posted, bob, middle)
        posted.dispute(alice)
        with reverts("NotYourTurn", alice, bob):
            posted.contract.choose(True, {"from": alice})
        with reverts("NotYourTurn", stranger, bob):
            bisect_truly(posted, stranger, middle)
        bisect_truly(posted, bob, middle)
        with reverts("NotYourTurn", bob, alice):
            bisect_truly(posted, bob, middle)

    def test_distances(self, posted, bob, alice):
        with reverts("NotDisputed"):
            posted.decide(0)
        posted.dispute(alice)
        high = len(posted.states) - 1
        with reverts("WrongDistance", high):
            posted.decide(0)
        play(posted, lambda middle: bisect_truly(posted, bob, middle), alice, lambda middle: True)
        with reverts("WrongDistance", 1):
            bisect_truly(posted, bob, 0)

    def test_exactly_one_step_from_the_agreed_state(self, posted, bob, alice):
        posted.dispute(alice)
        play(posted, lambda middle: bisect_truly(posted, bob, middle), alice, lambda middle: True)
        with reverts("WrongState", posted.states[1].hash, posted.states[0].hash):
            posted.decide(1)
        arguments, _ = posted.arguments(0, 2)
        with reverts("TooManyContributions", 2, 1):
            posted.contract.decide(*arguments, {"from": bob})

    def test_a_late_poster_loses(self, posted, bob, alice, stranger):
        posted.dispute(alice)
        late = posted.contract.posted()[7] + 1
        pass_time_until(late - 1)
        with reverts("NotYetTime", late):
            posted.contract.timeOut({"from": stranger})
        pass_time_until(late)
        with reverts("DeadlinePassed", late - 1):
            bisect_truly(posted, bob, (len(posted.states) - 1) // 2)
        tx = posted.contract.timeOut({"from": stranger})
        assert tx.events["PostJudged"]["winner"] == alice
        assert posted.owed(alice) == BOND + BOND // 2

    def test_a_late_challenger_loses(self, posted, bob, alice):
        with reverts("NotDisputed"):
            posted.contract.timeOut({"from": bob})
        posted.dispute(alice)
        bisect_truly(posted, bob, (len(posted.states) - 1) // 2)
        pass_time(TERMS.move_seconds + 1)
        with reverts("DeadlinePassed", posted.contract.posted()[7]):
            posted.contract.choose(True, {"from": alice})
        tx = posted.contract.timeOut({"from": bob})
        assert tx.events["PostJudged"]["winner"] == bob
        assert posted.contract.posted()[3] == "0x" + "00" * 20

    def test_a_poster_who_lets_the_last_step_undecided_loses(self, posted, bob, alice):
        posted.dispute(alice)
        play(posted, lambda middle: bisect_truly(posted, bob, middle), alice, lambda middle: True)
        pass_time(TERMS.move_seconds + 1)
        assert posted.contract.timeOut({"from": alice}).events["PostJudged"]["winner"] == alice


class TestDirectSettlementJudges:
    def finish(self, market, by):
        while not market.states[market.at].is_final:
            tx = market.settle(by=by)
        return tx

    def test_a_true_post(self, posted, bob, stranger, actors):
        tx = self.finish(posted, stranger)
        assert ("PostAccepted", {"market": 1, "poster": bob, "rewardWei": 0}) in logged(tx)
        assert posted.owed(bob) == BOND
        posted.check(actors.values())

    def test_a_false_post(self, settling, mallory, stranger, actors):
        Liar(settling, mallory, 0).post()
        tx = self.finish(settling, stranger)
        fields = {"market": 1, "winner": stranger, "loser": mallory, "burnedWei": BURNED_WEI}
        assert ("PostJudged", fields) in logged(tx)
        assert settling.owed(mallory) == 0
        assert settling.contract.totals()[2] == 0
        settling.check(actors.values())

    def test_a_true_post_in_dispute(self, posted, bob, carol, stranger, actors):
        posted.dispute(carol)
        tx = self.finish(posted, stranger)
        assert tx.events["PostJudged"]["winner"] == bob
        assert posted.owed(bob) == BOND + BOND // 2
        assert posted.owed(carol) == 0
        posted.check(actors.values())

    def test_a_false_post_in_dispute(self, settling, mallory, carol, stranger, actors):
        Liar(settling, mallory, 0).post()
        settling.dispute(carol)
        tx = self.finish(settling, stranger)
        assert tx.events["PostJudged"]["winner"] == carol
        assert settling.owed(carol) == BOND + BOND // 2
        assert settling.contract.totals()[2] == 0
        settling.check(actors.values())

    @pytest.mark.parametrize("move", ["accept", "timeOut", "dispute"])
    def test_and_nothing_of_the_post_is_left(self, posted, stranger, move):
        self.finish(posted, stranger)
        value = BOND if move == "dispute" else 0
        with reverts("WrongFinality", True):
            getattr(posted.contract, move)({"from": stranger, "value": value})
