"""A data set as two plain tables: one row a contribution, and the weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from commonlearn.archive.dataset import DataSet, vocabulary
from commonlearn.chain.incentives import INCENTIVES
from commonlearn.featurizers import PresenceText, ScaledTable, VocabularyText
from commonlearn.models.exact import ExactCentroid, ExactNaiveBayes, ExactPerceptron

__all__ = ["CONTRIBUTIONS", "Column", "Kind", "Table", "contributions_table", "weights_table"]


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    AMOUNT = "amount"
    TRUTH = "truth"
    TEXT = "text"
    BYTES = "bytes"
    FEATURES = "features"


@dataclass(frozen=True)
class Column:
    """A column and what it means."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Table:
    """Rows of values, one for each column; None for what is not known or does not exist."""

    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]


CONTRIBUTIONS = (
    Column("id", Kind.NUMBER, "number of the contribution, from 0 without gaps"),
    Column("block", Kind.NUMBER, "block that it is in"),
    Column("log_index", Kind.NUMBER, "place of its event in the block"),
    Column("tx_hash", Kind.TEXT, "transaction that made it"),
    Column("time", Kind.NUMBER, "when it was made, Unix seconds"),
    Column("author", Kind.TEXT, "account that contributed it"),
    Column("payee", Kind.TEXT, "account that the stake belongs to, where it is not the author's"),
    Column("batch", Kind.NUMBER, "first contribution of the call that it came in, where that held several"),
    Column("label", Kind.NUMBER, "class that the author gave"),
    Column("class", Kind.TEXT, "name of that class"),
    Column("taught", Kind.TRUTH, "whether the model did not know it safely when it was made; not known in markets"),
    Column("learned", Kind.TRUTH, "whether the model has learned it: at once, or when its market taught it"),
    Column("stake_wei", Kind.AMOUNT, "what was staked on it"),
    Column("outcome", Kind.TEXT, "what became of it, see the outcomes"),
    Column("outcome_block", Kind.NUMBER, "block that decided it, where one transaction did"),
    Column("outcome_by", Kind.TEXT, "account that brought it about"),
    Column("market", Kind.NUMBER, "its market, where there are markets"),
    Column("confirmed", Kind.NUMBER, "hundredths of points for it, where there are points"),
    Column("contested", Kind.NUMBER, "hundredths of points against it, where there are points"),
    Column("sample", Kind.BYTES, "its features as the contract takes them"),
    Column("features", Kind.FEATURES, "numbers and values of its features that are not 0, from 0"),
    Column("words", Kind.TEXT, "what the features say, where the vocabulary is known"),
)


def contributions_table(data: DataSet) -> Table:
    """One row a contribution, in their order."""
    rows = []
    at_once, learned = INCENTIVES[data.about.incentive].learns_at_once, set(data.log.learned)
    features = _features(data)
    words: Sequence[str | None] = data.words or [None] * len(data)
    for one, fate, sample, said in zip(data.log.contributions, data.fates, features, words, strict=True):
        c = one.contribution
        where = (one.id, one.block, one.log_index, one.tx_hash, c.contributed_at, c.author, one.payee or None)
        taught, has_learned = (c.taught, True) if at_once else (None, one.id in learned)
        what = (one.batch, c.label, data.classes[c.label], taught, has_learned, c.stake_wei)
        became = (fate.outcome.value, fate.block, fate.account or None, fate.market, fate.confirmed, fate.contested)
        rows.append((*where, *what, *became, one.sample, sample, said))
    return Table("contributions", CONTRIBUTIONS, rows)


def _features(data: DataSet) -> Iterator[list[tuple[int, int]]]:
    matrix = data.samples.to_csr()
    matrix.eliminate_zeros()
    indices, values = matrix.indices.tolist(), matrix.data.tolist()
    for start, end in pairwise(matrix.indptr.tolist()):
        yield list(zip(indices[start:end], values[start:end], strict=True))


def weights_table(data: DataSet) -> Table:
    """The model's numbers: a row each for what a class has besides features, then a row a feature."""
    head, body, columns = _numbers(data)
    names = _feature_names(data)
    rows = [(None, name, *values) for name, values in head]
    rows += [(number, names[number], *values) for number, values in enumerate(body)]
    meanings = [Column(f"class_{k}", Kind.NUMBER, f"of class {k}, {data.classes[k]}") for k in columns]
    first = (
        Column("feature", Kind.NUMBER, "number of the feature; none for what a class has besides"),
        Column("word", Kind.TEXT, "its name, where the vocabulary is known, or what the row is"),
    )
    return Table("weights", (*first, *meanings), rows)


Numbers = tuple[list[tuple[str, list[int]]], list[list[int]], Sequence[int]]
"""Rows before the features, rows of features, and the classes that the columns are of."""


def _numbers(data: DataSet) -> Numbers:
    model = data.model.model_
    if isinstance(model, ExactPerceptron):
        # Two classes share one column of weights, positive for class 1.
        columns = [1] if model.weights.shape[1] == 1 else range(model.weights.shape[1])
        weights = model.weights.tolist()
        return [("(intercept)", weights[0])], weights[1:], columns
    if isinstance(model, ExactCentroid):
        head = [("(samples)", model.counts), ("(active at)", model.active_at)]
        return head, model.sums.tolist(), range(model.classes)
    assert isinstance(model, ExactNaiveBayes)
    head = [("(samples)", model.documents), ("(total)", model.totals)]
    return head, model.sums.tolist(), range(model.classes)


def _feature_names(data: DataSet) -> Sequence[str | None]:
    known = vocabulary(data.about.featurizer, data.model)
    if isinstance(known, PresenceText | VocabularyText):
        return known.words
    if isinstance(known, ScaledTable) and known.names is not None:
        return known.names
    return [None] * data.model.to_configuration().dimension
