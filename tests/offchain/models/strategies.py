"""Configurations, words and samples for property tests."""

from hypothesis import strategies as st

from commonlearn.models import Kind, ModelConfiguration
from commonlearn.models.configuration import WIDTHS
from commonlearn.numerics import Encoding, encode_dense, encode_presence, encode_sparse

VALUES = st.one_of(st.integers(-3, 3), st.integers(-32_767, 32_767), st.sampled_from([-32_767, 32_767]))


@st.composite
def configurations(draw, kind, max_dimension=12):
    """Any configuration that the kind takes, small enough for the oracle."""
    own = {
        Kind.PERCEPTRON: {
            "step": st.one_of(st.integers(1, 3), st.integers(1, 65_535)),
            "intercept_value": st.one_of(st.integers(0, 3), st.integers(0, 32_767)),
            "margin": st.one_of(st.integers(0, 50), st.integers(0, 2**64 - 1)),
        },
        Kind.NEAREST_CENTROID: {"notice_seconds": st.integers(0, 1_000)},
        Kind.NAIVE_BAYES: {"smoothing": st.one_of(st.just(256), st.integers(1, 2**32 - 1))},
    }[kind]
    return ModelConfiguration(
        encoding=draw(st.sampled_from(Encoding)),
        weight_bits=draw(st.sampled_from(WIDTHS)),
        classes=draw(st.integers(2, 5)),
        dimension=draw(st.integers(1, max_dimension)),
        **{name: draw(values) for name, values in own.items()},
    )


@st.composite
def words_for(draw, kind, configuration):
    """Any words, so any lanes, counts and totals, with dirty unused bits; no class is empty, as the seal demands."""
    count = configuration.required_words(kind)
    words = draw(st.lists(st.one_of(st.just(0), st.integers(0, 2**256 - 1)), min_size=count, max_size=count))
    if kind is Kind.NEAREST_CENTROID:
        size = configuration.words_per_class()
        for start in range(0, count, size):
            samples = draw(st.one_of(st.integers(1, 3), st.integers(1, 2**32 - 1)))
            norm = draw(st.one_of(st.integers(0, 9), st.integers(0, 2**184 - 1)))
            words[start] = samples << 184 | norm
    if kind is Kind.NAIVE_BAYES:
        for k in range(configuration.classes):
            documents = draw(st.one_of(st.integers(1, 3), st.integers(1, 2**64 - 1)))
            total = draw(st.one_of(st.integers(0, 9), st.integers(0, 2**64 - 1)))
            shift = 0 if k % 2 else 128
            words[k // 2] = words[k // 2] & ~(((1 << 128) - 1) << shift) | (documents << 64 | total) << shift
    return words


@st.composite
def samples_for(draw, configuration, negative=True):
    """A well-formed sample."""
    dimension = configuration.dimension
    values = VALUES if negative else VALUES.map(abs)
    if configuration.encoding is Encoding.DENSE:
        return encode_dense(draw(st.lists(values, min_size=dimension, max_size=dimension)))
    indices = sorted(draw(st.sets(st.integers(0, dimension - 1), min_size=1)))
    if configuration.encoding is Encoding.PRESENCE:
        return encode_presence(indices)
    nonzero = values.filter(lambda value: value != 0)
    return encode_sparse(indices, draw(st.lists(nonzero, min_size=len(indices), max_size=len(indices))))


@st.composite
def replays(draw, kind, max_samples=6):
    """Configuration, first words and labelled samples."""
    configuration = draw(configurations(kind))
    words = draw(words_for(kind, configuration))
    sample = samples_for(configuration, negative=kind is not Kind.NAIVE_BAYES)
    pairs = draw(st.lists(st.tuples(sample, st.integers(0, configuration.classes - 1)), max_size=max_samples))
    return configuration, words, pairs
