"""A page for each contract interface, made from its NatSpec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT, CompilerSettings, compile_standard

__all__ = ["abi_pages"]

Page = tuple[str, str]
"""A name and its Markdown."""
_KINDS = {"function": "Functions", "event": "Events", "error": "Errors"}
LINE = 88
"""Longest line of code that a page shows whole."""
_REFERENCE = re.compile(r"\{(\w+)(?:-(\w+))?\}")


def abi_pages(root: Path = ROOT) -> list[Page]:
    """Read every interface.

    Parameters
    ----------
    root : Path
        Folder with ``interfaces`` and ``node_modules``.

    Returns
    -------
    list of (str, str)
        Name of the interface, and its page in Markdown, by name.

    Raises
    ------
    CompilationError
        An interface does not compile.
    """
    settings = CompilerSettings.load()
    paths = sorted((root / "interfaces").rglob("*.sol"))
    output = compile_standard(
        {
            "language": "Solidity",
            "sources": {str(path.relative_to(root)): {"content": path.read_text()} for path in paths},
            # nothing is generated but interfaces and their words, so this takes a second
            "settings": {**settings.standard_json(), "outputSelection": {"*": {"*": ["abi", "devdoc", "userdoc"]}}},
        },
        settings.version,
        root,
    )
    names = {path.stem for path in paths}
    return [
        (path.stem, _page(path.stem, output["contracts"][str(path.relative_to(root))][path.stem], names))
        for path in paths
    ]


def _page(name: str, unit: Mapping[str, Any], names: set[str]) -> str:
    dev, user = unit["devdoc"], unit["userdoc"]
    lines = [
        f"# {name}",
        "",
        str(dev.get("title", "")),
        "",
        str(user.get("notice", "")),
        "",
        str(dev.get("details", "")),
    ]
    for kind, title in _KINDS.items():
        entries = sorted((each for each in unit["abi"] if each["type"] == kind), key=lambda each: str(each["name"]))
        if entries:
            lines += ["", f"## {title}"]
        for entry in entries:
            lines += ["", *_entry(kind, entry, dev, user)]
    text = "\n".join(lines) + "\n"
    own = {str(each["name"]) for each in unit["abi"] if "name" in each}
    return re.sub(r"\n{3,}", "\n\n", _linked(text, names, own))


def _entry(kind: str, entry: Mapping[str, Any], dev: Mapping[str, Any], user: Mapping[str, Any]) -> Iterator[str]:
    signature = f"{entry['name']}({','.join(_canonical(each) for each in entry['inputs'])})"
    key = {"function": "methods", "event": "events", "error": "errors"}[kind]
    said, told = _first(user.get(key, {}).get(signature)), _first(dev.get(key, {}).get(signature))
    yield f"### {entry['name']}"
    yield ""
    yield f"```solidity\n{_signature(kind, entry)}\n```"
    yield ""
    yield str(said.get("notice", ""))
    yield ""
    yield str(told.get("details", ""))
    yield ""
    for parameter, text in _in_order(told.get("params", {}), entry["inputs"]):
        yield f"- `{parameter}`: {text}"
    for returned, text in _in_order(told.get("returns", {}), entry.get("outputs", [])):
        yield f"- returns{'' if returned.startswith('_') else f' `{returned}`'}: {text}"


def _in_order(words: Mapping[str, str], declared: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """As declared, where the compiler gives them by name."""
    places = {str(each["name"]): place for place, each in enumerate(declared)}
    return sorted(words.items(), key=lambda item: places.get(item[0], len(places)))


def _first(words: Any) -> Mapping[str, Any]:
    """Of an error, which may be declared several times, the compiler gives a list."""
    if isinstance(words, list):
        return words[0] if words else {}
    return words or {}


def _canonical(parameter: Mapping[str, Any]) -> str:
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_canonical(each) for each in parameter['components'])}){kind.removeprefix('tuple')}"


def _signature(kind: str, entry: Mapping[str, Any]) -> str:
    given = [_parameter(each) for each in entry["inputs"]]
    line = f"{kind} {entry['name']}({', '.join(given)}){_suffix(kind, entry)}"
    if len(line) <= LINE or not given:
        return line
    inside = ",\n    ".join(given)
    return f"{kind} {entry['name']}(\n    {inside}\n){_suffix(kind, entry)}"


def _parameter(parameter: Mapping[str, Any]) -> str:
    return f"{_type(parameter)}{' indexed' if parameter.get('indexed') else ''} {parameter['name']}".strip()


def _type(parameter: Mapping[str, Any]) -> str:
    """The name that the source uses: that of a structure or enumeration, without its contract's."""
    internal = str(parameter.get("internalType", parameter["type"]))
    return internal.split(" ")[-1].split(".")[-1]


def _suffix(kind: str, entry: Mapping[str, Any]) -> str:
    if kind != "function":
        return ""
    mutability = "" if entry["stateMutability"] == "nonpayable" else f" {entry['stateMutability']}"
    returns = f" returns ({', '.join(_parameter(each) for each in entry['outputs'])})" if entry["outputs"] else ""
    return f" external{mutability}{returns}"


def _linked(text: str, names: set[str], own: set[str]) -> str:
    """NatSpec's ``{Contract-member}`` as links to the pages, and as code where there is no page."""

    def link(found: re.Match[str]) -> str:
        first, member = found.groups()
        if first in names:
            return f"[{first}.{member}]({first}.md#{member.lower()})" if member else f"[{first}]({first}.md)"
        if not member and first in own:
            return f"[{first}](#{first.lower()})"
        return f"`{first}{'.' + member if member else ''}`"

    return _REFERENCE.sub(link, text)
