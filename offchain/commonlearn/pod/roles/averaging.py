"""A round's average, and a whole training, out of what stands on the chain and lies in the stores.

Everybody computes them alike: the buyer to post, replicas to judge, validators to score. An update counts as many rows
as the catalogue says that its subset has at least, since that is what all know.
"""

from __future__ import annotations

from typing import Any

from commonlearn.federated import Aggregate, Parameters, Played, Strategy, Update, digest
from commonlearn.federated import Round as PlayedRound
from commonlearn.federated.errors import ParametersError, TooFewUpdates
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job, Ledger, Round

__all__ = ["average_of", "name_of", "played", "updates_of"]

_FETCHED = 1 << 24
"""Bytes; sixteen times the largest model."""


def name_of(dataset: int, subset: int) -> str:
    """Name of a subset's updates.

    Examples
    --------
    >>> name_of(3, 1)
    'dataset 3 subset 1'
    """
    return f"dataset {dataset} subset {subset}"


def updates_of(desk: Desk, ledger: Ledger, job: Job, found: Round) -> tuple[Update, ...]:
    """The agreed updates of a round, fetched and checked.

    What is agreed but no model of the job's kind (other bytes, too many, another shape) is left out: it is so for
    everybody who looks at it, and nobody can end a job with it.

    Raises
    ------
    StorageError
        An object cannot be had: perhaps it can later.
    """
    _, sheet = desk.program(job.subject.program)
    kind = desk.model(job.start_of(found.number), sheet.limit).kind
    updates = []
    for position, agreed in sorted(found.agreed.items()):
        number, subset = job.places[position]
        rows = max(1, ledger.datasets[number].description.rows)
        try:
            # More than the job's limit is fetched, as only what is whole can be said to be what was agreed on.
            model = desk.model(agreed, sheet.limit, _FETCHED)
        except ParametersError:
            continue
        if model.kind == kind:
            updates.append(Update(name_of(number, subset), rows, model))
    return tuple(updates)


def _aggregated(strategy: Strategy, start: Parameters, updates: tuple[Update, ...], memory: Any) -> Aggregate:
    """A round's average; with fewer updates than the strategy needs, a round changes nothing."""
    try:
        if updates:
            return strategy.aggregate(start, updates, memory)
    except TooFewUpdates:
        pass
    return Aggregate(start, memory)


def average_of(desk: Desk, ledger: Ledger, job: Job, number: int) -> tuple[Parameters, bytes, float]:
    """Average a round.

    Returns
    -------
    Parameters, bytes, float
        The model, its digest, and the largest change of a weight.
    """
    _, sheet = desk.program(job.subject.program)
    strategy, memory = sheet.averaging(), None
    # A strategy with a memory is replayed from the first round: what it remembers is nowhere but in the updates.
    first = number if sheet.strategy != "fedavg-momentum" else 0
    model = start = desk.model(job.start_of(first), sheet.limit)
    for each in range(first, number + 1):
        found = job.rounds[each]
        if each < number and found.final is None:
            continue
        start = desk.model(job.start_of(each), sheet.limit)
        aggregate = _aggregated(strategy, start, updates_of(desk, ledger, job, found), memory)
        model, memory = aggregate.parameters, aggregate.memory
    change = abs(model.flat() - start.flat()).max() / model.scale
    return model, digest(model), float(change)


def played(desk: Desk, ledger: Ledger, job: Job) -> Played:
    """A whole training, as contributions are computed from."""
    _, sheet = desk.program(job.subject.program)
    rounds = []
    for found in job.finals:
        start = desk.model(job.start_of(found.number), sheet.limit)
        rounds.append(PlayedRound(start, updates_of(desk, ledger, job, found)))
    final = job.finals[-1].final
    assert final is not None
    return Played(tuple(rounds), desk.model(final, sheet.limit))
