"""What featurisers that count words have in common: from counts to samples."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from commonlearn.errors import EmptySample, InvalidMetadata
from commonlearn.featurizers.base import Featurizer, Takes, refuse_single
from commonlearn.featurizers.tokenizers import Tokenizer
from commonlearn.featurizers.vocabulary import checked_text
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix

__all__ = ["BagOfWords", "TokenizedText", "encoding_named"]

_MOST = 32_767


def encoding_named(name: Any) -> Encoding:
    """Find an encoding by the name that descriptions use.

    Raises
    ------
    InvalidMetadata
        There is none.

    Examples
    --------
    >>> encoding_named("sparse")
    <Encoding.SPARSE: 1>
    """
    names = {one.name.lower(): one for one in Encoding}
    if isinstance(name, Encoding):
        return name
    if not isinstance(name, str) or name not in names:
        raise InvalidMetadata(f"Its encoding is {name!r}, but must be one of {', '.join(names)}.")
    return names[name]


class TokenizedText(Featurizer):
    """Texts, cut into words by one of :data:`~commonlearn.featurizers.tokenizers.TOKENIZERS`.

    A text without any known word is refused by name, whatever the encoding: there is nothing to learn from it.
    """

    takes = Takes.TEXT
    tokenizer: Tokenizer

    def libraries(self) -> tuple[str, ...]:
        return self.tokenizer.library

    def tokens(self, raw: Sequence[Any]) -> list[list[str]]:
        """Cut texts into words.

        Raises
        ------
        SampleError
            Something is no text.
        """
        refuse_single(raw)
        return [self.tokenizer.cut(checked_text(text, i)) for i, text in enumerate(raw)]

    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode texts.

        Raises
        ------
        EmptySample
            A text has no known word; the error names the text.
        SampleError
            Something is no text.
        """
        batch, known = self.transform_known(raw)
        if not known.all():
            first = int(known.argmin())
            raise EmptySample(first, text=raw[first])
        return batch

    @abstractmethod
    def transform_known(self, raw: Sequence[Any]) -> tuple[EncodedBatch, npt.NDArray[np.bool_]]:
        pass


class BagOfWords(TokenizedText):
    """Counts of words, whose order is lost."""

    @abstractmethod
    def counts(self, raw: Sequence[Any]) -> sp.csr_array:
        """Count, before anything is cut off or left out.

        Parameters
        ----------
        raw : sequence of str, length n

        Returns
        -------
        csr_array of int64, shape (n, dimension)
            Sorted, without zeros.
        """

    def transform_known(self, raw: Sequence[Any]) -> tuple[EncodedBatch, npt.NDArray[np.bool_]]:
        """Encode the texts that have a known word, and leave out the others."""
        counts = self.counts(raw)
        known = np.diff(counts.indptr) > 0
        kept = sp.csr_array(counts[known])
        kept.data = np.ones_like(kept.data) if self.encoding is Encoding.PRESENCE else kept.data.clip(-_MOST, _MOST)
        return batch_from_matrix(kept, self.encoding), known
