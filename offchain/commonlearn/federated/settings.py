"""What a job fixes about training, as one small record that goes into ``settings.json``."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from commonlearn.federated.errors import SettingRefused
from commonlearn.federated.parameters import DEFAULT_SCALE

__all__ = ["Settings"]

_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "step": (1e-9, 1e6),
    "batch": (0, 1 << 31),
    "penalty": (0, 1e6),
    "momentum": (0, 0.999),
    "smoothing": (1e-12, 1e6),
    "width": (1, 4096),
    "seed": (0, (1 << 64) - 1),
    "scale": (1, (1 << 32) - 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of local training. An estimator ignores those that it has no use for.

    Parameters
    ----------
    epochs : int, default 1
        Passes over an owner's rows in a round.
    step : float, default 0.1
        Step of gradient descent.
    batch : int, default 0
        Rows a step; 0: all.
    penalty : float, default 0.0
        Factor of half the squared weights, intercepts left out.
    momentum : float, default 0.0
        Part of the last step that is repeated in the next, within a round.
    smoothing : float, default 1e-3
        Naive Bayes: part of a feature's variance over all rows that is added to that of each class.
    width : int, default 16
        Hidden units of the MLP.
    seed : int, default 0
        For first weights and the order of rows.
    scale : int, default 2^24
        Units per 1.0 of the weights that are handed on.

    Raises
    ------
    SettingRefused
        A value is out of range, or not of its type.

    Examples
    --------
    >>> Settings.from_json('{"epochs": 5, "step": 0.5}').epochs
    5
    >>> Settings(step=-1.0)
    Traceback (most recent call last):
    ...
    commonlearn.federated.errors.SettingRefused: The setting 'step' cannot be used: -1.0 is not from 1e-09 to 1000000.0.
    """

    epochs: int = 1
    step: float = 0.1
    batch: int = 0
    penalty: float = 0.0
    momentum: float = 0.0
    smoothing: float = 1e-3
    width: int = 16
    seed: int = 0
    scale: int = DEFAULT_SCALE

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            whole = isinstance(field.default, int)
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise SettingRefused(field.name, f"{value!r} is not a {'whole number' if whole else 'number'}")
            low, high = _RANGES[field.name]
            if not low <= value <= high:  # NaN is not
                raise SettingRefused(field.name, f"{value} is not from {low} to {high}")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Settings:
        """Read a mapping; names that are not known are refused.

        Raises
        ------
        SettingRefused
            A name is not known, or a value not allowed.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                raise SettingRefused(str(name), f"it is not known; known are {', '.join(known)}")
        return cls(**values)

    @classmethod
    def from_json(cls, text: str | bytes) -> Settings:
        """Read a JSON object as :meth:`to_json` writes it; what is left out has its default.

        Raises
        ------
        SettingRefused
            It is no JSON object, or a name or value is not allowed.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SettingRefused("settings", f"they are no JSON ({error})") from error
        if not isinstance(values, dict):
            raise SettingRefused("settings", "they are no JSON object")
        return cls.from_dict(values)

    def to_json(self) -> str:
        """All settings, sorted by name: equal settings give equal text.

        Examples
        --------
        >>> Settings().to_json()[:36]
        '{"batch": 0, "epochs": 1, "momentum"'
        """
        return json.dumps(dataclasses.asdict(self), sort_keys=True)
