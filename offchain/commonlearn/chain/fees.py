"""What transactions cost: gas prices, and quotes in wei and dollars."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from commonlearn.chain.connection import Connection
from commonlearn.chain.errors import RpcError
from commonlearn.money import GWEI, InvalidAmount, usd_of

__all__ = ["CostQuote", "Fees", "Prices", "current_fees", "quote"]

_DEFAULT_TIP_WEI = GWEI // 100
_BASE_FEE_ROOM = 2
"""The highest fee offered is this many times the present base fee: room for six full blocks in a row."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What the user says about prices.

    Parameters
    ----------
    eth_usd : Decimal or None
        Dollars for one ether. There is no price server: who wants dollars says the price.
    gas_wei : int or None
        Highest price of a unit of gas, in wei, instead of the network's.

    Examples
    --------
    >>> Prices.from_options(eth_usd="2500", gas_gwei="1.5")
    Prices(eth_usd=Decimal('2500'), gas_wei=1500000000)
    """

    eth_usd: Decimal | None = None
    gas_wei: int | None = None

    @classmethod
    def from_options(cls, eth_usd: str | None = None, gas_gwei: str | None = None) -> Prices:
        """Read options; those not given come from ``COMMONLEARN_ETH_USD`` and ``COMMONLEARN_GAS_GWEI``.

        Raises
        ------
        InvalidAmount
            No positive number.
        """
        usd_text = eth_usd or os.environ.get("COMMONLEARN_ETH_USD") or None
        gas_text = gas_gwei or os.environ.get("COMMONLEARN_GAS_GWEI") or None
        gas_wei = None if gas_text is None else int(_positive(gas_text, "the gas price in gwei") * GWEI)
        return cls(None if usd_text is None else _positive(usd_text, "the price of an ether in dollars"), gas_wei)


def _positive(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise InvalidAmount(text, f"{what} must be a number") from None
    if not number.is_finite() or number <= 0:
        raise InvalidAmount(text, f"{what} must be above zero")
    return number


@dataclass(frozen=True, slots=True)
class Fees:
    """Price of a unit of gas.

    Attributes
    ----------
    expected_wei : int
        What it would cost now.
    most_wei : int
        What is offered at most; the difference is not charged.
    tip_wei : int or None
        The block builder's part (EIP-1559); None on chains without it.
    """

    expected_wei: int
    most_wei: int
    tip_wei: int | None

    def fields(self) -> dict[str, int]:
        """As fields of a transaction."""
        if self.tip_wei is None:
            return {"gasPrice": self.most_wei}
        return {"maxFeePerGas": self.most_wei, "maxPriorityFeePerGas": self.tip_wei}

    def at_least(self, most_wei: int, tip_wei: int, percent: int) -> Fees:
        """These, but higher by a part than those of a waiting transaction, which this one is to replace."""
        tip = None if self.tip_wei is None else max(self.tip_wei, _up(tip_wei, percent))
        most = max(self.most_wei, _up(most_wei, percent), tip or 0)
        return Fees(min(max(self.expected_wei, tip or 0), most), most, tip)


def _up(value: int, percent: int) -> int:
    return -(-value * (100 + percent) // 100) + 1


def current_fees(connection: Connection, prices: Prices) -> Fees:
    """The network's prices now, or the user's."""
    base = connection.block("latest").base_fee
    if base is None:
        price = prices.gas_wei if prices.gas_wei is not None else int(connection.rpc.call("eth_gasPrice"), 16)
        return Fees(price, price, None)
    if prices.gas_wei is not None:
        tip = min(prices.gas_wei, _tip(connection))
        return Fees(min(prices.gas_wei, base + tip), prices.gas_wei, tip)
    tip = _tip(connection)
    return Fees(base + tip, _BASE_FEE_ROOM * base + tip, tip)


def _tip(connection: Connection) -> int:
    try:
        return int(connection.rpc.call("eth_maxPriorityFeePerGas"), 16)
    except RpcError:
        return _DEFAULT_TIP_WEI


@dataclass(frozen=True, slots=True)
class CostQuote:
    """What something costs before it is done.

    Attributes
    ----------
    transactions : int
        How many.
    gas : int
        Expected, of all together.
    gas_wei : int
        Expected price of a unit.
    fee_wei : int
        Expected fee: gas times its price. It is gone.
    most_fee_wei : int
        Highest fee that is offered.
    value_wei : int
        Ether sent along: stakes. It comes back if the data are good.
    most_value_wei : int
        Highest value that is sent.
    eth_usd : Decimal or None
        Dollars for one ether, as the user said.
    """

    transactions: int
    gas: int
    gas_wei: int
    fee_wei: int
    most_fee_wei: int
    value_wei: int = 0
    most_value_wei: int = 0
    eth_usd: Decimal | None = None

    @property
    def total_wei(self) -> int:
        """Expected, fee and value together."""
        return self.fee_wei + self.value_wei

    @property
    def most_wei(self) -> int:
        """What the account must have."""
        return self.most_fee_wei + self.most_value_wei

    def as_dict(self) -> dict[str, Any]:
        """For JSON: integers of wei, and dollars as text or null."""

        def usd(wei: int) -> str | None:
            amount = usd_of(wei, self.eth_usd)
            return None if amount is None else str(amount)

        return {
            "transactions": self.transactions,
            "gas": self.gas,
            "gas_price_wei": self.gas_wei,
            "fee_wei": self.fee_wei,
            "fee_usd": usd(self.fee_wei),
            "most_fee_wei": self.most_fee_wei,
            "value_wei": self.value_wei,
            "value_usd": usd(self.value_wei),
            "most_value_wei": self.most_value_wei,
            "total_wei": self.total_wei,
            "total_usd": usd(self.total_wei),
            "eth_usd": None if self.eth_usd is None else str(self.eth_usd),
        }


def quote(
    gases: Sequence[int],
    fees: Fees,
    prices: Prices,
    *,
    limits: Sequence[int] | None = None,
    value_wei: int = 0,
    most_value_wei: int | None = None,
) -> CostQuote:
    """A quote from gas amounts.

    Parameters
    ----------
    gases : sequence of int
        Expected gas of each transaction.
    fees : Fees
        Price of a unit.
    prices : Prices
        For dollars.
    limits : sequence of int, optional
        Gas limit of each transaction; the expected gas if not given.
    value_wei, most_value_wei : int
        Ether sent along in all: expected, and at most.
    """
    gas = sum(gases)
    return CostQuote(
        transactions=len(gases),
        gas=gas,
        gas_wei=fees.expected_wei,
        fee_wei=gas * fees.expected_wei,
        most_fee_wei=sum(limits if limits is not None else gases) * fees.most_wei,
        value_wei=value_wei,
        most_value_wei=value_wei if most_value_wei is None else most_value_wei,
        eth_usd=prices.eth_usd,
    )
