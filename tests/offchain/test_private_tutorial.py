"""H-05: what the tutorial on private training tells a reader to type works, and says what the page says it says.

Its ``sh`` blocks run in order in one bash on a chain whose blocks come by themselves; a ``text`` block is what the
block before it printed, with ``#`` for digits that differ each time.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commonlearn.sandbox import available
from scripts.local_node import LocalNode

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial-private-training.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
END = "-- end of block --"
LEAST_ACCURACY = 0.85
MOST_SECONDS = 540.0


def test_every_command_of_the_page_is_typed_here() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(BLOCK.findall(page)) == page.count("```sh\n") == 12
    assert sum(bool(said) for _, said in BLOCK.findall(page)) == page.count("```text\n") == 4


@pytest.mark.slow
@pytest.mark.skipif(available() is not None, reason=str(available()))
def test_a_reader_gets_a_model(tmp_path: Path) -> None:
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    folder = tmp_path / "try"
    folder.mkdir()
    with LocalNode(arguments=("--block-time", "1")) as node:
        printed = typed([typed_at(node.url, code) for code, _ in blocks], folder)
    for (code, said), found in zip(blocks, printed, strict=True):
        if said:
            assert re.fullmatch(re.escape(said).replace("\\#", "[0-9a-fA-F]+"), found), f"{code}\nprinted\n{found}"
    accuracy = re.search(r"accuracy (0\.\d+)", printed[-1])
    assert accuracy is not None
    assert float(accuracy[1]) > LEAST_ACCURACY


def typed_at(url: str, code: str) -> str:
    return code.replace("http://127.0.0.1:8545", url)


def typed(blocks: list[str], folder: Path) -> list[str]:
    """Run blocks in one bash; give what each wrote to standard output. No pod is left behind, whatever happens."""
    script = "set -eu -o pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
    script += "".join(f"{block}\necho '{END}'\n" for block in blocks)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMMONLEARN_")}
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "200",
    }
    done = subprocess.run(
        ["timeout", str(MOST_SECONDS), "bash", "-c", script],
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
    )
    errors = "".join(f"{path}: {path.read_text()[-1500:]}\n" for path in sorted(folder.glob("*/errors")))
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}\n{errors}"
    return [part.lstrip("\n") for part in done.stdout.split(END)[:-1]]
