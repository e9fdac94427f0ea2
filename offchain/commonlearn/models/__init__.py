"""Bit-exact twins of the contracts' models, as scikit-learn estimators.

They serve for free inference, for first weights, and as test oracles.
"""

from commonlearn.models.base import PublicClassifier
from commonlearn.models.centroid import NearestCentroid
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.naive_bayes import MultinomialNaiveBayes
from commonlearn.models.perceptron import AveragedPerceptron, Perceptron
from commonlearn.models.registry import MODELS, model_from_snapshot

__all__ = [
    "MODELS",
    "AveragedPerceptron",
    "Kind",
    "ModelConfiguration",
    "MultinomialNaiveBayes",
    "NearestCentroid",
    "Perceptron",
    "PublicClassifier",
    "model_from_snapshot",
]
