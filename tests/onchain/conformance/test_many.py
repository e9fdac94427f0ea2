"""Many samples in one call are learned and predicted as one by one, the malformed ones told by their names (requirements
B-01, B-02, B-12, M-06)."""

from __future__ import annotations

from commonlearn.errors import SampleError, UnknownLabel
from tests.support.collaborations import model_of, next_time, pass_time_until
from tests.support.twins import malformed_samples, outcome, thrown


def test_many_at_once_are_as_one_by_one(opened, subject, rng, alice):
    configuration, twin = subject.configuration, subject.twin()
    good, labels = subject.samples(rng, 8)
    wrong = list(malformed_samples(configuration, allow_negative=subject.allow_negative).values())[:4]
    given = [*zip(good[:4], labels[:4], strict=True), *((sample, 0) for sample in wrong)]
    given += [(good[4], configuration.classes), *zip(good[5:], reversed(labels[5:]), strict=True)]
    model = model_of(opened)
    asked = [sample for sample, _ in given]

    predicted, reasons = model.predictMany(asked)
    told = [outcome(lambda sample=sample: int(twin.predict_encoded([sample])[0])) for sample in asked]
    assert [None if isinstance(one, tuple) else one for one in told] == [
        None if one == 2**256 - 1 else one for one in predicted
    ]
    assert [thrown(bytes(reason)) for reason in reasons] == [one for one in told if isinstance(one, tuple)]

    at = next_time()
    pass_time_until(at)
    tx = opened.contributeMany(asked, [label for _, label in given], False, {"from": alice, "value": 10**18})
    learned, refused = [], []
    for sample, label in given:
        try:
            learned.append(bool(twin.train_many([sample], [label], [at])[0]))
        except (SampleError, UnknownLabel) as error:
            refused.append((type(error).__name__, error.values))
    assert [event["taught"] for event in tx.events["Contributed"]] == learned
    assert len(learned) == 7
    assert len(refused) == len(wrong) + 1
    assert len(tx.events["SampleRefused"]) == len(refused)
    assert [thrown(bytes(event["reason"])) for event in tx.events["SampleRefused"]] == refused
    assert list(model.snapshot()[2]) == twin.words()
