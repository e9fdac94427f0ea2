"""The words of the contracts' refusals for the page: `python -m scripts.web_words [--check]`.

There is one source: the exceptions of the Python package. Each is made here with telling values, its message is turned
into a template, and the template is checked against the exception with other values. The page fills the templates in
(`offchain/web/src/core/words/contract.ts`).
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eth_abi.abi import encode

from commonlearn.chain.compiled import ARTIFACT_NAMES, artifact
from commonlearn.chain.reverts import _FOREIGN, SIGNATURES, error_from_revert
from commonlearn.contract_errors import UnknownRevert
from commonlearn.money import format_ether
from commonlearn.numerics.hashing import keccak256
from commonlearn.records import Badge, Phase, Status

__all__ = ["CONTRACTS", "OUTPUT", "examples", "render", "words"]

CONTRACTS = tuple(name for name in ARTIFACT_NAMES if not name.startswith("Training"))
"""Those that the page calls. Private training is the pods' business."""
_SIGNATURES = {
    signature: error
    for signature, error in SIGNATURES.items()
    if not error.__module__.startswith("commonlearn.contract_errors.training")
}

OUTPUT = Path(__file__).resolve().parent.parent / "offchain" / "web" / "src" / "core" / "words" / "refusals.json"

FAR = 1 << 37
"""From here on some messages say of a time that it is none, in other words."""

_CALENDAR_END = 253_402_300_800

_CHOICES: dict[str, Sequence[int]] = {
    "status": [status.value for status in Status],
    "badge": [badge.value for badge in Badge],
    "phase": [phase.value for phase in Phase],
}
_NOBODY = "0x" + "0" * 40

# What only makes sense at a command line, in the page's words.
_REPHRASED = {
    " (commonlearn sync, then try again).": ". Load the model anew, then try again.",
    "See commonlearn badges for what each is for.": "The list of badges says what each is for.",
    "Look with commonlearn history; sign": "Look at the history; sign",
    "Leave it out, or do without strict.": "Leave it out.",
}


def _moment(value: int) -> str:
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


