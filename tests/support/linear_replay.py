"""The twin of the test engine `LinearReplay`, and states as the market's contract takes them.

A contribution changes the score by its first feature less 20; the rounds of money are those of `interfaces/IReplay.sol`,
written once more in plain Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_abi import encode

from commonlearn.numerics import keccak256

STATE = "(uint32,uint32,uint32,bool,uint256,uint256,uint256,uint256[],uint256[],uint256[])"
_SCORE_BITS = (1 << 64) - 1


@dataclass(frozen=True)
class Given:
    """One recorded contribution, with what a replay and a check against the records need.

    Attributes
    ----------
    participant : int
        Number of the account.
    account : str
        Whose stake it is.
    stake_wei : int
    label : int
    sample : bytes
    author : str
    contributed_at : int
        Unix time in seconds.
    """

    participant: int
    account: str
    stake_wei: int
    label: int
    sample: bytes
    author: str
    contributed_at: int

    @property
    def input(self) -> tuple[Any, ...]:
        """As `ReplayInput`."""
        return (self.participant, self.account, self.stake_wei, self.label, self.sample)

    @property
    def origin(self) -> int:
        """Author and time in a word."""
        return (int(self.author, 16) << 96) | self.contributed_at

    @property
    def change(self) -> int:
        """By how many test samples the model gets better."""
        return int.from_bytes(self.sample[:2], "big") - 20


@dataclass(frozen=True)
class Person:
    """How a participant stands in a replay."""

    account: str
    balance: int = 0
    deposit: int = 0
    score: int = 0
    is_out: bool = False


@dataclass(frozen=True)
class State:
    """Where a replay stands; see `ReplayState`."""

    round: int = 0
    position: int = 0
    correct: int = 1_000_000
    is_final: bool = False
    unit_left: int = 0
    bounty_left: int = 0
    unawarded: int = 0
    words: tuple[int, ...] = ()
    people: tuple[Person, ...] = field(default=())

    @property
    def tuple(self) -> tuple[Any, ...]:
        """As the contract takes it."""
        participants = []
        for one in self.people:
            participants.append((int(one.account, 16) << 96) | one.balance)
            participants.append((one.deposit << 160) | ((one.score & _SCORE_BITS) << 96) | (int(one.is_out) << 88))
        return (
            self.round, self.position, self.correct, self.is_final, self.unit_left, self.bounty_left, self.unawarded,
            list(self.words), [], participants,
        )  # fmt: skip

    @property
    def hash(self) -> bytes:
        """`keccak256(abi.encode(state))`."""
        return keccak256(encode([STATE], [self.tuple]))

    def total(self) -> int:
        """All money in it."""
        return sum(one.balance for one in self.people) + self.bounty_left + self.unawarded


def prepared(samples: Sequence[bytes], labels: Sequence[int]) -> bytes:
    """What the engine makes of a test set."""
    return encode(["bytes[]", "uint16[]"], [list(samples), list(labels)])


def step(state: State, contributions: Sequence[Given], rounds: int) -> State:
    """Do one step: the next contribution, or the closing of a round whose contributions are all replayed."""
    if state.is_final:
        raise ValueError("the replay is over")
    if state.position == len(contributions):
        return _close(state, rounds)
    given = contributions[state.position]
    people = list(state.people)
    if state.round == 0:
        if given.participant == len(people):
            people.append(Person(given.account))
        one = people[given.participant]
        people[given.participant] = replace(
            one, balance=one.balance + given.stake_wei, deposit=one.deposit + given.stake_wei
        )
    one, correct = people[given.participant], state.correct
    if not one.is_out:
        correct += given.change
        people[given.participant] = replace(one, score=one.score + given.change)
    return replace(state, position=state.position + 1, correct=correct, people=tuple(people))


def replay(start: State, contributions: Sequence[Given], rounds: int) -> list[State]:
    """All states from the start to the final one."""
    states = [start]
    while not states[-1].is_final:
        states.append(step(states[-1], contributions, rounds))
    return states


def _close(state: State, rounds: int) -> State:
    left, unit = rounds - state.round, state.unit_left
    covered = [one.balance // -one.score for one in state.people if one.score < 0]
    if covered:
        unit = min(unit, max(min(covered), -(-unit // left)))
    people, paid, is_any_out = [], 0, False
    for one in state.people:
        if one.score < 0:
            pays = min(one.balance, -one.score * unit)
            is_out = one.is_out or one.balance - pays < -one.score
            is_any_out |= one.balance - pays < -one.score
            one, paid = replace(one, balance=one.balance - pays, is_out=is_out), paid + pays
        people.append(one)
    points = sum(one.score for one in people if one.score > 0)
    each = unit if points * unit <= paid + state.bounty_left else (paid + state.bounty_left) // points
    people = [replace(one, balance=one.balance + one.score * each) if one.score > 0 else one for one in people]
    given = points * each
    closed = replace(
        state,
        unit_left=state.unit_left - unit,
        unawarded=state.unawarded + max(0, paid - given),
        bounty_left=state.bounty_left - max(0, given - paid),
        people=tuple(people),
    )
    if closed.unit_left == 0 or not is_any_out:
        return replace(closed, is_final=True)
    people = [replace(one, score=0) for one in people]
    return replace(closed, round=state.round + 1, position=0, correct=1_000_000, people=tuple(people))
