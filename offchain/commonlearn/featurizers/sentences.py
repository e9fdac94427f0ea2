"""Texts as sentence embeddings, by a model folder that the user names. Needs the extra ``sentences``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from commonlearn.errors import ExtraMissing, FolderMissing, InvalidMetadata, SampleError
from commonlearn.featurizers.base import Featurizer, Takes, refuse_single, whole_number
from commonlearn.featurizers.store import folder_hash
from commonlearn.featurizers.vocabulary import checked_text
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, quantise

__all__ = ["FOLDER_VARIABLE", "Encoder", "SentenceText", "open_encoder"]

FOLDER_VARIABLE = "COMMONLEARN_SENTENCES"
_UNSAFE = {".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth", ".py"}
"""Files that run code when they are loaded."""


class Encoder(Protocol):
    """What is needed of a sentence model; ``SentenceTransformer`` is one."""

    def encode(self, sentences: list[str], **options: Any) -> npt.NDArray[Any]:
        """Give one vector a sentence, shape (n, dimension)."""


class SentenceText(Featurizer):
    """Texts by sentence embeddings: vectors of length 1, times ``unit``, rounded, halves to even.

    The folder is known by the hash of all its files (:func:`~commonlearn.featurizers.store.folder_hash`), so everybody
    uses the same weights. Neural networks are summed in another order on other machines: values that differ by some
    1e-6 can round to neighbouring integers there. What counts is what was contributed, and that is recorded.

    Parameters
    ----------
    folder : path
        A model folder of sentence-transformers, weights as safetensors. Files that could run code are refused.
    unit : int, default 1024
        Units per 1.0.

    Raises
    ------
    FolderMissing
        There is no such folder.
    ExtraMissing
        sentence-transformers is not installed.
    InvalidMetadata
        The folder holds files that could run code.
    """

    id = "text-sentences"
    version = 1
    takes = Takes.TEXT
    encoding = Encoding.DENSE

    def __init__(self, folder: str | Path, *, unit: int = 1_024) -> None:
        path = Path(folder)
        if not path.is_dir():
            raise FolderMissing("a folder with a sentence model", FOLDER_VARIABLE, [str(path)])
        unsafe = sorted(one.name for one in path.rglob("*") if one.suffix.lower() in _UNSAFE)
        if unsafe:
            raise InvalidMetadata(
                f"The folder {path} has {unsafe[0]}, which could run code when loaded; keep weights as safetensors."
            )
        self.unit = whole_number({"unit": unit}, "unit", 1, 32_767)
        self.folder, self.address = path, folder_hash(path)
        self._encoder = open_encoder(path, self.address)
        self._dimension = int(self._vectors(["one"]).shape[1])

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._dimension

    def libraries(self) -> tuple[str, ...]:
        return ("sentence-transformers",)

    def transform_real(self, raw: Sequence[Any]) -> npt.NDArray[np.float64]:
        """Give the vectors before rounding, shape (n, dimension)."""
        refuse_single(raw)
        texts = [checked_text(text, i) for i, text in enumerate(raw)]
        return self._vectors(texts) if texts else np.zeros((0, self.dimension))

    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode texts.

        Raises
        ------
        SampleError
            Something is no text, or its vector is no direction.
        """
        return batch_from_matrix(quantise(self.transform_real(raw), float(self.unit)), self.encoding)

    def describe(self, sample: bytes) -> str:
        """Say that a sample is an embedding: its words cannot be had back."""
        return f"a text as {self.dimension} numbers: 0x{sample[:8].hex()}…"

    def parameters(self) -> dict[str, Any]:
        """Give dimension, units, and the hash of the model's folder."""
        return {"dimension": self.dimension, "unit": self.unit, "model": self.address}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`, with a folder named in ``COMMONLEARN_SENTENCES``.

        Raises
        ------
        FolderMissing
            None of the folders there has the recorded hash.
        """
        unit, dimension = (whole_number(parameters, name, 1, 65_536) for name in ("unit", "dimension"))
        named = [Path(one) for one in os.environ.get(FOLDER_VARIABLE, "").split(os.pathsep) if one]
        for folder in named:
            if folder.is_dir() and folder_hash(folder) == parameters.get("model"):
                made = cls(folder, unit=unit)
                if made.dimension != dimension:
                    raise InvalidMetadata(f"Its vectors have {made.dimension} numbers, not {dimension}.")
                return made
        what = f"the folder of a sentence model with the hash {parameters.get('model')}"
        raise FolderMissing(what, FOLDER_VARIABLE, [str(folder) for folder in named])

    def _vectors(self, texts: list[str]) -> npt.NDArray[np.float64]:
        vectors = np.asarray(self._encoder.encode(texts, show_progress_bar=False), dtype=np.float64)
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise InvalidMetadata("The sentence model gives no vector for each text.")
        length = np.sqrt((vectors * vectors).sum(axis=1))
        bad = ~(np.isfinite(length) & (length > 0))
        if bad.any():
            raise SampleError("the sentence model gives no direction for this text. Leave it out.", int(bad.argmax()))
        return np.asarray(vectors / length[:, None])


@lru_cache(maxsize=2)
def open_encoder(folder: Path, address: str) -> Encoder:
    """Load a sentence model from its folder, without any network and without code of its own.

    Parameters
    ----------
    folder : Path
    address : str
        The folder's hash: a changed folder is loaded anew.

    Raises
    ------
    ExtraMissing
        sentence-transformers is not installed.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise ExtraMissing(SentenceText.id, SentenceText.version, "sentence-transformers", "sentences") from None
    encoder: Encoder = SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )
    return encoder
