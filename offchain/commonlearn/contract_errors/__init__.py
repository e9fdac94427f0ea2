"""The contracts' errors as Python exceptions of the same name and fields, a file a subject.

Errors that the twins raise too (a malformed sample, an unknown label, missing words) live in
:mod:`commonlearn.errors`; the others are here. :mod:`commonlearn.chain.reverts` turns revert data into any of them.
"""

from commonlearn.contract_errors import (
    base,
    batches,
    collaboration,
    data,
    incentive,
    market,
    model,
    points,
    replay,
    sponsorship,
    training,
    training_jobs,
)
from commonlearn.contract_errors.base import *  # noqa: F403
from commonlearn.contract_errors.batches import *  # noqa: F403
from commonlearn.contract_errors.collaboration import *  # noqa: F403
from commonlearn.contract_errors.data import *  # noqa: F403
from commonlearn.contract_errors.incentive import *  # noqa: F403
from commonlearn.contract_errors.market import *  # noqa: F403
from commonlearn.contract_errors.model import *  # noqa: F403
from commonlearn.contract_errors.points import *  # noqa: F403
from commonlearn.contract_errors.replay import *  # noqa: F403
from commonlearn.contract_errors.sponsorship import *  # noqa: F403
from commonlearn.contract_errors.training import *  # noqa: F403
from commonlearn.contract_errors.training_jobs import *  # noqa: F403

__all__: list[str] = []
__all__ += base.__all__
__all__ += batches.__all__
__all__ += collaboration.__all__
__all__ += data.__all__
__all__ += incentive.__all__
__all__ += market.__all__
__all__ += model.__all__
__all__ += points.__all__
__all__ += replay.__all__
__all__ += sponsorship.__all__
__all__ += training.__all__
__all__ += training_jobs.__all__
