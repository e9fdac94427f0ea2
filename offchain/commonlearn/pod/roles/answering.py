"""An owner's answers to private spot checks of those who hold its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from commonlearn.custody import Shard, row_bytes, spot_answer
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory
from commonlearn.pod.roles.desk import KEY, Desk
from commonlearn.pod.roles.entries import DatasetEntry, Ledger
from commonlearn.pod.roles.letters import LetterMissing
from commonlearn.pod.roles.questions import MOST, LetterRefused, answer_letter, names_of, read_question
from commonlearn.records import DatasetPhase, ReplicaPhase

__all__ = ["Answering"]

_HOLDING = (ReplicaPhase.JOINED, ReplicaPhase.REVEALED, ReplicaPhase.VERIFIED)


class Answering:
    """Looks for questions now and then: nothing on the chain tells of them.

    Parameters
    ----------
    desk : Desk
    every_seconds : int
    shard_of : callable
        Takes the memory, the ledger, a dataset and a subset, and gives the rows with their salts.
    """

    slow = frozenset({"answer questions"})

    def __init__(self, desk: Desk, every_seconds: int, shard_of: Callable[[Memory, Ledger, int, int], Shard]) -> None:
        self._desk, self._every, self._shard_of = desk, every_seconds, shard_of

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By kind."""
        return {"answer questions": self._answer}

    def plan(self, mine: DatasetEntry) -> Iterable[Action]:
        """Answer those who hold seats now."""
        if self._desk.letters is None or mine.phase is DatasetPhase.RETIRED:
            return
        if any(seat.phase in _HOLDING for seat in mine.seats.values()):
            name, values = f"dataset {mine.number} questions", {"dataset": mine.number}
            yield Action(name, "answer questions", values, (KEY,), repeat=self._every)

    def _answer(self, action: Action, context: Context) -> Done:
        ledger, letters = self._desk.ledger(context.view), self._desk.letters
        assert letters is not None
        mine = ledger.datasets[action.values["dataset"]]
        answered, refused = [], []
        shards: dict[int, tuple[list[bytes], Shard]] = {}
        for (subset, index), seat in sorted(mine.seats.items()):
            key = ledger.keys.get(seat.holder.lower())
            if seat.phase not in _HOLDING or key is None:
                continue
            name, answer = names_of(mine.number, subset, index, seat.offer)
            try:
                question = read_question(name, letters.get(name, MOST), context.secrets[KEY], key)
                if (question.dataset, question.subset) != (mine.number, subset):
                    raise LetterRefused(name, "it asks for rows that its writer does not hold")
                if subset not in shards:
                    shard = self._shard_of(context.memory, ledger, mine.number, subset)
                    shards[subset] = (row_bytes(shard.table), shard)
                rows, shard = shards[subset]
                if question.row >= len(rows):
                    raise LetterRefused(name, f"there is no row {question.row}")
            except LetterMissing:
                continue
            except LetterRefused as error:
                refused.append(error.user_message)
                continue
            found = spot_answer(rows[question.row], shard.salts[question.row], question.challenge)
            letters.put(answer, answer_letter(question.challenge, found, context.secrets[KEY], key))
            answered.append(name)
        result: Mapping[str, Any] = {"answered": answered, "refused": refused}
        return Done(result)
