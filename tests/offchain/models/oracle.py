"""The specification of the models in plain Python: words as a list of integers, lanes by shifts, no arrays.

It is as slow as it is literal. It shares no arithmetic with the package: only names of fields and errors.
"""

from commonlearn.errors import (
    EmptySample,
    IndexNotIncreasing,
    IndexOutOfRange,
    SampleDimension,
    SampleLength,
    ValueOutOfRange,
)

PRESENCE, SPARSE, DENSE = 0, 1, 2


def decode(sample, encoding, dimension, counts=False):
    """List of (feature, value), or the error."""
    unit = 4 if encoding == SPARSE else 2
    if encoding == DENSE:
        if len(sample) != 2 * dimension:
            raise SampleDimension(len(sample), 2 * dimension)
    else:
        if len(sample) == 0:
            raise EmptySample
        if len(sample) % unit:
            raise SampleLength(len(sample), unit)
    features, previous = [], -1
    for number, start in enumerate(range(0, len(sample), unit)):
        part = sample[start : start + unit]
        if encoding == DENSE:
            index, value = number, int.from_bytes(part, "big", signed=True)
        else:
            index = int.from_bytes(part[:2], "big")
            value = 1 if encoding == PRESENCE else int.from_bytes(part[2:], "big", signed=True)
            if index >= dimension:
                raise IndexOutOfRange(index, dimension)
            if index <= previous:
                raise IndexNotIncreasing(previous, index)
            previous = index
        if value == -32768 or (encoding == SPARSE and value == 0):
            raise ValueOutOfRange(value)
        features.append((index, value))
    for _, value in features:
        if counts and value < 0:
            raise ValueOutOfRange(value)
    return features


def clamp(value, low, high):
    """The nearest value in the range."""
    return low if value < low else high if value > high else value


