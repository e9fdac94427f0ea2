r"""How fitted state is written: one line that says what it is, one of canonical JSON, then plain numbers.

::

    commonlearn state 1\n
    {"arrays":[[name,type,shape],...],"content":{...}}\n
    the arrays' bytes, little-endian, row by row, one after another

The JSON has sorted keys, no spaces and UTF-8 letters, so equal state has equal bytes and one hash. Nothing in it can be
run: types are the four below, and all lengths must add up.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.errors import InvalidMetadata
from commonlearn.featurizers.store import address_of

__all__ = ["State", "canonical_json"]

_HEAD = b"commonlearn state 1\n"
_TYPES = ("|u1", "<i2", "<i4", "<f8")


def canonical_json(content: Any) -> str:
    """Write compact JSON with sorted keys; numbers as Python writes them, none that are not finite.

    Examples
    --------
    >>> canonical_json({"b": [1, 0.5], "a": "é"})
    '{"a":"é","b":[1,0.5]}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, eq=False)
class State:
    """What was fitted.

    Parameters
    ----------
    content : mapping
        Words, names, single numbers: anything for JSON.
    arrays : mapping of str to ndarray
        Of uint8, int16, int32 or float64.

    Examples
    --------
    >>> state = State({"words": ["good"]}, {"weights": np.array([[1, -2]], dtype=np.int16)})
    >>> again = State.from_bytes(state.to_bytes())
    >>> again.content, again.arrays["weights"].tolist(), again.address() == state.address()
    ({'words': ['good']}, [[1, -2]], True)
    """

    content: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Write it down."""
        parts: list[bytes] = []
        listed: list[list[Any]] = []
        for name in sorted(self.arrays):
            array = np.ascontiguousarray(self.arrays[name])
            kind = array.dtype.newbyteorder("<").str
            if kind not in _TYPES:
                raise InvalidMetadata(f"Its array {name!r} is of the type {kind}, which state does not hold.")
            listed.append([name, kind, list(array.shape)])
            parts.append(array.astype(kind, copy=False).tobytes())
        head = canonical_json({"arrays": listed, "content": dict(self.content)})
        return _HEAD + head.encode() + b"\n" + b"".join(parts)

    def address(self) -> str:
        """Hash of the bytes, as a store names it."""
        return address_of(self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> State:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        InvalidMetadata
            It is anything else.
        """
        end = data.find(b"\n", len(_HEAD))
        if not data.startswith(_HEAD) or end < 0:
            raise InvalidMetadata("Its file is not fitted state of this layout.")
        try:
            head = json.loads(data[len(_HEAD) : end])
            listed, content = head["arrays"], head["content"]
            arrays, start = {}, end + 1
            for name, kind, shape in listed:
                if kind not in _TYPES or not all(isinstance(n, int) and n >= 0 for n in shape):
                    raise ValueError
                size = np.dtype(kind).itemsize * math.prod(shape)
                if start + size > len(data):
                    raise ValueError
                arrays[str(name)] = np.frombuffer(data[start : start + size], dtype=kind).reshape(shape)
                start += size
            if start != len(data) or not isinstance(content, dict):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InvalidMetadata("Its file of fitted state is broken.") from None
        return cls(content, arrays)

    def array(self, name: str, kind: str, shape: tuple[int | None, ...]) -> npt.NDArray[Any]:
        """Give an array that must be there with this type and shape (None: any length).

        Raises
        ------
        InvalidMetadata
            It is not.
        """
        found = self.arrays.get(name)
        if (
            found is None
            or found.dtype.str != kind
            or found.ndim != len(shape)
            or any(wanted not in (None, length) for wanted, length in zip(shape, found.shape, strict=True))
        ):
            raise InvalidMetadata(f"Its fitted state has no array {name!r} as it should be.")
        return found
