"""What a model says about itself on chain: name, classes, and how samples are made."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from commonlearn.client.errors import UnusableDescription

__all__ = ["Description"]

FORMAT = 1
"""Version of the layout, stored under ``commonlearn``."""

_MOST_BYTES = 16 << 20
"""Longest inflated description: anybody can publish a small deflated bomb."""


@dataclass(frozen=True)
class Description:
    """A model's metadata, as deflated JSON in the event ``Described``.

    Parameters
    ----------
    name : str
        Short name.
    description : str
        What it is for.
    classes : tuple of str
        Names of the first classes, in the order of their numbers.
    featurizer : dict or None
        Serialised featuriser; None when samples come encoded.

    Examples
    --------
    >>> about = Description("reviews", "", ("negative", "positive"), None)
    >>> Description.from_bytes(about.to_bytes()) == about
    True
    """

    name: str
    description: str
    classes: tuple[str, ...]
    featurizer: dict[str, Any] | None = field(default=None, hash=False)

    def to_bytes(self) -> bytes:
        """Compact UTF-8 JSON, deflated (RFC 1950); the same bytes for the same content."""
        content = {
            "commonlearn": FORMAT,
            "name": self.name,
            "description": self.description,
            "classes": list(self.classes),
            "featurizer": self.featurizer,
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(text.encode(), 9)

    @classmethod
    def from_bytes(cls, metadata: bytes) -> Description:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        UnusableDescription
            Not deflated JSON of this layout, or of a newer one.
        """
        try:
            inflater = zlib.decompressobj()
            text = inflater.decompress(metadata, _MOST_BYTES)
            if inflater.unconsumed_tail:
                raise UnusableDescription(f"it is longer than {_MOST_BYTES} bytes")
            content = json.loads(text)
        except (zlib.error, ValueError) as error:
            if isinstance(error, UnusableDescription):
                raise
            raise UnusableDescription("it is not deflated JSON") from None
        version = content.get("commonlearn") if isinstance(content, dict) else None
        if not isinstance(version, int):
            raise UnusableDescription("it was not written by commonlearn")
        if version > FORMAT:
            raise UnusableDescription(f"it has layout {version}, but this version reads {FORMAT}; upgrade commonlearn")
        classes, featurizer = content.get("classes", []), content.get("featurizer")
        well_formed = isinstance(classes, list) and isinstance(featurizer, dict | None)
        if not well_formed or len({str(name) for name in classes}) != len(classes):
            raise UnusableDescription("classes are not a list of different names, or the featuriser is not an object")
        return cls(
            str(content.get("name", "")),
            str(content.get("description", "")),
            tuple(str(name) for name in classes),
            featurizer,
        )

    def class_names(self, count: int) -> list[str]:
        """Names of so many classes: those announced later have none on chain and are called by their number."""
        names = list(self.classes[:count])
        taken = set(names)
        for number in range(len(names), count):
            name = f"class {number}"
            while name in taken:
                name += "'"
            names.append(name)
            taken.add(name)
        return names
