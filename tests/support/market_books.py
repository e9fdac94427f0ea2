"""Everybody's moves in a market made twice: on the chain, and in plain books that know the rules of money.

The books foretell of each move whether it comes through, and what it does to whom. `MarketBooks.check` compares all that
can be read of the money, after each move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from commonlearn.records import MarketTerms, Phase
from tests.support.collaborations import pass_time_until
from tests.support.plain_market import BURNED, PARTITIONS, PlainMarket, sample_of

LONG = 90 * 86_400
ENDED = {Phase.IDLE, Phase.CLOSED, Phase.VOID}


class MarketBooks:
    """The books of one collaboration under a market.

    Parameters
    ----------
    market : PlainMarket
        Fresh: nobody has committed.
    actors : mapping of str to account
        All who take part, by role.
    """

    def __init__(self, market: PlainMarket, actors: Mapping[str, Any]) -> None:
        self.market, self.actors = market, actors
        self.terms: MarketTerms = market.terms
        self.succeeded: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.endings: Counter[str] = Counter()
        self.reset()

    def reset(self) -> None:
        """Back to a fresh collaboration; what was counted stays."""
        self.phase, self.deadline, self.draw_block, self.number = Phase.IDLE, 0, 0, 0
        self.credit: Counter[str] = Counter()
        self.stakes: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.bounty = self.purse = self.bond = self.pool = 0
        self.credited = self.trained = self.first = 0
        self.settled = False
        self.post: dict[str, Any] | None = None
        self.paid_in = self.paid_out = 0
        self._pause = 0
        self.market = PlainMarket(self.market.contract, self.market.engine, self.terms, self.market.provider)

    # ---------------------------------------------------------------------------------------------------------- moves

    def pass_time(self, seconds: int) -> None:
        """Let the next move come so much later."""
        self._pause += seconds

    def commit(self, bounty: int) -> None:
        """The provider begins a market."""
        value = self.market.price(bounty)
        now, height = self._now(), self._height()
        can = self.phase in ENDED and bounty >= self.terms.full_score
        given, states = self.market.given, self.market.states
        if not self._move("commit", can, lambda: self.market.commit(bounty), now):
            self.market.given, self.market.states = given, states
            return
        self.first += len(given)
        self.number += 1
        self.phase, self.draw_block = Phase.DRAWING, height + 1 + self.terms.draw_delay_blocks
        self.bounty, self.bond, self.purse = bounty, self.terms.bond_wei, value - bounty - self.terms.bond_wei
        self.credited = self.trained = 0
        self.stakes.clear()
        self.counts.clear()
        self.settled, self.deadline = False, 0
        self.paid_in += value

    def draw(self, by: Any) -> None:
        """Anyone fixes the draw."""
        now, height = self._now(), self._height() + 1
        can = self.phase is Phase.DRAWING and self.draw_block < height <= self.draw_block + 256
        if self._move("draw", can, lambda: self.market.contract.draw({"from": by}), now):
            self.phase, self.deadline = Phase.PROVING, now + self.terms.reveal_seconds

    def reveal(self, portion: int) -> None:
        """The provider reveals the next partitions."""
        self._tick(now := self._now())
        found = self.market.market()
        left = [n for n in range(found["nextPartition"], PARTITIONS) if n != found["drawn"]]
        if self.phase is not Phase.REVEALING:
            left = [found["drawn"]]
        in_time = now <= self.deadline
        can = in_time and (self.phase is Phase.PROVING or (self.phase is Phase.REVEALING and bool(self.market.given)))
        chosen = left[:portion] or [0]
        if not self._move("reveal", can, lambda: self.market.reveal(*chosen), now):
            return
        if self.phase is Phase.PROVING:
            self.phase, self.deadline = Phase.PARTICIPATING, now + self.terms.participate_seconds
        elif len(chosen) == len(left):
            self.phase, self.deadline = Phase.PREPARING, now + self.terms.reveal_seconds

    def contribute(self, who: Any, change: int, value: int) -> None:
        """Somebody stakes on a sample."""
        self._tick(now := self._now())
        can = self.phase is Phase.PARTICIPATING and value >= self.terms.min_stake_wei
        send = lambda: self.market.contract.contribute(sample_of(change), 1, {"from": who, "value": value})  # noqa: E731
        tx = self._move("contribute", can, send, now)
        if not tx:
            return
        self.market.note(tx.events["Contributed"], who.address)
        self.stakes[who.address] += value
        self.counts[who.address] += 1
        self.paid_in += value
        if len(self.market.given) == self.terms.most_contributions:
            self.phase, self.deadline = Phase.REVEALING, now + self.terms.reveal_seconds

    def prepare(self, by: Any) -> None:
        """Anyone prepares the replay."""
        self._tick(now := self._now())
        can = self.phase is Phase.PREPARING and now <= self.deadline
        if self._move("prepare", can, lambda: self.market.prepare(by), now):
            self._fee(by, len(self.market.test_set.scored(self.market.market()["drawn"])[0]))
            self.phase, self.deadline = Phase.SETTLING, now + LONG

    def settle(self, by: Any, portion: int) -> None:
        """Anyone settles a portion."""
        self._tick(now := self._now())
        if not self.market.states:
            return
        can = self.phase is Phase.SETTLING and not self.settled
        at, states = self.market.at, self.market.states
        if states[at].is_final:
            return
        if not self._move("settle", can, lambda: self.market.settle(portion, by), now):
            return
        self._fee(by, self.market.at - at)
        if states[self.market.at].is_final:
            self._outcome(now)
            if self.post:
                post, bond = self.post, self.terms.post_bond_wei
                winner, loser = post["poster"], post["challenger"]
                if not post["is_true"]:
                    winner, loser = loser or by.address, winner
                    self.credit[winner] += bond // 2 + (bond if post["challenger"] else 0)
                else:
                    self.credit[winner] += bond + (bond // 2 if loser else 0)
                if loser:
                    self.credit[BURNED] += bond - bond // 2
                self.post = None

    def claim(self, who: Any, *, is_true: bool) -> None:
        """Somebody posts the outcome, or another one."""
        now = self._now()
        if not self.market.states:
            return
        can = self.phase is Phase.SETTLING and not self.settled and self.post is None
        last = self.market.states[-1]
        outcome = last if is_true else replace(last, bounty_left=last.bounty_left + 1)
        hashes = [state.hash for state in self.market.states[:-1]] + [outcome.hash]
        if not is_true:
            # The first two states are told truly, all others are invented.
            hashes = [*hashes[:2], *[replace(one, correct=7).hash for one in self.market.states[2:-1]], outcome.hash]
        tree = self.market.tree(hashes)
        if not self._move("post", can, lambda: self.market.post(who, outcome, tree.root), now):
            return
        self.paid_in += self.terms.post_bond_wei
        self.post = {
            "poster": who.address, "by": who, "challenger": None, "is_true": is_true, "hashes": hashes, "tree": tree,
            "until": now + self.terms.dispute_seconds, "move": 0, "turn": True, "low": 0, "high": 0,
        }  # fmt: skip

    def dispute(self, who: Any) -> None:
        """Somebody disputes."""
        now, post = self._now(), self.post
        can = bool(self._alive() and post and not post["challenger"] and now < post["until"])
        if self._move("dispute", can, lambda: self.market.dispute(who), now):
            assert post is not None
            self.paid_in += self.terms.post_bond_wei
            post.update(challenger=who.address, other=who, low=0, high=len(self.market.states) - 1, turn=True)
            post["move"] = now + self.terms.move_seconds

    def move(self) -> None:
        """The next move of a dispute, told truly by whoever is honest."""
        now, post = self._now(), self.post
        if not (self._alive() and post and post["challenger"]):
            return
        middle, in_time = (post["low"] + post["high"]) // 2, now <= post["move"]
        if post["high"] - post["low"] == 1:
            self._decide(post, now)
        elif post["turn"]:
            arguments = (post["hashes"][middle], post["tree"].proof(middle), {"from": post["by"]})
            if self._move("bisect", in_time, lambda: self.market.contract.bisect(*arguments), now):
                post.update(turn=False, move=now + self.terms.move_seconds)
        else:
            wrong = post["hashes"][middle] != self.market.states[middle].hash
            if self._move("choose", in_time, lambda: self.market.contract.choose(wrong, {"from": post["other"]}), now):
                post.update(turn=True, move=now + self.terms.move_seconds)
                post["high" if wrong else "low"] = middle

    def time_out(self, by: Any) -> None:
        """Anyone calls a side late."""
        now, post = self._now(), self.post
        can = bool(self._alive() and post and post["challenger"] and now > post["move"])
        if self._move("timeOut", can, lambda: self.market.contract.timeOut({"from": by}), now):
            assert post is not None
            self._judge(not post["turn"], now)

    def accept(self, by: Any) -> None:
        """Anyone accepts a post."""
        now, post = self._now(), self.post
        can = bool(self._alive() and post and not post["challenger"] and now >= post["until"])
        if post and not post["is_true"] and can:
            return  # nobody watched: what follows is the doing of the poster alone, and no market's rule
        if self._move("accept", can, lambda: self.market.contract.accept({"from": by}), now):
            assert post is not None
            reserved = self.terms.step_fee_wei * (len(self.stakes) + len(self.market.given))
            reward = min(self.terms.step_fee_wei * (len(self.market.states) - 1) // 10, max(0, self.purse - reserved))
            self.purse -= reward
            self.credit[post["poster"]] += self.terms.post_bond_wei + reward
            self.post = None
            self._outcome(now)

    def finalise(self, by: Any, count: int) -> None:
        """Anyone credits participants."""
        self._tick(now := self._now())
        if not self.market.states:
            return
        outcome = self.market.states[-1]
        can = self.settled and self.phase in (Phase.SETTLING, Phase.TRAINING) and self.credited < len(outcome.people)
        if not self._move("finalise", can, lambda: self.market.finalise(count, by), now):
            return
        if self.phase is Phase.SETTLING:
            provider = self.market.provider.address
            self.credit[provider] += outcome.bounty_left + self.bond
            self.credit[BURNED] += outcome.unawarded
            self.pool, self.bounty, self.bond = sum(one.balance for one in outcome.people), 0, 0
            self.phase, self.deadline = Phase.TRAINING, now + LONG
        for one in outcome.people[self.credited : self.credited + count]:
            self.credit[one.account] += one.balance
            self.pool -= one.balance
            self._fee(by, 1)
        self.credited = min(self.credited + count, len(outcome.people))

    def train(self, by: Any, count: int) -> None:
        """Anyone trains a portion."""
        self._tick(now := self._now())
        if not self.market.states:
            return
        everybody = self.credited == len(self.stakes)
        can = self.phase is Phase.TRAINING and everybody and self.trained < len(self.market.given)
        if self._move("train", can, lambda: self.market.train(count, by), now):
            done = min(count, len(self.market.given) - self.trained)
            self._fee(by, done)
            self.trained += done
            if self.trained == len(self.market.given):
                self._close(Phase.CLOSED, "completed")

    def end(self, by: Any) -> None:
        """Anyone ends a market that cannot go on."""
        self._tick(now := self._now())
        provider, given = self.market.provider.address, len(self.market.given)
        late, missed = now > self.deadline > 0, self._height() + 1 > self.draw_block + 256
        fault = (self.phase is Phase.DRAWING and missed) or (
            late and self.phase in (Phase.PROVING, Phase.REVEALING, Phase.PREPARING)
        )
        empty = self.phase is Phase.REVEALING and not given
        unsettled = self.phase is Phase.SETTLING and late
        untrained = self.phase is Phase.TRAINING and late and self.credited == len(self.stakes)
        can = fault or empty or unsettled or untrained
        if not self._move("end", can, lambda: self.market.contract.end({"from": by}), now):
            return
        if untrained:
            self._close(Phase.CLOSED, "not trained")
        elif empty:
            self.credit[provider] += self.bounty + self.bond
            self._close(Phase.CLOSED, "empty")
        elif unsettled:
            self.credit[provider] += self.bounty + self.bond
            for who in ("poster", "challenger"):
                if self.post and self.post[who]:
                    self.credit[self.post[who]] += self.terms.post_bond_wei
            self.post = None
            self._give_back(0)
            self._close(Phase.VOID, "not settled")
        else:
            reward = self.bond // 20
            self.credit[by.address] += reward
            self.credit[BURNED] += self.bond - reward + (self.bounty % given if given else 0)
            if not given:
                self.credit[provider] += self.bounty
            self._give_back(self.bounty // given if given else 0)
            self._close(Phase.VOID, "the provider's fault")

    def withdraw(self, who: Any) -> None:
        """Somebody takes out what is owed."""
        now, owed, before = self._now(), self.credit[who.address], who.balance()
        if self._move("withdraw", owed > 0, lambda: self.market.contract.withdraw(who, {"from": who}), now):
            assert who.balance() - before == owed
            self.credit[who.address] = 0
            self.paid_out += owed

    # ------------------------------------------------------------------------------------------------------- checking

    def check(self) -> None:
        """Compare chain and books, to the wei."""
        contract, post = self.market.contract, self.post
        found = {who.address: contract.accountOf(who) for who in self.actors.values()}
        held = self.market.held()
        assert {who: one[0] for who, one in found.items()} == {who: self.credit[who] for who in found}
        assert self.market.owed(BURNED) == self.credit[BURNED]
        bonds = self.terms.post_bond_wei * (bool(post) + bool(post and post["challenger"]))
        is_paying = self.phase is Phase.TRAINING
        stakes = self.pool if is_paying else sum(self.stakes.values()) if self.phase not in ENDED else 0
        assert contract.totals() == (stakes, self.bounty + self.bond + self.purse, bonds)
        assert held == sum(self.credit.values()) + sum(contract.totals()) == self.paid_in - self.paid_out
        market = contract.market()
        assert (market[0], self.first + len(self.market.given)) == (self.number, contract.contributions())
        shown = Phase(market[1])
        assert shown is self.phase or (self.phase is Phase.PARTICIPATING and shown is Phase.REVEALING)

    def finish(self) -> None:
        """Bring the market to an end, and take all money out: nothing is left but what was burned."""
        stranger = self.actors["stranger"]
        while self.phase not in ENDED:
            if (self.phase is Phase.SETTLING and self.settled) or (
                self.phase is Phase.TRAINING and self.credited < len(self.stakes)
            ):
                self.finalise(stranger, 100)
            elif self.phase is Phase.DRAWING:
                self._brownie().chain.mine(300)
                self.end(stranger)
            else:
                self.pass_time(LONG + 1)
                self.end(stranger)
            self.check()
        for who in self.actors.values():
            if self.credit[who.address]:
                self.withdraw(who)
        self.check()
        assert self.market.held() == self.credit[BURNED]

    # -------------------------------------------------------------------------------------------------------- private

    def _alive(self) -> bool:
        return self.phase is Phase.SETTLING and not self.settled

    def _decide(self, post: dict[str, Any], now: int) -> None:
        low = post["low"]
        is_true = post["hashes"][low + 1] == self.market.states[low + 1].hash
        if self._move("decide", True, lambda: self.market.decide(low), now):
            self._judge(is_true, now)

    def _judge(self, is_right: bool, now: int) -> None:
        post, bond = self.post, self.terms.post_bond_wei
        assert post is not None
        self.credit[BURNED] += bond - bond // 2
        if is_right:
            self.credit[post["poster"]] += bond // 2
            post.update(challenger=None, until=now + self.terms.dispute_seconds)
        else:
            self.credit[post["challenger"]] += bond + bond // 2
            self.post = None

    def _outcome(self, now: int) -> None:
        self.settled, self.deadline = True, now + LONG

    def _fee(self, by: Any, count: int) -> None:
        fee = self.terms.step_fee_wei * count
        assert fee <= self.purse
        self.purse -= fee
        self.credit[by.address] += fee

    def _give_back(self, per_contribution: int) -> None:
        for who, stake in self.stakes.items():
            self.credit[who] += stake + self.counts[who] * per_contribution

    def _close(self, phase: Phase, ending: str) -> None:
        self.credit[self.market.provider.address] += self.purse
        self.purse = self.bounty = self.bond = 0
        self.phase, self.deadline = phase, 0
        self.endings[ending] += 1

    def _tick(self, now: int) -> None:
        if self.phase is Phase.PARTICIPATING and now >= self.deadline:
            self.phase, self.deadline = Phase.REVEALING, self.deadline + self.terms.reveal_seconds

    def _now(self) -> int:
        now = int(self._brownie().chain[-1].timestamp) + 1 + self._pause
        self._pause = 0
        return now

    def _height(self) -> int:
        return int(self._brownie().chain.height)

    def _move(self, name: str, can: bool, send: Callable[[], Any], now: int) -> Any:
        """Make a move that comes through, or is refused, as foretold. Gives the transaction, or None."""
        brownie = self._brownie()
        pass_time_until(now)
        if not can:
            with brownie.reverts():
                send()
            self.refused[name] += 1
            return None
        tx = send()
        assert tx.timestamp == now
        self.succeeded[name] += 1
        return tx

    @staticmethod
    def _brownie() -> Any:
        return import_module("brownie")
