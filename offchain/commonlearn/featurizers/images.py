"""Images as the grey levels of their pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from commonlearn.errors import InvalidMetadata
from commonlearn.featurizers.bag import encoding_named
from commonlearn.featurizers.base import Featurizer, Takes, whole_number
from commonlearn.featurizers.pictures import read_resized
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, decode_many

__all__ = ["PixelImage"]

_SHADES = " .:-=+*#%@"


class PixelImage(Featurizer):
    """Images by pixels: brought to one size, in some grey levels, row by row.

    Size and levels are made in exact integers (:mod:`commonlearn.featurizers.pictures`), so all machines agree on the
    same pixels. Of lossy formats (JPEG) decoders may make pixels that differ by one: prefer PNG.

    Parameters
    ----------
    height, width : int
        1 to 256 each; images of other proportions are stretched.
    levels : int, default 256
        Number of greys, 2 to 256: features are 0 (black) to ``levels - 1`` (white).
    invert : bool, default False
        Whether black is the highest level, for dark ink on paper.
    encoding : {"dense", "sparse", "presence"}
        Sparse for images that are mostly 0; presence for two levels.

    Examples
    --------
    >>> import numpy as np
    >>> image = PixelImage(2, 2, levels=17)
    >>> image.transform_batch([np.array([[0.0, 1.0], [0.5, 0.25]])]).to_dense().tolist()
    [[0, 16, 8, 4]]
    """

    id = "image-pixels"
    version = 1
    takes = Takes.IMAGE

    def __init__(
        self,
        height: int,
        width: int,
        levels: int = 256,
        *,
        invert: bool = False,
        encoding: str | Encoding = "dense",
    ) -> None:
        given = {"height": height, "width": width, "levels": levels}
        self.height, self.width = (whole_number(given, name, 1, 256) for name in ("height", "width"))
        self.levels, self.invert = whole_number(given, "levels", 2, 256), bool(invert)
        self.encoding = encoding_named(encoding)
        if self.encoding is Encoding.PRESENCE and levels != 2:
            raise InvalidMetadata("Presence has two levels; use the encoding dense or sparse for more.")

    @property
    def dimension(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode images.

        Raises
        ------
        SampleError
            Something is no image.
        EmptySample
            An image is black, and the encoding is not dense.
        """
        pixels = read_resized(raw, self.height, self.width, self.levels, invert=self.invert)
        return batch_from_matrix(pixels.reshape(len(raw), self.dimension), self.encoding)

    def describe(self, sample: bytes) -> str:
        """Draw a sample with letters, line by line."""
        values = decode_many([sample], self.encoding, self.dimension).to_dense().reshape(self.height, self.width)
        shades = values.clip(0, self.levels - 1) * (len(_SHADES) - 1) // (self.levels - 1)
        return "\n".join("".join(_SHADES[shade] for shade in line) for line in shades.tolist())

    def parameters(self) -> dict[str, Any]:
        """Give size, levels and encoding."""
        return {
            "height": self.height,
            "width": self.width,
            "levels": self.levels,
            "invert": self.invert,
            "encoding": self.encoding.name.lower(),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        invert = parameters.get("invert")
        if not isinstance(invert, bool):
            raise InvalidMetadata(f"Its invert is {invert!r}, but must be true or false.")
        height, width = (whole_number(parameters, name, 1, 256) for name in ("height", "width"))
        levels = whole_number(parameters, "levels", 2, 256)
        return cls(height, width, levels, invert=invert, encoding=encoding_named(parameters.get("encoding")))
