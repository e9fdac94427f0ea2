"""Sources with probes: which statements there are, and a call to an address of its own before each.

A probe is a static call without gas to an address where nothing is, which changes nothing but shows in every trace.
Statements of Solidity have a probe each. In blocks of assembly each block has one, for all of its statements. Both ways
of every ``if`` have one, whether it has an ``else`` or not; ``?:`` counts as a part of its statement. Assembly that
reads what a call answered has one probe, before the call, as a probe is a call itself. As static calls
are no *pure* operations, functions that were pure become views.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..mutation.syntax import Node, children, span

BASE = 0xC0DE5EED8B1F4A7790D3E6A1 << 32
ADDRESS = re.compile(rb"0x%032x([0-9a-f]{8})" % (BASE >> 32))
PURE = re.compile(rb"\bpure\b")
LOOPS = {"ForStatement", "WhileStatement"}
COMPOUND = {"Block", "UncheckedBlock", "TryStatement", "InlineAssembly"}
CONTAINERS = {"Block", "UncheckedBlock", "InlineAssembly", "PlaceholderStatement"}


@dataclass(frozen=True)
class Probe:
    """What a probe shows to be reached.

    Attributes
    ----------
    file : str
    line : int
        From 1.
    kind : str
        ``statement`` or ``branch``.
    weight : int
        How many statements it stands for.
    """

    file: str
    line: int
    kind: str
    weight: int


@dataclass
class _Work:
    file: str
    source: bytes
    first: int
    probes: list[Probe] = field(default_factory=list)
    starts: list[tuple[int, int, bytes]] = field(default_factory=list)
    ends: list[tuple[int, int, bytes]] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)

    def probe(self, at: int, kind: str, weight: int, in_yul: bool = False) -> bytes:
        number = self.first + len(self.probes)
        self.probes.append(Probe(self.file, self.source[:at].count(b"\n") + 1, kind, weight))
        call = f"pop(staticcall(0, {BASE + number:#x}, 0, 0, 0, 0))"
        return (f" {call} " if in_yul else f' assembly ("memory-safe") {{ {call} }} ').encode()


def instrument(file: str, source: bytes, tree: Node, first: int) -> tuple[bytes, list[Probe]]:
    """Put probes into a file.

    Parameters
    ----------
    file : str
        Its path.
    source : bytes
    tree : Node
        Its syntax tree.
    first : int
        Number of the first probe.

    Returns
    -------
    changed : bytes
        The source with probes; lines stay where they are.
    probes : list of Probe
        What each shows, from number `first` on.
    """
    work = _Work(file, source, first)
    _visit(work, tree, 0)
    marks = [(at, 0, -depth, n, text) for n, (at, depth, text) in enumerate(work.ends)]
    marks += [(at, 1, depth, n, text) for n, (at, depth, text) in enumerate(work.starts)]
    blanked = bytearray(source)
    for at in work.cuts:
        blanked[at : at + 2] = b"  "
    out: list[bytes] = []
    done = 0
    for at, _, _, _, text in sorted(marks):
        out += [bytes(blanked[done:at]), text]
        done = at
    return PURE.sub(b"view", b"".join([*out, bytes(blanked[done:])])), work.probes


def numbers_in(trace: bytes) -> set[int]:
    """Numbers of the probes whose addresses are in a trace, which is not parsed: it may name a million calls.

    Examples
    --------
    >>> numbers_in(f'{{"to":"0x{BASE + 7:040x}"}},{{"to":"0x{"12" * 20}"}}'.encode())
    {7}
    """
    return {int(number, 16) for number in set(ADDRESS.findall(trace))}


def _visit(work: _Work, node: Node, depth: int) -> None:
    kind = node["nodeType"]
    if kind in {"Block", "UncheckedBlock"}:
        for statement in node["statements"] or []:
            if statement["nodeType"] not in CONTAINERS:
                at = span(statement)[0]
                work.starts.append((at, depth, work.probe(at, "statement", 1)))
    elif kind == "IfStatement":
        _if(work, node, depth)
    elif kind in LOOPS:
        _body(work, node["body"], depth, None)
    elif kind == "YulBlock":
        statements = [s for s in node["statements"] if s["nodeType"] not in {"YulBlock", "YulFunctionDefinition"}]
        if statements:
            at = span(node)[0]
            work.starts.append((at + 1, depth, work.probe(at, "statement", len(statements), in_yul=True)))
    elif kind == "InlineAssembly" and b"returndata" in work.source[slice(*span(node))]:
        _answer(work, node["AST"], depth)
        return
    elif kind == "YulIf":
        _yul_if(work, node, depth)
    elif kind == "YulSwitch":
        for case in node["cases"]:
            at = span(case["body"])[0]
            work.starts.append((at + 1, depth, work.probe(at, "branch", 1, in_yul=True)))
    elif kind == "YulForLoop":  # its head is no place for statements
        _visit(work, node["body"], depth + 1)
        return
    for child in _children(node):
        _visit(work, child, depth + 1)


def _answer(work: _Work, block: Node, depth: int) -> None:
    """Assembly that reads what a call answered, which a probe would wipe out: one probe before all of it.

    What is in deeper blocks is not measured; nor is anything if the call was made before the block.
    """
    start, end = span(block)
    before = work.source[start:end].split(b"returndata")[0]
    if b"call(" in before:
        at = span(block)[0]
        work.starts.append((at + 1, depth, work.probe(at, "statement", len(block["statements"]), in_yul=True)))


def _children(node: Node) -> Iterator[Node]:
    return (child for child in children(node) if child["nodeType"] != "StructuredDocumentation")


def _if(work: _Work, node: Node, depth: int) -> None:
    at = span(node)[0]
    _body(work, node["trueBody"], depth, work.probe(at, "branch", 1))
    otherwise = work.probe(at, "branch", 1)
    if node.get("falseBody"):
        _body(work, node["falseBody"], depth, otherwise)
    else:
        work.ends.append((_end(work.source, node["trueBody"]), depth, b" else {" + otherwise + b"}"))


def _body(work: _Work, body: Node, depth: int, extra: bytes | None) -> None:
    start = span(body)[0]
    if body["nodeType"] == "Block":
        if extra:
            work.starts.append((start + 1, depth, extra))
        return
    text = b"{" + (extra or b"") + work.probe(start, "statement", 1)
    work.starts.append((start, depth, text))
    work.ends.append((_end(work.source, body), depth, b"}"))


def _end(source: bytes, node: Node) -> int:
    """Where a statement ends, its semicolon included."""
    kind = node["nodeType"]
    if kind == "IfStatement":
        return _end(source, node.get("falseBody") or node["trueBody"])
    if kind in LOOPS:
        return _end(source, node["body"])
    if kind in COMPOUND:
        return span(node)[1]
    return source.index(b";", span(node)[1] - 1) + 1


def _yul_if(work: _Work, node: Node, depth: int) -> None:
    """``if c { … }`` becomes ``switch c case 0 { probe } default { probe … }``."""
    start, body = span(node)[0], span(node["body"])
    taken = work.probe(start, "branch", 1, in_yul=True)
    passed = work.probe(start, "branch", 1, in_yul=True)
    work.starts.append((start, depth, b"switch"))
    work.cuts.append(start)
    work.starts.append((body[0], depth, b" case 0 {" + passed + b"} default "))
    work.starts.append((body[0] + 1, depth, taken))
