"""Reading images as grey pixels, and bringing them to a size, in exact integers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from commonlearn.errors import SampleError

__all__ = ["area_sums", "read_grey", "read_resized"]

_WHITE = 255
_MOST_SIDE = 32_768
Numbers = npt.NDArray[np.int64]


def read_grey(raw: Any, position: int) -> Numbers:
    """Read one image as grey values.

    Parameters
    ----------
    raw : path, Pillow image or ndarray
        Colours become grey by Pillow's integer formula (ITU-R 601: ``(19595 R + 38470 G + 7471 B + 32768) >> 16``);
        what is transparent counts as white paper. Arrays have the shape (height, width) or (height, width, 3), of whole
        numbers from 0 to 255 or of floating numbers from 0 to 1.
    position : int
        For messages.

    Returns
    -------
    ndarray of int64, shape (height, width)
        0 (black) to 255 (white).

    Raises
    ------
    SampleError
        It is no image.
    """
    image = _from_array(raw, position) if isinstance(raw, np.ndarray) else _opened(raw, position)
    return np.asarray(image, dtype=np.int64)


def _opened(raw: Any, position: int) -> Image.Image:
    if isinstance(raw, Image.Image):
        return _grey(raw)
    if not isinstance(raw, str | Path):
        raise SampleError(f"{type(raw).__name__} is no image. Give a path, a Pillow image or an array.", position)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(raw) as image:
                return _grey(image)
    except FileNotFoundError:
        raise SampleError(f"there is no image file {str(raw)!r}. Check the path.", position) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise SampleError(f"the image {str(raw)!r} is too large. Make it smaller.", position) from None
    except UnidentifiedImageError:
        raise SampleError(f"the file {str(raw)!r} is no image that Pillow reads. Save it as PNG.", position) from None
    except (OSError, SyntaxError, ValueError) as error:
        raise SampleError(f"the image {str(raw)!r} cannot be read ({error}). Save it as PNG.", position) from None


def _grey(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        raise ValueError("it has more than 8 bits a pixel")
    if "A" in image.getbands() or "transparency" in image.info:
        coloured = image.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, (_WHITE,) * 4)
        image = Image.alpha_composite(paper, coloured).convert("RGB")
    return image.convert("L")


def _from_array(array: npt.NDArray[Any], position: int) -> Image.Image:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or 0 in array.shape:
        raise SampleError(f"an array of the shape {array.shape} is no image of grey or RGB pixels.", position)
    largest = 1 if array.dtype.kind == "f" else _WHITE
    if array.dtype.kind not in "fiu" or not ((array >= 0) & (array <= largest)).all():
        raise SampleError(
            "its pixels are neither whole numbers from 0 to 255 nor floating numbers from 0 to 1. Scale them.", position
        )
    values = np.rint(array * float(_WHITE)) if largest == 1 else array
    return Image.fromarray(values.astype(np.uint8)).convert("L")


def area_sums(pixels: Numbers, height: int, width: int) -> Numbers:
    """Sum the pixels under each cell of a coarser (or finer) grid, by area, exactly.

    Pixel and cell edges are laid over one another: a pixel that is half under a cell counts half. In units where this
    is a whole number: a cell's mean is its sum over ``pixels.shape[0] * pixels.shape[1]``.

    Parameters
    ----------
    pixels : ndarray of int64, shape (h, w)
    height, width : int

    Returns
    -------
    ndarray of int64, shape (height, width)

    Examples
    --------
    >>> area_sums(np.array([[0, 10, 20]]), 1, 2).tolist()
    [[10, 50]]
    """
    return np.asarray(_overlaps(height, pixels.shape[0]) @ pixels @ _overlaps(width, pixels.shape[1]).T)


def _overlaps(cells: int, pixels: int) -> Numbers:
    """How much of each pixel (``cells`` units long) lies under each cell (``pixels`` units long)."""
    cell, pixel = np.arange(cells)[:, None] * pixels, np.arange(pixels)[None, :] * cells
    low, high = np.maximum(cell, pixel), np.minimum(cell + pixels, pixel + cells)
    return np.asarray((high - low).clip(0), dtype=np.int64)


def read_resized(raw: Sequence[Any], height: int, width: int, levels: int, *, invert: bool) -> Numbers:
    """Read images at one size and number of grey levels.

    A cell's level is its mean grey, over white, times ``levels - 1``, rounded exactly, halves to even.

    Parameters
    ----------
    raw : sequence, length n
        As :func:`read_grey` takes them.
    height, width : int
    levels : int
        2 to 256.
    invert : bool
        Whether black is the highest level, for dark ink on paper.

    Returns
    -------
    ndarray of int64, shape (n, height, width)
        0 to ``levels - 1``.

    Raises
    ------
    SampleError
        Something is no image.
    """
    if isinstance(raw, str | Path | Image.Image) or (isinstance(raw, np.ndarray) and raw.ndim == 2):
        raise SampleError("one image was given where a list of them is expected. Put it into a list.")
    made = np.zeros((len(raw), height, width), dtype=np.int64)
    for i, one in enumerate(raw):
        pixels = read_grey(one, i)
        if max(pixels.shape) > _MOST_SIDE:
            raise SampleError(f"the image has {pixels.shape[1]} × {pixels.shape[0]} pixels. Make it smaller.", i)
        numerator = area_sums(_WHITE - pixels if invert else pixels, height, width) * (levels - 1)
        denominator = pixels.size * _WHITE
        quotient, rest = np.divmod(numerator, denominator)
        up = (2 * rest > denominator) | ((2 * rest == denominator) & (quotient % 2 == 1))
        made[i] = quotient + up
    return made
