"""The Solidity compiler with the settings of ``brownie-config.yaml``, the one place that holds them.

Run as ``python -m scripts.compiler`` it prints the same settings as the environment variables that forge reads
(``toolchain/forge`` does this).
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class CompilerSettings:
    """What decides the bytecode, besides the sources.

    Attributes
    ----------
    version : str
        Of solc, such as ``"0.8.37"``.
    evm_version : str
        The oldest EVM that the code must run on.
    optimizer : dict
        As in solc's standard JSON: ``enabled``, ``runs`` and perhaps ``details``.
    via_ir : bool
        Whether code is made through Yul.
    remappings : tuple of str
        Each ``prefix=folder``.
    """

    version: str
    evm_version: str
    optimizer: dict[str, Any]
    via_ir: bool
    remappings: tuple[str, ...]

    @classmethod
    def load(cls, path: Path = ROOT / "brownie-config.yaml") -> CompilerSettings:
        """Read the ``compiler`` section of a brownie configuration.

        Raises
        ------
        KeyError
            When the section lacks a setting that must be fixed for everybody (version, EVM version or optimizer).
        """
        section = yaml.safe_load(path.read_text())["compiler"]
        solc = section["solc"]
        return cls(
            version=str(solc["version"]),
            evm_version=section["evm_version"],
            optimizer=dict(solc["optimizer"]),
            via_ir=bool(solc.get("viaIR", False)),
            remappings=tuple(solc.get("remappings", ())),
        )

    def standard_json(self) -> dict[str, Any]:
        """Return the ``settings`` of a standard-JSON input, without an output selection, which changes no bytecode.

        ``viaIR`` is left out when off, as brownie leaves it out: it would enter the metadata and so the bytecode.
        """
        settings: dict[str, Any] = {
            "evmVersion": self.evm_version,
            "optimizer": self.optimizer,
            "remappings": list(self.remappings),
        }
        if self.via_ir:
            settings["viaIR"] = True
        return settings

    def forge_environment(self) -> dict[str, str]:
        """Return the settings as forge's environment variables (remappings stay in ``foundry.toml``)."""
        return {
            "FOUNDRY_SOLC": f"toolchain/solc/solc-v{self.version}",
            "FOUNDRY_EVM_VERSION": self.evm_version,
            "FOUNDRY_OPTIMIZER": str(bool(self.optimizer["enabled"])).lower(),
            "FOUNDRY_OPTIMIZER_RUNS": str(self.optimizer["runs"]),
            "FOUNDRY_VIA_IR": str(self.via_ir).lower(),
        }


class CompilationError(Exception):
    """solc refused the sources, or could not be run; the message is what it said."""


def compile_standard(standard_input: dict[str, Any], version: str, root: Path = ROOT) -> dict[str, Any]:
    """Compile a standard-JSON input by ``toolchain/solc``.

    Parameters
    ----------
    standard_input : dict
        Sources and settings. Imports that it does not hold are read from ``root``.
    version : str
        Of solc: a wrapper of this version must lie in ``toolchain/solc``.
    root : Path, optional
        The project's folder.

    Returns
    -------
    dict
        solc's standard-JSON output.

    Raises
    ------
    CompilationError
        When there is no such solc or it reports an error.
    """
    solc = ROOT / "toolchain" / "solc" / f"solc-v{version}"
    if not solc.is_file():
        raise CompilationError(f"brownie-config.yaml asks for solc {version}, but there is no {solc.relative_to(ROOT)}")
    run = subprocess.run(
        [solc, "--standard-json", "--allow-paths", "."],
        cwd=root,
        input=json.dumps(standard_input),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise CompilationError(run.stderr.strip() or f"solc ended with exit code {run.returncode} and no message")
    output: dict[str, Any] = json.loads(run.stdout)
    errors = [e["formattedMessage"] for e in output.get("errors", ()) if e["severity"] == "error"]
    if errors:
        raise CompilationError("\n".join(errors))
    return output


if __name__ == "__main__":
    print("\n".join(f"{name}={value}" for name, value in CompilerSettings.load().forge_environment().items()))
