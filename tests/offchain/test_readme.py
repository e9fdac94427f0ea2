"""X-03: what the README tells a reader to type works, what it links to is there, and its numbers are the measured ones.

The ``sh`` blocks run in order in one shell environment on a chain of their own, then the ``python`` blocks.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.local_node import LocalNode

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DAY = 86_400
AGREES_WITHIN = 0.01

KEYS = {
    "new model, 1,000 words": "new_model",
    "contribution of 100 words that the model agrees with": "contribute_agrees.100",
    "contribution of 100 words that corrects it": "contribute_corrected.100",
    "refund, 100 words": "refund.100",
    "report, 100 words": "report.100",
}
"""Rows of the README's cost table, and what the benchmark calls them."""


def blocks(language: str, page: Path = README) -> list[str]:
    """A page's fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Reader:
    """Somebody who types what the README says, in a folder that holds only the clone's ``docs``."""

    folder: Path
    environment: Mapping[str, str]

    def shell(self, block: str, answers: str = "") -> str:
        """Run a block in bash, which ends at its first failure; what it exports is there for the next block."""
        exported = self.folder / "exported"
        before = f". {exported}\n" if exported.exists() else ""
        script = f"set -eu -o pipefail\n{before}{block}\ndeclare -px > {exported}\n"
        return self._run(["bash", "-c", script], answers)

    def python(self, block: str, **names: str) -> str:
        """Run a block in a fresh interpreter that knows some names and cannot import brownie."""
        before = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        return self._run([sys.executable, "-c", f"import sys\nsys.modules['brownie'] = None\n{before}{block}"], "")

    def _run(self, command: Sequence[str], answers: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=dict(self.environment),
            input=answers,
            text=True,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, f"exit code {done.returncode}\n{command[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@dataclass(frozen=True)
class Walk:
    """What a reader saw."""

    said: list[str]
    record: dict[str, object]
    taught: str
    verifiable: str
    friend_wei: int


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder = tmp_path_factory.mktemp("reader")
    (folder / "docs").symlink_to(ROOT / "docs")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMMONLEARN_", "PYTHON"))}
    own = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "COMMONLEARN_CACHE": str(folder / "cache"),
        "COMMONLEARN_STATE": str(folder / "state"),
    }
    return Reader(folder, {**kept, **own})


@pytest.fixture(scope="module")
def walk(reader: Reader) -> Walk:
    """All blocks that need a chain, run once; a block that fails stops here and says what it printed."""
    first, second, third, fourth = blocks("sh")
    with LocalNode() as node:  # as `make chain` starts it: today's time, a base fee
        at_node = Reader(reader.folder, {**reader.environment, "COMMONLEARN_RPC": node.url})
        said = [at_node.shell(first, answers="y\n"), at_node.shell(second)]
        node.increase_time(DAY)
        said += [at_node.shell(third), at_node.shell(fourth)]
        book = json.loads((reader.folder / "deployments" / "local.json").read_text())
        (record,) = book["models"]
        exported = (reader.folder / "exported").read_text()
        friend = re.search(r'FRIEND="(0x\w{40})"', exported)
        assert friend is not None
        taught = at_node.python(blocks("python")[0], address=record["address"], rpc=node.url, account=friend[1])
        wei = int(node.request("eth_getBalance", friend[1], "latest"), 16)
    (verification,) = blocks("python", ROOT / "docs" / "how-to-use-a-testnet.md")
    verifiable = reader.python(verification.replace('"sepolia"', '"local"'))
    return Walk(said, record, taught, verifiable, wei)


def test_all_its_blocks_are_known_here() -> None:
    assert (len(blocks("sh")), len(blocks("python"))) == (4, 2)


