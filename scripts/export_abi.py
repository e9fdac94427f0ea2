"""Write what the Python package needs of each contract: interface, bytecode and the means to verify its source.

Usage: ``python -m scripts.export_abi [--check]``. The files go to ``offchain/commonlearn/chain/artifacts`` and are
committed, so that a user who has only pip can deploy. Contracts whose artifact records the present sources are not
compiled again. With ``--check`` all are, nothing is written, and the exit code is 1 when a file differs.

On source verification: solc appends a hash of its metadata to the bytecode, and the metadata names each source by its
path and hash. The bytecode made here is therefore byte for byte brownie's only because both name the sources alike:
relative to the clone (``contracts/…``, ``interfaces/…``), dependencies after the same remapping
(``node_modules/@openzeppelin/…``). brownie passes all sources at once; the input exported here holds only those that
the contract needs, so that a verifier reads no more than it must. Both were found to give the same bytecode, with and
without Yul (where numbering of the syntax tree might leak into the code), and ``tests/onchain/test_toolchain.py``
compares what is shipped with what brownie tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import posixpath
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from scripts.compiler import ROOT, CompilationError, CompilerSettings, compile_standard

CONTRACTS = (
    "Badges",
    "Collaboration",
    "CollaborationFactory",
    "MarketCollaboration",
    "MarketFactory",
    "MarketSettlement",
    "ModelReplay",
    "NaiveBayes",
    "NearestCentroid",
    "Perceptron",
    "PerceptronReplay",
    "PointsCollaboration",
    "PointsFactory",
    "Sponsorship",
    "TrainingCatalogue",
    "TrainingMarket",
    "TrainingRounds",
    "TrainingSettlement",
)
"""The contracts that are deployed; all else is part of them."""
FOLDER = Path("offchain/commonlearn/chain/artifacts")

COMPILERS_AT_ONCE = 2

_OUTPUTS = ["abi", "evm.bytecode", "evm.deployedBytecode", "metadata"]
_IMPORT = re.compile(r"""^\s*import\b[^;"']*["']([^"']+)["'][^;]*;""", re.MULTILINE)


def build(root: Path = ROOT, names: tuple[str, ...] = CONTRACTS) -> dict[str, dict[str, Any]]:
    """Compile contracts into artifacts.

    Parameters
    ----------
    root : Path, optional
        The project's folder, with ``contracts``, ``interfaces`` and ``node_modules``.
    names : tuple of str, optional
        Contracts under ``contracts``.

    Returns
    -------
    dict
        Contract name to artifact: ``contractName``, ``sourcePath``, ``abi``, ``bytecode`` (``0x…``),
        ``deployedBytecodeKeccak256`` (of the code with its immutables zero), ``deployedBytecodeSize`` (bytes),
        ``immutableReferences``, ``compiler`` (``version``, ``settings``), ``standardJsonInput`` (all that a source
        verifier wants) and ``standardJsonInputSha256``.

    Raises
    ------
    CompilationError
        When a contract is missing, does not compile, or must be linked to a library.
    """
    settings = CompilerSettings.load()

    def compile_one(name: str) -> dict[str, Any]:
        path = _path_of(name, root)
        standard_input = _standard_input(name, path, settings, root)
        unit = compile_standard(standard_input, settings.version, root)["contracts"][path][name]
        return _artifact(name, path, unit, standard_input)

    with ThreadPoolExecutor(COMPILERS_AT_ONCE) as pool:
        return dict(zip(names, pool.map(compile_one, names), strict=True))


def current(folder: Path, root: Path = ROOT, names: tuple[str, ...] = CONTRACTS) -> dict[str, dict[str, Any]]:
    """Return those artifacts of a folder that record the present sources, settings and compiler.

    The compiler is deterministic, so they need not be made again.
    """
    settings = CompilerSettings.load()
    found = {}
    for name in names:
        try:
            artifact = json.loads((folder / f"{name}.json").read_text())
            same_version = artifact["compiler"]["version"].split("+")[0] == settings.version
            recorded = artifact["standardJsonInput"]
        except (OSError, ValueError, KeyError):
            continue
        if same_version and recorded == _standard_input(name, _path_of(name, root), settings, root):
            found[name] = artifact
    return found


