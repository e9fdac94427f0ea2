"""Models trained by many owners: pure machine learning that knows no chain and no files.

Everything that is handed on is a whole number, and has one sequence of bytes, so that replicas agree byte for byte and
anybody can compute an aggregate or a payout again.

Examples
--------
>>> import numpy as np
>>> learner, settings = estimator("logistic"), Settings(epochs=20, step=1.0)
>>> owners = [
...     Owner("north", np.array([[-2.0], [1.0]]), np.array([0, 1])),
...     Owner("south", np.array([[-1.0], [3.0]]), np.array([0, 1])),
... ]
>>> played = play(learner, strategy("fedavg"), owners, settings, classes=2, rounds=3)
>>> learner.predict(decode(encode(played.final)), [[-3.0], [2.0]]).tolist()
[0, 1]
"""

from commonlearn.federated.errors import FederatedError
from commonlearn.federated.estimators import ESTIMATORS, Estimator, estimator
from commonlearn.federated.federation import Owner, Played, Round, coarsened, play
from commonlearn.federated.metrics import METRIC_SCALE, METRICS, Metric, metric
from commonlearn.federated.parameters import (
    DEFAULT_SCALE,
    MAX_BYTES,
    Parameters,
    Task,
    decode,
    digest,
    encode,
    quantised,
)
from commonlearn.federated.settings import Settings
from commonlearn.federated.strategies import STRATEGIES, Aggregate, Strategy, Update, strategy

__all__ = [
    "DEFAULT_SCALE",
    "ESTIMATORS",
    "MAX_BYTES",
    "METRICS",
    "METRIC_SCALE",
    "STRATEGIES",
    "Aggregate",
    "Estimator",
    "FederatedError",
    "Metric",
    "Owner",
    "Parameters",
    "Played",
    "Round",
    "Settings",
    "Strategy",
    "Task",
    "Update",
    "coarsened",
    "decode",
    "digest",
    "encode",
    "estimator",
    "metric",
    "play",
    "quantised",
    "strategy",
]
