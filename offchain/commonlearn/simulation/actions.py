"""What agents did, in order and to the second: enough to do it all again on a chain."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

import pyarrow as pa

__all__ = ["Action", "ActionLog", "Kind"]


class Kind(IntEnum):
    """What an action is."""

    CONTRIBUTE = 0
    """By `agent`: `sample` with `label`, for a stake of `wei`; `other` is who staked, if somebody else did."""
    REFUND = 1
    """By `agent`, of contribution `id`; `wei` is its stake."""
    REPORT = 2
    """By `agent`, of contribution `id`; `wei` is its stake."""
    SWEEP = 3
    """Of contribution `id`, by anybody."""
    WITHDRAW = 4
    """By `agent`, of `wei`."""
    CONFIRM = 5
    """By `agent`, contribution `id`; `wei` is the vote's weight in hundredths of a point."""
    CONTEST = 6
    """As CONFIRM."""


class Action(NamedTuple):
    """One action.

    Parameters
    ----------
    time : int
        Unix seconds; each action has a second of its own.
    kind : Kind
    agent : int
        Number of who acts; -1 for anybody.
    id : int
        Number of the contribution; -1 where there is none.
    sample, label : int
        Of a contribution; else -1.
    wei : int
        Money (or hundredths of a point) that it is about.
    other : int
        Number of a second agent; else -1.
    """

    time: int
    kind: Kind
    agent: int
    id: int = -1
    sample: int = -1
    label: int = -1
    wei: int = 0
    other: int = -1


class ActionLog:
    """Actions in columns, so that a million of them fit.

    Examples
    --------
    >>> log = ActionLog()
    >>> log.add(100, Kind.CONTRIBUTE, 0, 0, 17, 1, 10**15)
    >>> len(log), next(iter(log)).sample, log.table().num_columns
    (1, 17, 8)
    """

    def __init__(self) -> None:
        self._numbers = [array("q") for _ in range(7)]  # all but wei, which 64 bits do not hold
        self._wei: list[int] = []
        self._add = [column.append for column in self._numbers]

    def add(
        self, time: int, kind: int, agent: int, id_: int = -1, sample: int = -1, label: int = -1, wei: int = 0,
        other: int = -1,
    ) -> None:  # fmt: skip
        """Note an action; see :class:`Action`."""
        add = self._add
        add[0](time)
        add[1](kind)
        add[2](agent)
        add[3](id_)
        add[4](sample)
        add[5](label)
        add[6](other)
        self._wei.append(wei)

    def __len__(self) -> int:
        return len(self._wei)

    def __iter__(self) -> Iterator[Action]:
        time, kind, agent, id_, sample, label, other = self._numbers
        for row in zip(time, kind, agent, id_, sample, label, self._wei, other, strict=True):
            yield Action(row[0], Kind(row[1]), *row[2:])

    def table(self) -> pa.Table:
        """All of it for Parquet and CSV."""
        time, kind, agent, id_, sample, label, other = (pa.array(column, pa.int64()) for column in self._numbers)
        names = pa.array([each.name.lower() for each in Kind])
        return pa.table(
            {
                "time": time,
                "action": pa.DictionaryArray.from_arrays(kind.cast(pa.int8()), names),
                "agent": agent,
                "contribution": id_,
                "sample": sample,
                "label": label,
                "wei": pa.array(self._wei, pa.decimal128(38, 0)),
                "other": other,
            }
        )
