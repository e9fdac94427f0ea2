"""What every featuriser offers."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from commonlearn.errors import SampleError
from commonlearn.numerics import EncodedBatch, Encoding, keccak256

__all__ = ["Featurizer"]


class Featurizer(ABC):
    """Encode raw data for one model. Immutable: learned once, described on chain, rebuilt from there by everyone.

    Attributes
    ----------
    id : str
        Which featuriser. Together with ``version`` it fixes the result for all time: any change of it needs a new
        version.
    version : int
        From 1.
    encoding : Encoding
        How its samples are written.
    """

    id: ClassVar[str]
    version: ClassVar[int]
    encoding: ClassVar[Encoding]

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Number of features."""

    @abstractmethod
    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode raw data.

        Parameters
        ----------
        raw : sequence, length n

        Returns
        -------
        EncodedBatch
            Length n.

        Raises
        ------
        SampleError
            Something cannot be encoded; ``sample`` is its position.
        """

    def transform_encoded(self, raw: Sequence[Any]) -> list[bytes]:
        """Encode raw data as the bytes that contracts take. See :meth:`transform_batch`."""
        return self.transform_batch(raw).to_samples()

    def describe(self, sample: bytes) -> str:
        """Say what is in an encoded sample, for people who are to judge it; here its bytes.

        Raises
        ------
        SampleError
            It is malformed.
        """
        return f"0x{sample.hex()}"

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """Give what was learned, ready for JSON."""

    @classmethod
    @abstractmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`.

        Raises
        ------
        InvalidMetadata
            Something is missing or contradictory.
        """

    def to_dict(self) -> dict[str, Any]:
        """Describe it, ready for JSON; :func:`~commonlearn.featurizers.featurizer_from_dict` rebuilds it."""
        return {"id": self.id, "version": self.version, **self.parameters()}

    def hash(self) -> bytes:
        """Hash the description, as compact JSON with sorted keys, to 32 bytes: equal for those that encode alike."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return keccak256(text.encode())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Featurizer) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(self.hash())


def refuse_single(raw: Any) -> None:
    """Raise if one text was given where a list of them is expected: its characters would be taken for texts."""
    if isinstance(raw, str | bytes):
        raise SampleError("one text was given where a list of them is expected. Put it into a list.")
