"""What all refusals of the contracts share."""

from __future__ import annotations

from datetime import UTC, datetime

from commonlearn.errors import CommonlearnError

__all__ = [
    "ContractError",
    "UnknownRevert",
    "moment",
]


class ContractError(CommonlearnError):
    """A contract refused a call; nothing changed on the chain but the fee, if it was sent at all."""


class UnknownRevert(ContractError):
    """A contract refused a call for a reason that is not in its interface.

    Parameters
    ----------
    data : bytes
        What the contract returned.
    reason : str
        The same in words, where it can be read.
    """

    fields = ("data",)

    def __init__(self, data: bytes, reason: str = "") -> None:
        said = reason or (f"0x{data.hex()}" if data else "no reason given, as when gas or ether runs out")
        super().__init__(
            f"The contract refused the call: {said}. Check that the address is the right one and that the account "
            "has enough ether."
        )
        self.data, self.reason = data, reason


def moment(seconds: int) -> str:
    """Say a chain's time in words.

    Parameters
    ----------
    seconds : int
        Since 1970.

    Returns
    -------
    str

    Examples
    --------
    >>> moment(1_700_000_000), moment(1 << 40)
    ('2023-11-14 22:13:20 UTC', 'never')
    """
    if seconds >= 1 << 37:  # beyond the year 4000, where no calendar is needed any more
        return "never"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
