"""Texts as hashed words: no vocabulary, so nothing to learn and no word unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction import FeatureHasher

from commonlearn.errors import InvalidMetadata
from commonlearn.featurizers.bag import BagOfWords, encoding_named
from commonlearn.featurizers.base import whole_number
from commonlearn.featurizers.tokenizers import Tokenizer
from commonlearn.featurizers.vocabulary import MAX_WORDS
from commonlearn.numerics import Encoding, decode

__all__ = ["HashedText"]


class HashedText(BagOfWords):
    """Texts by hashed words, as scikit-learn's ``FeatureHasher`` counts them.

    For each token, ``h`` is MurmurHash3 (x86, 32 bits, seed 0) of its UTF-8 bytes as a signed number. It counts for
    feature ``abs(h) % dimension``, with the sign of ``h`` if ``sign`` (so that words which share a feature cancel
    rather than add up, on average). ``h = -2**31`` counts for ``(2**31 - dimension) % dimension``. A feature's sum is
    stopped at ±32,767; with the encoding ``presence`` it is 1 if any token is there. Where all tokens of a text cancel,
    it is refused as empty.

    Parameters
    ----------
    dimension : int
        Number of features, 1 to 65,536.
    tokenizer : str, default "plain"
        One of :data:`~commonlearn.featurizers.tokenizers.TOKENIZERS`.
    encoding : {"presence", "sparse", "dense"}
        Presence, or counts (sparse, dense).
    sign : bool, default False
        Whether half of the words count negatively: for counts only, and not for naive Bayes.

    Examples
    --------
    >>> text = HashedText(16, encoding="sparse", sign=True)
    >>> text.transform_batch(["good good film"]).to_dense().tolist()
    [[0, 2, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0]]
    """

    id = "text-hashed"
    version = 1

    def __init__(
        self,
        dimension: int,
        tokenizer: str | Tokenizer = "plain",
        encoding: str | Encoding = "presence",
        *,
        sign: bool = False,
    ) -> None:
        self._dimension = whole_number({"dimension": dimension}, "dimension", 1, MAX_WORDS)
        self.tokenizer = tokenizer if isinstance(tokenizer, Tokenizer) else Tokenizer.named(tokenizer)
        self.encoding = encoding_named(encoding)
        self.sign = bool(sign)
        if self.sign and self.encoding is Encoding.PRESENCE:
            raise InvalidMetadata("It has signs, but presence has none; use the encoding sparse or dense.")
        self._hasher = FeatureHasher(self._dimension, input_type="string", dtype=np.float64, alternate_sign=self.sign)

    @property
    def dimension(self) -> int:
        """Number of features."""
        return self._dimension

    def counts(self, raw: Sequence[Any]) -> sp.csr_array:
        tokens = self.tokens(raw)
        if not tokens:
            return sp.csr_array((0, self.dimension), dtype=np.int64)
        counts = sp.csr_array(self._hasher.transform(tokens)).astype(np.int64)
        counts.sum_duplicates()
        counts.eliminate_zeros()
        return counts

    def describe(self, sample: bytes) -> str:
        """Say which features are in a sample; which words made them is lost in the hash."""
        indices, values = decode(sample, self.encoding, self.dimension)
        said = [
            f"#{i} ×{v}" if v != 1 else f"#{i}" for i, v in zip(indices.tolist(), values.tolist(), strict=True) if v
        ]
        return "hashed words " + " ".join(said)

    def parameters(self) -> dict[str, Any]:
        """Give dimension, encoding, sign and tokenizer."""
        return {
            "dimension": self.dimension,
            "encoding": self.encoding.name.lower(),
            "sign": self.sign,
            **self.tokenizer.parameters(),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        sign = parameters.get("sign")
        if not isinstance(sign, bool):
            raise InvalidMetadata(f"Its sign is {sign!r}, but must be true or false.")
        dimension = whole_number(parameters, "dimension", 1, MAX_WORDS)
        tokenizer = Tokenizer.from_parameters(cls.id, parameters)
        return cls(dimension, tokenizer, encoding_named(parameters.get("encoding")), sign=sign)
