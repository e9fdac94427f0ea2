"""A dispute over a posted outcome, played move by move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.plain_market import PlainMarket


def bisect_truly(market: PlainMarket, who: Any, middle: int) -> Any:
    """Make the honest poster's move."""
    return market.contract.bisect(market.states[middle].hash, market.tree().proof(middle), {"from": who})


def play(
    market: PlainMarket, poster_moves: Callable[[int], Any], challenger: Any, is_wrong: Callable[[int], bool]
) -> int:
    """Bisect down to one step, and give the last step that both agree on."""
    while True:
        post = market.contract.posted().dict()
        low, high = post["low"], post["high"]
        if high - low == 1:
            return int(low)
        middle = (low + high) // 2
        poster_moves(middle)
        market.contract.choose(is_wrong(middle), {"from": challenger})
