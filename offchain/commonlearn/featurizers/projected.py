"""Texts as few dense numbers: TF-IDF projected by a truncated singular value decomposition, in exact integers.

Latent semantic analysis (Deerwester et al., *Indexing by Latent Semantic Analysis*, 1990), with scikit-learn's TF-IDF:
sublinear counts, smooth idf, length 1. It is learned in floating point, once; what is learned is kept as whole numbers,
and applying it needs integer sums, one square root, one product and one quotient, all of which IEEE 754 rounds in one
way only. So every machine gets the same integers, near-ties and ties included, whatever its order of summation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.decomposition import TruncatedSVD

from commonlearn.errors import InvalidMetadata, SampleError
from commonlearn.featurizers.bag import TokenizedText
from commonlearn.featurizers.base import whole_number
from commonlearn.featurizers.state import State
from commonlearn.featurizers.tokenizers import Tokenizer
from commonlearn.featurizers.vocabulary import checked_text, checked_words, choose_words, count_words
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, quantise

__all__ = ["ProjectedText", "count_weights", "fit_projection"]

_ONE = 256
"""What 1.0 is in weights of counts and words."""
_MOST_COUNT = 255
"""More of one word in one text counts as this many."""
_MOST = 32_767
_SEED = 0
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def count_weights() -> Floats:
    """Weight of a word that is ``n`` times in a text: ``1 + ln n``, and 0 for none; shape (256,)."""
    return np.concatenate([[0.0], 1.0 + np.log(np.arange(1, _MOST_COUNT + 1))])


def fit_projection(counts: sp.csr_array, components: int) -> tuple[Floats, Floats]:
    """Learn TF-IDF and its decomposition, in floating point.

    Parameters
    ----------
    counts : csr_array of int, shape (n, words)
    components : int
        Fewer than words and texts.

    Returns
    -------
    idf : ndarray, shape (words,)
        ``1 + ln((1 + n) / (1 + texts with the word))``.
    directions : ndarray, shape (words, components)
        By falling singular value.
    """
    documents = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = 1.0 + np.log((1.0 + counts.shape[0]) / (1.0 + documents))
    weighted = sp.csr_array(counts, dtype=np.float64, copy=True)
    weighted.data = count_weights()[counts.data.clip(0, _MOST_COUNT)] * idf[counts.indices]
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    rows = np.repeat(norms, np.diff(weighted.indptr))
    weighted.data /= rows
    svd = TruncatedSVD(components, algorithm="randomized", n_iter=7, random_state=_SEED).fit(weighted)
    return idf, np.ascontiguousarray(svd.components_.T)


class ProjectedText(TokenizedText):
    """Texts as ``dimension`` dense numbers, made by :meth:`learn`.

    With ``c`` the counts of the words in a text (at most 255 each), ``t`` the table of count weights and ``w`` the
    words' weights, both in 1/256, and ``P`` the projection::

        value[k] = rint(sum(t[c[j]] * P[j, k]) * (256 * unit / 2**shift) / sqrt(sum((t[c[j]] * w[j])**2)))

    Both sums are of integers and exact; then come one conversion to float64 each, a product, a square root and a
    quotient in this order, and a rounding, halves to even, stopped at ±32,767.

    Parameters
    ----------
    words : sequence of str
        The vocabulary.
    tokenizer : str or Tokenizer
    counts : ndarray of int32, shape (256,)
        Count weights ``t``.
    weights : ndarray of int32, shape (words,)
        Words' weights ``w``.
    projection : ndarray of int16, shape (words, dimension)
        ``P``.
    unit : int
        Units per 1.0 of the result.
    shift : int
        ``P`` is in ``2**-shift``.

    Examples
    --------
    >>> texts = ["good fun film", "good fun", "dull bad film", "dull bad", "good film", "bad film"]
    >>> text = ProjectedText.learn(texts, components=2, min_documents=1, tokenizer="plain")
    >>> values = text.transform_batch(["fun and good", "bad and dull"]).to_dense()
    >>> values.shape, bool(values[0, 1] * values[1, 1] < 0)
    ((2, 2), True)
    """

    id = "text-svd"
    version = 1
    encoding = Encoding.DENSE

    def __init__(
        self,
        words: Sequence[str],
        tokenizer: str | Tokenizer,
        counts: npt.NDArray[Any],
        weights: npt.NDArray[Any],
        projection: npt.NDArray[Any],
        unit: int,
        shift: int,
    ) -> None:
        self.words = checked_words(words)
        self.tokenizer = tokenizer if isinstance(tokenizer, Tokenizer) else Tokenizer.named(tokenizer)
        self._counts, self._weights = counts.astype(np.int64), weights.astype(np.int64)
        self._projection = projection.astype(np.int64)
        self.unit, self.shift = unit, shift
        # With these bounds no sum leaves 63 bits.
        ranges = (self._counts, 0, 1 << 12), (self._weights, 1, 1 << 12), (self._projection, -_MOST, _MOST)
        if any(part.min() < low or part.max() > high for part, low, high in ranges):
            raise InvalidMetadata("Its fitted numbers are out of range.")
        if len(self._weights) != len(self.words) or self._projection.shape[0] != len(self.words):
            raise InvalidMetadata("Its words and fitted numbers differ in number.")
        self._numbers = {word: number for number, word in enumerate(self.words)}

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        labels: Sequence[Any] | None = None,
        *,
        components: int = 100,
        dimension: int = 5_000,
        min_documents: int = 5,
        tokenizer: str = "nltk-word",
        unit: int = 1_024,
    ) -> Self:
        """Choose words, and learn their weights and projection.

        Parameters
        ----------
        texts : sequence of str, length n
        labels : sequence, length n, optional
            Words are chosen by how they tell the classes apart; without labels, the commonest.
        components : int, default 100
            Number of features.
        dimension : int, default 5000
            Number of words.
        min_documents : int, default 5
            Words in fewer texts are left out.
        tokenizer : str, default "nltk-word"
            One of :data:`~commonlearn.featurizers.tokenizers.TOKENIZERS`.
        unit : int, default 1024
            Units per 1.0: a text's features then have at most this length.

        Raises
        ------
        SampleError
            There are fewer texts or words than features, or something is no text.
        EmptySample
            No word is in enough texts.
        """
        made = Tokenizer.named(tokenizer)
        tokens = [made.cut(checked_text(text, i)) for i, text in enumerate(texts)]
        words = choose_words(tokens, labels, dimension=dimension, min_documents=min_documents)
        counts = count_words(tokens, {word: number for number, word in enumerate(words)})
        counts = sp.csr_array(counts[np.diff(counts.indptr) > 0])
        if components < 1:
            raise InvalidMetadata(f"Its components are {components}, but must be at least 1.")
        if components >= min(counts.shape):
            raise SampleError(
                f"{counts.shape[0]} texts of {counts.shape[1]} words give fewer than {components} components. Give "
                "more texts, or ask for fewer components."
            )
        idf, directions = fit_projection(counts, components)
        scaled = idf[:, None] * directions
        # The finest power of two at which everything fits into 16 bits.
        shift = int(np.floor(np.log2(_MOST / np.abs(scaled).max())))
        return cls(
            words,
            made,
            quantise(count_weights(), _ONE),
            quantise(idf, _ONE).clip(1),
            quantise(scaled, 2.0**shift),
            unit,
            shift,
        )

    @property
    def dimension(self) -> int:
        """Number of features."""
        return int(self._projection.shape[1])

    def transform_known(self, raw: Sequence[Any]) -> tuple[EncodedBatch, npt.NDArray[np.bool_]]:
        """Encode the texts that have a known word, and leave out the others."""
        counts = count_words(self.tokens(raw), self._numbers)
        known = np.diff(counts.indptr) > 0
        counts = sp.csr_array(counts[known])
        counts.data = self._counts[counts.data.clip(0, _MOST_COUNT)]
        sums = np.asarray(counts @ self._projection).astype(np.float64)
        counts.data = (counts.data * self._weights[counts.indices]) ** 2
        squares = np.asarray(counts.sum(axis=1)).astype(np.float64)
        values = sums * (float(_ONE * self.unit) * 2.0**-self.shift) / np.sqrt(squares)[:, None]
        return batch_from_matrix(quantise(values), self.encoding), known

    def describe(self, sample: bytes) -> str:
        """Say that a sample is a projection: its words cannot be had back."""
        return f"a text projected to {self.dimension} numbers: 0x{sample[:8].hex()}…"

    def state(self) -> State:
        content = {"words": " ".join(self.words)}
        arrays: dict[str, npt.NDArray[Any]] = {
            "counts": self._counts.astype(np.int32),
            "weights": self._weights.astype(np.int32),
            "projection": self._projection.astype(np.int16),
        }
        return State(content, arrays)

    def parameters(self) -> dict[str, Any]:
        """Give tokenizer and units, and the hash of the file with words and projection."""
        return {
            "dimension": self.dimension,
            "unit": self.unit,
            "shift": self.shift,
            **self.tokenizer.parameters(),
            "state": self.state().address(),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        state = parameters.get("state")
        if not isinstance(state, State):
            raise InvalidMetadata("Its state is missing.")
        words = state.content.get("words")
        if not isinstance(words, str):
            raise InvalidMetadata("Its words are missing.")
        dimension = whole_number(parameters, "dimension", 1, 65_536)
        return cls(
            words.split(" "),
            Tokenizer.from_parameters(cls.id, parameters),
            state.array("counts", "<i4", (_MOST_COUNT + 1,)),
            state.array("weights", "<i4", (None,)),
            state.array("projection", "<i2", (None, dimension)),
            whole_number(parameters, "unit", 1, _MOST),
            whole_number(parameters, "shift", 0, 30),
        )
