"""Gas of batches of 50 samples of 100 words, a sample: the inputs of the single calls, fifty at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from commonlearn.chain.batch import Receipt
from commonlearn.client.description import Description
from commonlearn.datasets import fetch_imdb
from commonlearn.errors import DataNotFound
from commonlearn.featurizers import featurizer_from_dict
from commonlearn.incentives.batch import batch_claims
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics.codec import encode_presence
from commonlearn.records import Claim, Contribution
from scripts.bench.inputs import ModelInput

if TYPE_CHECKING:
    from scripts.bench.gas import _Model

__all__ = ["batch_figures", "contribute_many", "real_figure"]

COUNT = 50
WORDS = 100
PAUSE = 100
DAY = 86_400


def batch_figures(made: _Model, given: ModelInput) -> Iterator[tuple[str, int]]:
    """Measure contributions that are all right to the model and all wrong; then a refund and a report of the latter.

    Parameters
    ----------
    made : _Model
        A fresh sparse perceptron.
    given : ModelInput
        What it was made from.

    Yields
    ------
    (str, int)
        Key, and gas for each sample, rounded up.
    """
    samples = [encode_presence(sorted(random.Random(1_100 + i).sample(range(1000), WORDS))) for i in range(COUNT)]
    for sender in (1, 2, 9):  # the counters warm, as the peer was measured
        made.contribute(samples[0], 0, sender)
    before, price, now = made.chain.node.snapshot(), made.price, made.chain.now
    right = _labels(made, given, samples, lambda predicted: predicted)
    yield f"batch50_contribute_agrees_per_sample.{WORDS}", _each(contribute_many(made, samples, right)[0])
    made.chain.node.revert(before)
    made.price, made.chain.now = price, now

    wrong = _labels(made, given, samples, lambda predicted: 1 - predicted)
    receipt, claims = contribute_many(made, samples, wrong)
    yield f"batch50_contribute_per_sample.{WORDS}", _each(receipt)
    opposite = [1 - label for label in wrong]
    _, denied = contribute_many(made, samples, opposite, sender=2)
    while not _agrees(made, samples, wrong):
        contribute_many(made, samples, wrong, sender=9)
    made.chain.now += DAY
    refund = made.chain.send(made.contract.refund_many(claims, strict=True), 1)
    yield f"batch50_refund_per_sample.{WORDS}", _each(refund)
    made.chain.now += DAY
    report = made.chain.send(made.contract.report_many(denied, strict=True), 1)
    yield f"batch50_report_per_sample.{WORDS}", _each(report)


def real_figure(made: _Model, given: ModelInput) -> tuple[str, int] | None:
    """Measure the first 50 film reviews of 90 to 110 known words, truly labelled; None where there are no reviews.

    Parameters
    ----------
    made : _Model
        A fresh sparse perceptron, with the peer's own weights and words.
    given : ModelInput
        What it was made from.

    Returns
    -------
    (str, int) or None
        Key, and gas for each sample, rounded up.
    """
    try:
        texts, labels = fetch_imdb("test", download=False, return_X_y=True)
    except DataNotFound:
        return None
    featurizer = featurizer_from_dict(Description.from_bytes(given.metadata).featurizer)
    found: list[tuple[bytes, int]] = []
    for text, label in zip(texts, labels, strict=True):
        sample = featurizer.transform_encoded([text])[0]
        if abs(len(sample) // 2 - WORDS) <= WORDS // 10:
            found.append((sample, int(label)))
        if len(found) == COUNT:
            break
    for sender in (1, 9):
        made.contribute(found[0][0], 0, sender)
    receipt, _ = contribute_many(made, [sample for sample, _ in found], [label for _, label in found])
    return "batch50_contribute_real_per_sample.100", _each(receipt)


def _labels(made: _Model, given: ModelInput, samples: list[bytes], choose: Callable[[int], int]) -> list[int]:
    """Labels that depend on what the model would say when it comes to each sample."""
    twin = ExactPerceptron.from_words(given.configuration, made.contract.snapshot().words)
    labels = []
    for sample in samples:
        labels.append(choose(int(twin.predict_encoded([sample])[0])))
        twin.train_one(sample, labels[-1])
    return labels


def _agrees(made: _Model, samples: list[bytes], labels: list[int]) -> bool:
    return [made.contract.predict(sample) for sample in samples] == labels


def contribute_many(
    made: _Model, samples: Sequence[bytes], labels: Sequence[int], sender: int = 1
) -> tuple[Receipt, list[Claim]]:
    """Contribute a batch for exactly its stakes, which the last one raised, and some hours have let fall."""
    made.chain.now += DAY // 4
    value, price = 0, made.price
    for _ in samples:
        price, paid = price.contribute(made.chain.now + PAUSE)
        value += paid
    receipt = made.chain.send(made.contract.contribute_many(samples, labels, value), sender, after=PAUSE)
    made.price = price
    found = [event.values for event in receipt.events if event.name == "Contributed"]
    given = [
        (Contribution(v["author"], v["label"], v["taught"], v["stakeWei"], v["contributedAt"]), bytes(v["sample"]))
        for v in found
    ]
    return receipt, batch_claims(found[0]["id"], given)


def _each(receipt: Receipt) -> int:
    return -(-receipt.gas_used // COUNT)
