"""What people say in private training: a dataset's description, a job's rules, what it trains.

Fields stand in the order of the structures in ``interfaces/training``, so that a record is its contract's tuple.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from commonlearn.records.contribution import NOBODY
from commonlearn.records.training import Custody, KeyHolder, Metric, Privacy

__all__ = ["Description", "JobTerms", "Subject"]

_DAY, _HOUR = 86_400, 3_600


class _Structure:
    """A record that is a structure of a contract."""

    __slots__ = ()

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """Read a contract's tuple; numbers of an enum become its members."""
        kinds = {"custody": Custody, "privacy": Privacy, "key_holder": KeyHolder, "metric": Metric}
        names = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        return cls(**{name: kinds.get(name, _same)(value) for name, value in zip(names, values, strict=True)})

    def as_tuple(self) -> tuple[Any, ...]:
        """Fields in the contract's order."""
        values = (getattr(self, each.name) for each in fields(self))  # type: ignore[arg-type]
        return tuple(int(value) if isinstance(value, int) else value for value in values)


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Description(_Structure):
    """What an owner says of a dataset (``ICatalogue``, ``Description``).

    Attributes
    ----------
    owner : str
        Who answers for it.
    schema, template : bytes
        SHA-256 of the schema's text and of the template's, 32 bytes each.
    quality : int
        In millionths.
    rows : int
        Of each subset, at least.
    price_wei : int
        The least that a job sets aside for the owner.
    custody : Custody
    replicas : int
        Of each subset, 1 to 16; 1 if local.
    join_seconds : int
        To join, and then to reveal.
    owner_bond_wei, replica_bond_wei, check_bond_wei : int
        What answers for rows, for results, and for spot checks (0: none).

    Examples
    --------
    >>> said = Description(NOBODY, bytes(32), bytes(32), 800_000, 100, 1, Custody.LOCAL, 1, 0, 5, 5, 0)
    >>> Description.of(said.as_tuple()) == said
    True
    """

    owner: str
    schema: bytes
    template: bytes
    quality: int
    rows: int
    price_wei: int
    custody: Custody
    replicas: int
    join_seconds: int
    owner_bond_wei: int
    replica_bond_wei: int
    check_bond_wei: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTerms(_Structure):
    """The rules of a job (``IJobs``, ``JobTerms``): amounts in wei, scores in millionths, parts in basis points.

    Examples
    --------
    >>> terms = JobTerms(budget_wei=10**17, vote_bond_wei=1, challenge_bond_wei=1, bounty_wei=7, baseline=500_000,
    ...                  target=900_000, rounds=2, subsets_per_round=4, min_subsets=3, validators=3,
    ...                  metric=Metric.ACCURACY, environment=bytes(32), test_set=bytes(32))
    >>> JobTerms.of(terms.as_tuple()) == terms, terms.split
    (True, (5000, 2000, 2000, 1000))
    """

    aggregator: str = NOBODY
    budget_wei: int
    vote_bond_wei: int
    challenge_bond_wei: int
    bounty_wei: int
    baseline: int
    target: int
    min_quality: int = 0
    data_bps: int = 5_000
    compute_bps: int = 2_000
    validation_bps: int = 2_000
    aggregation_bps: int = 1_000
    rounds: int
    subsets_per_round: int
    min_subsets: int
    validators: int
    draw_delay: int = 2
    custody: Custody = Custody.LOCAL
    privacy: Privacy = Privacy.PLAIN
    key_holder: KeyHolder = KeyHolder.BUYER
    metric: Metric
    approve_seconds: int = _DAY
    train_seconds: int = _HOUR
    reveal_seconds: int = _HOUR
    aggregate_seconds: int = _HOUR
    challenge_seconds: int = _HOUR
    vote_seconds: int = _HOUR
    environment: bytes
    test_set: bytes

    @property
    def split(self) -> tuple[int, int, int, int]:
        """Parts of data, compute, validation and aggregation."""
        return self.data_bps, self.compute_bps, self.validation_bps, self.aggregation_bps


@dataclass(frozen=True, slots=True)
class Subject(_Structure):
    """What a job trains: the schema's hash, the program's SHA-256, that of the first model (zeros for none)."""

    schema: bytes
    program: bytes
    model: bytes
