"""Descriptions, labels, spans of time, forecasts, folders: the pure parts of the client."""

import json
import zlib

import numpy as np
import pytest

from commonlearn.client.description import Description
from commonlearn.client.errors import UnusableDescription
from commonlearn.client.labels import label_number
from commonlearn.client.paths import cache_folder, journal_folder
from commonlearn.client.stakes import forecast, with_tolerance
from commonlearn.durations import InvalidDuration, duration, parse_duration
from commonlearn.errors import UnknownLabel
from commonlearn.incentives.self_assessment import SelfAssessmentLedger
from commonlearn.money import InvalidAmount, format_ether, parse_amount
from commonlearn.records import Terms


def deflated(content) -> bytes:
    return zlib.compress(json.dumps(content).encode())


def test_a_description_survives_the_chain_with_any_letters():
    about = Description(
        "Kritiken", "gut oder schlecht?", ("schlecht", "gut – sehr"), {"id": "text-presence", "words": "ä b"}
    )
    assert Description.from_bytes(about.to_bytes()) == about
    assert about.to_bytes() == about.to_bytes()


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (b"", "not deflated JSON"),
        (b"\xff" * 40, "not deflated JSON"),
        (zlib.compress(b"plain text"), "not deflated JSON"),
        (deflated([1]), "not written by commonlearn"),
        (deflated({"name": "x"}), "not written by commonlearn"),
        (deflated({"commonlearn": 99}), "upgrade commonlearn"),
        (deflated({"commonlearn": 1, "classes": "ab"}), "not a list"),
        (deflated({"commonlearn": 1, "classes": ["a", "a"]}), "different names"),
        (deflated({"commonlearn": 1, "featurizer": "words"}), "not an object"),
        (zlib.compress(b" " * (20 << 20)), "longer than"),
    ],
    ids=["empty", "noise", "text", "list", "foreign", "newer", "classes", "twice", "featuriser", "bomb"],
)
def test_an_unusable_description_says_why(metadata, reason):
    with pytest.raises(UnusableDescription, match=reason):
        Description.from_bytes(metadata)


def test_announced_classes_are_called_by_their_number():
    assert Description("", "", ("no", "class 2"), None).class_names(4) == ["no", "class 2", "class 2'", "class 3"]
    assert Description("", "", (), None).class_names(2) == ["class 0", "class 1"]


@pytest.mark.parametrize(
    ("label", "number"),
    [("no", 0), ("yes", 1), (0, 0), (1, 1), ("1", 1), (np.int64(1), 1), (1.0, 1), (np.str_("yes"), 1)],
    ids=repr,
)
def test_labels_are_names_or_numbers(label, number):
    assert label_number(label, ["no", "yes"]) == number


def test_a_name_wins_over_a_number():
    names = ["1", "0", "7"]
    assert [label_number(label, names) for label in ("1", 1, "0", 0, 7, 7.0)] == [0, 0, 1, 1, 2, 2]
    assert label_number(2, names) == 2


@pytest.mark.parametrize("label", [2, -1, "maybe", "", None, True, 0.5, "2", float("nan")], ids=repr)
def test_other_labels_are_refused_by_naming_the_classes(label):
    with pytest.raises(UnknownLabel, match="'no', 'yes'"):
        label_number(label, ["no", "yes"])


@pytest.mark.parametrize("text", ["", "soon", "1x", "h1", "1.5h", "-3s", "3 4"])
def test_no_span_of_time_is_told(text):
    with pytest.raises(InvalidDuration):
        parse_duration(text)


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 3_599, 3_600, 86_400, 90_000, 8_640_000])
def test_spans_of_time_with_two_units_are_read_back(seconds):
    assert parse_duration(duration(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "much", "1 dollar", "-1", "0.5wei", "nan", "1e400", "1.2.3"])
def test_no_amount_is_told(text):
    with pytest.raises(InvalidAmount):
        parse_amount(text)


@pytest.mark.parametrize("wei", [1, 999, 10**6, 15 * 10**8, 10**13, 10**15 + 1, 10**18, 123 * 10**18 + 7])
def test_amounts_are_shown_exactly(wei):
    assert parse_amount(format_ether(wei)) == wei


def test_the_forecast_is_what_the_ledger_asks_for():
    terms = Terms("0x" + "11" * 20, 10**12, 700, 50, 1, 2, 3, 0)
    ledger = SelfAssessmentLedger(terms, opened_at=0)
    ledger.contribute("ann", 0, 0, taught=True, value_wei=10**12, now=0)
    wanted = []
    start = ledger.stake_at(7)
    for i in range(20):
        wanted.append(ledger.stake_at(7))
        ledger.contribute("ann", 0, i, taught=True, value_wei=wanted[-1], now=7)
    assert forecast(terms, start, 20) == wanted
    assert forecast(terms, start, 0) == []


def test_room_above_a_stake_is_exact_and_whole_gwei():
    assert with_tolerance(10**12, 1.0) == 10**12
    assert with_tolerance(10**12 + 10**9, 1.1) == 1_102 * 10**9
    assert with_tolerance(10**24, 1.25) == 125 * 10**22


def test_folders_are_given_or_named_or_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path / "c"))
    monkeypatch.setenv("COMMONLEARN_STATE", str(tmp_path / "s"))
    assert cache_folder() == tmp_path / "c" / "models"
    assert journal_folder() == tmp_path / "s" / "journals"
    assert cache_folder(tmp_path) == journal_folder(tmp_path) == tmp_path
    monkeypatch.delenv("COMMONLEARN_CACHE")
    monkeypatch.delenv("COMMONLEARN_STATE")
    assert cache_folder().name == "models"
    assert "commonlearn" in str(journal_folder())
