"""The two jobs of ``make demo-private``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.transactions import Sender
from commonlearn.federated import Owner, decode, estimator, metric, play, strategy
from commonlearn.protocol import vote_digest
from scripts.demos.private.cast import Cast
from scripts.demos.private.data import Material
from scripts.demos.private.result import JobResult, payments_of, rounds_of
from scripts.demos.private.settings import ESTIMATOR, TRAINING, Sections
from scripts.demos.private.waiting import waited_for
from scripts.demos.private.watching import Watcher
from scripts.demos.private.words import reason_of
from scripts.local_node import LocalNode

__all__ = ["CHEATS", "WITHIN", "PrivateDemo"]

WITHIN = 0.01
"""So far apart the accuracies of the federated and the pooled model may be."""
CHEATS = {"garbler": "garbage", "copier": "copy", "mute": "mute"}
"""Compute owners that cheat, and how."""

_HONEST = ("honest one", "honest two")
_VALIDATORS = ("validator 1", "validator 2", "validator 3")


@dataclass
class PrivateDemo:
    """One chain, one cast, two jobs.

    Attributes
    ----------
    console : Console
    node : LocalNode
    material : Material
    folder : Path
        For all files; kept or deleted by the caller.
    rounds : (int, int)
        Of each job.
    """

    console: Console
    node: LocalNode
    material: Material
    folder: Path
    rounds: tuple[int, int] = (4, 2)
    sections: Sections = field(init=False)
    cast: Cast = field(init=False)
    watcher: Watcher = field(init=False)
    _sent: dict[str, int] = field(init=False, default_factory=dict)

    def run(self) -> list[JobResult]:
        """Play both jobs.

        Returns
        -------
        list of JobResult

        Raises
        ------
        DemoFailed
            A job did not come to its end.
        """
        connection = Connection.open(self.node.url)
        sender = Sender(connection, UnlockedSigner(self.node.accounts()[0]))
        with self.console.status("Deploying the contracts …"):
            address = deploy_training(lambda call: str(sender.send_one(call).contract))
        market = TrainingContract(connection, address)
        self.sections = Sections(self.material, self.folder)
        self.sections.prepare()
        with Cast(self.node, address, self.folder) as cast:
            self.cast, self.watcher = cast, Watcher(self.console, self.node, market, cast)
            for name in _VALIDATORS:
                cast.add(name)
                cast.start(name, "validator", self.sections.validator())
            return [self._local(), self._sharded()]

    # ---------------------------------------------------------------------------------------------------------- jobs

    def _local(self) -> JobResult:
        self.console.print("\n[bold]Job 1, local custody: each hospital trains on its own rows, which never leave it")
        started, owners, rounds = perf_counter(), list(self.material.owners), self.rounds[0]
        for name in (*owners, "buyer"):
            self.cast.add(name)
        for name in owners:
            self.cast.start(name, "data-owner", self.sections.local_owner(name))
        wanted = self.sections.buyer("local.py", "local", datasets=len(owners), drawn=len(owners), rounds=rounds)
        self.cast.start("buyer", "buyer", wanted)
        result = self._ended("local", 1, "local.py", started)
        pooled = result.pooled = self._pooled(rounds)
        assert result.accuracy is not None
        is_near = abs(result.accuracy - pooled) <= WITHIN
        if not is_near:
            result.problems.append(f"its accuracy is not within {WITHIN} of the pooled model's")
        if result.slashed:
            result.problems.append(f"slashed were {', '.join(result.slashed)}, and nobody should have been")
        self.console.print(
            f"  Accuracy on the {len(self.material.tests)} held-back rows: {result.accuracy:.4f} by the hospitals "
            f"together, {pooled:.4f} had all rows been brought to one place; "
            + (f"within {WITHIN}, as it should be." if is_near else f"[red]not within {WITHIN}.[/red]")
        )
        self._check_paid(result, {*owners, "buyer", *_VALIDATORS})
        self.cast.dismiss(*owners, "buyer")
        return result

    def _sharded(self) -> JobResult:
        hospital, rounds = next(iter(self.material.owners)), self.rounds[1]
        self.console.print(
            f"\n[bold]Job 2, sharded custody: rows of {hospital} in three subsets, each to three compute owners"
            "[/bold]\n  They travel encrypted. In each three one cheats: by garbage, by a copy, by silence."
        )
        started = perf_counter()
        for name in (*_HONEST, *CHEATS, "owner", "second buyer"):
            self.cast.add(name)
        for name in (*_HONEST, *CHEATS):
            section = self.sections.compute_owner()
            self.cast.start(name, "compute-owner", section, behave=CHEATS.get(name, ""))
        holders = [[self.cast.actors[name].address for name in (*_HONEST, cheat)] for cheat in CHEATS]
        self.cast.start("owner", "data-owner", self.sections.sharded_owner("owner", hospital, holders))
        wanted = self.sections.buyer("sharded.py", "sharded", datasets=1, drawn=len(holders), rounds=rounds)
        self.cast.start("second buyer", "buyer", wanted)
        result = self._ended("sharded", 2, "sharded.py", started)
        names = ", ".join(sorted(result.slashed)) or "nobody"
        is_right = set(result.slashed) == set(CHEATS)
        if not is_right:
            result.problems.append(f"slashed were {names} instead of {', '.join(CHEATS)}")
        self.console.print(
            f"  Slashed were {names}: "
            + ("those who cheated, and nobody else." if is_right else f"[red]not just {', '.join(CHEATS)}.[/red]")
            + f" The model, of one hospital's rows alone, has an accuracy of {result.accuracy:.4f}."
        )
        self._check_paid(result, {*_HONEST, "owner", "second buyer", *_VALIDATORS})
        return result

    # ------------------------------------------------------------------------------------------------------- results

    def _ended(self, title: str, number: int, program: str, started: float) -> JobResult:
        """Follow a job to its end, take its model, and say who was paid."""
        before = len(self.watcher.events)
        job = self.watcher.until_the_end(number)
        content = waited_for(self.sections.model_file(program))
        events, ledger, name_of = self.watcher.events, self.watcher.ledger, self.cast.name_of
        slashed: dict[str, dict[str, object]] = {}
        for event in events[before:]:
            if event.name == "BondSlashed":
                account = event.values["account"]
                lost = slashed.setdefault(name_of(account), {"wei": 0, "why": ""})
                lost["wei"] = int(str(lost["wei"])) + event.values["amountWei"]
                lost["why"] = reason_of(account, ledger, events, name_of)
        sent, self._sent = self._sent, self._transactions()
        result = JobResult(
            title=title,
            job=number,
            phase=job.phase.name,
            score=next((s for s, w in job.votes.values() if vote_digest(number, s, w) == job.decision), None),
            model=hashlib.sha256(content).hexdigest(),
            rounds=rounds_of(job, ledger, name_of),
            paid=payments_of(events[before:], name_of),
            slashed=slashed,
            transactions={
                name: count - sent.get(name, 0)
                for name, count in self._sent.items()
                if self.cast.actors[name].process is not None
            },
            seconds=round(perf_counter() - started, 1),
            accuracy=self._accuracy(content),
        )
        if result.phase != "CLOSED":
            result.problems.append(f"it ended as {result.phase}")
        if result.score is None:
            result.problems.append("no jury has scored it")
        self.console.print(result.table())
        return result

    def _transactions(self) -> dict[str, int]:
        """How many transactions each has sent."""
        return {
            name: int(self.node.request("eth_getTransactionCount", each.address, "latest"), 16)
            for name, each in self.cast.actors.items()
        }

    def _check_paid(self, result: JobResult, names: set[str]) -> None:
        unpaid = sorted(names - {name for name, parts in result.paid.items() if sum(parts.values())})
        if unpaid:
            result.problems.append(f"nothing was paid to {', '.join(unpaid)}")

    def _accuracy(self, model: bytes) -> float:
        X, y = self.material.preparation.apply(self.material.tests)
        return metric("accuracy").value(y, estimator(ESTIMATOR).scores(decode(model), X))

    def _pooled(self, rounds: int) -> float:
        """Accuracy of the same training on all rows in one place."""
        learner, prepared = estimator(ESTIMATOR), self.material.preparation
        parts = [prepared.apply(table) for table in self.material.owners.values()]
        pool = Owner("all", np.concatenate([X for X, _ in parts]), np.concatenate([y for _, y in parts]))
        played = play(learner, strategy("fedavg"), [pool], TRAINING, classes=2, rounds=rounds)
        X, y = prepared.apply(self.material.tests)
        return metric("accuracy").value(y, learner.scores(played.final, X))
