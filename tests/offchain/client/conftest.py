"""The chain that these tests share."""

from tests.support.live import address, network, own_network, own_network_with_state

__all__ = ["address", "network", "own_network", "own_network_with_state"]
