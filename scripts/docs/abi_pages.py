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
    paths = sorted((root / "interfaces").glob("*.sol"))
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
    return re.sub(r"\n{3,}", "\n\n", _linked(text, names))


def _entry(kind: str, entry: Mapping[str, Any], dev: Mapping[str, Any], user: Mapping[str, Any]) -> Iterator[str]:
    signature = f"{entry['name']}({','.join(_canonical(each) for each in entry['inputs'])})"
    key = {"function": "methods", "event": "events", "error": "errors"}[kind]
    said, told = _first(user.get(key, {}).get(signature)), _first(dev.get(key, {}).get(signature))
    yield f"### {entry['name']}"
    yield ""
    yield f"```solidity\n{kind} {entry['name']}({_declared(entry['inputs'])}){_suffix(kind, entry)}\n```"
    yield ""
    yield str(said.get("notice", ""))
    yield ""
    yield str(told.get("details", ""))
    yield ""
    for parameter, text in told.get("params", {}).items():
        yield f"- `{parameter}`: {text}"
    for returned, text in told.get("returns", {}).items():
        yield f"- returns{'' if returned.startswith('_') else f' `{returned}`'}: {text}"


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


def _declared(parameters: list[Mapping[str, Any]]) -> str:
    words = [f"{_type(each)}{' indexed' if each.get('indexed') else ''} {each['name']}".strip() for each in parameters]
    one_line = ", ".join(words)
    return one_line if len(one_line) <= 80 else "\n    " + ",\n    ".join(words) + "\n"


def _type(parameter: Mapping[str, Any]) -> str:
    """The name that the source uses: that of a structure or enumeration, without its contract's."""
    internal = str(parameter.get("internalType", parameter["type"]))
    return internal.split(" ")[-1].split(".")[-1]


def _suffix(kind: str, entry: Mapping[str, Any]) -> str:
    if kind != "function":
        return ""
    mutability = "" if entry["stateMutability"] == "nonpayable" else f" {entry['stateMutability']}"
    returns = f" returns ({_declared(entry['outputs'])})" if entry["outputs"] else ""
    return f" external{mutability}{returns}"


def _linked(text: str, names: set[str]) -> str:
    """NatSpec's ``{Contract-member}`` as links to the pages, and as code where there is no page."""

    def link(found: re.Match[str]) -> str:
        first, member = found.groups()
        if first in names:
            return f"[{first}.{member}]({first}.md#{member.lower()})" if member else f"[{first}]({first}.md)"
        return f"`{first}{'.' + member if member else ''}`"

    return _REFERENCE.sub(link, text)
