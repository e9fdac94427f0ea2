"""What gas costs in ether and dollars: the assumptions of all tables of costs, in one place.

Prices move; these are round numbers to compare with, and every table that uses them names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["BLOB_GWEI_A_BYTE", "DOLLARS_AN_ETHER", "L1_GWEI", "L2_GAS_GWEI", "Cost", "assumptions", "costs"]

L1_GWEI = (1, 10, 30)
"""Prices of gas on Ethereum, in gwei: a quiet day, a usual one, a busy one."""
L2_GAS_GWEI = 0.01
BLOB_GWEI_A_BYTE = 1.0
"""Assumed: blob gas at 1 gwei, one a byte, and data posted as they are, without compression."""
DOLLARS_AN_ETHER = 3_000
"""A round number, not today's."""


@dataclass(frozen=True)
class Cost:
    """What something costs at one place.

    Attributes
    ----------
    where : str
        For people.
    key : str
        For ``reports/bench.json``.
    ether : float
    """

    where: str
    key: str
    ether: float

    @property
    def dollars(self) -> float:
        """The same, at :data:`DOLLARS_AN_ETHER`."""
        return self.ether * DOLLARS_AN_ETHER


def costs(gas: float, data_bytes: float) -> Iterator[Cost]:
    """Give the cost on Ethereum at each price, then on a second layer.

    Parameters
    ----------
    gas : float
        Of all transactions.
    data_bytes : float
        Of their calldata, which a second layer posts.

    Examples
    --------
    >>> [f"{each.key} {each.ether:.6f}" for each in costs(2_000_000, 5_000)]
    ['ethereum_1_gwei 0.002000', 'ethereum_10_gwei 0.020000', 'ethereum_30_gwei 0.060000', 'second_layer 0.000025']
    """
    for gwei in L1_GWEI:
        yield Cost(f"Ethereum at {gwei} gwei", f"ethereum_{gwei}_gwei", gas * gwei / 1e9)
    layer = gas * L2_GAS_GWEI + data_bytes * BLOB_GWEI_A_BYTE
    yield Cost("second layer", "second_layer", layer / 1e9)


def assumptions() -> str:
    """Say what a second layer and a dollar are taken for."""
    return (
        f"Second layer: {L2_GAS_GWEI} gwei a gas, data as blobs at {BLOB_GWEI_A_BYTE} gwei a byte; "
        f"an ether: {DOLLARS_AN_ETHER:,} dollars"
    )
