"""A holder's spot check: asks its owner privately for a row, checks the answer, and asks on chain where that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.custody import Shard, drawn_rows, row_bytes, spot_answer
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import ComputeOwner as Settings
from commonlearn.pod.roles.desk import KEY, Desk
from commonlearn.pod.roles.entries import DatasetEntry, Ledger
from commonlearn.pod.roles.letters import LetterMissing
from commonlearn.pod.roles.questions import (
    MOST,
    LetterRefused,
    Question,
    names_of,
    question_letter,
    read_answer,
)
from commonlearn.records import DatasetPhase, ReplicaPhase

__all__ = ["Asking"]


class Asking:
    """Spot checks of a compute owner's seats.

    Parameters
    ----------
    desk : Desk
    settings : ComputeOwner
    shard_of : callable
        Takes the memory, the ledger, a dataset and a subset, and gives what was handed over.
    """

    slow = frozenset({"ask", "read answer"})

    def __init__(self, desk: Desk, settings: Settings, shard_of: Callable[[Memory, Ledger, int, int], Shard]) -> None:
        self._desk, self._settings, self._shard_of = desk, settings, shard_of

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By kind."""
        return {
            "ask": self._ask,
            "read answer": self._read,
            "ask row": self._ask_row,
            "leave unchecked": lambda action, _: Done(dict(action.values)),
            "fail row": lambda action, _: self._desk.market.fail_row(action.values["dataset"]),
        }

    def plan(
        self, ledger: Ledger, dataset: DatasetEntry, subset: int, index: int, view: View, memory: Memory
    ) -> Iterable[Action]:
        """Ask once a seat trains; then look for the answer until it is right, or its time is over."""
        yield from self._public_end(dataset, view)
        seat, settings = dataset.seats[subset, index], self._settings
        if self._desk.letters is None or not settings.spot_checks or dataset.owner.lower() not in ledger.keys:
            return
        if seat.phase is not ReplicaPhase.VERIFIED or dataset.phase is DatasetPhase.RETIRED:
            return
        if not dataset.description.rows:
            return  # it promises none
        name = seat.name(dataset.number, subset, index)
        challenge = f"{name} challenge"
        values: dict[str, Any] = {
            "dataset": dataset.number,
            "subset": subset,
            "index": index,
            "offer": seat.offer,
            "challenge": challenge,
        }
        yield Action(f"{name} ask", "ask", values, (KEY, challenge))
        if memory.stages.get(f"{name} ask") is not Stage.DONE:
            return
        asked = memory.results[f"{name} ask"]
        found = memory.results.get(f"{name} answer", {})
        is_late = view.head.timestamp >= asked["asked"] + settings.check_seconds
        if not found.get("answered") and not is_late:
            values |= {"row": asked["row"]}
            yield Action(f"{name} answer", "read answer", values, (KEY, challenge), repeat=settings.look_every)
        elif not found.get("right"):
            why = "the owner's answer was wrong" if found.get("answered") else "the owner did not answer"
            yield from self._public(dataset, name, {**values, "row": asked["row"], "why": why})

    def _public(self, dataset: DatasetEntry, name: str, values: Mapping[str, Any]) -> Iterable[Action]:
        bond, most = dataset.description.check_bond_wei, self._settings.most_check_bond
        if dataset.check is not None:
            return
        if not bond:
            yield Action(
                f"{name} unchecked",
                "leave unchecked",
                {**values, "reason": f"{values['why']}, but it excludes checks on chain"},
            )
        elif bond > most:
            reason = f"{values['why']}, but a check on chain locks {bond} wei, more than most_check_bond"
            yield Action(f"{name} unchecked", "leave unchecked", {**values, "reason": reason})
        else:
            yield Action(f"dataset {dataset.number} ask row", "ask row", values)

    def _public_end(self, dataset: DatasetEntry, view: View) -> Iterable[Action]:
        check = dataset.check
        if check is None or not check.is_open or check.challenger.lower() != view.account.lower():
            return
        if view.head.timestamp >= check.deadline:
            yield Action(f"dataset {dataset.number} fail row", "fail row", {"dataset": dataset.number})

    # ---------------------------------------------------------------------------------------------------------- doing

    def _ask(self, action: Action, context: Context) -> Done:
        v, ledger = action.values, self._desk.ledger(context.view)
        dataset, challenge = ledger.datasets[v["dataset"]], context.secrets[v["challenge"]]
        # Of the rows that a public check could ask for, should it come to that.
        (row,) = drawn_rows(challenge, dataset.description.rows, 1)
        letter = question_letter(
            Question(v["dataset"], v["subset"], row, challenge),
            context.secrets[KEY],
            ledger.keys[dataset.owner.lower()],
        )
        assert self._desk.letters is not None
        self._desk.letters.put(names_of(v["dataset"], v["subset"], v["index"], v["offer"])[0], letter)
        return Done({"row": row, "asked": context.view.head.timestamp})

    def _read(self, action: Action, context: Context) -> Done:
        v, ledger = action.values, self._desk.ledger(context.view)
        name, challenge = (
            names_of(v["dataset"], v["subset"], v["index"], v["offer"])[1],
            context.secrets[v["challenge"]],
        )
        owner = ledger.keys[ledger.datasets[v["dataset"]].owner.lower()]
        assert self._desk.letters is not None
        try:
            letter = self._desk.letters.get(name, MOST)
            found = read_answer(name, letter, challenge, context.secrets[KEY], owner)
        except LetterMissing:
            return Done({"answered": False})
        except LetterRefused as error:
            return Done({"answered": False, "refused": error.user_message})
        shard = self._shard_of(context.memory, ledger, v["dataset"], v["subset"])
        right = spot_answer(row_bytes(shard.table)[v["row"]], shard.salts[v["row"]], challenge)
        return Done({"answered": True, "right": found == right})

    def _ask_row(self, action: Action, context: Context) -> Call:
        v, ledger = action.values, self._desk.ledger(context.view)
        bond = ledger.datasets[v["dataset"]].description.check_bond_wei
        missing = ledger.purse(context.view.account).missing(bond)
        return self._desk.market.ask_row(v["dataset"], v["subset"], v["row"], value_wei=missing)
