"""The faults: which small changes of a Solidity file are tried. Pure functions of source and syntax tree.

The usual ones of mutation testing (as in slither-mutate, Gambit, universalmutator), besides those of assembly, which
these leave out: exchanged opcodes, deleted stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .syntax import Node, children, span

EXCHANGED = {
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"],
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "&": ["|"], "|": ["&"], "^": ["&"], "<<": [">>"], ">>": ["<<"],
    "+=": ["-=", "="], "-=": ["+=", "="], "*=": ["/="], "/=": ["*="], "|=": ["&="], "&=": ["|="],
    "<<=": [">>="], ">>=": ["<<="],
}  # fmt: skip
OPCODES = {
    "add": ["sub"], "sub": ["add"], "mul": ["div"], "div": ["mul"], "mod": ["div"],
    "lt": ["gt"], "gt": ["lt"], "slt": ["sgt", "lt"], "sgt": ["slt", "gt"], "eq": ["lt"],
    "shl": ["shr"], "shr": ["shl"], "sar": ["shr"], "and": ["or"], "or": ["and"], "xor": ["or"],
}  # fmt: skip
UNWRAPPED = {"iszero", "signextend", "sload", "mload", "calldataload", "byte", "not"}
"""Opcodes that are left out, so that their last argument stands alone."""
DELETED = {"ExpressionStatement", "EmitStatement", "RevertStatement", "YulExpressionStatement", "YulAssignment"}
TYPES = {"ElementaryTypeName", "UserDefinedTypeName", "ArrayTypeName", "Mapping", "FunctionTypeName"}
SKIPPED = TYPES | {
    "PragmaDirective",
    "ImportDirective",
    "UsingForDirective",
    "StructuredDocumentation",
    "EnumDefinition",
}


@dataclass(frozen=True)
class Mutant:
    """A fault.

    Attributes
    ----------
    file : str
        Path relative to the project.
    start, end : int
        The bytes that are replaced.
    text : str
        By what.
    operator : str
        Kind of the fault.
    """

    file: str
    start: int
    end: int
    text: str
    operator: str

    def apply(self, source: bytes) -> bytes:
        """Return the faulty source."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def line(self, source: bytes) -> int:
        """Number of the line where the fault begins, from 1."""
        return source[: self.start].count(b"\n") + 1

    def describe(self, source: bytes) -> tuple[str, str]:
        """The lines that change, before and after, each as one line of text."""
        low = source.rfind(b"\n", 0, self.start) + 1
        high = source.find(b"\n", self.end)
        high = len(source) if high < 0 else high
        after = source[low : self.start] + self.text.encode() + source[self.end : high]
        return " ".join(source[low:high].decode().split()), " ".join(after.decode().split())


def mutants(file: str, source: bytes, tree: Node) -> list[Mutant]:
    """All faults of a file, by position, each once.

    Examples
    --------
    >>> literal = {"nodeType": "Literal", "kind": "number", "value": "7", "src": "8:1:0"}
    >>> [m.apply(b"x = 3 + 7;") for m in mutants("a.sol", b"x = 3 + 7;", literal)]
    [b'x = 3 + 6;', b'x = 3 + 8;']
    """
    found = {(m.start, m.end, m.text): m for m in _visit(_Scribe(file, source), tree)}
    return sorted(found.values(), key=lambda m: (m.start, m.end, m.text))


@dataclass(frozen=True)
class _Scribe:
    file: str
    source: bytes

    def text(self, node: Node) -> str:
        start, end = span(node)
        return self.source[start:end].decode()

    def replace(self, node: Node, text: str, operator: str) -> Mutant:
        start, end = span(node)
        return Mutant(self.file, start, end, text, operator)

    def between(self, left: Node, right: Node, old: str, new: str, operator: str) -> Mutant:
        start, end = span(left)[1], span(right)[0]
        at = self.source.index(old.encode(), start, end)
        return Mutant(self.file, at, at + len(old), new, operator)


