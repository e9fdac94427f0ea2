"""Amounts of ether as exact integers of wei, read and written the way people do.

Nothing here is a float: an amount that is staked or paid never passes through one.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from commonlearn.errors import CommonlearnError

__all__ = ["GWEI", "WEI_PER_ETHER", "InvalidAmount", "format_ether", "format_usd", "parse_amount", "usd_of"]

GWEI = 10**9
"""Wei in a gwei."""

WEI_PER_ETHER = 10**18
"""Wei in an ether."""

_UNITS = {"wei": 1, "gwei": GWEI, "eth": WEI_PER_ETHER, "ether": WEI_PER_ETHER}


class InvalidAmount(CommonlearnError, ValueError):
    """A text does not say an amount of money."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r} is no amount: {reason}. Write for example 0.002, 0.002ether, 2000000gwei or 5wei.")
        self.text, self.reason = text, reason


def parse_amount(text: str, default_unit: str = "ether") -> int:
    """Read an amount such as ``"0.002"``, ``"3 gwei"`` or ``"5wei"``.

    Parameters
    ----------
    text : str
        A number, then at most one unit: wei, gwei, eth or ether.
    default_unit : str
        The unit where the text names none.

    Returns
    -------
    int
        Wei, at least 0, below 2^96.

    Raises
    ------
    InvalidAmount
        Not a number, negative, an unknown unit, or a fraction of a wei.

    Examples
    --------
    >>> parse_amount("0.002"), parse_amount("3 gwei"), parse_amount("5wei")
    (2000000000000000, 3000000000, 5)
    """
    compact = text.strip().lower().replace("_", "")
    number = compact.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = compact[len(number) :].strip() or default_unit
    if unit not in _UNITS:
        raise InvalidAmount(text, f"the unit {unit!r} is not known")
    try:
        wei = Decimal(number) * _UNITS[unit]
    except InvalidOperation:
        raise InvalidAmount(text, "it has no number") from None
    if not wei.is_finite() or wei < 0:
        raise InvalidAmount(text, "it must be zero or more")
    if wei >= 1 << 96:
        raise InvalidAmount(text, "it is more ether than there is")
    if wei != int(wei):
        raise InvalidAmount(text, "it has a fraction of a wei")
    return int(wei)


def format_ether(wei: int) -> str:
    """An amount for people, exact, in the unit that needs the fewest zeros.

    Examples
    --------
    >>> format_ether(2 * 10**15), format_ether(1_500_000_000), format_ether(7), format_ether(0)
    ('0.002 ether', '1.5 gwei', '7 wei', '0 ether')
    """
    if wei == 0:
        return "0 ether"
    if abs(wei) >= 10**13:
        return f"{_plain(Decimal(wei) / WEI_PER_ETHER)} ether"
    if abs(wei) >= 10**6:
        return f"{_plain(Decimal(wei) / GWEI)} gwei"
    return f"{wei} wei"


def usd_of(wei: int, eth_usd: Decimal | None) -> Decimal | None:
    """Dollars of an amount at a price of one ether in dollars, to a hundredth of a cent; None without a price.

    Examples
    --------
    >>> usd_of(2 * 10**15, Decimal(2500))
    Decimal('5.0000')
    """
    if eth_usd is None:
        return None
    return (Decimal(wei) * eth_usd / WEI_PER_ETHER).quantize(Decimal("0.0001"))


def format_usd(amount: Decimal | None) -> str:
    """Dollars for people; empty without a price.

    Examples
    --------
    >>> format_usd(Decimal("5.0000")), format_usd(Decimal("0.0042")), format_usd(None)
    ('$5.00', '$0.0042', '')
    """
    if amount is None:
        return ""
    return f"${amount:.4f}" if 0 < abs(amount) < Decimal("0.1") else f"${amount:,.2f}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
