"""What the page's sources must never hold, and that the finder of it finds it. Requirements W-08 and W-09."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "offchain" / "web"

MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|DOMParser"
    r"|srcdoc|dangerouslySetInnerHTML|eval)\b|document\.write|new Function|javascript:"
)
ADDRESS = re.compile(r"\bhttps?://[^\s\"'`)<>]+")
OWN = ("http://127.0.0.1", "http://localhost", "http://www.w3.org/2000/svg", "https?://")
"""This computer, and the name of SVG, which nobody asks for anything."""


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
