"""The record of what was deployed where: ``deployments/<network>.json``, meant to be committed."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from commonlearn.chain.compiled import artifact
from commonlearn.chain.connection import Connection
from commonlearn.client.errors import ClientError, NotDeployed

__all__ = ["ContractRecord", "DeploymentBook", "ModelRecord", "PendingTransaction", "named_model", "recorded_names"]

_LOG = logging.getLogger("commonlearn")
_SCHEMA = 1


@dataclass(frozen=True)
class ContractRecord:
    """One deployed contract, with what a source verifier needs.

    Attributes
    ----------
    contract : str
        Its name.
    address : str
    block : int
    tx_hash : str
    deployer : str
    constructor_arguments : str
        ABI-encoded, ``0x…``.
    source_path : str
        The contract's file, as named in the compiler's input.
    compiler : dict
        Version and settings.
    standard_json_sha256 : str
        Hash of the compiler's whole input, which ships with the package.
    """

    contract: str
    address: str
    block: int
    tx_hash: str
    deployer: str
    constructor_arguments: str
    source_path: str
    compiler: dict[str, Any]
    standard_json_sha256: str

    @classmethod
    def of(
        cls, contract: str, address: str, block: int, tx_hash: str, deployer: str, constructor_arguments: str = "0x"
    ) -> ContractRecord:
        """A record of a contract that ships with the package."""
        compiled = artifact(contract)
        return cls(
            contract,
            address,
            block,
            tx_hash,
            deployer,
            constructor_arguments,
            compiled["sourcePath"],
            compiled["compiler"],
            compiled["standardJsonInputSha256"],
        )


@dataclass(frozen=True)
class ModelRecord:
    """One public model.

    Attributes
    ----------
    name, kind : str
    address, model_address : str
        The collaboration, and its model.
    implementation : str
        What its model is a clone of.
    factory : str
    creator, curator : str
    block : int
    tx_hashes : list of str
        Creation, uploads, opening.
    configuration : str
        The configuration word, ``0x…``.
    terms : dict
    metadata_hash, words_hash : str
        Of what the contract must hold.
    plan : str
        What an interrupted deployment is recognised by.
    state : str
        "uploading" or "open".
    accuracy : float or None
        Held-out accuracy of the first weights, where measured.
    """

    name: str
    kind: str
    address: str
    model_address: str
    implementation: str
    factory: str
    creator: str
    curator: str
    block: int
    tx_hashes: list[str]
    configuration: str
    terms: dict[str, Any]
    metadata_hash: str
    words_hash: str
    plan: str
    state: str
    accuracy: float | None = None


@dataclass(frozen=True)
class PendingTransaction:
    """A signed transaction that may be on its way: sent again as it is before anything else is.

    Attributes
    ----------
    what : str
        Name of the contract that it creates; "model", "upload" or "open".
    raw, tx_hash : str
        The signed bytes and their hash.
    model : dict or None
        Where it creates a model: the model's record as far as it is known beforehand.
    """

    what: str
    raw: str
    tx_hash: str
    model: dict[str, Any] | None = None


@dataclass
class DeploymentBook:
    """The record of one network.

    Attributes
    ----------
    path : Path
    chain_id : int
    genesis_hash : str
        Tells chains of the same number apart: a development chain that was reset has another.
    contracts : dict of str to ContractRecord
        Factory and implementations, by contract name.
    models : list of ModelRecord
        In order of creation.
    pending : PendingTransaction or None
    """

    path: Path
    chain_id: int
    genesis_hash: str
    contracts: dict[str, ContractRecord] = field(default_factory=dict)
    models: list[ModelRecord] = field(default_factory=list)
    pending: PendingTransaction | None = None

    @classmethod
    def open(cls, folder: Path, connection: Connection) -> DeploymentBook:
        """The record of a connection's network; empty where there is none, or only one of a chain that was reset since.

        Raises
        ------
        ClientError
            The file is damaged, or of another chain.
        """
        path = folder / f"{connection.network}.json"
        empty = cls(path, connection.chain_id, connection.genesis_hash)
        if not path.exists():
            return empty
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["schema"] != _SCHEMA:
                raise ValueError(f"schema {content['schema']}")
            book = cls(
                path,
                content["chain_id"],
                content["genesis_hash"],
                {name: ContractRecord(**record) for name, record in content["contracts"].items()},
                [ModelRecord(**record) for record in content["models"]],
                PendingTransaction(**content["pending"]) if content["pending"] else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ClientError(f"{path} is no deployment record ({error}). Correct it or move it away.") from None
        if book.chain_id != connection.chain_id:
            if connection.is_local:
                return empty
            raise ClientError(f"{path} is of chain {book.chain_id}, not {connection.chain_id}. Move it away.")
        if book.genesis_hash != connection.genesis_hash:
            if not connection.is_local:
                raise ClientError(f"{path} is of another chain with the number {book.chain_id}. Move it away.")
            _LOG.warning("The chain was reset since %s was written; its record begins anew.", path)
            return empty
        return book

    def save(self) -> None:
        """Write the file; it is there entirely or not at all."""
        content = {
            "schema": _SCHEMA,
            "network": self.path.stem,
            "chain_id": self.chain_id,
            "genesis_hash": self.genesis_hash,
            "contracts": {name: asdict(record) for name, record in sorted(self.contracts.items())},
            "models": [asdict(record) for record in self.models],
            "pending": None if self.pending is None else asdict(self.pending),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".json.partial")
        with partial.open("w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)

    def contract(self, name: str) -> ContractRecord:
        """A recorded contract. Raises `NotDeployed`."""
        if name not in self.contracts:
            raise NotDeployed(name, self.path.stem)
        return self.contracts[name]

    def put_model(self, record: ModelRecord) -> None:
        """Add a model, or replace its earlier state, and save."""
        self.models = [one for one in self.models if one.address != record.address] + [record]
        self.save()

    def unfinished(self, plan: str) -> ModelRecord | None:
        """The interrupted deployment of a plan."""
        return next((one for one in self.models if one.plan == plan and one.state == "uploading"), None)


def named_model(folder: Path, name: str) -> list[tuple[str, str]]:
    """Networks and addresses of recorded models of a name, newest last."""
    return [(network, address) for network, address, found in _recorded(folder) if found == name]


def recorded_names(folder: Path) -> list[str]:
    """Names of all recorded models, each once, in order."""
    return sorted({name for _, _, name in _recorded(folder)})


def _recorded(folder: Path) -> list[tuple[str, str, str]]:
    """Network, address and name of each recorded model."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            models = json.loads(path.read_text(encoding="utf-8"))["models"]
            found += [(path.stem, str(model["address"]), str(model["name"])) for model in models]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not a deployment record; who opens it gets told
    return found
