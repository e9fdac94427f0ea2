"""The fast decoder of logs gives what the general one gives, and refuses what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.chain.abi import EventType, checksummed
from commonlearn.chain.flat_abi import FlatDecoder

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "uint256": st.integers(0, 2**256 - 1),
    "uint96": st.integers(0, 2**96 - 1),
    "uint16": st.integers(0, 2**16 - 1),
    "bool": st.booleans(),
    "address": st.integers(0, 2**160 - 1).map(lambda number: checksummed(f"0x{number:040x}")),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bytes": st.binary(max_size=100),
}


@st.composite
def events(draw: st.DrawFn) -> tuple[list[str], list[bool], list[Any]]:
    kinds = draw(st.lists(st.sampled_from(sorted(_VALUES)), max_size=8))
    indexed = [kind != "bytes" and draw(st.booleans()) for kind in kinds]
    return kinds, indexed, [draw(_VALUES[kind]) for kind in kinds]


def written(kinds: list[str], indexed: list[bool], values: list[Any]) -> tuple[list[str], str]:
    """An event's topics and data."""
    fields = list(zip(kinds, indexed, values, strict=True))
    topics = ["0x" + "ee" * 32, *("0x" + encode([kind], [value]).hex() for kind, at, value in fields if at)]
    plain = [(kind, value) for kind, at, value in fields if not at]
    return topics, "0x" + encode([kind for kind, _ in plain], [value for _, value in plain]).hex()


@given(events())
def test_it_reads_what_was_written(event: tuple[list[str], list[bool], list[Any]]) -> None:
    kinds, indexed, values = event
    decoder = FlatDecoder.of(kinds, indexed)
    assert decoder is not None
    assert decoder.decode(*written(kinds, indexed, values)) == values


@given(events(), st.data())
def test_it_refuses_what_the_general_one_refuses(
    event: tuple[list[str], list[bool], list[Any]], data: st.DataObject
) -> None:
    """One hexadecimal digit of the data is another, or digits are cut off: both give the same, or both refuse."""
    kinds, _, values = event
    indexed = [False] * len(kinds)
    topics, text = written(kinds, indexed, values)
    if len(text) > 2:
        at = data.draw(st.integers(2, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from("0123456789abcdef")) + text[at + 1 :]
        text = text[: data.draw(st.sampled_from([len(text), at - at % 2]))]
    decoder = FlatDecoder.of(kinds, indexed)
    assert decoder is not None
    try:
        found = decoder.decode(topics, text)
    except ValueError:
        found = None
    try:
        wanted = [
            checksummed(value) if kind == "address" else value
            for kind, value in zip(kinds, decode(kinds, bytes.fromhex(text[2:])), strict=True)
        ]
    except Exception:  # eth_abi's family is wide
        # It also refuses bytes whose padding is not zero, which says nothing about the bytes.
        assert found is None or "bytes" in kinds
        return
    assert found == wanted


@pytest.mark.parametrize("kind", ["uint256[]", "(uint8,bool)", "string", "int256", "bytes4"])
def test_it_leaves_other_types_alone(kind: str) -> None:
    assert FlatDecoder.of([kind], [False]) is None


def test_indexed_bytes_are_hashes_and_left_alone() -> None:
    assert FlatDecoder.of(["bytes"], [True]) is None


def test_events_are_decoded_by_it_where_it_can() -> None:
    flat = EventType("A", ("n", "who"), ("uint256", "address"), (True, False))
    assert flat.decode(*written(list(flat.types), list(flat.indexed), [7, "0x" + "ab" * 20])) == {
        "n": 7,
        "who": checksummed("0x" + "ab" * 20),
    }
    with pytest.raises(ValueError, match="topic is missing"):
        flat.decode(["0x" + "ee" * 32], "0x")
