"""The replay of a market, step by step, with every state that the contracts would have.

A step is one contribution, or the closing of a round. Source: ``docs/ref-market.md``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commonlearn.contract_errors import WrongParticipant
from commonlearn.errors import UnknownLabel
from commonlearn.market.award import close_round
from commonlearn.market.engines import Engine, ModelEngine, PerceptronEngine
from commonlearn.market.participants import Roster
from commonlearn.market.portions import Costs, Portion, cut_round, model_costs, perceptron_costs
from commonlearn.market.state import ReplayInput, ReplayState, ReplayTerms
from commonlearn.models.exact import ExactModel, ExactPerceptron
from commonlearn.numerics import Encoding
from commonlearn.numerics.hashing import keccak256

__all__ = ["AwardTerms", "Replay"]

_SNAPSHOT_EVERY = 256


@dataclass(frozen=True, slots=True)
class AwardTerms:
    """What a market pays for.

    Parameters
    ----------
    bounty_wei : int
        All that the provider offers.
    full_score : int
        For how many more correct test samples the whole bounty is paid; at least 1.
    rounds : int
        In at most how many rounds it is awarded, 1 to 16.

    Examples
    --------
    >>> AwardTerms(bounty_wei=100, full_score=30, rounds=4).unit_wei
    3
    """

    bounty_wei: int
    full_score: int
    rounds: int

    @property
    def unit_wei(self) -> int:
        """What a test sample is worth."""
        return self.bounty_wei // self.full_score


class Replay:
    """A market's replay, from the state in which it begins to the final one.

    Parameters
    ----------
    award : AwardTerms
        The money.
    model : ExactModel
        With its starting words; not changed.
    samples : sequence of bytes
        The test samples.
    labels : sequence of int
        Their classes.
    inputs : sequence of ReplayInput
        The contributions, in order.
    implementation : bytes, optional
        20 bytes: the address that ``ModelReplay`` copies. Without it, the replay is that of ``PerceptronReplay``.

    Raises
    ------
    SampleError
        A sample is malformed.
    UnknownLabel
        A label is of no class.
    WrongParticipant
        A participant's number is not the next, and not the one of this account. Raised when the replay runs.

    Examples
    --------
    >>> from commonlearn.models.configuration import ModelConfiguration
    >>> from commonlearn.numerics import Encoding, encode_presence
    >>> model = ExactPerceptron(ModelConfiguration(Encoding.PRESENCE, 8, 2, dimension=4, step=1))
    >>> good, bad = ("0x" + digit * 40 for digit in "12")
    >>> inputs = [ReplayInput(0, good, 90, 1, encode_presence([2])), ReplayInput(1, bad, 90, 0, encode_presence([2]))]
    >>> replay = Replay(AwardTerms(100, 1, 4), model, [encode_presence([2])], [1], inputs)
    >>> [(each.balance_wei, each.is_out) for each in replay.final.roster()], replay.steps
    ([(190, False), (0, True)], 6)
    """

    def __init__(
        self,
        award: AwardTerms,
        model: ExactModel,
        samples: Sequence[bytes],
        labels: Sequence[int],
        inputs: Sequence[ReplayInput],
        *,
        implementation: bytes | None = None,
    ) -> None:
        self.award = award
        self.inputs = list(inputs)
        self._configuration, self._tests = model.configuration, len(samples)
        self._engine = _engine_for(model, samples, labels, self.inputs, implementation)
        self.prepared: bytes = self._engine.prepared
        correct = self._engine.correct()
        words, scores = self._engine.words(), self._engine.scores()
        self.initial = ReplayState(0, 0, correct, False, 0, 0, 0, words, scores, b"")
        """What the contract's ``prepare`` gives: no money yet."""
        self.terms = ReplayTerms(
            model.configuration.to_int(),
            len(self.inputs),
            award.rounds,
            keccak256(self.prepared),
            self.initial.hash(),
        )
        """As the contract takes them."""
        self.first = ReplayState(0, 0, correct, False, award.unit_wei, award.bounty_wei, 0, words, scores, b"")
        """The state before the first step, with the money."""
        self._snapshots: dict[int, ReplayState] = {0: self.first}
        self._hashes: list[bytes] = []
        self._run: _Run | None = None
        self._steps: int | None = None

    @property
    def steps(self) -> int:
        """How many steps lead to the final state."""
        if self._steps is None:
            run = _Run(self, self.first)
            while not run.is_final:
                run.step()
                self._note(run)
            self._steps = run.done
            self._snapshots[run.done] = run.state()
        return self._steps

    @property
    def final(self) -> ReplayState:
        """The state after the last step."""
        return self._snapshots[self.steps]

    def state_after(self, step: int) -> ReplayState:
        """The state after so many steps; 0 gives the first.

        Raises
        ------
        IndexError
            There are not so many steps.
        """
        if not 0 <= step <= self.steps:
            raise IndexError(f"there are steps 0 to {self.steps}, not {step}")
        if step in self._snapshots:
            return self._snapshots[step]
        run = self._run
        numbers = sorted(self._snapshots)
        before = numbers[bisect_right(numbers, step) - 1]
        if run is None or not before <= run.done <= step:
            run = self._run = _Run(self, self._snapshots[before], before)
        for _ in range(step - run.done):
            run.step()
        return run.state()

    def hash_after(self, step: int) -> bytes:
        """The hash of the state after so many steps, 32 bytes."""
        return self._hashes[step] if self._hashes else self.state_after(step).hash()

    def hashes(self) -> list[bytes]:
        """The hashes after 0, 1, … steps; computed once, in one pass."""
        if not self._hashes:
            run = _Run(self, self.first)
            found = [self.first.hash()]
            while not run.is_final:
                run.step()
                self._note(run)
                found.append(run.state().hash())
            self._hashes = found
        return self._hashes

    def states(self) -> Iterator[ReplayState]:
        """All states in order, the first included."""
        run = _Run(self, self.first)
        yield self.first
        while not run.is_final:
            run.step()
            yield run.state()

    def portions(self, gas_limit: int = 15_000_000, byte_limit: int = 120_000) -> list[Portion]:
        """Cut all steps into transactions.

        Parameters
        ----------
        gas_limit : int
            Of a transaction, calldata included; the chain's own is 16,777,216. Leave room for what the market's
            contract adds.
        byte_limit : int
            Of its calldata; nodes pass on at most 131,072.

        Returns
        -------
        list of Portion
            In order; none reaches over the end of a round.
        """
        costs = self._costs()
        rounds = self.final.round + 1
        each = len(self.inputs) + 1
        return [
            portion for number in range(rounds) for portion in cut_round(costs, number * each, gas_limit, byte_limit)
        ]

    def _costs(self) -> Costs:
        c, final = self._configuration, self.final
        words, people = len(final.words) // 32, len(final.participants) // 64
        sizes = [len(each.sample) for each in self.inputs]
        if not isinstance(self._engine, PerceptronEngine):
            return model_costs(words, people, self._tests, len(self.prepared), sizes, unit=c.encoding.unit)
        score_words = len(final.scores) // 32
        sliced = c.encoding is Encoding.PRESENCE
        blocks = -(-self._tests // 256) if sliced else None
        adders = score_words // blocks * c.step.bit_count() if blocks else 0
        return perceptron_costs(
            c.dimension + 1, words, score_words, people, len(self.prepared), sizes,
            unit=c.encoding.unit, blocks=blocks, adders=adders,
        )  # fmt: skip

    def _note(self, run: _Run) -> None:
        if run.done % _SNAPSHOT_EVERY == 0:
            self._snapshots.setdefault(run.done, run.state())


class _Run:
    """A replay on its way, in the one engine: whoever steps loads it first."""

    def __init__(self, replay: Replay, state: ReplayState, done: int = 0) -> None:
        self._replay, self.done = replay, done
        self._engine = replay._engine
        self._engine.load(state.words, state.scores)
        self._roster = Roster(state.roster())
        self._round, self._position, self._correct = state.round, state.position, state.correct
        self._unit, self._bounty, self._unawarded = state.unit_left_wei, state.bounty_left_wei, state.unawarded_wei
        self.is_final = state.is_final
        replay._run = self

    def step(self) -> None:
        if self._position == len(self._replay.inputs):
            self._close()
        else:
            self._contribute(self._position)
        self.done += 1

    def state(self) -> ReplayState:
        return ReplayState(
            self._round,
            self._position,
            self._correct,
            self.is_final,
            self._unit,
            self._bounty,
            self._unawarded,
            self._engine.words(),
            self._engine.scores(),
            bytes(self._roster.data),
        )

    def _contribute(self, number: int) -> None:
        given = self._replay.inputs[number]
        if self._round == 0:
            self._enter(given)
        elif given.participant >= len(self._roster):
            raise WrongParticipant(given.participant, given.account)
        participant = self._roster[given.participant]
        self._position += 1
        if participant.is_out:
            return
        correct = self._engine.learn(number)
        if correct is not None and correct != self._correct:
            self._roster.change(given.participant, score=participant.score + correct - self._correct)
            self._correct = correct

    def _enter(self, given: ReplayInput) -> None:
        number = given.participant
        if number == len(self._roster):
            self._roster.enter(given.account)
        elif number > len(self._roster) or self._roster[number].account.lower() != given.account.lower():
            raise WrongParticipant(number, given.account)
        before = self._roster[number]
        self._roster.change(
            number,
            balance_wei=before.balance_wei + given.stake_wei,
            deposit_wei=before.deposit_wei + given.stake_wei,
        )

    def _close(self) -> None:
        rounds_left = self._replay.award.rounds - self._round
        outcome = close_round(self._roster, self._unit, self._bounty, rounds_left)
        self._unit -= outcome.unit_wei
        self._bounty = outcome.bounty_left_wei
        self._unawarded += outcome.surplus_wei
        self.is_final = self._unit == 0
        if not self.is_final:
            initial = self._replay.initial
            for number in range(len(self._roster)):
                self._roster.change(number, score=0)
            self._engine.load(initial.words, initial.scores)
            self._round, self._position, self._correct = self._round + 1, 0, initial.correct


def _engine_for(
    model: ExactModel,
    samples: Sequence[bytes],
    labels: Sequence[int],
    inputs: Sequence[ReplayInput],
    implementation: bytes | None,
) -> Engine:
    given = [each.label for each in inputs]
    for label in [*labels, *given]:
        if not 0 <= label < model.classes:
            raise UnknownLabel(label, model.classes)
    tests = model.decode(samples)
    contributions = model.decode([each.sample for each in inputs])
    if implementation is not None:
        return ModelEngine(model, samples, tests, labels, contributions, given, implementation)
    if not isinstance(model, ExactPerceptron) or model.classes != 2:
        raise ValueError("only perceptrons of two classes are replayed without their implementation's address")
    return PerceptronEngine(model, samples, tests, labels, contributions, given)
