"""The chain that these tests share, and a shell."""

import pytest

from tests.offchain.cli.runner import Shell
from tests.support.live import address, network, own_network

__all__ = ["address", "network", "own_network", "shell"]


@pytest.fixture
def shell(network, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # deployments/ is looked for here
    return Shell(network, tmp_path)
