"""First words: any chunks, the same words and hash; one seal, and nothing before it (requirements M-03,
M-04, M-05, M-14, C-02)."""

from __future__ import annotations

from typing import Any

import pytest

from commonlearn.models.configuration import Kind
from commonlearn.models.exact import ExactModel
from commonlearn.numerics import words_hash, words_to_bytes
from tests.support import collaborations
from tests.support.collaborations import model_of, thrown_by
from tests.support.reverts import reverts
from tests.support.subjects import SUBJECTS, Subject
from tests.support.twins import TWINS, thrown

centroids = pytest.mark.parametrize(
    "subject", [subject for subject in SUBJECTS if subject.kind is Kind.NEAREST_CENTROID], ids=str, indirect=True
)


def cuts(subject: Subject, manner: str, rng: Any) -> list[int]:
    """Where chunks end; two equal numbers make an empty chunk."""
    if manner == "whole":
        return [subject.size]
    if manner == "word by word":
        return sorted({1, 2, 3, subject.size - 1, subject.size})
    return sorted([*rng.integers(subject.size + 1, size=4).tolist(), 0, subject.size])


def refusal(contract: Any, data: str, sender: Any) -> Any:
    """Name and arguments of what a call throws."""
    return thrown(thrown_by(contract, data, sender=sender))


def upload_refusal(collaboration: Any, words: bytes, sender: Any) -> Any:
    return refusal(collaboration, collaboration.upload.encode_input(words), sender)


@pytest.mark.parametrize("manner", ["whole", "word by word", "anyhow"])
def test_any_chunks_give_the_same_words_and_hash(closed, subject, deployer, rng, manner):
    model, start = model_of(closed), 0
    for end in cuts(subject, manner, rng):
        uploaded, required, is_sealed, running = model.uploadState()  # all that is needed to go on
        assert (uploaded, required, is_sealed) == (start, subject.size, False)
        assert bytes(running) == words_hash(subject.configuration.to_int(), subject.chunk(0, start))
        closed.upload(subject.chunk(uploaded, end), {"from": deployer})
        start = end
    tx = closed.open({"from": deployer})
    wanted = subject.twin().words_hash()
    assert bytes(tx.events["Opened"]["wordsHash"]) == wanted
    state = model.uploadState()
    assert (state[:3], bytes(state[3])) == ((subject.size, subject.size, True), wanted)
    assert list(model.snapshot()[2]) == subject.twin().words()


def test_words_given_at_creation_open_at_once(opened, subject):
    assert opened.isOpen()
    assert bytes(opened.tx.events["Opened"]["wordsHash"]) == subject.twin().words_hash()
    assert list(opened.snapshot()[2]) == subject.twin().words()


def test_a_seal_needs_every_word(closed, subject, deployer):
    for end in (0, 1, subject.size - 1):
        uploaded = model_of(closed).uploadState()[0]
        closed.upload(subject.chunk(uploaded, end), {"from": deployer})
        assert refusal(closed, closed.open.encode_input(), deployer) == ("MissingWords", (end, subject.size))
    closed.upload(subject.chunk(subject.size - 1, subject.size), {"from": deployer})
    closed.open({"from": deployer})
    assert closed.isOpen()


def test_words_too_many_or_in_pieces_are_refused_and_nothing_is_lost(closed, subject, deployer):
    closed.upload(subject.chunk(0, 1), {"from": deployer})
    before = model_of(closed).uploadState()
    assert upload_refusal(closed, subject.words, deployer) == ("TooManyWords", (subject.size + 1, subject.size))
    for length in (1, 31, 33):
        assert upload_refusal(closed, bytes(length), deployer) == ("ChunkLength", (length,))
    assert model_of(closed).uploadState() == before
    closed.upload(subject.chunk(1, subject.size), {"from": deployer})
    assert upload_refusal(closed, bytes(32), deployer) == ("TooManyWords", (subject.size + 1, subject.size))


