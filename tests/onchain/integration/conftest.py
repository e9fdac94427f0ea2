"""Live networks that are chains of our own, and people with keystores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from commonlearn.chain.connection import Connection
from scripts.accounts import PASSWORD_FILE
from tests.support.brownie_process import Ended, run_script
from tests.support.keystores import PASSWORD, keystore_file
from tests.support.node import LocalNode
from tests.support.settings import settings_file

SEPOLIA = 11_155_111


@dataclass
class Testnet:
    """A chain with Sepolia's number, and people who reach it through brownie only.

    Attributes
    ----------
    node : LocalNode
    folder : Path
        Of settings, keystores, records and copies.
    """

    __test__ = False

    node: LocalNode
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What users of the scripts set."""
        return {
            "SEPOLIA_LOCAL_URL": self.node.url,
            PASSWORD_FILE: str(self.folder / "password"),
            "COMMONLEARN_CACHE": str(self.folder / "cache"),
            "COMMONLEARN_STATE": str(self.folder / "state"),
        }

    @property
    def connection(self) -> Connection:
        """For looking at the chain past brownie."""
        return Connection.open(self.node.url, chain_id=SEPOLIA)

    def person(self, name: str, **options: Any) -> tuple[Path, str]:
        """Give somebody a keystore, ten ether and a settings file; return the file and the address."""
        keystore, address = keystore_file(self.folder, name)
        self.node.request("anvil_setBalance", address, hex(10**19))
        file = settings_file(self.folder, name=f"{name}.toml", account=f'live = "{keystore}"', **options)
        return file, address

    def run(self, script: str, *arguments: str | Path, answer: str = "") -> Ended:
        """Run one of the scripts on this chain."""
        words = [str(one) for one in arguments]
        return run_script(script, *words, network="sepolia-local", environment=self.environment, answer=answer)


@pytest.fixture
def testnet(tmp_path: Path) -> Iterator[Testnet]:
    """A fresh one."""
    (tmp_path / "password").write_text(PASSWORD)
    with LocalNode(chain_id=SEPOLIA) as node:
        yield Testnet(node, tmp_path)
