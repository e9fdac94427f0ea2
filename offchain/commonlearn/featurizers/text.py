"""Texts as the set of known words that they contain."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from commonlearn.errors import EmptySample, InvalidMetadata, SampleError
from commonlearn.featurizers.base import Featurizer, refuse_single
from commonlearn.numerics import EncodedBatch, Encoding, decode

__all__ = ["PresenceText", "tokenize"]

_WORD = re.compile(r"[a-z0-9']+")
_MAX_WORDS = 65_536


def tokenize(text: str) -> list[str]:
    """Cut a text into words: lower case, runs of ``a-z``, ``0-9`` and ``'``; ``<br />`` counts as a space.

    Letters outside a-z part words, so this suits English. The rule needs no data and never changes.

    Examples
    --------
    >>> tokenize("Don't miss it!<br /><br />A 10/10.")
    ["don't", 'miss', 'it', 'a', '10', '10']
    """
    return _WORD.findall(text.lower().replace("<br />", " "))


class PresenceText(Featurizer):
    """Texts by presence: feature ``i`` is there when word ``i`` of the vocabulary is in the text.

    Parameters
    ----------
    words : sequence of str
        The vocabulary, 1 to 65,536 different words as :func:`tokenize` gives. Commonest first: contracts keep
        neighbours in one storage word, so that the words which meet in most texts share few of them, and contributions
        cost less gas.

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
    encoding = Encoding.PRESENCE

    def __init__(self, words: Sequence[str]) -> None:
        refuse_single(words)
        self.words = tuple(words)
        if not 1 <= len(self.words) <= _MAX_WORDS:
            raise InvalidMetadata(f"It has {len(self.words)} words, but needs 1 to {_MAX_WORDS}.")
        self._numbers = {word: number for number, word in enumerate(self.words)}
        if len(self._numbers) != len(self.words):
            repeated = next(word for word, times in Counter(self.words).items() if times > 1)
            raise InvalidMetadata(f"The word {repeated!r} is in its vocabulary twice.")
        for word in self.words:
            if not isinstance(word, str) or not _WORD.fullmatch(word):
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
        if len(texts) != len(labels):
            raise SampleError(f"there are {len(texts)} texts, but {len(labels)} labels. Give one label a text.")
        sets = [set(tokenize(_checked(text, i))) for i, text in enumerate(texts)]
        documents = Counter(word for words in sets for word in words)
        candidates = sorted(word for word, count in documents.items() if count >= min_documents)
        if not candidates:
            raise EmptySample(text=f"{len(texts)} texts, none of whose words is in {min_documents} of them")
        numbers = {word: number for number, word in enumerate(candidates)}
        rows = [[numbers[word] for word in words if word in numbers] for words in sets]
        statistic = _chi_squared(rows, np.unique(np.asarray(labels), return_inverse=True)[1], len(candidates))
        # Rounded, so that statistics which are equal on paper stay ties whatever the machine's summing order.
        kept = sorted(candidates, key=lambda word: (-round(float(statistic[numbers[word]]), 9), word))[:dimension]
        return cls(sorted(kept, key=lambda word: (-documents[word], word)))

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
            found = sorted(number for number in set(map(find, tokenize(_checked(text, i)))) if number is not None)
            lengths[i] = len(found)
            indices.extend(found)
        known = lengths > 0
        indptr = np.concatenate([[0], np.cumsum(lengths[known])])
        numbers = np.frombuffer(indices, dtype=np.uint16) if indices else np.zeros(0, dtype=np.uint16)
        return EncodedBatch(self.encoding, self.dimension, indptr, numbers, None), known

    def known_words(self, text: str) -> list[str]:
        """List the known words of a text, in the vocabulary's order: what the model will see."""
        return [
            self.words[number] for number in sorted({self._numbers[w] for w in tokenize(text) if w in self._numbers})
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


def _checked(text: Any, position: int) -> str:
    if not isinstance(text, str):
        raise SampleError(f"{text!r} is no text. Give strings.", position)
    return text


def _chi_squared(
    rows: list[list[int]], labels: np.ndarray[Any, Any], columns: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Chi-squared of observed against expected presences a class, as scikit-learn's `chi2`, shape (columns,)."""
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    indices = np.fromiter((number for row in rows for number in row), dtype=np.int64, count=int(indptr[-1]))
    presence = sp.csr_array((np.ones(len(indices)), indices, indptr), shape=(len(rows), columns))
    members = np.eye(int(labels.max()) + 1)[labels]
    observed = np.asarray((presence.T @ members).T)
    expected = np.outer(members.mean(axis=0), observed.sum(axis=0))
    return np.asarray(((observed - expected) ** 2 / expected).sum(axis=0))
