"""What the page's sources must never hold, and that the finder of it finds it.

Requirements W-08, W-09, X-01.
"""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "offchain" / "web"

MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|DOMParser"
    r"|srcdoc|dangerouslySetInnerHTML|eval)\b|document\.write|new Function|javascript:"
)
ADDRESS = re.compile(r"\bhttps?://[\w\[][^\s\"'`)<>]*")
OWN = ("http://127.0.0.1", "http://localhost", "http://www.w3.org/2000/svg", "https://x.org/a?b=c")
"""This computer, the name of SVG and the address in the tokenisers' probe, which nobody asks for anything."""


IMPORT = re.compile(r'^(?:import|export)\b[^"]*?from "([^"]+)"|\bimport\("([^"]+)"\)', re.MULTILINE)
ALLOWED = {
    "core": r"\./.*|\.\./(?!ui/|views/).*|ethers(/.*)?|virtual:commonlearn-abi",
    "ui": r"\./.*|\.\./core/index\.ts",
    "views": r"\./.*|\.\./ui/.*|\.\./core/index\.ts",
}
"""What each room may import: one way, and the core by its front door."""


def rooms():
    """Every source that lies in a room, with the room."""
    return [(path, path.relative_to(WEB / "src").parts[0]) for path in WEB.glob("src/*/**/*.ts")]


def test_imports_point_one_way():
    """X-01."""
    wrong = [
        f"{path.relative_to(WEB)}: {found}"
        for path, room in rooms()
        for pair in IMPORT.findall(path.read_text(encoding="utf-8"))
        for found in pair
        if found and not re.fullmatch(ALLOWED[room], found) and not (room == "core" and _is_inside(path, found))
    ]
    assert wrong == []


def _is_inside(path, found):
    return found.startswith(".") and (path.parent / found).resolve().is_relative_to((WEB / "src" / "core").resolve())


def test_the_core_knows_no_document():
    for path in WEB.glob("src/core/**/*.ts"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\bdocument\.|\bHTMLElement\b", code), path


def sources():
    """All sources of the page."""
    return sorted([*WEB.glob("src/**/*.ts"), *WEB.glob("src/**/*.css"), WEB / "index.html"])


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(WEB).as_posix())
def test_no_source_parses_markup(path):
    """W-08: whatever comes from the chain can only become a text node."""
    assert MARKUP.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(WEB).as_posix())
def test_no_source_names_an_address_of_others(path):
    """W-09."""
    found = [one for one in ADDRESS.findall(path.read_text(encoding="utf-8")) if not one.startswith(OWN)]
    assert found == []


def test_the_policy_forbids_foreign_and_inline_code():
    """W-09."""
    page = (WEB / "index.html").read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', page)
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy[1]
    assert not re.search(r"\bon\w+=|<style|style=", page)


@pytest.mark.parametrize(
    "line",
    ["a.innerHTML = b", 'x["outerHTML"]', "document.write(x)", "new DOMParser()", 'h("a", {href: "javascript:x"})'],
)
def test_the_finder_finds(line):
    assert MARKUP.search(line)


def test_the_finder_of_addresses_finds():
    assert ADDRESS.findall('fetch("https://example.org/price")') == ["https://example.org/price"]