# Ways in which messages show a number, the longest first; the page knows the same names.
_NUMBERS: dict[str, Callable[[int], str | None]] = {
    "moment": lambda v: _moment(v) if 0 <= v < _CALENDAR_END else None,
    "word": lambda v: f"{v:#066x}" if v >= 0 else None,
    "ether": format_ether,
    "count": lambda v: f"{v:,}",
    "nextcount": lambda v: f"{v + 1:,}",
    "points": lambda v: f"{v / 100:g}",
    "less": lambda v: str(v - 1),
    "half": lambda v: str(v // 2),
    "plain": str,
}
_BYTES: dict[str, Callable[[bytes], str]] = {
    "hex": lambda v: "0x" + v.hex(),
    "short": lambda v: f"0x{v.hex()[:8]}…",
    "selector": lambda v: "0x" + v[:4].hex(),
}


def render(template: list[Any], values: Sequence[Any]) -> str:
    """Fill in a template: texts, and pairs of a field's position and the way in which it is shown."""
    parts = []
    for part in template:
        if isinstance(part, str):
            parts.append(part)
        else:
            at, way = part
            value = values[at]
            ways: dict[str, Any] = _BYTES if isinstance(value, bytes) else _NUMBERS
            parts.append(str(value if isinstance(value, str) else ways[way](value)))
    return "".join(parts)


def words() -> dict[str, Any]:
    """All errors by selector: name, types, names of the fields, and what to say when."""
    named = _field_names()
    found: dict[str, dict[str, Any]] = {}
    for signature in sorted(_SIGNATURES):
        types = _types(signature)
        fields = named[signature]
        selector = "0x" + keccak256(signature.encode())[:4].hex()
        found[selector] = {
            "name": signature.partition("(")[0],
            "types": types,
            "fields": fields,
            "says": _says(signature, types, fields),
        }
    for signature, text in sorted(_FOREIGN.items()):
        types = _types(signature)
        selector = "0x" + keccak256(signature.encode())[:4].hex()
        found[selector] = {"name": signature.partition("(")[0], "types": types, "fields": None, "foreign": text}
    return {"unknown": UnknownRevert(b"", "{0}").user_message, "errors": found}


def examples(seed: int = 1) -> list[dict[str, str]]:
    """Revert data, and what the page must say of it: up to two of each error."""
    chance = random.Random(seed)
    found = []
    named = _field_names()
    for signature in sorted(_SIGNATURES):
        types, fields = _types(signature), named[signature]
        if any("(" in kind for kind in types):
            continue
        for _ in range(2 if types else 1):
            values = [_random(chance, kind, field) for kind, field in zip(types, fields, strict=True)]
            data = keccak256(signature.encode())[:4] + encode(types, values)
            message = _message(signature, types, values)
            if message is not None:
                found.append({"data": "0x" + data.hex(), "says": message})
    return found


def _says(signature: str, types: list[str], fields: list[str]) -> list[dict[str, Any]]:
    if any("(" in kind for kind in types):
        # Terms are refused at creation only, which the page does not do; the whole structure would say nothing there.
        return [{"when": [], "text": ["These rules cannot work: they contradict one another."]}]
    telling = [_telling(kind, i) for i, kind in enumerate(types)]
    options = [_options(kind, field, value) for kind, field, value in zip(types, fields, telling, strict=True)]
    said: list[dict[str, Any]] = []
    # From the usual to the special, so that only what is said otherwise gets an entry of its own.
    for chosen in sorted(itertools.product(*options), key=lambda chosen: sum(bool(when) for _, when in chosen)):
        values = [value for value, _ in chosen]
        message = _message(signature, types, values)
        if message is None or any(_fits(entry, values) and render(entry["text"], values) == message for entry in said):
            continue
        when = [[at, *condition] for at, (_, condition) in enumerate(chosen) if condition]
        said.append({"when": when, "text": _template(message, values)})
    said.sort(key=lambda entry: -len(entry["when"]))
    _verify(signature, types, fields, said)
    return said


def _options(kind: str, field: str, telling: Any) -> list[tuple[Any, list[Any]]]:
    """Values of a field for which the message may be another one, each with its condition; the usual one last."""
    if field in _CHOICES and kind == "uint8":
        return [(value, ["is", value]) for value in _CHOICES[field]]
    if kind == "bool":
        return [(value, ["is", value]) for value in (True, False)]
    if kind == "address":
        return [(_NOBODY, ["is", _NOBODY]), (telling, [])]
    if kind == "uint256":
        return [(0, ["is", 0]), (FAR + telling, ["from", FAR]), (telling, [])]
    return [(telling, [])]


def _telling(kind: str, position: int) -> Any:
    """A value whose every form can be told from those of the others in a message."""
    number = (123_402, 234_506, 345_608, 456_704)[position]
    if kind == "address":
        return "0x" + f"{position + 1}" * 40
    if kind == "bytes32":
        return bytes([0xA0 + position] * 32)
    if kind == "bytes":
        return bytes([0xB0 + position] * 9)
    if kind == "bool":
        return True
    return number


def _template(message: str, values: Sequence[Any]) -> list[Any]:
    forms: list[tuple[str, tuple[int, str]]] = []
    for at, value in enumerate(values):
        if isinstance(value, bool) or value == 0 or value == _NOBODY:
            continue  # said by the condition
        if isinstance(value, str):
            forms.append((value, (at, "plain")))
        elif isinstance(value, bytes):
            forms += [(form(value), (at, way)) for way, form in _BYTES.items()]
        elif value >= 1_000:
            forms += [(text, (at, way)) for way, form in _NUMBERS.items() if (text := form(value)) is not None]
    forms.sort(key=lambda pair: -len(pair[0]))
    parts: list[Any] = [message]
    for text, field in forms:
        split: list[Any] = []
        for part in parts:
            if not isinstance(part, str):
                split.append(part)
                continue
            pieces = part.split(text)
            for number, piece in enumerate(pieces):
                split += ([list(field)] if number else []) + ([piece] if piece else [])
        parts = split
    return parts


def _message(signature: str, types: list[str], values: Sequence[Any]) -> str | None:
    data = keccak256(signature.encode())[:4] + encode(types, values)
    error = error_from_revert(data)
    if type(error) is UnknownRevert:
        return None  # no calendar has such a time
    message = error.user_message
    for before, after in _REPHRASED.items():
        message = message.replace(before, after)
    if "commonlearn " in message or " --" in message:
        raise ValueError(f"{signature} names a command line, which the page has not: {message}")
    return message


def _verify(signature: str, types: list[str], fields: list[str], said: list[dict[str, Any]]) -> None:
    """Compare the templates with the exception on other values."""
    chance = random.Random(signature)
    for _ in range(50):
        values = [_random(chance, kind, field) for kind, field in zip(types, fields, strict=True)]
        entry = next(entry for entry in said if _fits(entry, values))
        message = _message(signature, types, values)
        if message is not None and render(entry["text"], values) != message:
            raise ValueError(f"the words for {signature} are not those of its exception for {values}")


def _fits(entry: dict[str, Any], values: Sequence[Any]) -> bool:
    return all(_holds(condition, values) for condition in entry["when"])


def _holds(condition: list[Any], values: Sequence[Any]) -> bool:
    at, how, wanted = condition
    return bool(values[at] >= wanted if how == "from" else values[at] == wanted)


def _random(chance: random.Random, kind: str, field: str) -> Any:
    if field in _CHOICES and kind == "uint8":
        return chance.choice(list(_CHOICES[field]))
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "address":
        return chance.choice([_NOBODY, "0x" + "".join(chance.choice("123456789") for _ in range(40))])
    if kind == "bytes32":
        return chance.randbytes(32)
    if kind == "bytes":
        return chance.randbytes(chance.randrange(4, 80))
    if kind == "int256":
        return chance.choice([-32_768, 0, 40_000, -5])
    return chance.choice([0, 1, 7, 2_345, 10**9, 1_800_000_000, 10**15, 10**18 + 1, FAR, chance.randrange(1 << 60)])


def _types(signature: str) -> list[str]:
    inner = signature[signature.index("(") + 1 : -1]
    if inner.startswith("("):
        return [inner]
    return inner.split(",") if inner else []


def _field_names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in ARTIFACT_NAMES:
        for entry in artifact(name)["abi"]:
            if entry["type"] == "error":
                found[_signature(entry)] = [given["name"] for given in entry["inputs"]]
    return found


def _signature(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(map(_type, entry['inputs']))})"


def _type(given: dict[str, Any]) -> str:
    kind = str(given["type"])
    return f"({','.join(map(_type, given['components']))}){kind[5:]}" if kind.startswith("tuple") else kind


def _lines(content: dict[str, Any]) -> Iterator[str]:
    yield f'{{"unknown":{json.dumps(content["unknown"], ensure_ascii=False)},"errors":{{\n'
    rows = [
        f"{json.dumps(selector)}:{json.dumps(entry, ensure_ascii=False, separators=(',', ':'))}"
        for selector, entry in content["errors"].items()
    ]
    yield ",\n".join(rows)
    yield "\n}}\n"


def text() -> str:
    """The file's content."""
    return "".join(_lines(words()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    wanted = text()
    if parser.parse_args(arguments).check:
        if not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != wanted:
            print(f"{OUTPUT.name} is out of date: run python -m scripts.web_words", file=sys.stderr)
            return 1
        return 0
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
