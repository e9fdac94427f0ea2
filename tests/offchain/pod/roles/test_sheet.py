"""What binds a program to its settings comes from anybody (Y-08)."""

from __future__ import annotations

import json

import pytest

from commonlearn.custody import Column, Schema, from_ranges
from commonlearn.federated.programs import program_source
from commonlearn.pod.roles.letters import LetterMissing, Letters
from commonlearn.pod.roles.sheet import Sheet, SheetRefused, read_sheet, with_sheet

SCHEMA = Schema(
    (Column("x", "number", low=0, high=10), Column("y", "category", categories=("a", "b"), missing=False)), "y"
)


def test_a_sheet_comes_back_and_the_program_stays_a_program():
    sheet = Sheet("logistic", {"epochs": 7}, "krum", {"faulty": 1}, 5_000, title="trial")
    source = with_sheet(program_source("logistic"), sheet)
    assert read_sheet(source) == sheet
    compile(source, "program.py", "exec")
    assert json.loads(sheet.job_settings(SCHEMA))["classes"] == 2


@pytest.mark.parametrize(
    "line",
    [
        b"import os",
        b"# commonlearn-job: [",
        b"# commonlearn-job: 5",
        b'# commonlearn-job: {"estimator": "none such"}',
        b'# commonlearn-job: {"estimator": "logistic", "more": 1}',
        b'# commonlearn-job: {"estimator": "logistic", "settings": {"epochs": -1}}',
        b'# commonlearn-job: {"estimator": "logistic", "settings": 5}',
        b'# commonlearn-job: {"estimator": "logistic", "strategy": "none such"}',
        b'# commonlearn-job: {"estimator": "logistic", "limit": 99999999999}',
        b'# commonlearn-job: {"estimator": "logistic", "limit": true}',
        b"# commonlearn-job: " + b"[" * 60_000,
    ],
)
def test_what_is_none_is_refused_by_name(line):
    with pytest.raises(SheetRefused):
        read_sheet(line + b"\nprint(1)\n")


def test_features_are_prepared_as_the_sheet_says():
    assert Sheet("logistic").prepared(SCHEMA) == from_ranges(SCHEMA)
    numbers = {"fill": [5.0], "offset": [4.0], "factor": [0.5]}
    assert Sheet("logistic", preparation=numbers).prepared(SCHEMA).offset == (4.0,)
    with pytest.raises(SheetRefused):
        Sheet("logistic", preparation={"fill": [5.0]}).prepared(SCHEMA)


def test_letters_are_replaced_and_missed_by_name(tmp_path):
    letters = Letters(str(tmp_path / "letters"))
    with pytest.raises(LetterMissing):
        letters.get("1-0-0")
    letters.put("1-0-0", b"one")
    letters.put("1-0-0", b"two")
    assert letters.get("1-0-0") == b"two"
