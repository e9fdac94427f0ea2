"""The cast: tests name accounts by what they do in the story, never by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

ROLES = ("deployer", "alice", "bob", "carol", "mallory", "beneficiary", "stranger")
"""In the order of a chain's unlocked accounts.

``deployer`` makes contracts and is their curator; ``alice``, ``bob`` and ``carol`` give good data; ``mallory`` lies;
``beneficiary`` gets what nobody claims; ``stranger`` has no part in anything.
"""

AccountT = TypeVar("AccountT")


def cast(accounts: Sequence[AccountT]) -> Mapping[str, AccountT]:
    """Give each role one of a chain's accounts (addresses or brownie accounts).

    Raises
    ------
    ValueError
        When there are fewer accounts than roles.
    """
    if len(accounts) < len(ROLES):
        raise ValueError(f"{len(ROLES)} roles need as many accounts, the chain has {len(accounts)}")
    return MappingProxyType(dict(zip(ROLES, (accounts[i] for i in range(len(ROLES))), strict=True)))
