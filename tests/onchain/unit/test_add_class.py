"""Classes added after deployment, by the curator alone, after a notice that outlasts earlier stakes.

Requirements M-10, I-12, C-02.
"""

from dataclasses import replace

import numpy as np
import pytest

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactCentroid
from commonlearn.numerics import Encoding, encode_dense
from tests.support import collaborations
from tests.support.collaborations import DEFAULT_TERMS, contribute, model_of, next_time, pass_time_until
from tests.support.events import logged
from tests.support.reverts import reverts

NOTICE = DEFAULT_TERMS.report_wait_seconds
CONFIGURATION = ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=2, notice_seconds=NOTICE)
LEFT, RIGHT, UP = encode_dense([-100, 0]), encode_dense([100, 0]), encode_dense([0, 100])


def twin_of(samples, classes=2):
    twin = ExactCentroid(replace(CONFIGURATION, classes=classes))
    for label, sample in samples:
        twin.train_one(sample, label)
    return twin


def class_words(count=3, lanes=(0, 300), active_at=0):
    """Header and one word of lanes, as they are uploaded."""
    header = active_at << 216 | count << 184 | sum(lane * lane for lane in lanes)
    packed = b"".join(lane.to_bytes(2, "big", signed=True) for lane in lanes).ljust(32, b"\x00")
    return header.to_bytes(32, "big") + packed


@pytest.fixture(scope="module")
def curated(factory, centroid, deployer):
    words = twin_of([(0, LEFT), (1, RIGHT)]).words()
    return collaborations.create(factory, centroid, CONFIGURATION, words, curator=deployer)


def announce(curated, deployer, words=None):
    at = next_time()
    pass_time_until(at)
    return at, curated.addClass(class_words() if words is None else words, {"from": deployer})


def test_an_announcement_is_logged_with_every_field(curated, deployer):
    at, tx = announce(curated, deployer)
    assert logged(tx) == [
        ("WordsUploaded", {"from": 4, "words": class_words()}),
        ("ClassAdded", {"class": 2, "activeAt": at + NOTICE}),
    ]
    assert model_of(curated).classes() == 3


def test_its_number_is_returned(curated, deployer):
    assert curated.addClass.call(class_words(), {"from": deployer}) == 2


def test_the_contract_sets_when_it_takes_part(curated, deployer):
    """A header that says otherwise is corrected."""
    at, _ = announce(curated, deployer, class_words(active_at=1))
    stored = curated.snapshot()[2][4]
    assert stored.to_bytes(32, "big") == class_words(active_at=at + NOTICE)[:32]


def test_during_the_notice_it_takes_no_part(curated, deployer, alice):
    at, _ = announce(curated, deployer)
    assert curated.predict(UP) == 0
    assert model_of(curated).scores(UP)[4:] == (0, 0)
    with reverts("UnknownLabel", 2, 3):
        pass_time_until(at + NOTICE - 1)
        curated.contribute(UP, 2, {"from": alice, "value": 10**18})


def test_after_the_notice_it_is_predicted_and_learns(curated, deployer, alice):
    at, _ = announce(curated, deployer)
    twin = twin_of([(0, LEFT), (1, RIGHT)])
    assert twin.add_class(class_words(), at + NOTICE) == 2
    pass_time_until(at + NOTICE)
    tx = curated.contribute(UP, 2, {"from": alice, "value": 10**18})
    assert tx.timestamp == at + NOTICE
    taught = twin.train_one(UP, 2, at + NOTICE)
    assert tx.events["Contributed"]["taught"] == taught is False
    assert curated.predict(UP) == 2
    assert list(curated.snapshot()[2]) == twin.words()


def test_the_model_goes_on_learning_its_first_classes(curated, deployer, alice):
    at, _ = announce(curated, deployer)
    twin = twin_of([(0, LEFT), (1, RIGHT)])
    twin.add_class(class_words(), at + NOTICE)
    for sample, label in ((LEFT, 0), (UP, 1), (RIGHT, 0)):
        time = next_time()
        contribute(curated, sample, label, alice)
        twin.train_one(sample, label, time)
    assert list(curated.snapshot()[2]) == twin.words()


def test_nobody_who_staked_before_is_hurt_by_it(curated, deployer, alice):
    """Whoever staked just before the announcement can take the stake back before the class takes part."""
    tx = contribute(curated, encode_dense([0, 90]), 0, alice)
    event = tx.events["Contributed"]
    at, _ = announce(curated, deployer)
    pass_time_until(event["contributedAt"] + DEFAULT_TERMS.refund_wait_seconds)
    story = collaborations.contribution_tuple(event)
    refund = curated.refund(event["id"], story, encode_dense([0, 90]), {"from": alice})
    assert refund.timestamp < at + NOTICE
    assert curated.accountOf(alice)[0] == event["stakeWei"]


