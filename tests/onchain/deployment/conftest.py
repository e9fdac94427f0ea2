"""A settings file in a folder of its own, and what the scripts make of it on brownie's chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from commonlearn.chain.connection import Connection
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.transactions import Sender
from scripts.settings import Settings
from tests.support.settings import settings_file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a small model of texts."""
    return Settings.read(settings_file(tmp_path))


@pytest.fixture
def connection(web3: Any) -> Connection:
    """To brownie's chain."""
    return Connection.open(web3.provider.endpoint_uri)


@pytest.fixture
def sender(connection: Connection, deployer: Any) -> Sender:
    """The deployer, as the scripts use it."""
    return Sender(connection, UnlockedSigner(deployer.address), prices=Prices())
