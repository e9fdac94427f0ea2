"""A model's life as curves and as a picture (E-06)."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from commonlearn.archive.drawing import drawn
from commonlearn.archive.errors import ExportProblem
from commonlearn.archive.life import Curve, Life
from commonlearn.client.errors import LengthMismatch
from commonlearn.errors import UnknownLabel
from tests.support.histories import staked, voted
from tests.support.live import BAD, GOOD
from tests.support.live_market import Story

TEST = ([GOOD, BAD, "actor", "plot", "film"], ["positive", "negative", "positive", "positive", "positive"])


def at(curve: Curve, block: int) -> float:
    """A curve's value in a block."""
    place = int(np.searchsorted(curve.blocks, block, side="right"))
    return float(curve.values[place - 1]) if place else 0.0


def test_each_curve_is_what_the_contract_said_then(network, tmp_path):
    model = staked(network, tmp_path)
    life = model.archive().life()
    contract = model.contract
    for block in range(life.first_block, life.last_block + 1):
        locked, *_ = contract._read("totals", block=block)
        assert at(life.stakes_wei, block) == locked
        assert sum(at(curve, block) for curve in life.contributions.values()) == contract.contributions(block=block)
    assert {name: curve.last for name, curve in life.contributions.items()} == {"negative": 3, "positive": 5}
    assert {name: curve.last for name, curve in life.endings.items()} == {
        "proven": 3,
        "returned": 1,
        "forfeited": 1,
        "swept": 1,
    }
    assert life.participants.last == 5
    assert life.accuracy is None


def test_accuracy_is_that_of_the_weights_in_each_block(network, tmp_path):
    model = staked(network, tmp_path)
    archive = model.archive()
    life = archive.life(test=TEST)
    samples, labels = model.encode(TEST[0]), np.array([1, 0, 1, 1, 1])
    assert len(life.accuracy.blocks) == 6, "at first, and in five blocks with contributions"
    for block, value in zip(life.accuracy.blocks.tolist(), life.accuracy.values.tolist(), strict=True):
        twin = archive.data_set(block).model
        assert value == np.mean(twin.predict_encoded(samples) == labels)


def test_a_market_releases_stakes_when_it_credits_and_learns_when_it_trains(network, tmp_path):
    story = Story.begin(network, tmp_path).revealed()
    story.market.settle(account=story.who("stranger"))
    trained_in = network.connection.block().number + 1
    story.market.train(account=story.who("stranger"))
    story.model.sync()
    life = story.model.archive().life(test=(["good", "dull"], [1, 0]))
    contract = story.market.contract
    assert life.stakes_wei.last == contract.totals()[0] == 0
    assert max(life.stakes_wei.values) == 11 * contract.terms.min_stake_wei
    assert {name: curve.last for name, curve in life.endings.items()} == {"proven": 7, "forfeited": 4}
    assert life.accuracy.values[0] == 0.5
    assert life.accuracy.last == 1.0
    assert life.accuracy.blocks.tolist()[1] == trained_in
    assert [what for _, what in life.marks] == ["market 1"]


def test_votes_take_the_place_of_stakes(network, tmp_path):
    life = voted(network, tmp_path).archive().life()
    assert {name: curve.last for name, curve in life.endings.items()} == {"votes for": 1, "votes against": 1}
    assert life.stakes_wei.last == 0


def test_a_picture_is_drawn_of_every_kind_of_life(network, address, tmp_path):
    """Staked, voted, and nothing at all yet."""
    for model in (staked(network, tmp_path / "a"), voted(network, tmp_path / "b"), network.load(address, tmp_path)):
        archive = model.archive()
        life = archive.life(test=TEST)
        archive.plot(tmp_path / "life.png", life)
        with Image.open(tmp_path / "life.png") as picture:
            assert picture.width > 800
            assert picture.height > 600
            assert len(picture.convert("RGB").getcolors(1 << 24)) > 20
            assert "Software" not in picture.info


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_other_kinds_of_pictures(network, address, tmp_path, kind):
    archive = network.load(address, tmp_path).archive()
    archive.plot(tmp_path / f"life.{kind}", archive.life())
    start = (tmp_path / f"life.{kind}").read_bytes()[:200]
    assert start.startswith(b"<?xml" if kind == "svg" else b"%PDF")


def test_many_classes_are_drawn_as_one():
    curves = {f"class {k}": Curve.summed([(k, 1)]) for k in range(30)}
    life = Life(0, 40, curves, Curve.summed([(0, 1)]), Curve.summed([]), {"proven": Curve.summed([])})
    with Image.open(io.BytesIO(drawn(life, title="many"))) as picture:
        assert picture.height < 900
    assert drawn(life, title="many") == drawn(life, title="many"), "the same life is the same picture"
    marked = replace(life, marks=[(5, "market 1")])
    assert drawn(marked, title="many") != drawn(life, title="many")


def test_what_cannot_be_drawn(network, address, tmp_path):
    archive = network.load(address, tmp_path).archive()
    life = archive.life()
    for path in (tmp_path / "life.gif", tmp_path / "life"):
        with pytest.raises(ExportProblem, match=r"\.png, \.svg, \.pdf"):
            archive.plot(path, life)
    with pytest.raises(LengthMismatch):
        archive.life(test=([GOOD], []))
    with pytest.raises(UnknownLabel):
        archive.life(test=([GOOD], ["wonderful"]))
