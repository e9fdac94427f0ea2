"""The records that contracts and client share, a file a subject: what a contribution is, how it stands, by which terms.

Field for field the structures of `interfaces/IDataHandler.sol`, `ISelfAssessment.sol`, `IBatch.sol`, `IPoints.sol`,
`IBadges.sol`, `IMarket.sol`, `ISponsorship.sol` and `IReimbursement.sol`, and the states of `interfaces/training`.
"""

from commonlearn.records.contribution import NOBODY, Claim, Contribution, Status
from commonlearn.records.market import Ending, MarketTerms, Phase
from commonlearn.records.points import Badge, PointsTerms
from commonlearn.records.self_assessment import Terms
from commonlearn.records.sponsorship import PoolTerms, SponsoredContribution
from commonlearn.records.training import (
    Custody,
    DatasetPhase,
    JobPhase,
    KeyHolder,
    Metric,
    Mismatch,
    ModelPhase,
    Privacy,
    ReplicaPhase,
    Role,
    Stage,
)
from commonlearn.records.training_terms import Description, JobTerms, Subject

__all__ = [
    "NOBODY",
    "Badge",
    "Claim",
    "Contribution",
    "Custody",
    "DatasetPhase",
    "Description",
    "Ending",
    "JobPhase",
    "JobTerms",
    "KeyHolder",
    "MarketTerms",
    "Metric",
    "Mismatch",
    "ModelPhase",
    "Phase",
    "PointsTerms",
    "PoolTerms",
    "Privacy",
    "ReplicaPhase",
    "Role",
    "SponsoredContribution",
    "Stage",
    "Status",
    "Subject",
    "Terms",
]
