"""Every model under points: uploaded in chunks, taught, followed by its twin from the log (Q-01, M-01, M-02, M-03)."""

from __future__ import annotations

from typing import Any

import pytest

from commonlearn.numerics import keccak256
from tests.onchain.conformance.test_contributions import contributed_log
from tests.support.collaborations import contribution_tuple, model_of, next_time, pass_time_until, sample_of
from tests.support.points import create, deploy_points_factory, points_terms
from tests.support.reverts import reverts
from tests.support.subjects import Subject

ROUNDS = 8


@pytest.fixture(scope="module")
def points_factory(module_isolation: None) -> Any:
    return deploy_points_factory()


def test_a_chunked_upload_opens_and_the_log_replays(
    points_factory: Any,
    implementations: Any,
    subject: Subject,
    rng: Any,
    alice: Any,
    bob: Any,
    carol: Any,
    deployer: Any,
) -> None:
    made = create(
        points_factory,
        implementations[subject.contract],
        points_terms([alice]),
        configuration=subject.configuration,
        words=subject.chunk(0, 1),
        curator=alice,  # no notice is needed: points do not depend on predictions
    )
    made.upload(subject.chunk(1, subject.size), {"from": deployer})
    assert not made.isOpen()
    assert made.accountOf(alice)[3] == 0
    made.open({"from": deployer})
    assert made.accountOf(alice)[3] == 20_000
    with reverts("AlreadyOpen"):
        made.open({"from": deployer})

    samples, labels = subject.samples(rng, ROUNDS)
    for i, (sample, label) in enumerate(zip(samples, labels, strict=True)):
        pass_time_until(next_time())
        made.contribute(sample, label, {"from": (bob, carol)[i % 2]})
    twin, log = subject.twin(), contributed_log(made)
    taught = twin.train_many(
        [sample_of(event) for event in log],
        [event["label"] for event in log],
        [event["contributedAt"] for event in log],
    )
    assert taught.tolist() == [event["taught"] for event in log]
    assert list(made.snapshot()[2]) == twin.words()
    assert model_of(made).trainer() == made.address
    for event in log:
        made.confirm(event["id"], contribution_tuple(event), keccak256(sample_of(event)), {"from": alice})
    assert made.pointsOf(bob) == made.pointsOf(carol) == ROUNDS // 2 * 1_000
    assert made.predict(samples[0]) == int(twin.predict_encoded(samples[:1], log[-1]["contributedAt"])[0])
