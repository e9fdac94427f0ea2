"""What is no sample, or no label, is refused by its own name wherever it is given (requirements M-06, M-07, P-04)."""

from __future__ import annotations

import pytest

from tests.support import collaborations
from tests.support.collaborations import model_of, thrown_by
from tests.support.reverts import reverts
from tests.support.twins import malformed_samples, outcome, thrown


def test_every_malformed_sample_is_refused_by_its_name(opened, subject, alice):
    model, twin = model_of(opened), subject.twin()
    for what, sample in malformed_samples(subject.configuration, allow_negative=subject.allow_negative).items():
        wanted = outcome(lambda sample=sample: twin.decode([sample]))
        assert isinstance(wanted, tuple), f"{what}: the twin takes it"
        stake = opened.stakeNow()
        found = {
            "contribute": thrown_by(opened, opened.contribute.encode_input(sample, 0), sender=alice, value=stake),
            "predict": thrown_by(opened, opened.predict.encode_input(sample)),
            "the model's predict": thrown_by(model, model.predict.encode_input(sample)),
            "the model's scores": thrown_by(model, model.scores.encode_input(sample)),
        }
        for where, data in found.items():
            assert thrown(data) == wanted, f"{what}, given to {where}"


def test_a_refused_contribution_costs_no_stake(opened, subject, alice):
    sample = malformed_samples(subject.configuration, allow_negative=subject.allow_negative)["a missing byte"]
    name, arguments = outcome(lambda: subject.twin().decode([sample]))
    before = alice.balance()
    with reverts(name, *arguments):
        collaborations.contribute(opened, sample, 0, alice)
    assert alice.balance() == before
    assert opened.contributions() == opened.balance() == 0


@pytest.mark.parametrize("beyond", [0, 1, 256, 65_536, "greatest"])
def test_a_label_of_no_class_is_refused(opened, subject, alice, rng, beyond):
    classes = subject.configuration.classes
    label = 2**256 - 1 if beyond == "greatest" else classes + beyond
    sample = subject.samples(rng, 1)[0][0]
    call = opened.contribute.encode_input(sample, label)
    data = thrown_by(opened, call, sender=alice, value=opened.stakeNow())
    assert thrown(data) == ("UnknownLabel", (label, classes))


def test_each_class_can_be_contributed_to(opened, subject, alice, rng):
    samples, labels = subject.samples(rng, subject.configuration.classes)
    for sample, label in zip(samples, labels, strict=True):
        tx = collaborations.contribute(opened, sample, label, alice)
        assert tx.events["Contributed"]["label"] == label
