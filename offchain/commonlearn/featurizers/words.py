"""Texts as counts, or presence, of the words of a vocabulary, cut by a tokenizer of choice."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Self

import scipy.sparse as sp

from commonlearn.errors import InvalidMetadata
from commonlearn.featurizers.bag import BagOfWords, encoding_named
from commonlearn.featurizers.state import State
from commonlearn.featurizers.tokenizers import Tokenizer
from commonlearn.featurizers.vocabulary import checked_text, checked_words, choose_words, count_words
from commonlearn.numerics import Encoding, decode

__all__ = ["VocabularyText"]

_MOST_INLINE = 40_000
"""Longest deflated vocabulary that goes on chain: a transaction must also hold the first words."""


class VocabularyText(BagOfWords):
    """Texts by the words of a vocabulary: how often each is there, or whether.

    Feature ``i`` of a text is the number of times that its tokens hold word ``i``, stopped at 32,767; with the encoding
    ``presence`` it is 1 if that is not 0.

    Parameters
    ----------
    words : sequence of str
        The vocabulary, 1 to 65,536 different words without spaces, commonest first: contracts keep neighbours in one
        storage word.
    tokenizer : str, default "nltk-word"
        One of :data:`~commonlearn.featurizers.tokenizers.TOKENIZERS`.
    encoding : {"sparse", "presence", "dense"}
        Counts (sparse, dense) or presence.
    stored : bool, optional
        Whether the vocabulary lies in a store instead of on chain; by default if it is longer than 40,000 bytes.

    Examples
    --------
    >>> text = VocabularyText(["good", "n't", "film"])
    >>> text.transform_batch(["Good, good film", "isn't"]).to_dense().tolist()
    [[2, 0, 1], [0, 1, 0]]
    >>> text.describe(text.transform_encoded(["Good, good film"])[0])
    'good ×2, film'
    """

    id = "text-vocabulary"
    version = 1

    def __init__(
        self,
        words: Sequence[str],
        tokenizer: str | Tokenizer = "nltk-word",
        encoding: str | Encoding = "sparse",
        *,
        stored: bool | None = None,
    ) -> None:
        self.words = checked_words(words)
        self.tokenizer = tokenizer if isinstance(tokenizer, Tokenizer) else Tokenizer.named(tokenizer)
        self.encoding = encoding_named(encoding)
        self.stored = len(zlib.compress(" ".join(self.words).encode())) > _MOST_INLINE if stored is None else stored
        self._numbers = {word: number for number, word in enumerate(self.words)}

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        labels: Sequence[Any] | None = None,
        *,
        dimension: int = 1_000,
        min_documents: int = 5,
        tokenizer: str = "nltk-word",
        encoding: str = "sparse",
        stored: bool | None = None,
    ) -> Self:
        """Choose the words that tell the classes apart, or the commonest where there are no labels.

        Parameters
        ----------
        texts : sequence of str, length n
        labels : sequence, length n, optional
            Of any type.
        dimension : int, default 1000
            How many words to keep.
        min_documents : int, default 5
            Words in fewer texts are left out.
        tokenizer, encoding, stored
            As for the class.

        Raises
        ------
        SampleError
            There are not as many labels as texts, or something is no text.
        EmptySample
            No word is in enough texts.
        """
        made = Tokenizer.named(tokenizer)
        tokens = [made.cut(checked_text(text, i)) for i, text in enumerate(texts)]
        words = choose_words(tokens, labels, dimension=dimension, min_documents=min_documents)
        return cls(words, made, encoding, stored=stored)

    @property
    def dimension(self) -> int:
        """Number of words."""
        return len(self.words)

    def counts(self, raw: Sequence[Any]) -> sp.csr_array:
        return count_words(self.tokens(raw), self._numbers)

    def describe(self, sample: bytes) -> str:
        """Say which known words are in a sample, and how often."""
        indices, values = decode(sample, self.encoding, self.dimension)
        said = zip(indices.tolist(), values.tolist(), strict=True)
        return ", ".join(f"{self.words[i]} ×{v}" if v != 1 else self.words[i] for i, v in said if v)

    def state(self) -> State | None:
        return State({"words": " ".join(self.words)}) if self.stored else None

    def parameters(self) -> dict[str, Any]:
        """Give encoding, tokenizer and vocabulary, or the hash of the vocabulary's file."""
        state = self.state()
        words = {"words": " ".join(self.words)} if state is None else {"state": state.address()}
        return {"encoding": self.encoding.name.lower(), **self.tokenizer.parameters(), **words}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        state = parameters.get("state")
        words = state.content.get("words") if isinstance(state, State) else parameters.get("words")
        if not isinstance(words, str):
            raise InvalidMetadata("Its words are missing.")
        tokenizer = Tokenizer.from_parameters(cls.id, parameters)
        return cls(words.split(" "), tokenizer, encoding_named(parameters.get("encoding")), stored=state is not None)
