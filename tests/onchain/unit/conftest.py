from tests.support.fixtures import (
    bayes,
    centroid,
    factory,
    implementations,
    perceptron,
    plain,
    sponsored,
    sponsorship,
)

__all__ = ["bayes", "centroid", "factory", "implementations", "perceptron", "plain", "sponsored", "sponsorship"]
