"""The contracts' algorithms on integers, bit for bit: encoded samples in, words out.

Nothing here knows of real numbers, names or money.
"""

from commonlearn.models.exact.base import ExactModel, Samples
from commonlearn.models.exact.centroid import ExactCentroid
from commonlearn.models.exact.naive_bayes import ExactNaiveBayes
from commonlearn.models.exact.perceptron import ExactPerceptron

__all__ = ["ExactCentroid", "ExactModel", "ExactNaiveBayes", "ExactPerceptron", "Samples"]
