"""The network that brownie is connected to, as the Python package sees it.

On a live network records and copies lie where the package's own commands keep them. A development network ends with
brownie, forks included: there everything is kept in a folder that goes with the process. So a rehearsal on a fork reads
the live network's records but never writes into them, and its journals can never lead to a transaction elsewhere.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from commonlearn.chain.connection import Connection

__all__ = ["Place", "active_place", "is_development"]


@dataclass(frozen=True)
class Place:
    """Where a script works.

    Attributes
    ----------
    connection : Connection
        To brownie's node.
    deployments : Path
        Folder of deployment records, to read and to write.
    cache, journal : Path or None
        Folders of the package; None for its own choice.
    """

    connection: Connection
    deployments: Path
    cache: Path | None = None
    journal: Path | None = None


def is_development() -> bool:
    """Whether brownie has started the node, and will end it."""
    return bool(import_module("brownie._config").CONFIG.network_type == "development")


def active_place(deployments: Path) -> Place:
    """Return where scripts work while brownie is connected as it is now.

    Parameters
    ----------
    deployments : Path
        Folder of the user's deployment records.
    """
    brownie = import_module("brownie")
    connection = Connection.open(brownie.web3.provider.endpoint_uri, chain_id=brownie.chain.id)
    if not is_development():
        return Place(connection, deployments)
    folder = Path(tempfile.mkdtemp(prefix="commonlearn-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if deployments.is_dir():
        shutil.copytree(deployments, folder / "deployments")
    return Place(connection, folder / "deployments", folder / "cache", folder / "journal")
