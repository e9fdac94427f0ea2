"""From raw data to encoded samples.

A featuriser's description goes on chain with the model, so everyone encodes alike.
"""

from commonlearn.featurizers.base import Featurizer
from commonlearn.featurizers.registry import FEATURIZERS, featurizer_from_dict, register
from commonlearn.featurizers.tabular import ScaledTable
from commonlearn.featurizers.text import PresenceText

__all__ = ["FEATURIZERS", "Featurizer", "PresenceText", "ScaledTable", "featurizer_from_dict", "register"]
