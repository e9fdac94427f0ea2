"""Calls, results and logs as bytes: the contract ABI over the interfaces that ship with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import is_checksum_address, to_checksum_address

from commonlearn.chain.compiled import ARTIFACT_NAMES, artifact
from commonlearn.chain.errors import MalformedAddress
from commonlearn.chain.flat_abi import FlatDecoder
from commonlearn.numerics.hashing import keccak256

__all__ = [
    "EventType",
    "Function",
    "checksummed",
    "constructor_types",
    "errors_of",
    "event_of",
    "first_child",
    "function_of",
    "signature_types",
]


def checksummed(address: object) -> str:
    """An address in checksummed form.

    Raises
    ------
    MalformedAddress
        No address, or mixed case whose checksum is wrong: most likely a digit was mistyped.

    Examples
    --------
    >>> checksummed("0x" + "ab" * 20)
    '0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB'
    """
    if not isinstance(address, str) or not address.startswith("0x") or len(address) != 42:
        raise MalformedAddress(address)
    try:
        int(address, 16)
    except ValueError:
        raise MalformedAddress(address) from None
    mixed = address[2:] not in (address[2:].lower(), address[2:].upper())
    if mixed and not is_checksum_address(address):
        raise MalformedAddress(address, "upper and lower case do not match its checksum, so a digit is wrong")
    return str(to_checksum_address(address))


def signature_types(inputs: Sequence[dict[str, Any]]) -> list[str]:
    """Canonical types of ABI parameters; a structure becomes its tuple."""
    return [_type(parameter) for parameter in inputs]


def _type(parameter: dict[str, Any]) -> str:
    kind = str(parameter["type"])
    if kind.startswith("tuple"):
        return f"({','.join(signature_types(parameter['components']))}){kind[5:]}"
    return kind


@dataclass(frozen=True)
class Function:
    """One function of a contract's interface."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @cached_property
    def selector(self) -> bytes:
        """First four bytes of a call."""
        return keccak256(f"{self.name}({','.join(self.inputs)})".encode())[:4]

    def encode(self, *arguments: Any) -> str:
        """Call data, as ``0x…``."""
        return "0x" + (self.selector + encode(self.inputs, arguments)).hex()

    def decode(self, returned: str) -> Any:
        """What a call returned: one value, or a tuple; addresses checksummed.

        Raises
        ------
        ValueError
            The bytes are not what this function returns.
        """
        data = bytes.fromhex(returned.removeprefix("0x"))
        try:
            values = decode(self.outputs, data)
        except Exception as error:  # eth_abi's family is wide, and UnicodeDecodeError is outside it
            raise ValueError(f"{len(data)} bytes are no result of {self.name}") from error
        checked = tuple(_clean(kind, value) for kind, value in zip(self.outputs, values, strict=True))
        return checked[0] if len(checked) == 1 else checked


@dataclass(frozen=True)
class EventType:
    """One event of a contract's interface."""

    name: str
    fields: tuple[str, ...]
    types: tuple[str, ...]
    indexed: tuple[bool, ...]

    @cached_property
    def topic(self) -> str:
        """First topic of its logs."""
        return "0x" + keccak256(f"{self.name}({','.join(self.types)})".encode()).hex()

    @cached_property
    def _flat(self) -> FlatDecoder | None:
        """Decodes the fields where all of them are simple: many times faster than the general way."""
        return FlatDecoder.of(self.types, self.indexed)

    def decode(self, topics: Sequence[str], data: str) -> dict[str, Any]:
        """Field values by name, in the interface's order.

        Raises
        ------
        ValueError
            The bytes are not what this event holds.
        """
        if self._flat is not None:
            return dict(zip(self.fields, self._flat.decode(topics, data), strict=True))
        plain = decode(
            [kind for kind, at in zip(self.types, self.indexed, strict=True) if not at],
            bytes.fromhex(data.removeprefix("0x")),
        )
        remaining, heads = iter(plain), iter(topics[1:])
        values = {}
        for name, kind, at in zip(self.fields, self.types, self.indexed, strict=True):
            value = decode([kind], bytes.fromhex(next(heads).removeprefix("0x")))[0] if at else next(remaining)
            values[name] = _clean(kind, value)
        return values


def _clean(kind: str, value: Any) -> Any:
    return to_checksum_address(value) if kind == "address" else value


@cache
def _entries(contract: str, kind: str) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in artifact(contract)["abi"] if entry["type"] == kind}


@cache
def function_of(contract: str, name: str) -> Function:
    """A function of a shipped contract."""
    entry = _entries(contract, "function")[name]
    return Function(name, tuple(signature_types(entry["inputs"])), tuple(signature_types(entry["outputs"])))


@cache
def event_of(contract: str, name: str) -> EventType:
    """An event of a shipped contract."""
    inputs = _entries(contract, "event")[name]["inputs"]
    return EventType(
        name,
        tuple(parameter["name"] for parameter in inputs),
        tuple(signature_types(inputs)),
        tuple(bool(parameter["indexed"]) for parameter in inputs),
    )


@cache
def constructor_types(contract: str) -> tuple[str, ...]:
    """Types of a constructor's parameters; empty when there is none."""
    entry = next((entry for entry in artifact(contract)["abi"] if entry["type"] == "constructor"), None)
    return tuple(signature_types(entry["inputs"])) if entry else ()


def errors_of(contracts: Sequence[str] = ARTIFACT_NAMES) -> dict[str, tuple[str, ...]]:
    """Names and types of all errors in the shipped interfaces."""
    return {
        name: tuple(signature_types(entry["inputs"]))
        for contract in contracts
        for name, entry in _entries(contract, "error").items()
    }


def first_child(address: str) -> str:
    """Address of the first contract that a contract creates: of the keccak256 of ``rlp([address, 1])``.

    Examples
    --------
    >>> first_child("0x" + "11" * 20)
    '0x15452EC016c4dc8c549E7fe6Ff4b26324Ea8b7A4'
    """
    return to_checksum_address(keccak256(b"\xd6\x94" + bytes.fromhex(address[2:]) + b"\x01")[12:])
