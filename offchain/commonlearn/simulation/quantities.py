"""How settings files write money, time and parts: as `commonlearn deploy` takes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from commonlearn.durations import parse_duration
from commonlearn.errors import CommonlearnError
from commonlearn.money import parse_amount

__all__ = ["HundredthsOfPercent", "HundredthsOfPoint", "Part", "Seconds", "Wei"]


def _amount(value: Any) -> Any:
    return _read(parse_amount, value)


def _seconds(value: Any) -> Any:
    return _read(parse_duration, value)


def _read(parse: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except CommonlearnError as error:
        raise ValueError(error.user_message) from None


def _hundredths(value: Any) -> Any:
    return round(value * 100) if isinstance(value, int | float) and not isinstance(value, bool) else value


Wei = Annotated[int, BeforeValidator(_amount), Field(ge=0, lt=1 << 96)]
"""Money: ``"0.002ether"``; a plain number is wei."""

Seconds = Annotated[int, BeforeValidator(_seconds), Field(ge=0, lt=1 << 32)]
"""Time: ``"10min"``, ``"1d12h"``; a plain number is seconds."""

HundredthsOfPercent = Annotated[int, BeforeValidator(_hundredths), Field(ge=0, le=20_000)]
"""Read from percent."""

HundredthsOfPoint = Annotated[int, BeforeValidator(_hundredths), Field(ge=0, lt=1 << 32)]
"""Read from points."""

Part = Annotated[float, Field(ge=0, le=1)]
"""0 to 1."""
