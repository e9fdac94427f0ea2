"""Spans of time as people say them."""

from __future__ import annotations

import re

from commonlearn.errors import CommonlearnError

__all__ = ["InvalidDuration", "duration", "parse_duration"]

_SECONDS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class InvalidDuration(CommonlearnError, ValueError):
    """A text says no span of time."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no span of time. Write for example 90s, 30min, 12h, 7d or 1d12h.")
        self.text = text


def duration(seconds: int) -> str:
    """A span of time for people, in its two largest units.

    Examples
    --------
    >>> duration(59), duration(3_660), duration(200_000), duration(0)
    ('59 s', '1 h 1 min', '2 d 7 h', '0 s')
    """
    parts = [(seconds // 86_400, "d"), (seconds // 3_600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    named = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(named[:2]) or "0 s"


def parse_duration(text: str) -> int:
    """Seconds of a span of time.

    Raises
    ------
    InvalidDuration
        It is none.

    Examples
    --------
    >>> parse_duration("90s"), parse_duration("1d12h"), parse_duration("45")
    (90, 129600, 45)
    """
    lower = text.strip().lower()
    if lower.isdecimal():
        return int(lower)
    parts = re.findall(r"(\d+)\s*([a-z]+)", lower)
    whole = re.fullmatch(r"(?:\d+\s*[a-z]+\s*)+", lower)
    if whole is None or any(unit not in _SECONDS for _, unit in parts):
        raise InvalidDuration(text)
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)
