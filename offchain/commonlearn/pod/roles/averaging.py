"""A round's average, and a whole training, out of what stands on the chain and lies in the stores.

Everybody computes them alike: the buyer to post, replicas to judge, validators to score. An update counts as many rows
as the catalogue says that its subset has at least, since that is what all know.
"""

from __future__ import annotations

from commonlearn.federated import Parameters, Played, Update, digest
from commonlearn.federated import Round as PlayedRound
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job, Ledger, Round

__all__ = ["average_of", "name_of", "played", "updates_of"]


def name_of(dataset: int, subset: int) -> str:
    """Name of a subset's updates.

    Examples
    --------
    >>> name_of(3, 1)
    'dataset 3 subset 1'
    """
    return f"dataset {dataset} subset {subset}"


def updates_of(desk: Desk, ledger: Ledger, job: Job, found: Round) -> tuple[Update, ...]:
    """The agreed updates of a round, fetched and checked."""
    _, sheet = desk.program(job.subject.program)
    updates = []
    for position, agreed in sorted(found.agreed.items()):
        number, subset = job.places[position]
        rows = max(1, ledger.datasets[number].description.rows)
        updates.append(Update(name_of(number, subset), rows, desk.model(agreed, sheet.limit)))
    return tuple(updates)


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
        aggregate = strategy.aggregate(start, updates_of(desk, ledger, job, found), memory)
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
