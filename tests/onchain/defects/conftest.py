from tests.support.fixtures import bayes, centroid, factory, implementations, perceptron, plain

__all__ = ["bayes", "centroid", "factory", "implementations", "perceptron", "plain"]
