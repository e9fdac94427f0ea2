"""Nearest centroid: exact comparison, ties, saturation, added classes.

Requirements M-01, M-08, M-10.
"""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import EmptyClass, InvalidConfiguration, MissingWords, TooManyWords, UnknownLabel
from commonlearn.models import Kind, ModelConfiguration, NearestCentroid
from commonlearn.models.exact import ExactCentroid
from commonlearn.numerics import Encoding, encode_dense, encode_presence
from tests.offchain.models.oracle import CentroidOracle
from tests.offchain.models.strategies import replays


def dense(**changes):
    return ModelConfiguration(
        **{"encoding": Encoding.DENSE, "weight_bits": 32, "classes": 2, "dimension": 1, **changes}
    )


def test_the_lowest_numbered_of_equally_near_classes_wins():
    model = ExactCentroid(dense(classes=3))
    model.train_many([encode_dense([1]), encode_dense([-1]), encode_dense([1])], [2, 1, 0])
    assert model.predict_encoded([encode_dense([0]), encode_dense([1]), encode_dense([-1])]).tolist() == [0, 0, 1]


def test_a_tie_of_centroids_with_different_counts_is_a_tie():
    # 3 / 3 and 1 / 1: floating point has the same quotients here, cross-multiplication must too.
    model = ExactCentroid(dense())
    model.train_many([encode_dense([1])] * 4, [1, 1, 1, 0])
    assert model.predict_encoded([encode_dense([5])]).tolist() == [0]


@pytest.mark.parametrize(("nearer", "difference"), [(0, 1), (1, -1), (0, 0)])
def test_decides_differences_far_below_floating_point(nearer, difference):
    model = ExactCentroid(dense())
    norm = 1 << 180
    model.counts, model.norms = [2, 2], [norm, norm + difference]
    assert float(model.norms[0]) == float(model.norms[1])
    assert model.predict_encoded([encode_dense([0])]).tolist() == [nearer]
    assert CentroidOracle(model.configuration, model.words()).predict(encode_dense([0])) == nearer


def test_ties_that_floating_point_breaks_are_ties():
    rounded_apart = 0
    for n, m, s, t in itertools.product((3, 5, 6, 7), (3, 5, 6, 7), range(-6, 7), range(-6, 7)):
        x, rest = divmod(s * m + t * n, 2 * n * m)  # the point halfway between the centroids s / n and t / m
        if rest or s * m <= t * n:
            continue
        model = ExactCentroid(dense())
        model.sums[:], model.counts, model.norms = [[s, t]], [n, m], [s * s, t * t]
        rounded_apart += t * t / m**2 - 2 * x * t / m < s * s / n**2 - 2 * x * s / n
        assert model.predict_encoded([encode_dense([x])]).tolist() == [0]
    assert rounded_apart > 0


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(-5, 5), st.integers(-5, 5)), min_size=2, max_size=5),
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=8),
)
def test_fuzz_near_ties_equal_the_oracle(classes, points):
    model = ExactCentroid(dense(classes=len(classes), dimension=2))
    model.counts = [count for count, _, _ in classes]
    # Centroids on a small grid, so that many points are equally far from several of them.
    model.sums[:] = np.array([(count * a, count * b) for count, a, b in classes]).T
    model.norms = [int(norm) for norm in (model.sums**2).sum(axis=0)]
    samples = [encode_dense(point) for point in points]
    oracle = CentroidOracle(model.configuration, model.words())
    assert model.predict_encoded(samples).tolist() == [oracle.predict(sample) for sample in samples]


@settings(max_examples=80)
@given(data=st.data())
def test_fuzz_adding_at_once_equals_training_in_order(data):
    configuration, _, pairs = data.draw(replays(Kind.NEAREST_CENTROID, max_samples=12))
    configuration = replace(configuration, weight_bits=32)  # nothing saturates on the way
    one, other = ExactCentroid(configuration), ExactCentroid(configuration)
    samples, labels = [sample for sample, _ in pairs], np.array([label for _, label in pairs], dtype=np.int64)
    one.train_many(samples, labels)
    other.add_samples(samples, labels)
    assert one.words() == other.words()


def test_adding_at_once_keeps_an_exact_norm_of_the_largest_sums():
    dimension = 3_000
    model = ExactCentroid(dense(dimension=dimension))
    model.sums[:, 0] = -(2**31)
    model.sums[:, 1] = 2**31 - 1
    model.norms = [int(np.sum(model.sums[:, k].astype(object) ** 2)) for k in (0, 1)]
    model.add_samples([encode_dense([-32_767] * dimension), encode_dense([-32_767] * dimension)], np.array([0, 1]))
    assert model.sums[0].tolist() == [-(2**31), 2**31 - 1 - 32_767]
    assert model.norms == [dimension * 2**62, dimension * (2**31 - 1 - 32_767) ** 2]


@pytest.mark.parametrize("bits", [4, 8, 32])
def test_sums_stop_at_the_ends_of_their_range_and_the_norm_follows(bits):
    model = ExactCentroid(dense(weight_bits=bits))
    start = 2**31 - 5 if bits == 32 else 0
    model.sums[0, 0], model.norms[0] = start, start**2
    model.train_many([encode_dense([32_767])] * 2, [0, 0])
    most = 2 ** (bits - 1) - 1
    if bits != 32:
        assert (model.sums[0, 0], model.norms[0]) == (most, most**2)
        model.train_many([encode_dense([-32_767])] * 2, [0, 0])
        assert (model.sums[0, 0], model.norms[0]) == (-most - 1, (most + 1) ** 2)
    else:
        assert (model.sums[0, 0], model.norms[0]) == (most, most**2)