def render(artifact: dict[str, Any]) -> str:
    """Return an artifact as text, the same on each machine."""
    return json.dumps(artifact, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def differences(artifacts: dict[str, dict[str, Any]], folder: Path) -> list[str]:
    """Return the names of artifact files that are missing in a folder, differ from the given, or are left over."""
    wanted = {f"{name}.json": render(artifact) for name, artifact in artifacts.items()}
    found = {path.name: path.read_text() for path in folder.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(artifacts: dict[str, dict[str, Any]], folder: Path) -> list[str]:
    """Bring the artifact files of a folder up to date; return the names of those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = differences(artifacts, folder)
    for filename in changed:
        name = filename.removesuffix(".json")
        if name in artifacts:
            (folder / filename).write_text(render(artifacts[name]))
        else:
            (folder / filename).unlink()
    return changed


def _path_of(name: str, root: Path) -> str:
    found = [path.relative_to(root).as_posix() for path in (root / "contracts").rglob(f"{name}.sol")]
    if len(found) != 1:
        raise CompilationError(
            f"contract {name} must be in one file {name}.sol under contracts/, found {', '.join(found) or 'none'}: "
            "correct that, or CONTRACTS in scripts/export_abi.py"
        )
    return found[0]


def _with_imports(path: str, remappings: tuple[str, ...], root: Path) -> dict[str, str]:
    """Return a source and all that it imports, by the names that solc gives them."""
    prefixes = [remapping.split("=", 1) for remapping in remappings]
    found: dict[str, str] = {}
    waiting = [path]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = (root / name).read_text()
        except OSError as error:
            raise CompilationError(f"{path} needs {name}, which cannot be read: {error.strerror}") from error
        for target in _IMPORT.findall(found[name]):
            if target.startswith("."):
                waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))
            else:
                prefix, folder = next((p for p in prefixes if target.startswith(p[0])), ("", ""))
                waiting.append(folder + target.removeprefix(prefix))
    return dict(sorted(found.items()))


def _standard_input(name: str, path: str, settings: CompilerSettings, root: Path) -> dict[str, Any]:
    sources = _with_imports(path, settings.remappings, root)
    return {
        "language": "Solidity",
        "sources": {source: {"content": content} for source, content in sources.items()},
        "settings": {**settings.standard_json(), "outputSelection": {path: {name: _OUTPUTS}}},
    }


def _artifact(name: str, path: str, unit: dict[str, Any], standard_input: dict[str, Any]) -> dict[str, Any]:
    creation, deployed = unit["evm"]["bytecode"], unit["evm"]["deployedBytecode"]
    if creation["linkReferences"]:
        raise CompilationError(f"{name} must be linked to a library: give that library internal functions only")
    code = bytes.fromhex(deployed["object"])
    metadata = json.loads(unit["metadata"])
    if metadata["sources"].keys() != standard_input["sources"].keys():
        raise CompilationError(f"{name}: solc used other sources than were found by their imports")
    settings = {key: value for key, value in standard_input["settings"].items() if key != "outputSelection"}
    return {
        "contractName": name,
        "sourcePath": path,
        "abi": unit["abi"],
        "bytecode": "0x" + creation["object"],
        "deployedBytecodeKeccak256": "0x" + keccak(code).hex(),
        "deployedBytecodeSize": len(code),
        "immutableReferences": deployed.get("immutableReferences", {}),
        "compiler": {"version": metadata["compiler"]["version"], "settings": settings},
        "standardJsonInput": standard_input,
        "standardJsonInputSha256": hashlib.sha256(json.dumps(standard_input, sort_keys=True).encode()).hexdigest(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write or check the artifacts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.export_abi", description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when the files differ from the sources"
    )
    check = parser.parse_args(arguments).check
    try:
        kept = {} if check else current(ROOT / FOLDER)
        artifacts = {**kept, **build(names=tuple(name for name in CONTRACTS if name not in kept))}
    except CompilationError as error:
        print(f"The contracts do not compile:\n{error}", file=sys.stderr)
        return 1
    if not check:
        changed = write(artifacts, ROOT / FOLDER)
        print(f"{FOLDER}: {', '.join(changed)} rewritten" if changed else f"{FOLDER}: up to date")
        return 0
    changed = differences(artifacts, ROOT / FOLDER)
    if changed:
        print(
            f"{FOLDER}: {', '.join(changed)} differ from the contracts: run `make artifacts` and commit",
            file=sys.stderr,
        )
        return 1
    print(f"{FOLDER}: as the contracts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