class TestTheWalk:
    """X-03, C-01, P-01, I-04, I-05: deploy, predict, contribute, refund and withdraw by the command line alone."""

    def test_a_model_is_deployed_under_its_name_and_predicts(self, walk: Walk) -> None:
        address, predicted = walk.record["address"], walk.said[0].splitlines()[-2:]
        assert f"tickets is open at {address}" in walk.said[0]
        assert walk.record["name"] == "tickets"
        assert [line.split(maxsplit=1) for line in predicted] == [
            ["billing", "I was charged twice this month"],
            ["technical", "the app shows an error"],
        ]

    def test_a_friend_contributes_and_sees_it(self, walk: Walk) -> None:
        assert "stake now 0.0005 ether" in walk.said[1]
        assert "1 contribution(s) made" in walk.said[1]
        assert "staked 0.0005 ether" in walk.said[1]
        assert "1 open, 0 refunded, 0 forfeited, 0 swept" in walk.said[1]

    def test_the_stake_comes_back_after_a_day_and_is_paid(self, walk: Walk) -> None:
        """Paid are the stake and what was sent above it."""
        assert "1 made, 0.0005 ether credited" in walk.said[2]
        assert re.search(r"^0\.000625 ether paid to 0x7099", walk.said[2], re.MULTILINE)

    def test_a_file_goes_into_one_transaction(self, walk: Walk) -> None:
        """P-11: all its rows, with a fee for each that is a part of a single one's."""
        assert re.search(r"^\d+ contribution\(s\) made in 1 transaction\(s\)", walk.said[3], re.MULTILINE)

    def test_python_goes_on_with_the_same_model(self, walk: Walk) -> None:
        assert walk.taught.splitlines() == ["['billing']", "1.0"]

    def test_all_that_it_cost_the_friend_is_fees_and_the_last_stake(self, walk: Walk) -> None:
        """The second contribution stays under way: 1.25 times a floor of 0.0005 ether."""
        spent = 10_000 * 10**18 - walk.friend_wei
        assert 0.000625e18 < spent < 0.003e18


def test_the_record_leads_to_the_compilers_input(walk: Walk, reader: Reader) -> None:
    """C-03: what docs/how-to-use-a-testnet.md says about verification, for the deployment that was just made."""
    recorded = json.loads((reader.folder / "deployments" / "local.json").read_text())["contracts"]["Perceptron"]
    same, printed = walk.verifiable.splitlines()
    assert same == "as deployed"
    assert printed.split()[:2] == [recorded["address"], "contracts/models/Perceptron.sol"]
    given = json.loads((reader.folder / "Perceptron.json").read_text())
    assert given["language"] == "Solidity"
    assert given["settings"]["viaIR"] is True
    assert recorded["source_path"] in given["sources"]


def test_a_twin_is_fitted_and_looked_at_without_a_chain(reader: Reader) -> None:
    """P-08: the README's second Python example, alone."""
    score, words, *text = reader.python(blocks("python")[1]).split()
    assert text == ["words", "of", "storage"]
    assert float(score) > 0.85
    assert int(words) == 10 * (1 + 64 // 16)  # of each class: a header, and 64 pixels of 16 bits


def page_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_file_that_is_linked_or_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#\s]+)[^)]*\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
    folders = "contracts|docs|interfaces|offchain|scripts|tests|toolchain"
    named = re.findall(rf"`((?:{folders})/[\w./-]*\w/?)", text)
    assert [path for path in named if "Your" not in path and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    code = re.findall(r"`[^`\n]+`|^```\w*\n.*?^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    named = re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(code))
    assert "demo" in targets
    assert [target for target in named if target not in targets] == []


@pytest.fixture(scope="module")
def cost_table() -> dict[str, tuple[int, int]]:
    """What the README says that each step costs: the peer's gas and this project's."""
    rows = re.findall(r"^\| ([^|]+) \| ([\d,]+) \| ([\d,]+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (int(peer.replace(",", "")), int(own.replace(",", ""))) for name, peer, own in rows}


class TestTheCostTable:
    def test_it_has_the_rows_that_are_checked_here(self, cost_table: dict[str, tuple[int, int]]) -> None:
        assert cost_table.keys() == KEYS.keys()

    @pytest.mark.parametrize("row", KEYS)
    def test_its_gas_is_the_recorded_gas(self, cost_table: dict[str, tuple[int, int]], row: str) -> None:
        recorded = json.loads((ROOT / "tests/offchain/gas/snapshots/life_of_a_model.json").read_text())[KEYS[row]]
        assert cost_table[row][1] == pytest.approx(recorded, rel=AGREES_WITHIN)

    @pytest.mark.parametrize("row", KEYS)
    def test_the_peers_gas_is_as_measured(self, cost_table: dict[str, tuple[int, int]], row: str) -> None:
        measured = json.loads((ROOT / "scripts/bench/peer_0xdeca10b.json").read_text())["gas"]
        assert cost_table[row][0] == measured[KEYS[row]]
