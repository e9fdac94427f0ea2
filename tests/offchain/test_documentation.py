"""X-06: the pages that are made from sources are whole, and every page is in the documentation's table of contents."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from scripts.docs.abi_pages import abi_pages
from scripts.docs.package_pages import command_page, module_pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def contracts() -> dict[str, str]:
    return dict(abi_pages())


def test_every_interface_has_a_page(contracts):
    assert contracts.keys() == {path.stem for path in (ROOT / "interfaces").rglob("*.sol")}


def test_every_function_event_and_error_says_what_it_is(contracts):
    """The interface is the manual: nothing in it goes without a word."""
    silent = []
    for name, page in contracts.items():
        for entry in re.split(r"^##+ ", page, flags=re.MULTILINE)[1:]:
            words = re.sub(r"```solidity.*?```", "", entry.partition("\n")[2], flags=re.DOTALL)
            if "```solidity" in entry and not re.search(r"\w", words):
                silent.append(f"{name}.{entry.splitlines()[0]}")
    assert silent == []


def test_a_page_shows_signature_words_and_links(contracts):
    page = contracts["IBatch"]
    assert "function refundMany(Claim[] claims, bool strict) external returns (uint256 done)" in page
    assert "- `root`: Root of its Merkle tree." in page
    assert "[IDataHandler.Contributed](IDataHandler.md#contributed)" in page


def test_links_between_pages_lead_somewhere(contracts):
    for name, page in contracts.items():
        for target, anchor in re.findall(r"\]\((\w+)\.md(?:#(\w+))?\)", page):
            titles = {title.lower() for title in re.findall(r"^### (\w+)", contracts[target], re.MULTILINE)}
            assert not anchor or anchor in titles, f"{name} names {target}.{anchor}"


def test_every_command_is_described():
    _, page = command_page()
    for command in ("predict", "contribute", "deploy", "market commit", "pool open"):
        assert f"`commonlearn {command}`" in page


def test_every_room_of_the_package_has_a_page():
    rooms = {path.parent.name for path in (ROOT / "offchain" / "commonlearn").glob("*/__init__.py")}
    assert rooms - {"cli"} <= dict(module_pages()).keys()


def test_every_page_is_in_the_table_of_contents():
    tables = re.findall(r"```\{toctree\}\n(.*?)```", (DOCS / "index.md").read_text(), re.DOTALL)
    entries = [line for table in tables for line in table.splitlines() if line and not line.startswith(":")]
    pages = [path.stem for path in DOCS.glob("*.md") if path.stem != "index"]
    assert [page for page in pages if not any(fnmatch(page, entry) for entry in entries)] == []
