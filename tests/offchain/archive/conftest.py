"""The chain that these tests share."""

from tests.support.live import address, network, own_network

__all__ = ["address", "network", "own_network"]
