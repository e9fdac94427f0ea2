from tests.support.fixtures import factory, implementations, perceptron

__all__ = ["factory", "implementations", "perceptron"]
