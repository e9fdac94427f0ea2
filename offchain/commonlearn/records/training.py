"""The states of private training, number for number the enums of ``interfaces/training``."""

from __future__ import annotations

from enum import IntEnum, IntFlag

__all__ = [
    "Custody",
    "DatasetPhase",
    "JobPhase",
    "KeyHolder",
    "Metric",
    "Mismatch",
    "ModelPhase",
    "Privacy",
    "ReplicaPhase",
    "Role",
    "Stage",
]


class Role(IntFlag):
    """What an address may do (``IParticipants``)."""

    DATA_OWNER = 1
    COMPUTE_OWNER = 2
    BUYER = 4
    VALIDATOR = 8
    AGGREGATOR = 16


class Custody(IntEnum):
    """Where data are trained on."""

    LOCAL = 0
    """They never leave their owner."""
    SHARDED = 1
    """Subsets lie with compute owners."""


class DatasetPhase(IntEnum):
    """How far a dataset is."""

    NONE = 0
    DRAFT = 1
    DISTRIBUTING = 2
    READY = 3
    RETIRED = 4


class ReplicaPhase(IntEnum):
    """How far a seat is."""

    NONE = 0
    OFFERED = 1
    JOINED = 2
    REVEALED = 3
    VERIFIED = 4
    REJECTED = 5
    FAULTY = 6
    LEFT = 7


class JobPhase(IntEnum):
    """How far a job is; it never goes back."""

    NONE = 0
    REQUESTED = 1
    APPROVED = 2
    FUNDED = 3
    RUNNING = 4
    VALIDATING = 5
    SETTLING = 6
    CLOSED = 7
    CANCELLED = 8
    EXPIRED = 9


class Stage(IntEnum):
    """What a running, or validating, job waits for."""

    NONE = 0
    ARMED = 1
    COMMITTING = 2
    REVEALING = 3
    AGREED = 4
    AGGREGATED = 5
    DISPUTED = 6
    DECIDED = 7


class Mismatch(IntEnum):
    """Why a dataset does not suit a job."""

    NONE = 0
    UNKNOWN = 1
    NOT_READY = 2
    FAULTY = 3
    CUSTODY = 4
    SCHEMA = 5
    QUALITY = 6


class Privacy(IntEnum):
    """How updates travel."""

    PLAIN = 0
    PAILLIER = 1
    CKKS = 2


class KeyHolder(IntEnum):
    """Who can decrypt."""

    BUYER = 0
    OWNER = 1


class Metric(IntEnum):
    """What validators compute."""

    MEAN_SQUARED_ERROR = 0
    ACCURACY = 1
    LOG_LOSS = 2
    AREA_UNDER_CURVE = 3


class ModelPhase(IntEnum):
    """How far a job's model is."""

    NONE = 0
    REGISTERED = 1
    TRAINING = 2
    TRAINED = 3
    VALIDATED = 4
    LISTED = 5
    WITHDRAWN = 6