def _visit(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    kind = node["nodeType"]
    if kind in SKIPPED:
        return
    if kind in DELETED:
        # a statement of Solidity ends before its semicolon, which must not stand alone
        yield scribe.replace(node, "" if kind.startswith("Yul") else "0", "delete statement")
    if kind in RULES:
        yield from RULES[kind](scribe, node)
    for child in children(node):
        if not (kind == "IdentifierPath" or child is node.get("typeName")):
            yield from _visit(scribe, child)


def _binary(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    for new in EXCHANGED.get(node["operator"], []):
        yield scribe.between(
            node["leftExpression"], node["rightExpression"], node["operator"], new, "exchange operator"
        )


def _assignment(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    for new in EXCHANGED.get(node["operator"], []):
        yield scribe.between(node["leftHandSide"], node["rightHandSide"], node["operator"], new, "exchange assignment")


def _unary(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    inner = scribe.text(node["subExpression"])
    if node["operator"] in {"!", "-", "~"}:
        yield scribe.replace(node, inner, "drop sign")
    elif node["operator"] in {"++", "--"}:
        other = "--" if node["operator"] == "++" else "++"
        yield scribe.replace(node, other + inner if node["prefix"] else inner + other, "exchange operator")


def _literal(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    text = scribe.text(node)
    if node.get("kind") == "bool":
        yield scribe.replace(node, "false" if text == "true" else "true", "change constant")
    elif node.get("kind") == "number":
        digits, _, unit = text.partition(" ")
        try:
            value = int(digits.replace("_", ""), 0)
        except ValueError:  # a fraction or an exponent
            return
        for other in [value + 1] + ([value - 1] if value else []):
            yield scribe.replace(node, f"{hex(other) if '0x' in digits else other} {unit}".strip(), "change constant")


def _if(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    body = node["trueBody"]
    statements = body.get("statements", [body])
    yield scribe.replace(node["condition"], "false", "decide condition")
    if not any(
        statement["nodeType"] == "RevertStatement" for statement in statements
    ):  # always reverting is too easily seen
        yield scribe.replace(node["condition"], "true", "decide condition")


def _conditional(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    yield scribe.replace(node, f"({scribe.text(node['trueExpression'])})", "decide condition")
    yield scribe.replace(node, f"({scribe.text(node['falseExpression'])})", "decide condition")


def _call(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    arguments = node["arguments"]
    if node.get("names") or scribe.text(node["expression"]).startswith("abi."):
        return
    for left, right in pairwise(arguments):
        first, second = scribe.text(left), scribe.text(right)
        if first != second:
            gap = scribe.source[span(left)[1] : span(right)[0]].decode()
            yield Mutant(scribe.file, span(left)[0], span(right)[1], second + gap + first, "swap arguments")


def _function(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    for modifier in node["modifiers"]:
        if modifier["modifierName"]["name"][0].islower():  # not a base constructor
            yield scribe.replace(modifier, "", "drop modifier")


def _yul_call(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    name, arguments = node["functionName"]["name"], node["arguments"]
    for new in OPCODES.get(name, []):
        yield scribe.replace(node["functionName"], new, "exchange opcode")
    if name in UNWRAPPED:
        yield scribe.replace(node, scribe.text(arguments[-1]), "drop opcode")


def _yul_literal(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    if node["kind"] == "number":
        value = int(node["value"], 0)
        for other in [value + 1] + ([value - 1] if value else []):
            yield scribe.replace(node, str(other), "change constant")


def _yul_if(scribe: _Scribe, node: Node) -> Iterator[Mutant]:
    yield scribe.replace(node["condition"], "0", "decide condition")
    yield scribe.replace(node["condition"], "1", "decide condition")


RULES: dict[str, Callable[[_Scribe, Node], Iterator[Mutant]]] = {
    "BinaryOperation": _binary,
    "Assignment": _assignment,
    "UnaryOperation": _unary,
    "Literal": _literal,
    "IfStatement": _if,
    "Conditional": _conditional,
    "FunctionCall": _call,
    "FunctionDefinition": _function,
    "YulFunctionCall": _yul_call,
    "YulLiteral": _yul_literal,
    "YulIf": _yul_if,
}
