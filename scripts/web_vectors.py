"""Shared vectors of the page's twins: `python -m scripts.web_vectors [--check]`.

The Python package is right by definition (it is fuzzed against the contracts); the page computes the same in
TypeScript. What Python says of some hundred cases a part, extremes among them, is written to `offchain/web/vectors`,
and the page's unit tests compare. The cases come from a fixed seed: the files change only when the package does.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from commonlearn.client.description import Description
from commonlearn.durations import duration
from commonlearn.errors import CommonlearnError, SampleError
from commonlearn.featurizers import PresenceText, ScaledTable
from commonlearn.featurizers.tokenizers import plain_words
from commonlearn.incentives.batch import batch_claims, batch_tree
from commonlearn.incentives.points import PointsLedger
from commonlearn.incentives.reporter_part import reporter_part
from commonlearn.incentives.stake_price import decayed, price, raised
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact import ExactCentroid, ExactModel, ExactNaiveBayes, ExactPerceptron
from commonlearn.money import InvalidAmount, format_ether, format_usd, parse_amount, usd_of
from commonlearn.numerics import Encoding, decode, encode_dense, encode_presence, encode_sparse, log2_q32, pack_lanes
from commonlearn.records import Badge, Contribution, PointsTerms
from scripts.web_featurizer_vectors import bags, pictures, tokens, unicode
from scripts.web_words import examples

__all__ = ["FOLDER", "VECTORS"]

FOLDER = Path(__file__).resolve().parent.parent / "offchain" / "web" / "vectors"
_EXACT: dict[Kind, type[ExactModel]] = {
    Kind.PERCEPTRON: ExactPerceptron,
    Kind.NEAREST_CENTROID: ExactCentroid,
    Kind.NAIVE_BAYES: ExactNaiveBayes,
}


def _codec(chance: random.Random) -> list[dict[str, Any]]:
    """Bytes, most of them nearly right, and what decoding says of them."""
    found = []
    for _ in range(260):
        encoding = chance.choice(list(Encoding))
        dimension = chance.choice([1, 2, 3, 9, 300, 65_536])
        data = _nearly_a_sample(chance, encoding, min(dimension, 12) if encoding is Encoding.DENSE else dimension)
        if encoding is Encoding.DENSE:
            dimension = min(dimension, 12)
        negative = chance.random() < 0.7
        case = {"encoding": int(encoding), "dimension": dimension, "negative": negative, "sample": data.hex()}
        try:
            indices, values = decode(data, encoding, dimension, allow_negative=negative)
            found.append({**case, "indices": indices.tolist(), "values": values.tolist()})
        except SampleError as error:
            found.append({**case, "error": type(error).__name__, "fields": [int(v) for v in error.values]})
    return found


def _nearly_a_sample(chance: random.Random, encoding: Encoding, dimension: int) -> bytes:
    count = dimension if encoding is Encoding.DENSE else min(chance.randrange(0, 7), dimension)
    indices = sorted(chance.sample(range(dimension), count))
    values = [chance.choice([1, -1, 2, 32_767, -32_767, chance.randrange(1, 32_768)]) for _ in range(count)]
    if encoding is Encoding.PRESENCE:
        data = encode_presence(indices) if indices else b""
    elif encoding is Encoding.SPARSE:
        data = encode_sparse(indices, values) if indices else b""
    else:
        data = encode_dense(values)
    fault = chance.randrange(6)
    if fault == 0 and data:
        data = data[: chance.randrange(len(data))]
    elif fault == 1:
        data += chance.randbytes(chance.randrange(1, 5))
    elif fault == 2 and data:
        at = chance.randrange(len(data) // 2) * 2
        data = data[:at] + chance.choice([b"\x80\x00", b"\x00\x00", b"\xff\xff"]) + data[at + 2 :]
    return data


def _lanes(chance: random.Random) -> list[dict[str, Any]]:
    found = []
    for bits in (4, 8, 16, 32):
        for signed in (True, False):
            low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
            for count in (1, 7, 256 // bits + 1):
                lanes = [chance.choice([low, high, 0, chance.randint(low, high)]) for _ in range(count)]
                words = pack_lanes(lanes, bits, signed=signed)
                found.append({"bits": bits, "signed": signed, "lanes": lanes, "words": words.hex()})
    return found


def _logarithms(chance: random.Random) -> list[list[str]]:
    edges = [1, 2, 3, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 53) + 1, (1 << 64) - 1, (1 << 80) - 1]
    values = edges + [chance.getrandbits(chance.randint(1, 75)) or 1 for _ in range(300)]
    return [[str(value), str(log2_q32(value))] for value in values]


def _models(chance: random.Random) -> list[dict[str, Any]]:
    """Lives of small models: words, samples with labels and times, and all that a contract would say on the way."""
    found = []
    for kind in Kind:
        for width in (4, 8, 16, 32):
            for encoding in Encoding:
                for classes in (2, 3):
                    found.append(_life(chance, kind, width, encoding, classes))
    return found


def _life(chance: random.Random, kind: Kind, width: int, encoding: Encoding, classes: int) -> dict[str, Any]:
    dimension = chance.choice([1, 3, 6, 9])
    extra = {
        Kind.PERCEPTRON: {
            "step": chance.choice([1, 3, 65_535]),
            "intercept_value": chance.choice([0, 1, 32_767]),
            "margin": chance.choice([0, 5, 1 << 40]),
        },
        Kind.NEAREST_CENTROID: {"notice_seconds": 100},
        Kind.NAIVE_BAYES: {"smoothing": chance.choice([1, 256, (1 << 32) - 1])},
    }[kind]
    configuration = ModelConfiguration(encoding, width, classes, dimension, **extra)
    model = _EXACT[kind](configuration)
    negative = kind is not Kind.NAIVE_BAYES
    for _ in range(chance.randrange(0, 4)):  # first weights that something was learned into
        model.train_one(_sample(chance, encoding, dimension, negative), chance.randrange(classes), 0)
    first = model.words_bytes()
    if chance.random() < 0.4:
        model = _with_extreme_lanes(chance, model, first)
        first = model.words_bytes()
    events = []
    for step in range(5):
        now = 1_000 + 60 * step
        if isinstance(model, ExactCentroid) and step == 1:
            words = _class_words(configuration, _sample(chance, encoding, dimension, negative))
            events.append({"class": words.hex(), "activeAt": now + 100, "number": model.add_class(words, now + 100)})
        sample = _sample(chance, encoding, dimension, negative)
        active = [k for k in range(model.classes) if not isinstance(model, ExactCentroid) or model.active_at[k] <= now]
        label = chance.choice(active)
        event = {
            "now": now,
            "sample": sample.hex(),
            "label": label,
            "predicted": int(model.predict_encoded([sample], now)[0]),
            "scores": [str(score) for score in model.scores_encoded(sample, now)],
            "taught": model.train_one(sample, label, now),
        }
        events.append(event)
    return {
        "kind": str(kind),
        "configuration": f"{configuration.to_int():064x}",
        "first": first.hex(),
        "events": events,
        "last": model.words_bytes().hex(),
    }


def _with_extreme_lanes(chance: random.Random, model: ExactModel, first: bytes) -> ExactModel:
    if isinstance(model, ExactPerceptron):
        bits = model.configuration.weight_bits
        low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        lanes = [chance.choice([low, high, 0]) for _ in range(model.weights.size)]
        return ExactPerceptron.from_words(model.configuration, pack_lanes(lanes, bits))
    if isinstance(model, ExactNaiveBayes):
        model.sums[:] = (1 << model.configuration.weight_bits) - 1
        model.totals = [(1 << 64) - 1 - chance.randrange(3) for _ in model.totals]
        model.documents = [(1 << 64) - 1 - chance.randrange(3) for _ in model.documents]
        return ExactNaiveBayes.from_words(model.configuration, model.words_bytes())
    assert isinstance(model, ExactCentroid)
    model.sums[:] = (1 << (model.configuration.weight_bits - 1)) - 1
    model.counts = [(1 << 32) - 1 - chance.randrange(2) for _ in model.counts]
    model.norms = [(1 << 184) - 1 - chance.randrange(3) for _ in model.norms]
    return ExactCentroid.from_words(model.configuration, model.words_bytes() if first else b"")


def _class_words(configuration: ModelConfiguration, sample: bytes) -> bytes:
    alone = ExactCentroid(configuration)
    alone.train_one(sample, 0, 0)
    return alone.words_bytes()[: 32 * configuration.words_per_class()]


def _sample(chance: random.Random, encoding: Encoding, dimension: int, negative: bool) -> bytes:
    count = dimension if encoding is Encoding.DENSE else chance.randint(1, dimension)
    indices = sorted(chance.sample(range(dimension), count))
    values = [chance.choice([1, 2, 32_767, chance.randint(1, 900)]) for _ in range(count)]
    if negative:
        values = [chance.choice([-1, 1]) * value for value in values]
    if encoding is Encoding.PRESENCE:
        return encode_presence(indices)
    return encode_sparse(indices, values) if encoding is Encoding.SPARSE else encode_dense(values)


_WORDS = [
    "film",
    "good",
    "dull",
    "don't",
    "10",
    "it",
    "i",
    "k",
    "s",
    "ss",
    "ıq",
    "straße",
    "café",
    "naïve",
    "中文",
    "Ω",
]
_ODD = [
    " ",
    "<br />",
    "<BR />",
    "<br/>",
    "\n",
    "\u00a0",
    "İ",
    "\u212a",
    "ẞ",
    "ﬁ",
    "Σ",
    "'",
    "’",
    "１",
    "😀",
    "\u0307",
    "-",
]


def _texts(chance: random.Random) -> dict[str, Any]:
    featurizer = PresenceText(["film", "good", "dull", "don't", "10", "i", "k", "s", "it", "caf", "br", "'"])
    found = []
    for _ in range(220):
        text = "".join(
            chance.choice([chance.choice(_WORDS), chance.choice(_WORDS).upper(), chance.choice(_ODD), " "])
            for _ in range(chance.randrange(0, 12))
        )
        try:
            sample = featurizer.transform_encoded([text])[0]
            told = {"sample": sample.hex(), "described": featurizer.describe(sample)}
        except SampleError as error:
            told = {"error": type(error).__name__}
        found.append({"text": text, "tokens": plain_words(text), **told})
    # Every character that lower-casing may bring into a-z, 0-9 or an apostrophe.
    bringing = [chr(c) for c in range(128, 0x110000) if not 0xD800 <= c < 0xE000 and plain_words(chr(c))]
    return {"featurizer": featurizer.to_dict(), "cases": found, "bringing": bringing}


def _tables(chance: random.Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cells = ["", " ? ", "NA", "nan", "+nan", "NULL", "1_000", "1__0", " 2.5\n", "٣٫5", "٣", "1e400", "inf", "-Infinity",
             ".5", "5.", ".", "1e5", "0x10", "abc", "1,5", "−1", "-0", "1e-320", "\u20072",
             "\ufeff1", "\x1f7"]  # fmt: skip
    for _ in range(40):
        columns = chance.randint(1, 4)
        table = ScaledTable(
            [round(chance.uniform(-50, 50), 2) for _ in range(columns)],
            [chance.choice([0.0, round(chance.uniform(-9, 9), 3), 1e300]) for _ in range(columns)],
            [chance.choice([0.0, 256.0, 0.5, chance.uniform(0, 900), 1e308]) for _ in range(columns)],
            chance.choice([None, [f"name {i}" for i in range(columns)]]),
        )
        rows: list[dict[str, Any]] = []
        for _ in range(5):
            row = [_cell_text(chance, cells) for _ in range(columns + (chance.random() < 0.05))]
            try:
                sample = table.transform_encoded([row])[0]
                rows.append({"cells": row, "sample": sample.hex(), "described": table.describe(sample)})
            except CommonlearnError:
                rows.append({"cells": row, "sample": None})
        found.append({"featurizer": table.to_dict(), "rows": rows})
    return found


def _cell_text(chance: random.Random, cells: Sequence[str]) -> str:
    if chance.random() < 0.3:
        return chance.choice(cells)
    number = chance.choice([chance.uniform(-100, 100), chance.randint(-9, 9) / 2, chance.uniform(-1, 1) * 1e5])
    return repr(number)


def _formats(chance: random.Random) -> dict[str, Any]:
    numbers = [0.0, -0.0, 100000.5, 10000.25, 10000.75, 1e-5, 0.0001, 123456.5, 999999.5, 1e21, 5e-324, 1.7e308, -2.5]
    numbers += [chance.uniform(-1, 1) * 10.0 ** chance.randint(-9, 9) for _ in range(100)]
    numbers += [chance.randint(1, 10**7) / 2 ** chance.randint(0, 6) for _ in range(100)]
    amounts = ["0.002", "3 gwei", "5wei", "1_000", " 1 ETH ", "0.0000000000000000001", "-1", "x", "1.5 wei", "", ".5",
               "1.", "1e3", "99999999999", "2 finney", "0"]  # fmt: skip
    weis = [0, 1, 7, 999_999, 10**6, 10**9 + 1, 10**13 - 1, 10**13, 2 * 10**15, 10**18, 123456789 * 10**15 + 1]
    return {
        "general": [[number, f"{number:.6g}"] for number in numbers],
        "ether": [[str(wei), format_ether(wei)] for wei in weis],
        "usd": [[str(wei), format_usd(usd_of(wei, Decimal(2500)))] for wei in weis if wei == 0 or wei >= 10**13],
        "amounts": [[text, _amount(text)] for text in amounts],
        "durations": [[s, duration(s)] for s in (0, 1, 59, 60, 3_600, 3_660, 86_399, 86_400, 200_000, 10**7)],
    }


def _amount(text: str) -> str | None:
    try:
        return str(parse_amount(text))
    except InvalidAmount:
        return None


def _trees(chance: random.Random) -> list[dict[str, Any]]:
    found = []
    for count in (1, 2, 3, 5, 7):
        first = chance.randrange(1_000)
        given = [
            (_contribution(chance), chance.randbytes(chance.randrange(0, 9)))
            for _ in range(count)
        ]  # fmt: skip
        found.append(
            {
                "first": first,
                "given": [{"c": [str(v) for v in c.as_tuple()], "sample": s.hex()} for c, s in given],
                "root": batch_tree(first, given).root.hex(),
                "proofs": [[node.hex() for node in claim.proof] for claim in batch_claims(first, given)],
            }
        )
    return found


def _contribution(chance: random.Random) -> Contribution:
    author = "0x" + "".join(chance.choice("123456789") for _ in range(40))
    return Contribution(author, chance.randrange(256), chance.random() < 0.5, chance.randrange(1, 10**9) * 10**9,
                        chance.randrange(1 << 40))  # fmt: skip


def _money(chance: random.Random) -> dict[str, Any]:
    prices = []
    for _ in range(80):
        excess, elapsed = chance.randrange(1 << 80), chance.choice([0, 1, 59, chance.randrange(1 << 20)])
        half = chance.choice([1, 60, 3_600, chance.randint(1, 1 << 31)])
        floor, growth = chance.randint(1, 10**6) * 10**9, chance.randint(0, 10_000)
        left = decayed(excess, elapsed, half)
        stake = price(floor, left)
        prices.append(
            [str(excess), elapsed, half, str(floor), growth, str(left), str(stake), str(raised(stake, floor, growth))]
        )
    parts = []
    for _ in range(60):
        stake, bps = chance.randint(1, 10**9) * 10**9, chance.randint(0, 5_000)
        since, span = chance.randrange(1 << 21), chance.randint(1, 1 << 20)
        parts.append([str(stake), bps, since, span, str(reporter_part(stake, bps, since, span))])
    return {"prices": prices, "parts": parts}


def _ledgers(chance: random.Random) -> list[dict[str, Any]]:
    """Random lives of points: what was tried, what came of it, and the accounts at the end."""
    found = []
    for _ in range(6):
        people = ["0x" + digit * 40 for digit in "123456"]
        terms = PointsTerms(tuple(people[:2]), chance.choice([2_100, 100_000]), 100, 1_000, 2_000, 11_000, 5_000)
        ledger, now, steps = PointsLedger(terms), 10**9, []
        for _ in range(45):
            now += chance.choice([1, 500, 400_000])
            steps.append(_step(chance, ledger, people, now))
        accounts = {
            who: [a.received, a.given, a.burned, a.grant_left, a.weeks_active, a.right_votes, a.points,
                  ledger.weight_of(who), [int(ledger.has_earned(who, badge)) for badge in Badge]]
            for who, a in ledger.accounts.items()
        }  # fmt: skip
        found.append({"terms": terms.as_dict(), "steps": steps, "accounts": accounts})
    return found


def _step(chance: random.Random, ledger: PointsLedger, people: Sequence[str], now: int) -> list[Any]:
    who, kind = chance.choice(people), chance.random()
    if kind < 0.35 or not ledger.contributions:
        return ["contribute", who, now, ledger.contribute(who, now=now)]
    id_ = max(0, ledger.contributions - 1 - chance.randrange(4))
    try:
        if kind < 0.9:
            confirms = chance.random() < 0.7
            vote = ledger.vote(id_, who, confirms=confirms, now=now)
            return ["vote", who, now, id_, confirms, [vote.weight, vote.fee, vote.from_grant]]
        ledger.judge(who, [id_], now=now)
        return ["judge", who, now, id_, True]
    except CommonlearnError as error:
        name = type(error).__name__
        return ["vote", who, now, id_, confirms, name] if kind < 0.9 else ["judge", who, now, id_, name]


def _descriptions(chance: random.Random) -> list[dict[str, Any]]:
    about = [
        Description("reviews", "films <b>only</b>", ("negative", "positive"), PresenceText(["a", "b"]).to_dict()),
        Description("日本", "", ("a", "class 2", "c"), None),
    ]
    return [
        {"metadata": one.to_bytes().hex(), "name": one.name, "description": one.description,
         "featurizer": one.featurizer, "classes": [one.class_names(n) for n in (1, 3, 5)]}
        for one in about
    ]  # fmt: skip


def _refusals(chance: random.Random) -> list[dict[str, str]]:
    return examples()


VECTORS: dict[str, Callable[[random.Random], Any]] = {
    "bags": bags,
    "codec": _codec,
    "descriptions": _descriptions,
    "formats": _formats,
    "lanes": _lanes,
    "ledgers": _ledgers,
    "logarithms": _logarithms,
    "models": _models,
    "money": _money,
    "pictures": pictures,
    "refusals": _refusals,
    "tables": _tables,
    "texts": _texts,
    "tokens": tokens,
    "trees": _trees,
    "unicode": unicode,
}
"""What makes the content of each file, out of its own source of chance."""


def content(name: str) -> str:
    """A file's content: one case a line, so that a change is seen case by case."""
    made = VECTORS[name](random.Random(f"commonlearn {name}"))
    if isinstance(made, list):
        return "[\n" + ",\n".join(map(_compact, made)) + "\n]\n"
    return _compact(made) + "\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or say whether they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="only say whether the files are up to date")
    check = parser.parse_args(arguments).check
    FOLDER.mkdir(parents=True, exist_ok=True)
    old = []
    for name in VECTORS:
        path, wanted = FOLDER / f"{name}.json", content(name)
        if check and (not path.exists() or path.read_text(encoding="utf-8") != wanted):
            old.append(path.name)
        elif not check:
            path.write_text(wanted, encoding="utf-8")
    if old:
        print(f"out of date: {', '.join(old)}; run python -m scripts.web_vectors", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
