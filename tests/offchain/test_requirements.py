"""Every requirement of docs/requirements.md is named by a test that covers it, and tests name no others.

In Python a requirement is named in a docstring of a test module, class or function, or in one that holds a doctest; in
Solidity in a comment of a ``.t.sol`` file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"\b[MDICPXBSGQKZFWELOUVYJH]-\d{2}\b")
OWN_NAME = Path(__file__).name


def requirements(page: str) -> dict[str, str]:
    """Numbers and texts of the table rows of a page.

    Raises
    ------
    ValueError
        When a number stands there twice.
    """
    rows = re.findall(r"^\| ([A-Z]-\d+) \| (.+?) \|$", page, re.MULTILINE)
    numbers = [number for number, _ in rows]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise ValueError(f"numbered twice: {', '.join(twice)}")
    return dict(rows)


def docstrings(source: str) -> Iterator[str]:
    """All docstrings of a Python source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def comments(source: str) -> Iterator[str]:
    """All comments of a Solidity source (strings there hold no slashes)."""
    yield from re.findall(r"//[^\n]*|/\*.*?\*/", source, re.DOTALL)


def named(root: Path) -> dict[str, set[str]]:
    """The requirements that tests and doctests name, each with the files that do."""
    found: dict[str, set[str]] = {}

    def note(path: Path, texts: Iterator[str]) -> None:
        for number in {number for text in texts for number in NUMBER.findall(text)}:
            found.setdefault(number, set()).add(path.relative_to(root).as_posix())

    for path in sorted((root / "tests").rglob("test_*.py")):
        if path.name != OWN_NAME:
            note(path, docstrings(path.read_text(encoding="utf-8")))
    for path in sorted((root / "tests").rglob("*.t.sol")):
        note(path, comments(path.read_text(encoding="utf-8")))
    for path in sorted((root / "offchain").rglob("*.py")):
        note(path, (text for text in docstrings(path.read_text(encoding="utf-8")) if ">>>" in text))
    return found


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    return requirements((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def coverage() -> dict[str, set[str]]:
    return named(ROOT)


def test_each_requirement_is_named_by_a_test(page: dict[str, str], coverage: dict[str, set[str]]) -> None:
    missing = [f"{number} {text}" for number, text in page.items() if number not in coverage]
    assert not missing, "no test names\n" + "\n".join(missing)


def test_tests_name_no_requirement_that_is_not_there(page: dict[str, str], coverage: dict[str, set[str]]) -> None:
    unknown = {number: sorted(files) for number, files in coverage.items() if number not in page}
    assert unknown == {}


def test_numbers_have_no_gaps(page: dict[str, str]) -> None:
    for letter in "MDICPXZFWELOUVYJH":
        numbers = [int(number[2:]) for number in page if number[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1)), letter
    assert {number[0] for number in page} == set("MDICPXBSGQKZFWELOUVYJH")


class TestTheCheckItself:
    @pytest.fixture
    def clone(self, tmp_path: Path) -> Path:
        files = {
            "tests/a/test_one.py": '"""M-01, M-02."""\ndef test_it():\n    """I-03."""\n    assert "P-01" != "P"\n',
            "tests/a/helper.py": '"""M-07: no test."""\n',
            "tests/forge/Two.t.sol": '/// @notice I-10: money.\ncontract C { string s = "I-11"; }\n',
            "offchain/pure.py": 'def f():\n    """D-01.\n\n    >>> f()\n    """\ndef g():\n    """D-02."""\n',
            f"tests/{OWN_NAME}": '"""X-01."""\n',
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    def test_only_docstrings_of_tests_and_doctests_count(self, clone: Path) -> None:
        assert named(clone) == {
            "M-01": {"tests/a/test_one.py"},
            "M-02": {"tests/a/test_one.py"},
            "I-03": {"tests/a/test_one.py"},
            "I-10": {"tests/forge/Two.t.sol"},
            "D-01": {"offchain/pure.py"},
        }

    def test_a_number_used_twice_is_refused(self) -> None:
        assert requirements("| M-01 | A. |\n| I-02 | B. |\n") == {"M-01": "A.", "I-02": "B."}
        with pytest.raises(ValueError, match="numbered twice: M-01"):
            requirements("| M-01 | A. |\n| M-01 | B. |\n")
