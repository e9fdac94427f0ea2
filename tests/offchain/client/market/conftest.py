"""Each market has a story of its own on the chain that these tests share."""

import pytest

from tests.support.live import network, own_network
from tests.support.live_market import Story

__all__ = ["network", "own_network", "story"]


@pytest.fixture
def story(network, tmp_path):
    """A model under a market, in which nothing has happened yet."""
    return Story.begin(network, tmp_path)
