"""What the contracts of private training answer, as records; fields as in ``interfaces/training``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import Any, Self, get_type_hints

from commonlearn.chain.abi import checksummed
from commonlearn.records.training import Custody, DatasetPhase, JobPhase, ReplicaPhase, Role, Stage

__all__ = [
    "ComputeOfferView",
    "DatasetView",
    "DisputeView",
    "EnrolmentView",
    "JobView",
    "ParticipantView",
    "SeatView",
    "SpotCheckView",
    "SubsetRoundView",
    "with_checksums",
]


def with_checksums(values: Sequence[Any]) -> tuple[Any, ...]:
    """A structure whose addresses are checksummed; the decoder leaves those within structures in lower case."""
    return tuple(checksummed(each) if isinstance(each, str) else each for each in values)


class _View:
    """A structure that a contract returns."""

    __slots__ = ()

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """Read a contract's tuple: numbers of an enum become its members, addresses are checksummed."""
        kinds = get_type_hints(cls)
        names = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        return cls(*(_read(kinds[name], value) for name, value in zip(names, values, strict=True)))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]
        return {name: _shown(value) for name, value in values.items()}


def _read(kind: type, value: Any) -> Any:
    if issubclass(kind, IntEnum | IntFlag):
        return kind(value)
    return checksummed(value) if kind is str else value


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return (value.name or str(int(value))).lower() if isinstance(value, IntEnum | IntFlag) else value


@dataclass(frozen=True, slots=True)
class ParticipantView(_View):
    """Somebody's roles, money and key."""

    credit_wei: int
    bond_wei: int
    roles: Role
    leaves_at: int
    locked_wei: int
    leaving_wei: int
    encryption_key: bytes

    @property
    def free_bond_wei(self) -> int:
        """Bond that answers for nothing now."""
        return self.bond_wei - self.locked_wei - self.leaving_wei


@dataclass(frozen=True, slots=True)
class DatasetView(_View):
    """A dataset as stored."""

    owner: str
    phase: DatasetPhase
    custody: Custody
    subsets: int
    replicas: int
    quality: int
    vacant: int
    price_wei: int
    join_until: int
    join_seconds: int
    jobs: int
    is_checked: bool
    is_faulty: bool
    rows: int
    owner_bond_wei: int
    replica_bond_wei: int
    check_bond_wei: int
    schema: bytes
    roots_hash: bytes


@dataclass(frozen=True, slots=True)
class SeatView(_View):
    """One seat of a subset."""

    holder: str
    phase: ReplicaPhase


@dataclass(frozen=True, slots=True)
class ComputeOfferView(_View):
    """What a compute owner asks."""

    price_wei: int
    capacity: int
    held: int
    min_seconds: int
    environment: bytes


@dataclass(frozen=True, slots=True)
class JobView(_View):
    """A job."""

    buyer: str
    phase: JobPhase
    stage: Stage
    attempt: int
    datasets: int
    approvals: int
    replicas: int
    drawn: int
    round: int
    agreed_rounds: int
    is_last: bool
    is_unscored: bool
    is_appealed: bool
    is_listed: bool
    subsets: int
    deadline: int
    draw_block: int
    assigned: int
    sealed: int
    revealed: int
    purse_wei: int
    funded_wei: int
    escrow_wei: int
    score: int
    used: int
    positions: bytes
    model: bytes
    decision: bytes


@dataclass(frozen=True, slots=True)
class SubsetRoundView(_View):
    """One drawn subset of a round; maps are of its seats, bit ``i`` for seat ``i``."""

    dataset: int
    subset: int
    assigned: int
    sealed: int
    revealed: int
    agreed: int
    judged: int


@dataclass(frozen=True, slots=True)
class DisputeView(_View):
    """An average that is not final, and its dispute."""

    challenger: str
    electors: int
    claimed: bytes
    aggregator: str
    posted: bytes


@dataclass(frozen=True, slots=True)
class EnrolmentView(_View):
    """A validator's place in a pool."""

    since_block: int
    left_block: int
    index: int
    min_seconds: int
    max_bond_wei: int
    min_pay_wei: int


@dataclass(frozen=True, slots=True)
class SpotCheckView(_View):
    """The one spot check of a dataset."""

    challenger: str
    subset: int
    deadline: int
    row: int
