"""Where this machine cannot shut programs in, jobs are skipped with the reason."""

from __future__ import annotations

import pytest

from commonlearn.sandbox import available
from tests.offchain.pod.roles.world import World
from tests.support.node import chain_for_tests


@pytest.fixture(scope="session")
def walled() -> None:
    """Skip where there is no bubblewrap."""
    reason = available()
    if reason is not None:
        pytest.skip(str(reason))


@pytest.fixture
def world(tmp_path, walled):
    with chain_for_tests() as node:
        yield World(node, tmp_path)


@pytest.fixture
def plain_world(tmp_path):
    """Where nothing is trained."""
    with chain_for_tests() as node:
        yield World(node, tmp_path)
