"""A job's sheet: how its program is to be used, in the first comment of the program itself.

The chain names a program by its SHA-256. Its settings must be bound by that hash too, or replicas could be given
different ones; so they stand in the source, as one line of JSON that Python takes for a comment::

    # commonlearn-job: {"strategy": "fedavg", "settings": {"epochs": 5}, …}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from commonlearn.custody import Preparation, Schema, from_ranges
from commonlearn.federated import MAX_BYTES, FederatedError, Settings, Strategy, estimator, strategy
from commonlearn.pod.errors import PodError

__all__ = ["Sheet", "SheetRefused", "read_sheet", "with_sheet"]

_MARK = b"# commonlearn-job: "
_LONGEST = 1 << 16


class SheetRefused(PodError, ValueError):
    """A program has no sheet, or one that cannot be used."""

    is_final = True

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The program's sheet cannot be used: {reason}. Its first line must be '{_MARK.decode()}{{…}}'."
        )
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a program is to be used.

    Parameters
    ----------
    estimator : str
        Whose parameters it leaves; validators score with it.
    settings : mapping
        :class:`~commonlearn.federated.Settings`, by name.
    strategy : str
        How updates become one model.
    strategy_settings : mapping of str to int
    limit : int
        Most bytes of a model.
    preparation : mapping of str to sequence of float, optional
        ``fill``, ``offset`` and ``factor``, as owners computed them together (:func:`~commonlearn.custody.from_sums`);
        without, features are scaled by the ranges of the schema.
    title : str
        For people.

    Examples
    --------
    >>> source = with_sheet(b"print(1)", Sheet("logistic", {"epochs": 5}))
    >>> read_sheet(source).settings
    {'epochs': 5}
    """

    estimator: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    strategy: str = "fedavg"
    strategy_settings: Mapping[str, int] = field(default_factory=dict)
    limit: int = MAX_BYTES
    preparation: Mapping[str, list[float]] | None = None
    title: str = ""

    def check(self) -> None:
        """Refuse what cannot be used.

        Raises
        ------
        SheetRefused
        """
        try:
            estimator(self.estimator)
            self.training_settings()
            self.averaging()
        except (FederatedError, TypeError) as error:
            raise SheetRefused(str(error).rstrip(".")) from None
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or not 1 <= self.limit <= MAX_BYTES:
            raise SheetRefused(f"limit {self.limit!r} is not from 1 to {MAX_BYTES}")

    def training_settings(self) -> Settings:
        """The settings, checked."""
        return Settings.from_dict(dict(self.settings))

    def averaging(self) -> Strategy:
        """What makes one model out of updates."""
        return strategy(self.strategy, **self.strategy_settings)

    def prepared(self, schema: Schema) -> Preparation:
        """How rows become features."""
        if self.preparation is None:
            return from_ranges(schema)
        wanted = sum(column.kind != "category" for column in schema.features)
        parts = [tuple(map(float, self.preparation.get(name, ()))) for name in ("fill", "offset", "factor")]
        if any(len(part) != wanted for part in parts):
            raise SheetRefused(f"its preparation is not of {wanted} columns of numbers")
        return Preparation(schema, *parts)

    def job_settings(self, schema: Schema) -> bytes:
        """What the program finds as ``/job/settings.json``."""
        values = dict(json.loads(self.training_settings().to_json()))
        return json.dumps({**values, "classes": schema.classes, "limit": self.limit}, sort_keys=True).encode()


def with_sheet(source: bytes, sheet: Sheet) -> bytes:
    """Put a sheet before a program's source."""
    sheet.check()
    return _MARK + json.dumps(asdict(sheet), sort_keys=True).encode("ascii") + b"\n" + source


def read_sheet(source: bytes) -> Sheet:
    """Read a program's sheet; it comes from anybody.

    Raises
    ------
    SheetRefused
        There is none, or it cannot be used.
    """
    line = source[:_LONGEST].split(b"\n", 1)[0]
    if not line.startswith(_MARK):
        raise SheetRefused("there is none")
    try:
        sheet = Sheet(**json.loads(line[len(_MARK) :]))
    except (ValueError, TypeError, RecursionError) as error:
        raise SheetRefused(f"it is not as it should be ({error})") from None
    sheet.check()
    return sheet
