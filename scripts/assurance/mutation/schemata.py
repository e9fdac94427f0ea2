"""Many faults in one source, of which the chain's state chooses one: *mutant schemata* (Untch, Offutt, Harrold 1993).

Each fault has a copy of its function. The function itself begins by looking at the block's coinbase, which nothing here
uses otherwise, and goes on in the copy of the fault whose number it finds there. So all faults are compiled at once.
What lies outside of functions (constants, bodies of modifiers, constructors) cannot be copied so, and is compiled by
itself. As the coinbase is read, functions that were pure become views.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from .operators import Mutant
from .syntax import Node, children, span

BASE = 0xFA017ED0FA017ED0 << 64
"""Coinbase that chooses no fault; fault n is at `BASE` + n + 1."""
PURE = re.compile(r"\bpure\b")


@dataclass(frozen=True)
class Schema:
    """A source with faults to choose from.

    Attributes
    ----------
    text : str
        The source.
    regions : tuple of (int, int, int)
        Where the copies lie, in bytes of the text, and the number of the fault of each.
    left : tuple of int
        Numbers of the faults that have no place in it.
    """

    text: str
    regions: tuple[tuple[int, int, int], ...]
    left: tuple[int, ...]


def functions(tree: Node) -> Iterator[Node]:
    """All functions with a body that can have copies."""
    for child in children(tree):
        if child["nodeType"] == "FunctionDefinition":
            if child.get("body") and child["kind"] in {"function", "freeFunction"}:
                yield child
        elif child["nodeType"] == "ContractDefinition":
            yield from functions(child)


def holder(mutant: Mutant, tree: Node) -> Node | None:
    """The function in whose body or modifiers a fault lies; None if in none that can have copies."""
    for function in functions(tree):
        if span(function)[0] <= mutant.start and mutant.end <= span(function)[1]:
            return function
    return None


def schema(source: bytes, tree: Node, faults: dict[int, Mutant]) -> Schema:
    """Put numbered faults of one file into it.

    Examples
    --------
    >>> schema(b"contract A {}", {"nodeType": "SourceUnit", "nodes": []}, {})
    Schema(text='contract A {}', regions=(), left=())
    """
    of_function: dict[int, list[int]] = defaultdict(list)
    places: dict[int, Node] = {}
    left = []
    for number, mutant in faults.items():
        function = holder(mutant, tree)
        if function is None or not _has_place(mutant, function):
            left.append(number)
        else:
            places[span(function)[0]] = function
            of_function[span(function)[0]].append(number)
    out: list[bytes] = []
    regions: list[tuple[int, int, int]] = []
    done = 0
    for start in sorted(places):
        out.append(_plain(source[done:start]))
        length = sum(map(len, out))
        for copied, text in _copies(source, places[start], {n: faults[n] for n in of_function[start]}):
            if copied is not None:
                regions.append((length, length + len(text), copied))
            out.append(text)
            length += len(text)
        done = span(places[start])[1]
    out.append(_plain(source[done:]))
    return Schema(b"".join(out).decode(), tuple(regions), tuple(left))


def _has_place(mutant: Mutant, function: Node) -> bool:
    """Whether a fault lies in the body, or is that a modifier is left out."""
    modifiers = {span(modifier) for modifier in function["modifiers"]}
    return mutant.start >= span(function["body"])[0] or (mutant.start, mutant.end) in modifiers


def _copies(source: bytes, function: Node, faults: dict[int, Mutant]) -> Iterator[tuple[int | None, bytes]]:
    """The function that chooses, and its copies."""
    start, _ = span(function)
    body, name = span(function["body"]), function["name"]
    given, names = _named(source, function["parameters"])
    returned = source[slice(*span(function["returnParameters"]))]
    returns = b" returns " + returned if function["returnParameters"]["parameters"] else b""
    mutability = {"nonpayable": "", "payable": "", "pure": " view", "view": " view"}[function["stateMutability"]]
    free = function["kind"] == "freeFunction"
    modifiers = [span(m) for m in function["modifiers"]]
    in_modifiers = {n: m for n, m in faults.items() if m.start < body[0]}

    def copy(suffix: str, kept: bytes, text: bytes) -> bytes:
        head = f"function {name}__{suffix}".encode() + given + (b"" if free else b" private") + mutability.encode()
        return b"\n" + _plain(head + b" " + kept + returns + b" " + text) + b"\n"

    choices = "".join(f"if (fault__ == {n + 1}) return {name}__{n}({', '.join(names)}); " for n in faults)
    number = f'uint256 fault__; assembly ("memory-safe") {{ fault__ := sub(coinbase(), {BASE:#x}) }} '
    chooser = number.encode() + choices.encode()
    begin = span(function["parameters"])
    head = source[start : begin[0]] + given + source[begin[1] : body[0]]
    own = source[slice(*body)]
    if in_modifiers:  # modifiers would come before the choice: they move to a copy without a fault
        kept = b" ".join(source[a:b] for a, b in modifiers)
        for a, b in sorted(modifiers, reverse=True):
            shift = len(given) - (begin[1] - begin[0])
            head = head[: a - start + shift] + b" " + head[b - start + shift :]
        chooser += f"return {name}__own{start}({', '.join(names)}); ".encode()
        yield None, _plain(head + b"{ " + chooser + b"}")
        yield None, copy(f"own{start}", kept, own)
    else:
        yield None, _plain(head + b"{ " + chooser + own[1:])
    for n, mutant in faults.items():
        kept = b""
        if in_modifiers:
            kept = b" ".join(
                mutant.text.encode() if (a, b) == (mutant.start, mutant.end) else source[a:b] for a, b in modifiers
            )
        text = own
        if mutant.start >= body[0]:
            text = source[body[0] : mutant.start] + mutant.text.encode() + source[mutant.end : body[1]]
        yield n, copy(str(n), kept, text)


def _named(source: bytes, parameters: Node) -> tuple[bytes, list[str]]:
    """The list of parameters, where each has a name, and these names."""
    start, end = span(parameters)
    text, names = source[start:end], []
    for i, parameter in reversed(list(enumerate(parameters["parameters"]))):
        name = parameter["name"]
        if not name:
            name = f"unnamed__{i}"
            at = span(parameter)[1] - start
            text = text[:at] + b" " + name.encode() + text[at:]
        names.append(name)
    return text or b"()", names[::-1]


def _plain(text: bytes) -> bytes:
    return PURE.sub("view", text.decode()).encode()
