"""Everybody's moves in private training, in any order: ether is conserved, phases never go back, strangers touch nothing.

Requirements J-02, J-06, T-09. The same in Solidity, with every bond accounted for: `tests/forge/training/Money.t.sol`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import brownie
import pytest
from brownie.exceptions import VirtualMachineError
from hypothesis import event
from hypothesis import strategies as st

from commonlearn.protocol import VOTE_ROUND, vote_digest, vote_sitting
from commonlearn.records import JobPhase, Stage
from tests.support.training import Terms, World, word

HOUR = 3_600
BURNED = "0x000000000000000000000000000000000000dEaD"


class Training:
    """Jobs on one dataset: approved, paid, trained, voted on, or left alone.

    Strategies
    ----------
    which
        A job, counted from the last.
    dice
        Who does the part, and how honestly.
    pause
        Seconds that pass.
    rounds, validators
        Of a job.
    """

    which = st.integers(0, 2)
    dice = st.integers(0, 2**16 - 1)
    pause = st.sampled_from((60, HOUR, 4 * HOUR, 26 * HOUR))
    rounds = st.integers(1, 2)
    validators = st.sampled_from((0, 1, 3))

    def __init__(cls, world: World, history: Any) -> None:  # noqa: N805 - brownie calls it with the class
        cls.world, cls.history = world, history
        cls.moves: Counter[str] = Counter()
        cls.reached: Counter[JobPhase] = Counter()
        cls.is_told = False

    def setup(self) -> None:
        self.history.clear()
        self.is_told = True
        self.begin()

    def begin(self) -> None:
        """A dataset, and a job on its way."""
        self.phases: dict[int, int] = {}
        self.dataset = self.world.list_sharded()
        self.first = self.world.market.jobs()
        # One job is on its way: whole lives are rare among short runs of random moves.
        self.rule_request(rounds=1, validators=1, dice=1)
        self.rule_begin(which=0, dice=1)

    def rule_request(self, rounds: int, validators: int, dice: int) -> None:
        terms = Terms(rounds=rounds, validators=validators)
        money = 10**18 if dice % 3 else terms.budget_wei // 2
        subject = (word("schema"), word("program"), word("model"))
        self._try("request", "buyer", terms.as_tuple(), subject, [self.dataset], money)

    def rule_begin(self, which: int, dice: int) -> None:
        job = self._job(which)
        self._try("fund", "watcher", job, 10**18)
        self._try("approve", "owner", job, 0)
        if dice % 8 == 0:
            self._try("cancel", "buyer", job, 0)

    def rule_go_on(self, which: int, dice: int) -> None:
        self._go_on(self._job(which), dice)

    def rule_go_on_further(self, which: int, dice: int) -> None:
        for i in range(4):
            self._go_on(self._job(which), dice >> i)

    def rule_intrude(self, which: int, dice: int) -> None:
        """The watcher has no part in any job but as a sponsor."""
        job, junk = self._job(which), word("junk")
        moves = (
            ("sealResult", job, 0, dice % 3, junk),
            ("revealResult", job, 0, dice % 3, junk, junk),
            ("aggregate", job, junk, True),
            ("approve", job, 0),
            ("cancel", job, 0),
            ("sealVote", job, 0, junk),
            ("judge", job, 0, dice % 3, junk),
        )
        name, *arguments = moves[dice % len(moves)]
        assert not self._try(name, "watcher", *arguments), name

    def rule_withdraw(self, dice: int) -> None:
        who = ("owner", "buyer", "watcher")[dice % 3]
        self._try("withdraw", who, getattr(self.world, who))
        self.world.market.deposit({"from": getattr(self.world, who), "value": 10**18})

    def rule_pass_time(self, pause: int) -> None:
        brownie.chain.sleep(pause)
        brownie.chain.mine()

    def invariant_ether_held_is_ether_owed(self) -> None:
        world, market = self.world, self.world.market
        people = [world.owner, world.buyer, world.watcher, *world.holders, *world.jurors, BURNED]
        accounts = [market.participantOf(who) for who in people]
        owed = sum(account["creditWei"] + account["bondWei"] for account in accounts)
        assert all(account["lockedWei"] + account["leavingWei"] <= account["bondWei"] for account in accounts)
        for job in range(1, market.jobs() + 1):
            found = world.job(job)
            owed += found["escrowWei"]
            before = self.phases.get(job, 0)
            assert found["phase"] >= before
            assert before < JobPhase.CLOSED or found["phase"] == before
            assert found["phase"] < JobPhase.CLOSED or found["escrowWei"] == 0
            if found["phase"] != before:
                self._tell(JobPhase(found["phase"]), found["isAppealed"])
            self.phases[job] = found["phase"]
        assert market.balance() == owed

    def teardown_final(cls) -> None:  # noqa: N805 - brownie calls it with the class
        """No run is vacuous: moves came through and moves were refused in plenty."""
        if not cls._failed:
            assert sum(cls.moves[name] for name in cls.moves if not name.startswith("refused")) > 20, cls.moves
            assert sum(cls.moves[name] for name in cls.moves if name.startswith("refused")) > 5, cls.moves

    # ------------------------------------------------------------------------------------------------------- private

    def _tell(self, phase: JobPhase, is_appealed: bool) -> None:
        self.reached[phase] += 1
        if self.is_told:  # hypothesis counts them, and shows them with --hypothesis-show-statistics
            event(f"reached {phase.name}{' after an appeal' if is_appealed else ''}")

    def _job(self, which: int) -> int:
        """The last jobs; one that does not exist where there is none."""
        return max(self.first + 1, int(self.world.market.jobs()) - which)

    def _try(self, name: str, who: Any, *arguments: Any) -> bool:
        sender = getattr(self.world, who) if isinstance(who, str) else who
        try:
            getattr(self.world.market, name)(*arguments, {"from": sender})
        except VirtualMachineError:
            self.moves[f"refused {name}"] += 1
            return False
        self.moves[name] += 1
        return True

    def _go_on(self, job: int, dice: int) -> None:
        world, market = self.world, self.world.market
        found = world.job(job)
        stage, phase = Stage(found["stage"]), JobPhase(found["phase"])
        if stage is Stage.ARMED:
            brownie.chain.mine(max(0, found["drawBlock"] - brownie.chain.height))
            self._try("advance", "watcher", job)
        elif stage in (Stage.COMMITTING, Stage.REVEALING) and phase is JobPhase.RUNNING:
            position = bytes(found["positions"])[0]
            for index, who in enumerate(world.holders):
                # Garbage always from the same one, now and then silence.
                digest = word("garbage") if job % 3 == index else word("update")
                sealed = world.seal(job, found["round"], position, who, digest)
                if dice >> index & 3 and not self._try("sealResult", who, job, 0, index, sealed):
                    self._try("revealResult", who, job, 0, index, digest, world.salt(who))
        elif stage is Stage.DISPUTED:
            for index, who in enumerate(world.holders):
                if dice >> index & 3:
                    self._try("judge", who, job, 0, index, word("average" if dice >> index & 4 else "another"))
            self._try("advance", "watcher", job)
        elif stage in (Stage.COMMITTING, Stage.REVEALING):
            people = {juror.address: juror for juror in world.jurors}
            for seat, address in enumerate(market.juryOf(job, found["isAppealed"])):
                who, score = people[address], 700_000 if dice >> seat & 7 else 1
                sitting = vote_sitting(found["attempt"], found["isAppealed"])
                sealed = world.seal(job, VOTE_ROUND, sitting, who, vote_digest(job, score, [1]))
                if not self._try("sealVote", who, job, seat, sealed):
                    self._try("revealVote", who, job, seat, score, [1], world.salt(who))
        elif stage is Stage.AGREED:
            self._try("aggregate", "buyer", job, word("average"), dice % 2 == 0)
        elif stage is Stage.AGGREGATED and dice % 3 == 0:
            self._try("challenge", "watcher", job, word("another"))
        elif stage is Stage.DECIDED and dice % 5 == 0:
            self._try("appeal", "watcher", job)
        elif phase in (JobPhase.VALIDATING, JobPhase.SETTLING) and self._try("settle", "watcher", job, 700_000, [1]):
            return
        else:
            self._try("advance", "watcher", job)


@pytest.mark.slow
def test_any_moves_in_any_order(state_machine: Any, world: World, history: Any, stateful_settings: Any) -> None:
    state_machine(Training, world, history, settings=stateful_settings)


@pytest.mark.slow
def test_a_long_life(world: World, history: Any, rng: Any, stateful_settings: Any) -> None:
    """Jobs one after another, mostly as they should be; in the long mode every phase comes about."""
    life = Training(world, history)
    life.begin()
    for step in range(12 * stateful_settings["max_examples"]):
        which, dice = int(rng.integers(3)), int(rng.integers(2**16))
        match rng.choice(["go on", "ask", "begin", "replace", "intrude", "wait"], p=[0.6, 0.1, 0.1, 0.05, 0.05, 0.1]):
            case "go on":
                life.rule_go_on_further(which, dice)
            case "ask":
                life.rule_request(rounds=1, validators=int(rng.choice([0, 1])), dice=dice)
            case "begin":
                life.rule_begin(which, dice)
            case "replace":
                # Slashed seats come back to no dataset that is always busy.
                life.dataset = world.list_sharded()
            case "intrude":
                life.rule_intrude(which, dice)
            case "wait":
                life.rule_pass_time(int(rng.choice([HOUR, 4 * HOUR, 26 * HOUR])))
        life.invariant_ether_held_is_ether_owed()
        if step % 20 == 0:
            history.clear()
    wanted = {JobPhase.REQUESTED, JobPhase.RUNNING, JobPhase.CLOSED}
    if stateful_settings["max_examples"] >= 100:
        wanted = set(JobPhase) - {JobPhase.NONE, JobPhase.FUNDED}  # funded is passed through within one call
    assert set(life.reached) >= wanted, life.reached