class Oracle:
    """Words, and how to reach their lanes."""

    signed = True

    def __init__(self, configuration, words):
        self.c, self.words = configuration, list(words)

    def lane(self, start, n):
        bits = self.c.weight_bits
        lanes = 256 // bits
        value = self.words[start + n // lanes] >> (256 - bits * (n % lanes + 1)) & ((1 << bits) - 1)
        return value - (1 << bits) if self.signed and value >> (bits - 1) else value

    def set_lane(self, start, n, value):
        bits = self.c.weight_bits
        lanes = 256 // bits
        value = (
            clamp(value, -(1 << (bits - 1)), (1 << (bits - 1)) - 1) if self.signed else clamp(value, 0, (1 << bits) - 1)
        )
        shift = 256 - bits * (n % lanes + 1)
        mask = (1 << bits) - 1
        word = self.words[start + n // lanes]
        self.words[start + n // lanes] = word & ~(mask << shift) | (value & mask) << shift
        return value

    def features(self, sample):
        return decode(sample, self.c.encoding, self.c.dimension, counts=not self.signed)


class PerceptronOracle(Oracle):
    """ "Perceptron"."""

    @property
    def columns(self):
        return 1 if self.c.classes == 2 else self.c.classes

    def scores(self, sample, now=0):
        entries = [(0, self.c.intercept_value), *((j + 1, v) for j, v in self.features(sample))]
        return [sum(v * self.lane(0, j * self.columns + k) for j, v in entries) for k in range(self.columns)]

    def predict(self, sample, now=0):
        scores = self.scores(sample)
        return int(scores[0] > 0) if self.columns == 1 else scores.index(max(scores))

    def train(self, sample, label, now=0):
        scores = self.scores(sample)
        if self.columns == 1:
            lead = scores[0] if label == 1 else -scores[0]
            changes = [(0, self.c.step if label == 1 else -self.c.step)]
        else:
            rival = max((k for k in range(self.c.classes) if k != label), key=lambda k: (scores[k], -k))
            lead = scores[label] - scores[rival]
            changes = [(label, self.c.step), (rival, -self.c.step)]
        if self.predict(sample) == label and lead >= self.c.margin:
            return False
        for column, factor in changes:
            for j, v in [(0, self.c.intercept_value), *((j + 1, v) for j, v in self.features(sample))]:
                n = j * self.columns + column
                self.set_lane(0, n, self.lane(0, n) + factor * v)
        return True


class CentroidOracle(Oracle):
    """ "Nearest centroid"."""

    @property
    def per_class(self):
        return 1 + -(-self.c.dimension // (256 // self.c.weight_bits))

    @property
    def classes(self):
        return len(self.words) // self.per_class

    def header(self, k):
        word = self.words[k * self.per_class]
        return word >> 216, word >> 184 & (1 << 32) - 1, word & (1 << 184) - 1

    def scores(self, sample, now=0):
        scores = []
        for k in range(self.classes):
            active_at, count, norm = self.header(k)
            product = sum(v * self.lane(k * self.per_class + 1, j) for j, v in self.features(sample))
            scores += [norm - 2 * count * product, count] if active_at <= now else [0, 0]
        return scores

    def predict(self, sample, now=0):
        scores = self.scores(sample, now)
        best = None
        for k, (numerator, count) in enumerate(zip(scores[::2], scores[1::2], strict=True)):
            if count and (best is None or numerator * best[2] ** 2 < best[1] * count**2):
                best = (k, numerator, count)
        return 0 if best is None else best[0]

    def train(self, sample, label, now=0):
        taught = self.predict(sample, now) != label
        active_at, count, norm = self.header(label)
        for j, v in self.features(sample):
            old = self.lane(label * self.per_class + 1, j)
            new = self.set_lane(label * self.per_class + 1, j, old + v)
            norm += new**2 - old**2
        norm, count = clamp(norm, 0, (1 << 184) - 1), min(count + 1, (1 << 32) - 1)
        self.words[label * self.per_class] = active_at << 216 | count << 184 | norm
        return taught


def log2(v):
    """The specification's logarithm in units of 2**-32."""
    coefficients = [
        12392656037,
        4130885346,
        2478531207,
        1770379434,
        1376961782,
        1126605094,
        953281234,
        826177069,
        728979767,
    ]
    e = v.bit_length() - 1
    m = (v << 31) >> e
    z = ((m - 2**31) << 31) // (m + 2**31)
    q = z * z >> 31
    t = 0
    for c in coefficients[::-1]:
        t = c + (t * q >> 31)
    return (e << 32) + (t * z >> 31)


class NaiveBayesOracle(Oracle):
    """ "Multinomial naive Bayes"."""

    signed = False

    @property
    def start(self):
        return -(-self.c.classes // 2)

    def header(self, k):
        half = self.words[k // 2] >> (0 if k % 2 else 128) & (1 << 128) - 1
        return half >> 64, half & (1 << 64) - 1

    def scores(self, sample, now=0):
        scores = []
        for k in range(self.c.classes):
            documents, total = self.header(k)
            if not documents:
                scores.append(-(1 << 255))
                continue
            features = self.features(sample)
            score = log2(documents) - sum(v for _, v in features) * log2(
                256 * total + self.c.smoothing * self.c.dimension
            )
            for j, v in features:
                score += v * log2(256 * self.lane(self.start, j * self.c.classes + k) + self.c.smoothing)
            scores.append(score)
        return scores

    def predict(self, sample, now=0):
        scores = self.scores(sample)
        return scores.index(max(scores))

    def train(self, sample, label, now=0):
        taught = self.predict(sample) != label
        documents, total = self.header(label)
        for j, v in self.features(sample):
            n = j * self.c.classes + label
            old = self.lane(self.start, n)
            total += self.set_lane(self.start, n, old + v) - old
        half = min(documents + 1, 2**64 - 1) << 64 | min(total, 2**64 - 1)
        shift = 0 if label % 2 else 128
        word = self.words[label // 2]
        self.words[label // 2] = word & ~(((1 << 128) - 1) << shift) | half << shift
        return taught


ORACLES = {"perceptron/1": PerceptronOracle, "nearest-centroid/1": CentroidOracle, "naive-bayes/1": NaiveBayesOracle}
