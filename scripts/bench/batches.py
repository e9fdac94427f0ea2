"""Gas of batches of 50 samples of 100 words, a sample: the inputs of the single calls, fifty at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from commonlearn.chain.batch import Receipt
from commonlearn.chain.contracts import Call
from commonlearn.incentives.batch import batch_claims
from commonlearn.incentives.stake_price import StakePrice
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics.codec import encode_presence
from commonlearn.records import Claim, Contribution
from scripts.bench.inputs import ModelInput

if TYPE_CHECKING:
    from scripts.bench.gas import _Model

__all__ = ["COUNT", "batch_figures"]

COUNT = 50
WORDS = 100
PAUSE = 100
DAY = 86_400


def batch_figures(made: _Model, given: ModelInput, real: Sequence[tuple[bytes, int]] = ()) -> Iterator[tuple[str, int]]:
    """Measure contributions that are all wrong to the model, all right, and (where there are any) real; then claims.

    Parameters
    ----------
    made : _Model
        A fresh sparse perceptron.
    given : ModelInput
        What it was made from.
    real : sequence of (bytes, int)
        Labelled real samples of about as many words.

    Yields
    ------
    (str, int)
        Key, and gas for each sample, rounded up.
    """
    samples = [encode_presence(sorted(random.Random(1_100 + i).sample(range(1000), WORDS))) for i in range(COUNT)]
    # The counters warm, as the peer was measured, and an account proven that can report.
    made.contribute(samples[0], 0, 9)
    before = made.chain.node.snapshot()
    state = made.price, made.chain.now
    choices: dict[str, Callable[[int], int]] = {"_agrees": lambda right: right, "": lambda right: 1 - right}
    for name, choose in choices.items():
        if name == "":
            made.chain.node.revert(before)
            made.price, made.chain.now = state
        labels = _labels(made, given, samples, choose)
        receipt, claims = _contribute(made, samples, labels)
        yield f"batch50_contribute{name}_per_sample.{WORDS}", _each(receipt)
    yield from _claims(made, claims)
    if real:
        made.chain.node.revert(before)
        made.price, made.chain.now = state
        receipt, _ = _contribute(made, [sample for sample, _ in real], [label for _, label in real])
        yield "batch50_contribute_real_per_sample", _each(receipt, len(real))


def _labels(made: _Model, given: ModelInput, samples: list[bytes], choose: Callable[[int], int]) -> list[int]:
    """Labels that depend on what the model would say when it comes to each sample."""
    twin = ExactPerceptron.from_words(given.configuration, made.contract.snapshot().words)
    labels = []
    for sample in samples:
        labels.append(choose(int(twin.predict_encoded([sample])[0])))
        twin.train_one(sample, labels[-1])
    return labels


def _contribute(made: _Model, samples: list[bytes], labels: list[int]) -> tuple[Receipt, list[Claim]]:
    value = 0
    price: StakePrice = made.price
    for _ in samples:
        price, paid = price.contribute(made.chain.now + PAUSE)
        value += paid
    receipt = made.chain.send(made.contract.contribute_many(samples, labels, value), 1, after=PAUSE)
    made.price = price
    found = [event.values for event in receipt.events if event.name == "Contributed"]
    given = [
        (Contribution(v["author"], v["label"], v["taught"], v["stakeWei"], v["contributedAt"]), bytes(v["sample"]))
        for v in found
    ]
    return receipt, batch_claims(found[0]["id"], given)


def _claims(made: _Model, claims: list[Claim]) -> Iterator[tuple[str, int]]:
    """Refund and report by accounts that were credited before; the model is brought to agree, then to disagree, by its words."""
    agreed = [claim for claim in claims if made.contract.predict(claim.sample) == claim.contribution.label]
    denied = [claim for claim in claims if claim not in agreed]
    made.chain.now += DAY
    for kind, part in (("refund", agreed), ("report", denied)):
        yield f"batch50_{kind}_count", len(part)


def _each(receipt: Receipt, count: int = COUNT) -> int:
    return -(-receipt.gas_used // count)
