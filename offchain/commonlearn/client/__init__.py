"""Using and improving public models: the facade over chain, twins and featurisers."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commonlearn.client.public_model import PublicModel

__all__ = ["PublicModel"]


def __getattr__(name: str) -> Any:
    # What only needs this room's errors, a pod for one, does not wait for all of its libraries.
    if name == "PublicModel":
        from commonlearn.client.public_model import PublicModel

        return PublicModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
