"""F-11: what the tutorials' Python blocks print is what the pages say they print.

The blocks of a page run in order, in one fresh interpreter that cannot import brownie. A block under
``<!-- needs: NAME -->`` is left out, with a printed reason, where the data set is not in the folder that
``COMMONLEARN_DATA`` names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(set((ROOT / "docs").glob("tutorial-*.md")) - {ROOT / "docs" / "tutorial-private-training.md"})
BLOCK = re.compile(r"(?:<!-- needs: (\w+) -->\n)?```python\n(.*?)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+\.\d+")
AGREES_WITHIN = 0.01
"""Of accuracies: floating point, which stands beside, may differ in a last digit elsewhere."""
END = "-- end of block --"


@dataclass(frozen=True)
class Block:
    """An example and what it prints."""

    needs: str
    code: str
    said: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page.read_text(encoding="utf-8"))]


def is_here(name: str) -> bool:
    folder = os.environ.get("COMMONLEARN_DATA", "")
    return not name or bool(folder and (Path(folder) / name).is_dir())


def run(page: Path, chosen: list[Block], folder: Path) -> list[str]:
    """Run blocks one after another; give what each prints."""
    program = "import sys\nsys.modules['brownie'] = None\n" + "".join(f"{one.code}\nprint({END!r})\n" for one in chosen)
    environment = {**os.environ, "COMMONLEARN_STORE": str(folder / "store"), "COMMONLEARN_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, f"{page.name}\n{done.stdout}\n{done.stderr}"
    return [part.lstrip("\n") for part in done.stdout.split(END)[:-1]]


def same(printed: str, said: str) -> bool:
    """Compare word for word, and numbers with a fraction to a hundredth."""
    numbers, wanted = ([float(one) for one in NUMBER.findall(text)] for text in (printed, said))
    return (
        NUMBER.sub("#", printed) == NUMBER.sub("#", said)
        and len(numbers) == len(wanted)
        and all(abs(a - b) <= AGREES_WITHIN for a, b in zip(numbers, wanted, strict=True))
    )


def test_every_python_block_says_what_it_prints() -> None:
    assert [page.stem for page in PAGES] == ["tutorial-image", "tutorial-tabular", "tutorial-text"]
    for page in PAGES:
        assert len(blocks(page)) == page.read_text(encoding="utf-8").count("```python\n") >= 2


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_prints_what_it_says(page: Path, tmp_path: Path) -> None:
    all_ = blocks(page)
    chosen = [one for one in all_ if is_here(one.needs)]
    for left_out in {one.needs for one in all_} - {one.needs for one in chosen}:
        print(f"{page.name}: left out what needs {left_out}; set COMMONLEARN_DATA")
    for block, printed in zip(chosen, run(page, chosen, tmp_path), strict=True):
        assert same(printed, block.said), f"{page.name} says\n{block.said}\nbut printed was\n{printed}"
    if len(chosen) < len(all_):
        missing = ", ".join(sorted({one.needs for one in all_ if one not in chosen}))
        pytest.skip(f"all but the blocks that need {missing}: set COMMONLEARN_DATA")


def test_the_comparison_finds_what_differs() -> None:
    assert same("a 0.972\n", "a 0.97\n")
    assert not same("a 0.95\n", "a 0.97\n")
    assert not same("b 0.97\n", "a 0.97\n")
    assert not same("a 0.97 0.9\n", "a 0.97\n")
    assert not same("[1, 2]\n", "[1, 3]\n")
