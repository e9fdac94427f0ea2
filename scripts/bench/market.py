"""Gas of computing a market's settlement: every transaction of a replay, calldata included, from receipts.

Measured at the engine itself. What the market's own contract adds to a portion (the check of the records, the pay) is
not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from commonlearn.chain.abi import Function, function_of
from commonlearn.chain.batch import Receipt, receipt_from
from commonlearn.chain.compiled import artifact
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call, FactoryContract, deployment_call
from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding, encode_presence
from commonlearn.records import Terms
from scripts.local_node import LocalNode
