"""Using and improving public models: the facade over chain, twins and featurisers."""

from commonlearn.client.public_model import PublicModel

__all__ = ["PublicModel"]
