"""Logistic regression by gradient descent: a program that a buyer can submit as it stands (see ``shell.py``)."""

import sys

from commonlearn.federated import estimator
from commonlearn.federated.programs.shell import run

if __name__ == "__main__":
    run(estimator("logistic"), *sys.argv[1:2])