def test_a_seal_is_final(opened, deployer):
    for data in (b"", bytes(32)):
        assert upload_refusal(opened, data, deployer) == ("AlreadySealed", ())
    assert refusal(opened, opened.open.encode_input(), deployer) == ("AlreadyOpen", ())


def emptied(twin: ExactModel, number: int) -> ExactModel:
    """The same model without the samples of one class."""
    counts = twin.counts if twin.kind is Kind.NEAREST_CENTROID else twin.documents
    counts[number] = 0
    return twin


def test_a_class_without_samples_cannot_be_sealed(closed, subject, deployer):
    if subject.kind is Kind.PERCEPTRON:
        # It keeps no samples of classes: weights of zero are a beginning like any other.
        closed.upload(bytes(32 * subject.size), {"from": deployer})
        closed.open({"from": deployer})
        assert closed.isOpen()
        return
    last = subject.configuration.classes - 1
    closed.upload(emptied(subject.twin(), last).words_bytes(), {"from": deployer})
    assert refusal(closed, closed.open.encode_input(), deployer) == ("EmptyClass", (last,))
    assert not closed.isOpen()


@centroids
def test_a_header_that_does_not_fit_its_lanes_is_refused(closed, subject, deployer):
    size = subject.configuration.words_per_class()
    words = [int.from_bytes(subject.chunk(i, i + 1), "big") for i in range(subject.size)]
    last = subject.configuration.classes - 1
    for norm_change, lane_change in ((1, 0), (-1, 0), (0, 1 << 255)):
        changed = list(words)
        changed[last * size] += norm_change
        changed[-1] ^= lane_change
        assert upload_refusal(closed, words_to_bytes(changed), deployer) == ("WrongNorm", (last,))
    words[last * size] |= 1 << 216
    assert upload_refusal(closed, words_to_bytes(words), deployer) == ("FirstClassDelayed", (last,))
    assert model_of(closed).uploadState()[0] == 0


def test_nothing_is_contributed_before_the_seal(closed, subject, deployer, alice, rng):
    samples, labels = subject.samples(rng, 2)
    for end in (0, subject.size):
        closed.upload(subject.chunk(model_of(closed).uploadState()[0], end), {"from": deployer})
        call = closed.contribute.encode_input(samples[0], labels[0])
        assert thrown(thrown_by(closed, call, sender=alice, value=10**18)) == ("NotYetOpen", ())
    with reverts("NotYetOpen"):
        collaborations.contribute(closed, samples[0], labels[0], alice, value=10**18)
    assert closed.contributions() == closed.balance() == 0
    assert list(model_of(closed).snapshot()[2]) == subject.twin().words()  # nor was anything learned
    closed.open({"from": deployer})
    assert collaborations.contribute(closed, samples[0], labels[0], alice).events["Contributed"]["id"] == 0


def test_only_the_creator_uploads_and_opens(closed, subject, mallory, deployer):
    wanted = ("OnlyCreator", (mallory.address, deployer.address))
    assert upload_refusal(closed, subject.words, mallory) == wanted
    assert refusal(closed, closed.open.encode_input(), mallory) == wanted


def test_only_the_collaboration_writes_to_its_model(opened, subject, deployer, rng):
    model = model_of(opened)
    assert model.trainer() == opened.address
    samples, labels = subject.samples(rng, 1)
    calls = [model.upload.encode_input(b""), model.seal.encode_input(), model.train.encode_input(samples[0], labels[0])]
    if subject.configuration.notice_seconds:
        calls.append(model.addClass.encode_input(b""))
    for call in calls:
        assert refusal(model, call, deployer) == ("OnlyTrainer", (deployer.address, opened.address))


def test_the_first_words_are_those_of_the_documented_layout(subject):
    assert subject.size == subject.configuration.required_words(subject.kind)
    assert TWINS[subject.kind].from_words(subject.configuration, subject.words).words_bytes() == subject.words
