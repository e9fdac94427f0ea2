"""From raw data to encoded samples.

A featuriser's description goes on chain with the model, and what is too long for that lies in a store by content hash,
so everyone encodes alike.
"""

from commonlearn.featurizers.base import Featurizer, Takes
from commonlearn.featurizers.hashed import HashedText
from commonlearn.featurizers.hog import HogImage
from commonlearn.featurizers.images import PixelImage
from commonlearn.featurizers.pipeline import PipelineTable
from commonlearn.featurizers.projected import ProjectedText
from commonlearn.featurizers.registry import FEATURIZERS, featurizer_from_dict, register
from commonlearn.featurizers.sentences import SentenceText
from commonlearn.featurizers.store import FolderStore, Store, default_store
from commonlearn.featurizers.tabular import ScaledTable
from commonlearn.featurizers.text import PresenceText
from commonlearn.featurizers.words import VocabularyText

__all__ = [
    "FEATURIZERS",
    "Featurizer",
    "FolderStore",
    "HashedText",
    "HogImage",
    "PipelineTable",
    "PixelImage",
    "PresenceText",
    "ProjectedText",
    "ScaledTable",
    "SentenceText",
    "Store",
    "Takes",
    "VocabularyText",
    "default_store",
    "featurizer_from_dict",
    "register",
]
