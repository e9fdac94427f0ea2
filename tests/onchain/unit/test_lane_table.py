"""Words unpacked for many samples, at every width, against lanes in plain numbers.

Requirements M-01, M-06, M-08, B-12.
"""

import brownie
import pytest

BITS = [4, 8, 16, 32]
DIMENSION = 90
LENGTHS = [1, 2, 15, 16, 17, 32, 41, DIMENSION]
"""Samples shorter and longer than the sixteen features that are taken at once."""


@pytest.fixture(scope="module")
def table(module_isolation, LaneTableHarness, deployer):
    return LaneTableHarness.deploy({"from": deployer})


def per_word(bits):
    return 256 // bits


def packed(lanes, bits):
    """Words of lanes, the first one uppermost."""
    count = -(-len(lanes) // per_word(bits))
    lanes = [*lanes, *[0] * (count * per_word(bits) - len(lanes))]
    words = []
    for start in range(0, len(lanes), per_word(bits)):
        word = 0
        for lane in lanes[start : start + per_word(bits)]:
            word = word << bits | lane % (1 << bits)
        words.append(word)
    return words


def encoded(indices):
    return b"".join(int(index).to_bytes(2, "big") for index in indices)


@pytest.fixture
def case(rng, table, deployer):
    """Gives ``make(bits)``: lanes all over their range and at its ends, which the contract has too."""

    def make(bits):
        half = 1 << (bits - 1)
        lanes = [int(rng.choice([-half, half - 1, rng.integers(-half, half)])) for _ in range(DIMENSION + 1)]
        table.setWords(packed(lanes, bits), {"from": deployer})
        return lanes

    return make


@pytest.mark.parametrize("bits", BITS)
def test_scores_are_sums_of_lanes(table, case, rng, bits):
    lanes = case(bits)
    for dirt, length in enumerate(LENGTHS):
        indices = sorted(rng.choice(DIMENSION, length, replace=False).tolist())
        found = table.score(bits, encoded(indices), DIMENSION, dirt * 977)
        assert found == (True, sum(lanes[index + 1] for index in indices), lanes[0])


@pytest.mark.parametrize("bits", BITS)
def test_malformed_samples_are_told(table, case, bits):
    case(bits)
    many = list(range(0, 40))
    swapped = [*many[:20], many[21], many[20], *many[22:]]
    wrong = {
        "empty": b"",
        "odd": encoded(many) + b"\x00",
        "equal": encoded([3, 3]),
        "falling": encoded([4, 3]),
        "falling among many": encoded(swapped),
        "equal where sixteen end": encoded([*many[:16], 15, *many[16:]]),
        "equal in the rest": encoded([*many, 39]),
        "beyond the model": encoded([DIMENSION]),
        "beyond the model, after many": encoded([*many, DIMENSION]),
        "uppermost bit": encoded([0x8000]),
        "uppermost bit, before others": encoded([0x8000, 1]),
        "greatest": encoded([*many[:15], 0xFFFF]),
    }
    for why, sample in wrong.items():
        assert table.score(bits, sample, DIMENSION, 0)[0] is False, why
    for sample in (encoded([DIMENSION - 1]), encoded([*many, DIMENSION - 1])):
        assert table.score(bits, sample, DIMENSION, 0)[0] is True


@pytest.mark.parametrize("length", [1, 16, 41])
@pytest.mark.parametrize("bits", BITS)
def test_additions_stop_at_the_ends(table, case, rng, deployer, bits, length):
    half = 1 << (bits - 1)
    for change, constant in ((1, -1), (-1, 1), (half // 2 % 65_536 + 1, 2**31 - 1), (-65_535, 1 - 2**31), (0, 5)):
        lanes = case(bits)
        indices = sorted(rng.choice(DIMENSION, length, replace=False).tolist())
        times = int(rng.integers(1, 4))
        table.add(bits, encoded(indices), change, constant, times, 1 + length, {"from": deployer})
        for _ in range(times):
            for number, by in [(0, constant), *[(index + 1, change) for index in indices]]:
                lanes[number] = max(-half, min(half - 1, lanes[number] + by))
        assert list(table.words()) == packed(lanes, bits)


def test_there_cannot_be_more_lanes_than_two_bytes_address(table, deployer):
    """8,000 lanes are the most; a hundred and sixty-four more do not fit, whatever was in memory before."""
    most = 8_000 // per_word(4)
    table.setWords([0] * most, {"from": deployer})
    assert table.score(4, encoded([7_998]), 7_999, 0) == (True, 0, 0)
    table.setWords([0] * (most + 4), {"from": deployer})
    with brownie.reverts():
        table.score(4, encoded([1]), 7_999, 0)
