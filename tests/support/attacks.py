"""What attacks brought, told to ``make attacks``, which puts all of them into one table.

`must_not_pay` asserts; with ``ATTACKS_TO`` naming a file, the scenario is added to it as a line of JSON.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

VARIABLE = "ATTACKS_TO"
WEI = "wei"
POINTS = "hundredths of a point"


def must_not_pay(
    name: str, profit: int, *, gas: int | None = None, honest_loss: int | None = None, unit: str = WEI
) -> None:
    """Record an attack, and fail when it pays.

    Parameters
    ----------
    name : str
        Incentive and attack, as in ``"market: copy a commitment"``.
    profit : int
        What all accounts of the attacker gained, in `unit`, without gas.
    gas : int, optional
        What the attacker's transactions burnt; None if it was not measured.
    honest_loss : int, optional
        What honest accounts lost, in `unit`; None if it was not measured.
    unit : str
        `WEI` or `POINTS`.

    Raises
    ------
    AssertionError
        When the attacker gained.

    Examples
    --------
    >>> must_not_pay("market: an example", -5)
    >>> must_not_pay("market: another", 1)
    Traceback (most recent call last):
        ...
    AssertionError: market: another pays 1 wei
    """
    _record(name, profit, gas, honest_loss, unit, limit="")
    if profit > 0:
        raise AssertionError(f"{name} pays {profit} {unit}")


def is_a_limit(name: str, profit: int, limit: str, *, honest_loss: int | None = None, unit: str = WEI) -> None:
    """Record an attack that pays, with the reason why it can; fail when it does not pay any more."""
    _record(name, profit, None, honest_loss, unit, limit)
    if profit <= 0:
        raise AssertionError(f"{name} does not pay any more: record it as such")


def _record(name: str, profit: int, gas: int | None, loss: int | None, unit: str, limit: str) -> None:
    if to := os.environ.get(VARIABLE):
        test = os.environ.get("PYTEST_CURRENT_TEST", "").split(" ")[0]
        line = {
            "name": name, "profit": profit, "unit": unit, "attack_gas": gas, "honest_loss": loss, "limit": limit,
            "test": test,
        }  # fmt: skip
        with Path(to).open("a") as file:
            file.write(json.dumps(line) + "\n")
