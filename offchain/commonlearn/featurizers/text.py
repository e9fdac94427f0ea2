"""Texts as the set of known words that they contain."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from commonlearn.errors import EmptySample, InvalidMetadata
from commonlearn.featurizers.base import Featurizer, Takes, refuse_single
from commonlearn.featurizers.tokenizers import PLAIN_WORD, plain_words
from commonlearn.featurizers.vocabulary import MAX_WORDS, checked_text, choose_words
from commonlearn.numerics import EncodedBatch, Encoding, decode

__all__ = ["PresenceText"]


class PresenceText(Featurizer):
    """Texts by presence: feature ``i`` is there when word ``i`` of the vocabulary is in the text.

    Parameters
    ----------
    words : sequence of str
        The vocabulary, 1 to 65,536 different words as
        :func:`~commonlearn.featurizers.tokenizers.plain_words` gives. Commonest first: contracts keep neighbours in one
        storage word, so that the words which meet in most texts share few of them, and contributions cost less gas.

    Examples
    --------
    >>> featurizer = PresenceText(["film", "good", "dull"])
    >>> [sample.hex() for sample in featurizer.transform_encoded(["A good, GOOD film", "dull!"])]
    ['00000001', '0002']
    >>> featurizer.transform_encoded(["Qu'est-ce?"])
    Traceback (most recent call last):
    ...
    commonlearn.errors.EmptySample: Sample 0: the text "Qu'est-ce?" has no word that this model knows. ...
    """

    id = "text-presence"
    version = 1
    takes = Takes.TEXT
    encoding = Encoding.PRESENCE

    def __init__(self, words: Sequence[str]) -> None:
        refuse_single(words)
        self.words = tuple(words)
        if not 1 <= len(self.words) <= MAX_WORDS:
            raise InvalidMetadata(f"It has {len(self.words)} words, but needs 1 to {MAX_WORDS}.")
        self._numbers = {word: number for number, word in enumerate(self.words)}
        if len(self._numbers) != len(self.words):
            repeated = next(word for word, times in Counter(self.words).items() if times > 1)
            raise InvalidMetadata(f"The word {repeated!r} is in its vocabulary twice.")
        for word in self.words:
            if not isinstance(word, str) or not PLAIN_WORD.fullmatch(word):
                raise InvalidMetadata(f"{word!r} in its vocabulary is no word.")

    @classmethod
    def learn(
        cls, texts: Sequence[str], labels: Sequence[Any], *, dimension: int = 1_000, min_documents: int = 5
    ) -> Self:
        """Choose the words that tell the classes apart.

        Parameters
        ----------
        texts : sequence of str, length n
        labels : sequence, length n
            Of any type.
        dimension : int, default 1000
            How many words to keep: those of the highest chi-squared statistic between presence and label.
        min_documents : int, default 5
            Words in fewer texts are left out.

        Returns
        -------
        PresenceText
            With at most ``dimension`` words, those in most texts first; ties alphabetically.

        Raises
        ------
        SampleError
            There are not as many labels as texts, or something is no text.
        EmptySample
            No word is in enough texts.

        Examples
        --------
        >>> PresenceText.learn(["good film", "bad film"] * 5, [1, 0] * 5, dimension=2).words
        ('bad', 'good')
        """
        refuse_single(texts)
        documents = [plain_words(checked_text(text, i)) for i, text in enumerate(texts)]
        return cls(choose_words(documents, labels, dimension=dimension, min_documents=min_documents))

    @property
    def dimension(self) -> int:
        """Number of words."""
        return len(self.words)

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

    def transform_known(self, raw: Sequence[Any]) -> tuple[EncodedBatch, npt.NDArray[np.bool_]]:
        """Encode the texts that have a known word, and leave out the others.

        Parameters
        ----------
        raw : sequence of str, length n

        Returns
        -------
        batch : EncodedBatch
            Of the texts with a known word, in order.
        known : ndarray of bool, shape (n,)
            Which texts these are.

        Raises
        ------
        SampleError
            Something is no text.

        Examples
        --------
        >>> batch, known = PresenceText(["good"]).transform_known(["good", "so so"])
        >>> len(batch), known.tolist()
        (1, [True, False])
        """
        refuse_single(raw)
        find = self._numbers.get
        indices = array("H")  # uint16
        lengths = np.zeros(len(raw), dtype=np.int64)
        for i, text in enumerate(raw):
            found = sorted(
                number for number in set(map(find, plain_words(checked_text(text, i)))) if number is not None
            )
            lengths[i] = len(found)
            indices.extend(found)
        known = lengths > 0
        indptr = np.concatenate([[0], np.cumsum(lengths[known])])
        numbers = np.frombuffer(indices, dtype=np.uint16) if indices else np.zeros(0, dtype=np.uint16)
        return EncodedBatch(self.encoding, self.dimension, indptr, numbers, None), known

    def known_words(self, text: str) -> list[str]:
        """List the known words of a text, in the vocabulary's order: what the model will see."""
        return [
            self.words[number] for number in sorted({self._numbers[w] for w in plain_words(text) if w in self._numbers})
        ]

    def describe(self, sample: bytes) -> str:
        """Say which known words are in a sample; what else the text said is not recorded.

        Examples
        --------
        >>> PresenceText(["film", "good", "dull"]).describe(bytes.fromhex("00000001"))
        'film good'
        """
        indices, _ = decode(sample, self.encoding, self.dimension)
        return " ".join(self.words[number] for number in indices.tolist())

    def parameters(self) -> dict[str, Any]:
        """Give the vocabulary as one string: no word holds a space, and it is the shortest JSON."""
        return {"words": " ".join(self.words)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        words = parameters.get("words")
        if not isinstance(words, str):
            raise InvalidMetadata("Its words are missing.")
        return cls(words.split(" "))
