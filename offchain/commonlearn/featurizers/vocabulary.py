"""Choosing the words of a vocabulary, and counting them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from commonlearn.errors import EmptySample, InvalidMetadata, SampleError
from commonlearn.featurizers.base import refuse_single

__all__ = ["MAX_WORDS", "checked_text", "checked_words", "choose_words", "count_words"]

MAX_WORDS = 65_536


def checked_text(text: Any, position: int) -> str:
    """Give a text as it is; raises `SampleError` for anything else."""
    if not isinstance(text, str):
        raise SampleError(f"{text!r} is no text. Give strings.", position)
    return text


def checked_words(words: Any) -> tuple[str, ...]:
    """Give a vocabulary, 1 to 65,536 different words without spaces.

    Raises
    ------
    InvalidMetadata
        It is none.
    """
    refuse_single(words)
    known = tuple(words)
    if not 1 <= len(known) <= MAX_WORDS:
        raise InvalidMetadata(f"It has {len(known)} words, but needs 1 to {MAX_WORDS}.")
    for word in known:
        if not isinstance(word, str) or not word or any(map(str.isspace, word)):
            raise InvalidMetadata(f"{word!r} in its vocabulary is no word.")
    if len(set(known)) != len(known):
        repeated = next(word for word, times in Counter(known).items() if times > 1)
        raise InvalidMetadata(f"The word {repeated!r} is in its vocabulary twice.")
    return known


def choose_words(
    documents: Sequence[Sequence[str]], labels: Sequence[Any] | None, *, dimension: int, min_documents: int
) -> list[str]:
    """Choose the words that tell the classes apart, or the commonest where there are no classes.

    Parameters
    ----------
    documents : sequence of sequences of str, length n
        Words of each text, in any order, repeated or not.
    labels : sequence, length n, or None
        Of any type.
    dimension : int
        How many words to keep: those of the highest chi-squared statistic between presence and label.
    min_documents : int
        Words in fewer texts are left out.

    Returns
    -------
    list of str
        Those in most texts first; ties alphabetically.

    Raises
    ------
    SampleError
        There are not as many labels as texts.
    EmptySample
        No word is in enough texts.

    Examples
    --------
    >>> choose_words([["good", "film"], ["bad", "film"]] * 5, [1, 0] * 5, dimension=2, min_documents=1)
    ['bad', 'good']
    """
    if labels is not None and len(documents) != len(labels):
        raise SampleError(f"there are {len(documents)} texts, but {len(labels)} labels. Give one label a text.")
    sets = [set(words) for words in documents]
    counts = Counter(word for words in sets for word in words)
    candidates = sorted(word for word, count in counts.items() if count >= min_documents)
    if not candidates:
        raise EmptySample(text=f"{len(documents)} texts, none of whose words is in {min_documents} of them")
    if labels is None:
        return sorted(candidates, key=lambda word: (-counts[word], word))[:dimension]
    numbers = {word: number for number, word in enumerate(candidates)}
    rows = [[numbers[word] for word in words if word in numbers] for words in sets]
    statistic = _chi_squared(rows, np.unique(np.asarray(labels), return_inverse=True)[1], len(candidates))
    # Rounded, so that statistics which are equal on paper stay ties whatever the machine's summing order.
    kept = sorted(candidates, key=lambda word: (-round(float(statistic[numbers[word]]), 9), word))[:dimension]
    return sorted(kept, key=lambda word: (-counts[word], word))


def count_words(documents: Sequence[Sequence[str]], numbers: dict[str, int]) -> sp.csr_array:
    """Count the known words of each text.

    Parameters
    ----------
    documents : sequence of sequences of str, length n
    numbers : dict of str to int
        Column of each known word, from 0 without gaps.

    Returns
    -------
    csr_array of int64, shape (n, words)
        Sorted, without zeros.

    Examples
    --------
    >>> count_words([["a", "b", "a", "?"]], {"a": 0, "b": 1}).toarray().tolist()
    [[2, 1]]
    """
    find = numbers.get
    columns = [[number for number in map(find, words) if number is not None] for words in documents]
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in columns])]).astype(np.int64)
    indices = np.fromiter((number for row in columns for number in row), dtype=np.int64, count=int(indptr[-1]))
    ones = np.ones(len(indices), dtype=np.int64)
    counts = sp.csr_array((ones, indices, indptr), shape=(len(documents), len(numbers)))
    counts.sum_duplicates()
    return counts


def _chi_squared(
    rows: list[list[int]], labels: npt.NDArray[Any], columns: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Chi-squared of observed against expected presences a class, as scikit-learn's `chi2`, shape (columns,)."""
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    indices = np.fromiter((number for row in rows for number in row), dtype=np.int64, count=int(indptr[-1]))
    presence = sp.csr_array((np.ones(len(indices)), indices, indptr), shape=(len(rows), columns))
    members = np.eye(int(labels.max()) + 1)[labels]
    observed = np.asarray((presence.T @ members).T)
    expected = np.outer(members.mean(axis=0), observed.sum(axis=0))
    return np.asarray(((observed - expected) ** 2 / expected).sum(axis=0))
