"""Nothing that the interfaces promise is left without a unit test."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FILES = [path for path in sorted(Path(__file__).parent.glob("test_*.py")) if path.name != Path(__file__).name]
STORIES = [ROOT / "tests/support" / name for name in ("plain_market.py", "plain_model.py")]
TESTS = "\n".join(path.read_text() for path in [*FILES, *STORIES])
SOURCES = [*sorted((ROOT / "interfaces").glob("I*.sol")), ROOT / "contracts/libraries/FeatureCodec.sol"]


def declared(kind):
    """Names that the interfaces (and the codec, for its errors) declare."""
    names = set()
    for path in SOURCES:
        if path.stem.startswith("I") or kind == "error":
            names |= set(re.findall(rf"^\s*{kind} (\w+)\(", path.read_text(), re.MULTILINE))
    return names


def without(kind, *patterns):
    """Those of the declared names that no test mentions in one of these ways."""
    return {n for n in declared(kind) if not any(re.search(p.replace("NAME", n), TESTS) for p in patterns)}


def test_every_error_is_expected_somewhere():
    assert len(declared("error")) > 30
    assert without("error", r'reverts\(\s*"NAME"', r', "NAME"[,)]') == set()


def test_every_event_is_compared_with_all_its_fields():
    """`logged` gives events whole; the tests compare them as name and fields."""
    assert len(declared("event")) > 8
    assert without("event", r'\(\s*"NAME",\s*(\{|fields)') == set()


def test_every_function_is_called():
    assert len(declared("function")) > 30
    assert without("function", r"\.NAME(\.call)?\(", r'"NAME"') == set()
