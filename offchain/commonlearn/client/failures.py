"""Families of failures, for those who must tell them apart without knowing each: the command line's exit codes."""

from __future__ import annotations

from enum import StrEnum

from commonlearn.archive.errors import BlockOutOfRange, BlocksReplaced, ChainMovedOn, ExportProblem, UnknownFormat
from commonlearn.chain.errors import (
    InsufficientFunds,
    KeystoreProblem,
    MalformedAddress,
    NoContract,
    NodeUnreachable,
    NotACollaboration,
    RpcError,
    SigningRefused,
    TransactionFailed,
    TransactionPending,
    UnknownAccount,
    WrongNetwork,
)
from commonlearn.client.errors import (
    AmbiguousCache,
    ContributionRefused,
    ContributionsInterrupted,
    Declined,
    FeatureProblem,
    JournalBusy,
    LengthMismatch,
    NoFeaturizer,
    NotCached,
    NotConnected,
    NotDeployed,
    NothingToContribute,
    RulesProblem,
    StakeAboveLimit,
    StateProblem,
    TableProblem,
    WrongIncentive,
)
from commonlearn.client.market.errors import NothingDue, TestSetUnusable
from commonlearn.client.sponsoring.errors import (
    BadRequest,
    NoSponsorship,
    NotTheTerms,
    RelayerUnreachable,
    RelayRefused,
)
from commonlearn.contract_errors import ContractError, ModelJustMoved
from commonlearn.errors import CommonlearnError, SampleError, UnknownLabel, WordsError
from commonlearn.money import InvalidAmount

__all__ = ["Family", "family_of"]


class Family(StrEnum):
    """What kind of failure."""

    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    WRONG_PLACE = "wrong place"
    BAD_DATA = "bad data"
    ACCOUNT = "account"
    REFUSED = "refused"
    LATER = "later"
    OTHER = "other"


_FAMILIES: tuple[tuple[Family, tuple[type[CommonlearnError], ...]], ...] = (
    (Family.DECLINED, (Declined,)),
    (Family.UNREACHABLE, (NodeUnreachable, ContributionsInterrupted, ChainMovedOn, BlocksReplaced, RelayerUnreachable)),
    (
        Family.WRONG_PLACE,
        (
            WrongNetwork,
            NoContract,
            NotACollaboration,
            MalformedAddress,
            NotCached,
            AmbiguousCache,
            NotConnected,
            NotDeployed,
            NoSponsorship,
            WrongIncentive,
        ),
    ),
    (
        Family.BAD_DATA,
        (
            SampleError,
            UnknownLabel,
            ContributionRefused,
            TestSetUnusable,
            TableProblem,
            StateProblem,
            BlockOutOfRange,
            ExportProblem,
            UnknownFormat,
            BadRequest,
            NotTheTerms,
            LengthMismatch,
            NothingToContribute,
            NoFeaturizer,
            InvalidAmount,
            RulesProblem,
            FeatureProblem,
            WordsError,
        ),
    ),
    (Family.ACCOUNT, (InsufficientFunds, KeystoreProblem, SigningRefused, UnknownAccount)),
    (Family.LATER, (TransactionPending, StakeAboveLimit, JournalBusy, ModelJustMoved)),
    (Family.REFUSED, (ContractError, TransactionFailed, RpcError, RelayRefused)),
    (Family.LATER, (TransactionPending, StakeAboveLimit, JournalBusy, ModelJustMoved, NothingDue)),
    (Family.REFUSED, (ContractError, TransactionFailed, RpcError)),
)


def family_of(error: CommonlearnError) -> Family:
    """The family of a failure.

    Examples
    --------
    >>> family_of(Declined())
    <Family.DECLINED: 'declined'>
    """
    return next((family for family, members in _FAMILIES if isinstance(error, members)), Family.OTHER)
