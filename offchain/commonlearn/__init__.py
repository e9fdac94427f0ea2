"""Public models on Ethereum: anyone improves them under stake, everyone uses them for free.

Examples
--------
>>> import commonlearn
>>> sorted(commonlearn.__all__)
['CommonlearnError', 'PublicModel', '__version__']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commonlearn.errors import CommonlearnError

if TYPE_CHECKING:
    from commonlearn.client.public_model import PublicModel

__all__ = ["CommonlearnError", "PublicModel", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Only on demand: the client brings web3, which twins and featurisers do without.
    if name == "PublicModel":
        from commonlearn.client.public_model import PublicModel

        return PublicModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