def test_several_classes_follow_one_another(curated, deployer):
    announce(curated, deployer)
    _, tx = announce(curated, deployer, class_words(lanes=(0, -300)))
    assert tx.events["ClassAdded"]["class"] == 3
    assert tx.events["WordsUploaded"]["from"] == 6
    assert model_of(curated).classes() == 4
    assert len(curated.snapshot()[2]) == 8


def test_only_the_curator(curated, deployer, alice):
    with reverts("OnlyCurator", alice, deployer):
        curated.addClass(class_words(), {"from": alice})


def test_the_creator_is_not_the_curator(factory, centroid, deployer, alice):
    words = twin_of([(0, LEFT), (1, RIGHT)]).words()
    hers = collaborations.create(factory, centroid, CONFIGURATION, words, curator=alice)
    with reverts("OnlyCurator", deployer, alice):
        hers.addClass(class_words(), {"from": deployer})
    hers.addClass(class_words(), {"from": alice})


def test_without_a_curator_nobody(factory, centroid, deployer):
    words = twin_of([(0, LEFT), (1, RIGHT)]).words()
    fixed = collaborations.create(factory, centroid, CONFIGURATION, words)
    with reverts("OnlyCurator", deployer, "0x" + "00" * 20):
        fixed.addClass(class_words(), {"from": deployer})


def test_not_before_the_seal(factory, centroid, deployer):
    closed = collaborations.create(factory, centroid, CONFIGURATION, curator=deployer)
    with reverts("NotSealed"):
        closed.addClass(class_words(), {"from": deployer})


@pytest.mark.parametrize("count", [0, 1])
def test_missing_words(curated, deployer, count):
    with reverts("MissingWords", count, 2):
        curated.addClass(class_words()[: 32 * count], {"from": deployer})


def test_too_many_words(curated, deployer):
    with reverts("TooManyWords", 3, 2):
        curated.addClass(class_words() + b"\x00" * 32, {"from": deployer})


def test_a_part_of_a_word(curated, deployer):
    with reverts("MissingWords", 1, 2):
        curated.addClass(class_words()[:-1], {"from": deployer})
    with reverts("ChunkLength", 65):
        curated.addClass(class_words() + b"\x00", {"from": deployer})
    assert model_of(curated).classes() == 2


def test_a_class_without_samples(curated, deployer):
    with reverts("EmptyClass", 2):
        curated.addClass(class_words(count=0), {"from": deployer})
    assert model_of(curated).classes() == 2


def many_classes(count):
    """Configuration and words of so many classes of one feature, each with one sample of zero."""
    words = np.zeros(2 * count, dtype=object)
    words[0::2] = 1 << 184
    return replace(CONFIGURATION, classes=count, dimension=1), words.tolist()


def test_classes_are_added_up_to_64(factory, centroid, deployer):
    """Each makes every later claim dearer."""
    created = collaborations.create(factory, centroid, *many_classes(63), curator=deployer)
    created.addClass(class_words(lanes=(5,)), {"from": deployer})
    assert model_of(created).classes() == 64
    with reverts("ClassesFixed"):
        created.addClass(class_words(lanes=(5,)), {"from": deployer})


def test_no_class_is_added_to_256(factory, centroid, deployer):
    created = collaborations.create(factory, centroid, *many_classes(256), curator=deployer)
    with reverts("ClassesFixed"):
        created.addClass(class_words(lanes=(5,)), {"from": deployer})


def test_a_norm_that_is_not_that_of_the_sum(curated, deployer):
    header = int.from_bytes(class_words()[:32], "big") - 1
    with reverts("WrongNorm", 2):
        curated.addClass(header.to_bytes(32, "big") + class_words()[32:], {"from": deployer})
    assert model_of(curated).classes() == 2


@pytest.mark.parametrize("name", ["Perceptron", "NaiveBayes"])
def test_other_models_have_fixed_classes(implementations, deployer, name):
    with reverts("ClassesFixed"):
        implementations[name].addClass(b"", {"from": deployer})


def test_not_by_a_way_around_the_collaboration(curated, deployer):
    with reverts("OnlyTrainer", deployer, curated):
        model_of(curated).addClass(class_words(), {"from": deployer})
