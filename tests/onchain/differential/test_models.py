"""Every model's contract against its Python twin, bit for bit: predictions, scores, updates, errors (requirements M-01,
M-06, M-07, M-08, M-09, M-11)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from brownie.test import given
from hypothesis import example
from hypothesis import strategies as st

from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactModel, ExactPerceptron
from commonlearn.numerics import Encoding, encode_presence
from tests.support import collaborations
from tests.support.twins import TWINS, outcome, random_sample, random_words, spoil, thrown

SAMPLES = 24
"""A round: read once, taught in one transaction."""
NOWHERE = (1 << 256) - 1
CHUNK = 400 * 32
"""Bytes of words; a transaction of 30 million gas can store more than twice as many."""


@st.composite
def configurations(draw: Any, kind: Kind) -> ModelConfiguration:
    """Small models of all shapes."""
    fields: dict[str, int] = {}
    if kind is Kind.PERCEPTRON:
        fields["step"] = draw(st.sampled_from([1, 3, 300, 65_535]))
        fields["intercept_value"] = draw(st.sampled_from([0, 1, 50, 32_767]))
        fields["margin"] = draw(st.sampled_from([0, 1, 40, 10**6, 2**64 - 1]))
    if kind is Kind.NAIVE_BAYES:
        fields["smoothing"] = draw(st.sampled_from([1, 256, 2**32 - 1]))
    return ModelConfiguration(
        encoding=draw(st.sampled_from(list(Encoding))),
        weight_bits=draw(st.sampled_from([4, 8, 16, 32])),
        classes=draw(st.integers(2, 5)),
        dimension=draw(st.integers(1, 70)),
        **fields,
    )


def samples_for(rng: np.random.Generator, configuration: ModelConfiguration, kind: Kind) -> list[bytes]:
    """A round of samples, one in five malformed."""
    allow_negative = TWINS[kind].allow_negative
    found = []
    for _ in range(SAMPLES):
        sample = random_sample(rng, configuration, allow_negative=allow_negative)
        found.append(spoil(rng, sample, configuration) if rng.random() < 0.2 else sample)
    return found


def upload(trainer: Any, words: bytes) -> None:
    for start in range(0, len(words), CHUNK):
        collaborations.send_heavy(trainer, trainer.upload.encode_input(words[start : start + CHUNK]))


def compare_reading(trainer: Any, twin: ExactModel, samples: list[bytes]) -> None:
    classes, scores, errors, score_errors = trainer.readMany(samples)
    for i, sample in enumerate(samples):
        wanted = outcome(lambda sample=sample: int(twin.predict_encoded([sample])[0]))
        assert answer(errors[i], classes[i]) == wanted, f"prediction of {sample.hex()}"
        wanted = outcome(lambda sample=sample: twin.scores_encoded(sample))
        assert answer(score_errors[i], list(scores[i])) == wanted, f"scores of {sample.hex()}"


def compare_teaching(trainer: Any, twin: ExactModel, samples: list[bytes], labels: list[int]) -> None:
    events, now = collaborations.send_heavy(trainer, trainer.trainMany.encode_input(samples, labels))
    event = events["Trained"]
    for i, (sample, label) in enumerate(zip(samples, labels, strict=True)):
        wanted = outcome(lambda sample=sample, label=label: twin.train_one(sample, label, now))
        assert answer(event["errors"][i], event["taught"][i]) == wanted, f"teaching {sample.hex()} as {label}"
    compare_words(trainer, twin)


def compare_words(trainer: Any, twin: ExactModel) -> None:
    found = collaborations.model_at(trainer.model()).wordsAt(0, len(twin.words()))
    assert list(found) == twin.words()


def answer(error: Any, value: Any) -> Any:
    """What a contract gave or threw, in the form of `outcome`."""
    return thrown(bytes(error)) or value


def labels_for(rng: np.random.Generator, samples: list[bytes], twin: ExactModel) -> list[int]:
    """Mostly classes; now and then none, but not on top of another fault: the page leaves open which is told first."""
    labels = rng.integers(twin.classes, size=len(samples)).tolist()
    for i, sample in enumerate(samples):
        if rng.random() < 0.1 and not isinstance(outcome(lambda sample=sample: twin.decode([sample])), tuple):
            labels[i] = int(rng.choice([twin.classes, 65_536])) if rng.random() < 0.5 else NOWHERE
    return labels


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name.lower())
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_contract_and_twin_are_equal(make_trainer, kind, data, seed):
    rng = np.random.default_rng(seed)
    configuration = data.draw(configurations(kind))
    words = random_words(rng, kind, configuration)
    trainer = make_trainer(kind, configuration)
    upload(trainer, words)
    twin = TWINS[kind].from_words(configuration, words)
    assert bytes(collaborations.model_at(trainer.model()).uploadState()[3]) == twin.words_hash()
    for _ in range(2):
        samples = samples_for(rng, configuration, kind)
        compare_reading(trainer, twin, samples)
        compare_teaching(trainer, twin, samples, labels_for(rng, samples, twin))


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name.lower())
def test_a_model_of_many_classes_is_equal_too(make_trainer, kind, rng):
    fields = {Kind.PERCEPTRON: {"step": 2, "margin": 9}, Kind.NAIVE_BAYES: {"smoothing": 77}}.get(kind, {})
    configuration = ModelConfiguration(Encoding.SPARSE, 4, classes=256, dimension=5, **fields)
    words = random_words(rng, kind, configuration)
    trainer = make_trainer(kind, configuration)
    upload(trainer, words)
    twin = TWINS[kind].from_words(configuration, words)
    samples = samples_for(rng, configuration, kind)[:4]
    compare_reading(trainer, twin, samples)
    compare_teaching(trainer, twin, samples, labels_for(rng, samples, twin))


def test_the_widest_perceptron_is_equal_too(make_trainer, rng):
    configuration = ModelConfiguration(Encoding.PRESENCE, 4, 2, dimension=65_536, step=1, intercept_value=3, margin=5)
    words = random_words(rng, Kind.PERCEPTRON, configuration)
    trainer = make_trainer(Kind.PERCEPTRON, configuration)
    upload(trainer, words)
    twin = ExactPerceptron.from_words(configuration, words)
    samples = [encode_presence(sorted(rng.choice(65_536, 50, replace=False))) for _ in range(6)]
    samples += [encode_presence([0, 65_535]), encode_presence([65_535])]
    compare_reading(trainer, twin, samples)
    compare_teaching(trainer, twin, samples, [1, 0] * 4)


def test_classes_in_waiting_are_equal_too(make_trainer, rng):
    configuration = ModelConfiguration(Encoding.SPARSE, 8, 3, dimension=20, notice_seconds=1_000)
    words = random_words(rng, Kind.NEAREST_CENTROID, configuration)
    trainer = make_trainer(Kind.NEAREST_CENTROID, configuration)
    upload(trainer, words)
    trainer.seal()
    twin = TWINS[Kind.NEAREST_CENTROID].from_words(configuration, words)
    for _ in range(2):
        added = random_words(rng, Kind.NEAREST_CENTROID, configuration)[: 32 * configuration.words_per_class()]
        tx = trainer.addClass(added)
        assert twin.add_class(added, tx.timestamp + 1_000) == tx.events["ClassAdded"]["class"]
        for _ in range(2):
            samples = [random_sample(rng, configuration, allow_negative=True) for _ in range(8)]
            now = collaborations.pass_time(300)
            classes, scores, _, _ = trainer.readMany(samples)
            assert list(classes) == twin.predict_encoded(samples, now).tolist()
            assert [list(row) for row in scores] == [twin.scores_encoded(sample, now) for sample in samples]
            compare_teaching(trainer, twin, samples, rng.integers(twin.classes + 1, size=len(samples)).tolist())


@given(
    fields=st.tuples(
        st.integers(0, 4),
        st.sampled_from([0, 1, 2, 3, 4, 5, 8, 12, 16, 24, 32, 64, 255]),
        st.sampled_from([0, 1, 2, 3, 256, 257, 65_535]),
        st.sampled_from([0, 1, 100, 65_536, 65_537, 2**32 - 1]),
        st.sampled_from([0, 0, 1, 65_535]),
        st.sampled_from([0, 0, 1, 32_767, 32_768]),
        st.sampled_from([0, 0, 1, 2**64 - 1]),
        st.sampled_from([0, 0, 1, 2**32 - 1]),
        st.sampled_from([0, 0, 1, 2**32 - 1]),
        st.sampled_from([0, 0, 0, 1]),
    )
)
@example(fields=(0, 8, 2, 100, 1, 0, 0, 0, 0, 0))
@example(fields=(0, 8, 2, 100, 0, 0, 0, 1, 0, 0))
@example(fields=(0, 8, 2, 100, 0, 0, 0, 0, 1, 0))
def test_contract_and_twin_accept_the_same_configurations(make_trainer, fields):
    word = 0
    for value, width in zip(fields, (8, 8, 16, 32, 16, 16, 64, 32, 32, 32), strict=True):
        word = word << width | value
    for kind in Kind:
        trainer = make_trainer(kind, word)
        refusal = collaborations.thrown_by(trainer, trainer.upload.encode_input(b""))
        wanted = outcome(lambda kind=kind: ModelConfiguration.from_int(word).check(kind))
        assert answer(refusal, None) == wanted, f"{kind} with {word:#066x}"