def test_count_and_norm_stop_at_the_ends_of_their_range():
    model = ExactCentroid(dense())
    model.counts, model.norms = [2**32 - 1, 2**32 - 2], [2**184 - 1, 0]
    model.sums[:] = [[0, 100]]
    model.train_many([encode_dense([5]), encode_dense([-100])], [0, 1])
    assert model.counts == [2**32 - 1, 2**32 - 1]
    assert model.norms == [2**184 - 1, 0]


def class_words(configuration, sum_, count=1, active_at=0):
    alone = ExactCentroid(configuration)
    alone.sums[:, 0] = sum_
    alone.counts[0], alone.norms[0], alone.active_at[0] = count, int((alone.sums[:, 0] ** 2).sum()), active_at
    return alone.words()[: configuration.words_per_class()]


@pytest.fixture
def grown():
    """Classes at -10 and 0, and one at +10 that takes part from time 1000."""
    model = ExactCentroid(dense(notice_seconds=600))
    model.train_many([encode_dense([-10]), encode_dense([0])], [0, 1])
    assert model.add_class(class_words(model.configuration, [10], active_at=7), active_at=1_000) == 2
    return model


def test_an_added_class_takes_part_from_its_time_on(grown):
    sample = encode_dense([9])
    assert grown.classes == 3
    assert grown.predict_encoded([sample], now=999).tolist() == [1]
    assert grown.predict_encoded([sample], now=1_000).tolist() == [2]
    assert grown.scores_encoded(sample, now=999)[4:] == [0, 0]
    assert grown.scores_encoded(sample, now=1_000)[4:] == [100 - 2 * 90, 1]
    assert grown.predict_encoded([sample]).tolist() == [2]  # the present is later
    assert grown.decision_encoded([sample], now=999)[0, 2] == -np.inf


def test_an_added_class_can_be_contributed_to_from_its_time_on(grown):
    sample = encode_dense([9])
    with pytest.raises(UnknownLabel) as refused:
        grown.train_one(sample, 2, now=999)
    assert refused.value.values == (2, 3)
    assert not grown.train_one(sample, 2, now=1_000)
    assert grown.counts == [1, 1, 2]


def test_a_replay_knows_the_time_of_each_contribution(grown):
    oracle = CentroidOracle(grown.configuration, grown.words())
    sample, times = encode_dense([9]), [998, 999, 1_000, 1_001]
    taught = grown.train_many([sample] * 4, [1, 1, 1, 1], now=times)
    assert taught.tolist() == [oracle.train(sample, 1, now) for now in times] == [False, False, True, True]
    assert grown.words() == oracle.words


def test_one_early_label_among_many_refuses_all(grown):
    before = grown.words()
    with pytest.raises(UnknownLabel):
        grown.train_many([encode_dense([6])] * 2, [2, 2], now=[1_000, 999])
    assert grown.words() == before


def test_words_with_added_classes_come_back(grown):
    again = ExactCentroid.from_words(grown.configuration, grown.words())
    assert again.active_at == [0, 0, 1_000]
    assert again.words() == grown.words()


def test_refuses_words_that_are_not_one_class(grown):
    words = class_words(grown.configuration, [1])
    with pytest.raises(MissingWords):
        grown.add_class(words[:-1], 1_000)
    with pytest.raises(TooManyWords):
        grown.add_class([*words, 0], 1_000)
    with pytest.raises(EmptyClass) as refused:
        grown.add_class(class_words(grown.configuration, [1], count=0), 1_000)
    assert refused.value.class_ == 3
    assert grown.classes == 3


def test_holds_at_most_256_classes():
    model = ExactCentroid(dense(classes=256))
    with pytest.raises(TooManyWords):
        model.add_class(class_words(model.configuration, [1]), 0)


def test_a_class_without_samples_is_not_predicted():
    model = ExactCentroid(ModelConfiguration(Encoding.PRESENCE, 8, 3, 4))
    assert model.predict_encoded([encode_presence([0])]).tolist() == [0]
    model.train_one(encode_presence([3]), 2)
    assert model.predict_encoded([encode_presence([0])]).tolist() == [2]


def test_the_estimator_follows_an_added_class_under_its_name():
    X, y = [[-10.0], [0.0]], ["low", "middle"]
    model = NearestCentroid(notice_seconds=600).fit(X, y)
    number = model.add_class("high", model.class_words([[10.0], [11.0]]), active_at=1_000)
    assert number == 2
    assert model.predict([[9.0], [-9.0]]).tolist() == ["high", "low"]
    with pytest.raises(InvalidConfiguration, match="taken"):
        model.add_class("high", model.class_words([[10.0]]), active_at=1_000)


def test_the_estimator_keeps_labels_of_different_types_apart():
    model = NearestCentroid().fit([[-10.0], [0.0]], [0, 1])
    model.add_class("new", model.class_words([[10.0]]), active_at=1)
    assert model.predict([[9.0], [0.0]]).tolist() == ["new", 1]


def test_the_fit_is_the_mean_and_narrow_lanes_suffice():
    X = np.array([[1, 2], [3, 4], [100, 0]])
    model = NearestCentroid().fit(X, [0, 0, 1])
    assert model.model_.sums.tolist() == [[4, 100], [6, 0]]
    assert model.to_configuration().weight_bits == 16
    assert NearestCentroid().fit(X * 40, [0, 0, 1]).to_configuration().weight_bits == 32
    assert NearestCentroid().partial_fit(X, [0, 0, 1], classes=[0, 1]).to_configuration().weight_bits == 32
