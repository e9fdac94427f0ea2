"""``deployments.json``: the models that the page offers, made from deployment records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["ListedModel", "from_records", "to_json"]

LOCAL = "local"
"""Records of this name are of chains that are gone when their process is."""


@dataclass(frozen=True)
class ListedModel:
    """One model that the page offers to open.

    Attributes
    ----------
    name : str
    address : str
        The collaboration's.
    chain_id : int
    network : str
        Short name of the chain.
    incentive : str
        The word that chooses it; empty if unknown.
    rpc_url : str or None
        A node to ask, where one goes with the model; else the user names one.
    """

    name: str
    address: str
    chain_id: int
    network: str
    incentive: str = ""
    rpc_url: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As the page reads it, without what is not known."""
        words = {"chain_id": "chainId", "rpc_url": "rpcUrl"}
        return {words.get(name, name): value for name, value in asdict(self).items() if value not in (None, "")}


def from_records(folder: Path) -> list[ListedModel]:
    """Open models of all public networks in a folder of deployment records, newest last.

    Raises
    ------
    ValueError
        A file is no deployment record.
    """
    found = []
    for path in sorted(folder.glob("*.json")):
        if path.stem == LOCAL or path.stem.endswith("-local") or path.stem.startswith("development"):
            continue
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            found += [
                ListedModel(model["name"], model["address"], record["chain_id"], record["network"])
                for model in record["models"]
                if model["state"] == "open"
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is no deployment record ({error!r}); correct it or move it away") from None
    return found


def to_json(models: Sequence[ListedModel]) -> str:
    """The file's content.

    Examples
    --------
    >>> print(to_json([ListedModel("films", "0x01", 31337, "local")]))
    [
     {
      "name": "films",
      "address": "0x01",
      "chainId": 31337,
      "network": "local"
     }
    ]
    """
    return json.dumps([model.as_dict() for model in models], indent=1, ensure_ascii=False)
