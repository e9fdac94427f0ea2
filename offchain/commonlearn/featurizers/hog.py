"""Images by histograms of oriented gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from commonlearn.errors import ExtraMissing, InvalidMetadata
from commonlearn.featurizers.base import Featurizer, Takes, check_probe, whole_number
from commonlearn.featurizers.pictures import read_resized
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, keccak256, quantise

__all__ = ["HogImage"]

_GREYS = 256


class HogImage(Featurizer):
    """Images by histograms of oriented gradients (Dalal and Triggs, CVPR 2005), as scikit-image makes them.

    The image is brought to one size in exact integers, then ``skimage.feature.hog`` with ``L2-Hys`` blocks gives
    numbers from 0 to 1, which are multiplied by ``unit`` and rounded, halves to even.

    The histograms are made in floating point. Orientations are odd in number, so that no gradient of whole numbers lies
    on the edge of two bins but for 0°, which is exact; ``unit`` is a power of two, so that equal gradients in a block
    do not land on a half. What is left are roundings of magnitudes, some 1e-16 of a value: two machines disagree, by
    one unit, only on a number that is that close to a half. A *probe*, a short hash of what a fixed image gives, goes
    into the description and finds a scikit-image that computes otherwise.

    Parameters
    ----------
    height, width : int
        Size in pixels, 1 to 256.
    orientations : int, default 9
        Number of bins; odd, 3 to 15.
    cell : int, default 8
        Pixels along a cell's side.
    block : int, default 2
        Cells along a block's side.
    unit : int, default 256
        Units per 1.0, a power of two up to 16,384.

    Examples
    --------
    >>> image = HogImage(8, 8, cell=4, block=2)
    >>> image.dimension
    36
    >>> stripes = np.tile([0.0, 0.0, 1.0, 1.0], (8, 2))
    >>> image.transform_batch([stripes]).to_dense()[0, :9].tolist()
    [128, 0, 0, 0, 0, 0, 0, 0, 0]
    """

    id = "image-hog"
    version = 1
    takes = Takes.IMAGE
    encoding = Encoding.DENSE

    def __init__(
        self,
        height: int,
        width: int,
        *,
        orientations: int = 9,
        cell: int = 8,
        block: int = 2,
        unit: int = 256,
    ) -> None:
        given = {
            "height": height, "width": width, "orientations": orientations, "cell": cell, "block": block, "unit": unit,
        }  # fmt: skip
        self.height, self.width = (whole_number(given, name, 1, 256) for name in ("height", "width"))
        self.orientations = whole_number(given, "orientations", 3, 15)
        self.cell, self.block = whole_number(given, "cell", 1, 128), whole_number(given, "block", 1, 16)
        self.unit = whole_number(given, "unit", 1, 16_384)
        if self.orientations % 2 == 0 or self.unit & (self.unit - 1):
            raise InvalidMetadata("Its orientations must be odd in number, and its unit a power of two.")
        rows, columns = (side // self.cell - self.block + 1 for side in (self.height, self.width))
        if rows < 1 or columns < 1:
            raise InvalidMetadata("The image is smaller than a block; give smaller cells or blocks.")
        self._dimension = rows * columns * self.block**2 * self.orientations
        if self._dimension > 65_536:
            raise InvalidMetadata(f"It has {self._dimension:,} features, but 65,536 is the most; give larger cells.")
        _skimage()

    @property
    def dimension(self) -> int:
        """Number of features: blocks × cells in a block × orientations."""
        return self._dimension

    def libraries(self) -> tuple[str, ...]:
        return ("scikit-image",)

    def transform_real(self, raw: Sequence[Any]) -> npt.NDArray[np.float64]:
        """Give the histograms before rounding, shape (n, dimension). As :meth:`transform_batch`."""
        pixels = read_resized(raw, self.height, self.width, _GREYS, invert=False)
        return np.array([self._histograms(one) for one in pixels]).reshape(len(pixels), self.dimension)

    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode images.

        Raises
        ------
        SampleError
            Something is no image.
        """
        return batch_from_matrix(quantise(self.transform_real(raw), float(self.unit)), self.encoding)

    def _histograms(self, pixels: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        found = _skimage().hog(
            pixels.astype(np.float64),
            orientations=self.orientations,
            pixels_per_cell=(self.cell, self.cell),
            cells_per_block=(self.block, self.block),
            block_norm="L2-Hys",
            feature_vector=True,
        )
        return np.asarray(found, dtype=np.float64)

    def describe(self, sample: bytes) -> str:
        """Say that a sample is histograms: the image cannot be had back."""
        return f"gradients of an image of {self.width} × {self.height} pixels: 0x{sample[:8].hex()}…"

    def parameters(self) -> dict[str, Any]:
        """Give sizes, units and the probe."""
        names = ("height", "width", "orientations", "cell", "block", "unit")
        return {**{name: getattr(self, name) for name in names}, "probe": _probe()}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        names = {"height": 256, "width": 256, "orientations": 15, "cell": 128, "block": 16, "unit": 16_384}
        made = cls(**{name: whole_number(parameters, name, 1, most) for name, most in names.items()})
        check_probe(cls.id, parameters.get("probe"), _probe(), "scikit-image")
        return made


def _skimage() -> Any:
    try:
        import skimage.feature
    except ImportError:
        raise ExtraMissing(HogImage.id, HogImage.version, "scikit-image", "images") from None
    return skimage.feature


@cache
def _probe() -> str:
    row, column = np.mgrid[0:24, 0:24]
    pixels = ((row * row * 7 + column * 31 + row * column * 3) % 256).astype(np.int64)
    found = HogImage(24, 24, cell=6, unit=1_024)._histograms(pixels)
    return keccak256(np.rint(found * 1_024).astype(">i2").tobytes())[:8].hex()
