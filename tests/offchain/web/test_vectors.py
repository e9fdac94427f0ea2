"""What the page shares with the package is up to date, so that its twins are compared with this very package.

Requirements W-13, W-15.
"""

from __future__ import annotations

import warnings

import pytest

from commonlearn.chain.compiled import artifact
from scripts import web_vectors, web_words

MOST_BYTES = 420 << 10


@pytest.mark.parametrize("name", sorted(web_vectors.VECTORS))
def test_the_shared_vectors_are_those_of_this_package(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # tables of extremes overflow on purpose
        assert (web_vectors.FOLDER / f"{name}.json").read_text(encoding="utf-8") == web_vectors.content(name)


def test_no_vectors_lie_there_that_nobody_makes_and_they_stay_small():
    files = list(web_vectors.FOLDER.glob("*"))
    assert {path.stem for path in files} == set(web_vectors.VECTORS)
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


def test_the_words_of_refusals_are_those_of_this_package():
    assert web_words.OUTPUT.read_text(encoding="utf-8") == web_words.text()


def test_every_error_of_every_contract_has_words():
    named = {entry["name"] for entry in web_words.words()["errors"].values()}
    for contract in web_words.CONTRACTS:
        errors = {entry["name"] for entry in artifact(contract)["abi"] if entry["type"] == "error"}
        assert errors <= named, contract


def test_out_of_date_files_are_told(monkeypatch, tmp_path, capsys):
    (tmp_path / "lanes.json").write_text("[]\n", encoding="utf-8")
    monkeypatch.setattr(web_vectors, "FOLDER", tmp_path)
    monkeypatch.setattr(web_vectors, "VECTORS", {"lanes": web_vectors.VECTORS["lanes"]})
    assert web_vectors.main(["--check"]) == 1
    assert "lanes.json" in capsys.readouterr().err
    assert web_vectors.main([]) == 0
    assert web_vectors.main(["--check"]) == 0
    monkeypatch.setattr(web_words, "OUTPUT", tmp_path / "refusals.json")
    assert web_words.main(["--check"]) == 1
    assert web_words.main([]) == 0
    assert web_words.main(["--check"]) == 0
