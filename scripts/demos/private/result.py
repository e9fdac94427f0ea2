"""How a job of the demo ended: numbers for programs, tables for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table

from commonlearn.pod.actions import Event
from commonlearn.pod.roles.ledger import Job, Ledger
from commonlearn.records import Role

__all__ = ["PARTS", "JobResult", "payments_of", "rounds_of"]

PARTS = ("data", "compute", "aggregation", "validation", "bounties")
"""For what somebody is paid."""
_LEGEND = (
    "data: by contribution to the score; compute: for training; aggregation: for averaging; validation: for votes; "
    "bounties: for moving the job on; slashed: bonds lost"
)
_PART_OF = {0: "bounties", Role.DATA_OWNER: "data", Role.COMPUTE_OWNER: "compute", Role.VALIDATOR: "validation"}

Payments = dict[str, dict[str, int]]


@dataclass
class JobResult:
    """How a job ended.

    Attributes
    ----------
    title : str
    job : int
        Its number.
    phase : str
        In which it ended.
    score : int or None
        What the jury agreed on, in millionths.
    model : str
        SHA-256 of the last average.
    rounds : list of dict
        Of each round that counts: ``parts`` as they were drawn (``owner``, ``dataset``, ``subset``, and as how many
        ``rows`` it counts), and the ``model``.
    accuracy, pooled : float or None
        On the held-back rows; the latter of the same training on all rows in one place.
    paid : dict
        Wei, by name and part.
    slashed : dict
        Wei and reason, by name.
    transactions : dict
        How many each has sent until then, by name.
    seconds : float
    problems : list of str
        What is not as it should be.
    """

    title: str
    job: int
    phase: str
    score: int | None
    model: str
    rounds: list[dict[str, Any]]
    paid: Payments
    slashed: dict[str, dict[str, Any]]
    transactions: dict[str, int]
    seconds: float
    accuracy: float | None = None
    pooled: float | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it ended as it should."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "ok": self.ok}

    def table(self) -> Table:
        """Who was paid what."""
        table = Table("who", *PARTS, "in all", "slashed", "transactions", title="Paid, in ether", caption=_LEGEND)
        for column in table.columns[1:]:
            column.justify = "right"
        for name, sent in self.transactions.items():
            parts = self.paid.get(name, {})
            cells = [_ether(parts.get(part, 0)) for part in PARTS]
            lost = self.slashed.get(name, {}).get("wei", 0)
            table.add_row(name, *cells, _ether(sum(parts.values())), f"[red]{_ether(lost)}" if lost else "", str(sent))
        return table


def payments_of(events: Sequence[Event], name_of: Callable[[str], str]) -> Payments:
    """Who was paid what, in wei."""
    paid: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in events:
        if event.name == "Paid":
            part = _PART_OF.get(event.values["role"], "aggregation")
            paid[name_of(event.values["account"])][part] += event.values["amountWei"]
    return {name: dict(parts) for name, parts in paid.items()}


def rounds_of(job: Job, ledger: Ledger, name_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """The rounds of a job that count."""
    found = []
    for each in job.finals:
        assert each.final is not None
        parts = []
        for dataset, subset in (job.places[position] for position in each.positions if position in each.agreed):
            entry = ledger.datasets[dataset]
            rows = max(1, entry.description.rows)
            parts.append({"owner": name_of(entry.owner), "dataset": dataset, "subset": subset, "rows": rows})
        found.append({"round": each.number, "parts": parts, "model": each.final.hex()})
    return found


def _ether(wei: int) -> str:
    return f"{wei / 1e18:.6f}" if wei else ""
