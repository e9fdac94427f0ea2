"""What is on offer and under way in a market, for whoever asks without running a pod.

Read from the events alone, and from the contract where no event tells (until when a job waits).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from commonlearn.chain.connection import Connection
from commonlearn.chain.errors import RpcError
from commonlearn.chain.training import TrainingContract
from commonlearn.contract_errors import ContractError, UnknownDataset, UnknownJob
from commonlearn.custody import CustodyError, Schema
from commonlearn.pod.actions import Event
from commonlearn.pod.errors import NoMarket, NoSchema
from commonlearn.pod.roles.entries import DatasetEntry, Job, Ledger
from commonlearn.pod.roles.ledger import ledger_of
from commonlearn.pod.roles.sponsor import missing_wei
from commonlearn.pod.roles.telling import decode
from commonlearn.pod.wallet import NodeChain
from commonlearn.records import Custody, DatasetPhase, JobPhase, Stage

__all__ = ["Catalogue", "DatasetLine", "JobLine", "Wanted", "read_catalogue", "schema_hash"]

_AT_ONCE = 2_000


class _Line:
    """A line of a table."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON: words for states."""
        values = asdict(self)  # type: ignore[call-overload]
        return {name: value.name.lower() if isinstance(value, IntEnum) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class DatasetLine(_Line):
    """A dataset on offer; hashes as ``0x…``, quality in millionths, rows of each subset at least."""

    dataset: int
    owner: str
    phase: DatasetPhase
    custody: Custody
    schema: str
    template: str
    quality: int
    rows: int
    price_wei: int
    subsets: int
    replicas: int
    seats_verified: int
    check_bond_wei: int
    is_faulty: bool
    is_in_use: bool


@dataclass(frozen=True, slots=True)
class JobLine(_Line):
    """A job; ``deadline`` is Unix time, 0 where a block is waited for (``draw_block``) or nothing is."""

    job: int
    buyer: str
    phase: JobPhase
    stage: Stage
    deadline: int
    draw_block: int
    round: int
    rounds: int
    datasets: list[int]
    approved: list[int]
    metric: str
    budget_wei: int
    missing_wei: int
    aggregator: str
    program: str
    model: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which datasets are looked for; None: any.

    Examples
    --------
    >>> Wanted(custody=Custody.LOCAL, min_quality=500_000)
    Wanted(schema=None, custody=<Custody.LOCAL: 0>, min_quality=500000, max_price_wei=None, min_rows=0, owner=None)
    """

    schema: bytes | None = None
    custody: Custody | None = None
    min_quality: int = 0
    max_price_wei: int | None = None
    min_rows: int = 0
    owner: str | None = None

    def suits(self, entry: DatasetEntry) -> bool:
        """Whether a dataset is one of those."""
        said = entry.description
        return (
            self.schema in (None, said.schema)
            and self.custody in (None, said.custody)
            and said.quality >= self.min_quality
            and (self.max_price_wei is None or said.price_wei <= self.max_price_wei)
            and said.rows >= self.min_rows
            and (self.owner is None or entry.owner.lower() == self.owner.lower())
        )


class Catalogue:
    """A market as it stands.

    Parameters
    ----------
    ledger : Ledger
    waits_until : callable
        Until when a job waits for approvals and money.
    """

    def __init__(self, ledger: Ledger, waits_until: Callable[[int], int]) -> None:
        self._ledger, self._waits_until = ledger, waits_until

    def datasets(self, wanted: Wanted | None = None, *, all_phases: bool = False) -> list[DatasetLine]:
        """Datasets in order; without ``all_phases`` only those that a job can name now."""
        found = []
        for entry in self._ledger.datasets.values():
            is_ready = entry.phase is DatasetPhase.READY and not entry.is_faulty
            if (all_phases or is_ready) and (wanted or Wanted()).suits(entry):
                found.append(self._dataset(entry))
        return found

    def jobs(self, *, numbers: Iterable[int] = (), buyer: str | None = None, all_phases: bool = False) -> list[JobLine]:
        """Jobs in order; without ``all_phases`` only those that are not over, unless they are named.

        Raises
        ------
        UnknownJob
            One that is named does not exist.
        """
        named = list(numbers)
        for number in named:
            if number not in self._ledger.jobs:
                raise UnknownJob(number)
        found = []
        for job in self._ledger.jobs.values():
            is_asked = job.number in named if named else all_phases or not job.is_over
            if is_asked and (buyer is None or job.buyer.lower() == buyer.lower()):
                found.append(self._job(job))
        return found

    def dataset(self, number: int) -> DatasetLine:
        """One dataset.

        Raises
        ------
        UnknownDataset
            There is none of that number.
        """
        if number not in self._ledger.datasets:
            raise UnknownDataset(number)
        return self._dataset(self._ledger.datasets[number])

    def _dataset(self, entry: DatasetEntry) -> DatasetLine:
        said = entry.description
        return DatasetLine(
            dataset=entry.number,
            owner=entry.owner,
            phase=entry.phase,
            custody=said.custody,
            schema="0x" + said.schema.hex(),
            template="0x" + said.template.hex(),
            quality=said.quality,
            rows=said.rows,
            price_wei=said.price_wei,
            subsets=len(entry.roots),
            replicas=said.replicas,
            seats_verified=sum(entry.verified(subset) for subset in range(len(entry.roots))),
            check_bond_wei=said.check_bond_wei,
            is_faulty=entry.is_faulty,
            is_in_use=self._ledger.is_in_use(entry.number),
        )

    def _job(self, job: Job) -> JobLine:
        terms, finals = job.terms, job.finals
        model = finals[-1].final if finals else None
        is_armed = job.stage is Stage.ARMED and not job.is_over
        return JobLine(
            job=job.number,
            buyer=job.buyer,
            phase=job.phase,
            stage=Stage.NONE if job.is_over else job.stage,
            deadline=self._waits_until(job.number) if job.is_waiting else 0 if job.is_over else job.deadline,
            draw_block=job.draw_block if is_armed else 0,
            round=job.round,
            rounds=terms.rounds,
            datasets=job.datasets,
            approved=sorted(job.approved),
            metric=terms.metric.name.lower(),
            budget_wei=terms.budget_wei,
            missing_wei=missing_wei(job) if job.is_waiting else 0,
            aggregator=terms.aggregator,
            program="0x" + job.subject.program.hex(),
            model="0x" + model.hex() if model else "",
        )


def schema_hash(text: str) -> bytes:
    """The 32 bytes that name a schema: out of hexadecimal digits, or of a schema's file.

    Raises
    ------
    NoSchema
        It is neither.

    Examples
    --------
    >>> schema_hash("0x" + "00" * 32) == bytes(32)
    True
    """
    if re.fullmatch(r"(0x)?[0-9a-f]{64}", text):
        return bytes.fromhex(text.removeprefix("0x"))
    try:
        return Schema.from_json(Path(text).expanduser().read_bytes()).hash()
    except OSError as error:
        raise NoSchema(text, error.strerror or str(error)) from None
    except CustodyError as error:
        raise NoSchema(text, error.user_message) from None


def read_catalogue(
    url: str | None,
    market: str,
    *,
    chain_id: int | None = None,
    first_block: int = 0,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Catalogue:
    """Read a market's events.

    Parameters
    ----------
    url : str or None
        The node; None: of this machine.
    market : str
        The market's address.
    chain_id : int, optional
        Refuse any other.
    first_block : int
        Where reading begins: not after the market's first event.
    tell : callable
        Told the block, and the last one.

    Raises
    ------
    NodeUnreachable, WrongNetwork
        The chain cannot be reached.
    NoContract, MalformedAddress
        No market is there.
    """
    connection = Connection.open(url, chain_id=chain_id)
    contract = TrainingContract(connection, market)
    try:
        contract.datasets()
    except (ValueError, ContractError, RpcError) as error:
        raise NoMarket(contract.address) from error
    chain = NodeChain(connection, [contract.address], decode)
    last, events = chain.head().number, list[Event]()
    for start in range(first_block, last + 1, _AT_ONCE):
        until = min(start + _AT_ONCE - 1, last)
        events += chain.events(start, until)
        tell(until, last)
    return Catalogue(ledger_of(events), lambda job: contract.job(job).deadline)
