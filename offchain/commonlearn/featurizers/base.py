"""What every featuriser offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from commonlearn.errors import FeaturizerMismatch, InvalidMetadata, OtherLibrary, SampleError
from commonlearn.featurizers.state import State, canonical_json
from commonlearn.featurizers.store import Store
from commonlearn.numerics import EncodedBatch, Encoding, keccak256

__all__ = ["Featurizer", "Takes", "check_probe", "refuse_single", "whole_number"]


class Takes(StrEnum):
    """What raw data a featuriser takes."""

    TEXT = "text"
    """Strings."""
    ROW = "row"
    """Rows of cells: numbers, or strings as in CSV files."""
    IMAGE = "image"
    """Paths of image files, Pillow's images, or arrays of grey or RGB pixels."""


class Featurizer(ABC):
    """Encode raw data for one model. Immutable: learned once, described on chain, rebuilt from there by everyone.

    Attributes
    ----------
    id : str
        Which featuriser. Together with ``version`` it fixes the result for all time: any change of it needs a new
        version.
    version : int
        From 1.
    takes : Takes
        What raw data it takes.
    encoding : Encoding
        How its samples are written.
    """

    id: ClassVar[str]
    version: ClassVar[int]
    takes: ClassVar[Takes]
    encoding: Encoding

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

    def transform_known(self, raw: Sequence[Any]) -> tuple[EncodedBatch, npt.NDArray[np.bool_]]:
        """Encode what has a feature, and leave out the rest: texts without any known word.

        Parameters
        ----------
        raw : sequence, length n

        Returns
        -------
        batch : EncodedBatch
            Of the others, in order.
        known : ndarray of bool, shape (n,)
            Which these are.

        Raises
        ------
        SampleError
            Something is not what the featuriser takes.
        """
        batch = self.transform_batch(raw)
        return batch, np.ones(len(batch), dtype=np.bool_)

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
        """Give what was learned, ready for JSON; with ``state``, a content hash, where a part lies in a store."""

    @classmethod
    @abstractmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`, with the :class:`State` itself in the place of its hash.

        Raises
        ------
        InvalidMetadata
            Something is missing or contradictory.
        """

    def state(self) -> State | None:
        """Give the part that lies in a store; None if the description holds everything."""
        return None

    def save(self, store: Store) -> str | None:
        """Put the state into a store, if there is one; give its address."""
        state = self.state()
        return None if state is None else store.put(state.to_bytes())

    def libraries(self) -> tuple[str, ...]:
        """Name the packages, beyond this one, whose version could change the result."""
        return ()

    def to_dict(self) -> dict[str, Any]:
        """Describe it, ready for JSON; :func:`~commonlearn.featurizers.featurizer_from_dict` rebuilds it."""
        return {"id": self.id, "version": self.version, **self.parameters()}

    def record(self) -> dict[str, Any]:
        """Describe it for a model's contract: :meth:`to_dict`, its hash, and the versions it was made with.

        The versions are for messages only and no part of what is hashed: whatever gives the same results is the same.
        """
        record = {**self.to_dict(), "hash": "0x" + self.hash().hex()}
        made_with = {name: installed(name) for name in self.libraries()}
        return {**record, "made_with": made_with} if made_with else record

    def hash(self) -> bytes:
        """Hash the description, as compact JSON with sorted keys, to 32 bytes: equal for those that encode alike.

        State is in it by its own hash.
        """
        return keccak256(canonical_json(self.to_dict()).encode())

    def check(self, recorded: Any) -> None:
        """Raise unless its hash is the recorded one.

        Raises
        ------
        FeaturizerMismatch
            It is another.
        """
        found = "0x" + self.hash().hex()
        if recorded != found:
            raise FeaturizerMismatch(self.id, self.version, str(recorded), found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Featurizer) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(self.hash())


def refuse_single(raw: Any) -> None:
    """Raise if one text was given where a list of them is expected: its characters would be taken for texts."""
    if isinstance(raw, str | bytes):
        raise SampleError("one text was given where a list of them is expected. Put it into a list.")


def installed(distribution: str) -> str:
    """Say which version of a package is installed; "none" if it is not."""
    try:
        return version_of(distribution)
    except PackageNotFoundError:
        return "none"


def check_probe(featurizer: str, recorded: Any, found: str, distribution: str) -> None:
    """Raise unless an installed library still gives what it gave where the model was made.

    Parameters
    ----------
    featurizer : str
        Id.
    recorded : object
        Short hash of the library's results for fixed input, from the description.
    found : str
        The same, made here.
    distribution : str
        The library.

    Raises
    ------
    OtherLibrary
        They differ.
    """
    if recorded != found:
        raise OtherLibrary(featurizer, distribution, installed(distribution))


def whole_number(parameters: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """Read a whole number from a description.

    Raises
    ------
    InvalidMetadata
        It is missing, no whole number, or out of range.
    """
    value = parameters.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidMetadata(f"Its {name} is {value!r}, but must be a whole number from {low} to {high}.")
    return value
