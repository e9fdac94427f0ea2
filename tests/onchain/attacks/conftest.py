from tests.support.fixtures import factory, implementations, perceptron, plain, sponsored, sponsorship

__all__ = ["factory", "implementations", "perceptron", "plain", "sponsored", "sponsorship"]
