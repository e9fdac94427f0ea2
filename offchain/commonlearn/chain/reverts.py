"""Revert data as the Python exception of the same name and fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address

from commonlearn import contract_errors, errors
from commonlearn.chain.errors import RpcError
from commonlearn.contract_errors import UnknownRevert
from commonlearn.errors import CommonlearnError
from commonlearn.numerics.hashing import keccak256
from commonlearn.records import MarketTerms, PointsTerms, PoolTerms, Terms

__all__ = ["SIGNATURES", "error_from_revert", "error_from_rpc", "revert_data"]

SIGNATURES: dict[str, type[CommonlearnError]] = {
    "AlreadyOpen()": contract_errors.AlreadyOpen,
    "AlreadySealed()": contract_errors.AlreadySealed,
    "BatchLength(uint256,uint256)": contract_errors.BatchLength,
    "BatchRefused(uint256,bytes)": contract_errors.BatchRefused,
    "EmptyBatch()": contract_errors.EmptyBatch,
    "FirstClassDelayed(uint256)": contract_errors.FirstClassDelayed,
    "ModelJustMoved(uint256)": contract_errors.ModelJustMoved,
    "WrongNorm(uint256)": contract_errors.WrongNorm,
    "ChunkLength(uint256)": contract_errors.ChunkLength,
    "ClassesFixed()": contract_errors.ClassesFixed,
    "EmptyClass(uint256)": errors.EmptyClass,
    "EmptySample()": errors.EmptySample,
    "IndexNotIncreasing(uint256,uint256)": errors.IndexNotIncreasing,
    "IndexOutOfRange(uint256,uint256)": errors.IndexOutOfRange,
    "InvalidConfiguration(uint256)": errors.InvalidConfiguration,
    "InvalidTerms((address,uint96,uint16,uint32,uint32,uint32,uint32,uint16))": contract_errors.InvalidTerms,
    "MissingWords(uint256,uint256)": errors.MissingWords,
    "ModelAgrees(uint256,uint256)": contract_errors.ModelAgrees,
    "ModelDisagrees(uint256,uint256,uint256)": contract_errors.ModelDisagrees,
    "NoImplementation(address)": contract_errors.NoImplementation,
    "NotAuthor(uint256,address,address)": contract_errors.NotAuthor,
    "NotOpen(uint256,uint8)": contract_errors.NotOpen,
    "NotProven(address)": contract_errors.NotProven,
    "NotSealed()": contract_errors.NotSealed,
    "NotYetOpen()": contract_errors.NotYetOpen,
    "NothingOwed(address)": contract_errors.NothingOwed,
    "NoticeTooShort(uint256,uint256)": contract_errors.NoticeTooShort,
    "OnlyCreator(address,address)": contract_errors.OnlyCreator,
    "OnlyCurator(address,address)": contract_errors.OnlyCurator,
    "OnlyFactory(address)": contract_errors.OnlyFactory,
    "OnlyTrainer(address,address)": contract_errors.OnlyTrainer,
    "OwnContribution(uint256)": contract_errors.OwnContribution,
    "SampleDimension(uint256,uint256)": errors.SampleDimension,
    "SampleLength(uint256,uint256)": errors.SampleLength,
    "StakeTooHigh(uint256)": contract_errors.StakeTooHigh,
    "StakeTooLow(uint256,uint256)": contract_errors.StakeTooLow,
    "TooEarly(uint256,uint256)": contract_errors.TooEarly,
    "TooManyWords(uint256,uint256)": errors.TooManyWords,
    "UnknownContribution(uint256)": contract_errors.UnknownContribution,
    "UnknownLabel(uint256,uint256)": errors.UnknownLabel,
    "ValueOutOfRange(int256)": errors.ValueOutOfRange,
    "WithdrawalFailed(address,uint256)": contract_errors.WithdrawalFailed,
    "BadSignature(address)": contract_errors.BadSignature,
    "Expired(uint256)": contract_errors.Expired,
    "InvalidPoolTerms((uint88,uint88,uint40,uint40))": contract_errors.InvalidPoolTerms,
    "NoCollaboration(address)": contract_errors.NoCollaboration,
    "NoPayee()": contract_errors.NoPayee,
    "NoPool(address)": contract_errors.NoPool,
    "NonceUsed(address,uint256)": contract_errors.NonceUsed,
    "NotPaid(address,uint256,uint256)": contract_errors.NotPaid,
    "NotProvenYet(address,uint256)": contract_errors.NotProvenYet,
    "NothingLeft(address,uint256,uint256)": contract_errors.NothingLeft,
    "NothingNoted(address,uint256)": contract_errors.NothingNoted,
    "NothingSent()": contract_errors.NothingSent,
    "OnlyItself(address)": contract_errors.OnlyItself,
    "OnlySponsorship(address)": contract_errors.OnlySponsorship,
    "PoolIsOpen(address)": contract_errors.PoolIsOpen,
    "PoolNotOver(address,uint256)": contract_errors.PoolNotOver,
    "PoolOver(address,uint256)": contract_errors.PoolOver,
    "RelayFailed(uint256,bytes)": contract_errors.RelayFailed,
    "RequestCount(uint256,uint256)": contract_errors.RequestCount,
    "StakeAboveMaximum(uint256,uint256)": contract_errors.StakeAboveMaximum,
    "WrongRelayer(address,address)": contract_errors.WrongRelayer,
    "AlreadyAwarded(address,uint8)": contract_errors.AlreadyAwarded,
    "AlreadyVoted(uint256,address)": contract_errors.AlreadyVoted,
    "EtherRefused(uint256)": contract_errors.EtherRefused,
    "InvalidPointsTerms((address[],uint32,uint32,uint32,uint16,uint16,uint32))": contract_errors.InvalidPointsTerms,
    "NoStanding(address,uint256,uint256)": contract_errors.NoStanding,
    "NotEarned(address,uint8)": contract_errors.NotEarned,
    "NotRight(uint256,address)": contract_errors.NotRight,
    "OnlyCollaboration(address)": contract_errors.OnlyCollaboration,
    "Soulbound()": contract_errors.Soulbound,
    "VoteOnOwn(uint256)": contract_errors.VoteOnOwn,
    "VotesClosed(uint256,uint256)": contract_errors.VotesClosed,
    "VotesStillOpen(uint256,uint256)": contract_errors.VotesStillOpen,
    "AlreadyDisputed(address)": contract_errors.AlreadyDisputed,
    "AlreadyPosted(address)": contract_errors.AlreadyPosted,
    "BountyTooSmall(uint256,uint256)": contract_errors.BountyTooSmall,
    "DeadlinePassed(uint256)": contract_errors.DeadlinePassed,
    "DrawMissed(uint256)": contract_errors.DrawMissed,
    "DrawTooEarly(uint256)": contract_errors.DrawTooEarly,
    "EngineUnsuitable(address)": contract_errors.EngineUnsuitable,
    "InvalidMarketTerms((uint96,uint96,uint64,uint96,uint32,uint32,uint32,uint32,uint32,uint32,uint8,uint8))": (
        contract_errors.InvalidMarketTerms
    ),
    "MoneyMismatch(uint256,uint256)": contract_errors.MoneyMismatch,
    "NotDisputed()": contract_errors.NotDisputed,
    "NotYetTime(uint256)": contract_errors.NotYetTime,
    "NotYourTurn(address,address)": contract_errors.NotYourTurn,
    "NothingPosted()": contract_errors.NothingPosted,
    "NothingToDo()": contract_errors.NothingToDo,
    "NothingToEnd(uint8,uint256)": contract_errors.NothingToEnd,
    "TooManyContributions(uint256,uint256)": contract_errors.TooManyContributions,
    "WrongBond(uint256,uint256)": contract_errors.WrongBond,
    "WrongCommitment(bytes32)": contract_errors.WrongCommitment,
    "WrongContributions(uint256)": contract_errors.WrongContributions,
    "WrongDistance(uint256)": contract_errors.WrongDistance,
    "WrongFinality(bool)": contract_errors.WrongFinality,
    "WrongOrigins(uint256,uint256)": contract_errors.WrongOrigins,
    "WrongPartition(uint256)": contract_errors.WrongPartition,
    "WrongPartitions(uint256,uint256)": contract_errors.WrongPartitions,
    "WrongPhase(uint8)": contract_errors.WrongPhase,
    "WrongProof(uint256)": contract_errors.WrongProof,
    "WrongReveal(uint256,uint256)": contract_errors.WrongReveal,
    "WrongState(bytes32,bytes32)": contract_errors.WrongState,
    "WrongSteps(uint256,uint256)": contract_errors.WrongSteps,
    "WrongTestCount(uint256,uint256)": contract_errors.WrongTestCount,
    "WrongTestSet(bytes32,bytes32)": contract_errors.WrongTestSet,
    "WrongParticipant(uint256,address)": contract_errors.WrongParticipant,
    "RoundComplete(uint256)": contract_errors.RoundComplete,
    "RoundIncomplete(uint256,uint256)": contract_errors.RoundIncomplete,
    "AlreadyFinal()": contract_errors.AlreadyFinal,
    "WrongPreparation(bytes32,bytes32)": contract_errors.WrongPreparation,
    "LabelCount(uint256,uint256)": contract_errors.LabelCount,
    "TestSetTooLarge(uint256,uint256)": contract_errors.TestSetTooLarge,
    "WrongScores(uint256,uint256)": contract_errors.WrongScores,
    "AppealOpen(uint256,uint256)": contract_errors.AppealOpen,
    "ApprovedAlready(uint256,uint256)": contract_errors.ApprovedAlready,
    "BondNotYetFree(uint256)": contract_errors.BondNotYetFree,
    "BondTooLow(address,uint256,uint256)": contract_errors.BondTooLow,
    "BuyerHolds(uint256)": contract_errors.BuyerHolds,
    "CapacityReached(address,uint256)": contract_errors.CapacityReached,
    "CreditTooLow(address,uint256,uint256)": contract_errors.CreditTooLow,
    "DataPartTooLow(uint256,uint256)": contract_errors.DataPartTooLow,
    "DatasetInUse(uint256,uint256)": contract_errors.DatasetInUse,
    "DatasetUnsuitable(uint256,uint8)": contract_errors.DatasetUnsuitable,
    "DatasetsUnsorted(uint256)": contract_errors.DatasetsUnsorted,
    "DoneAlready(uint256,uint256,uint256)": contract_errors.DoneAlready,
    "DrawNotYet(uint256)": contract_errors.DrawNotYet,
    "EmptyDigest()": contract_errors.EmptyDigest,
    "EmptySeal()": contract_errors.EmptySeal,
    "HolderTwice(address,uint256)": contract_errors.HolderTwice,
    "NoAppeal(uint256)": contract_errors.NoAppeal,
    "NoFundingNeeded(uint256)": contract_errors.NoFundingNeeded,
    "NoSpotCheck(uint256)": contract_errors.NoSpotCheck,
    "NoSuchRow(uint256,uint256)": contract_errors.NoSuchRow,
    "NotAggregator(uint256,address)": contract_errors.NotAggregator,
    "NotAssigned(uint256,uint256,uint256)": contract_errors.NotAssigned,
    "NotBuyer(uint256,address)": contract_errors.NotBuyer,
    "NotDatasetOwner(uint256,address)": contract_errors.NotDatasetOwner,
    "NotEnrolled(bytes32,address)": contract_errors.NotEnrolled,
    "NotHolder(uint256,uint256,uint256,address)": contract_errors.NotHolder,
    "NotInJury(uint256,uint256,address)": contract_errors.NotInJury,
    "NotInvolved(uint256,address)": contract_errors.NotInvolved,
    "NotParty(uint256,address)": contract_errors.NotParty,
    "NotSeatHolder(uint256,uint256,uint256,address)": contract_errors.NotSeatHolder,
    "NotWithinMulticall()": contract_errors.NotWithinMulticall,
    "NothingAsked(uint256)": contract_errors.NothingAsked,
    "NothingToAdvance(uint256,uint8,uint256)": contract_errors.NothingToAdvance,
    "NothingToPay(address)": contract_errors.NothingToPay,
    "OnlyDelegated()": contract_errors.OnlyDelegated,
    "OwnAverage(address)": contract_errors.OwnAverage,
    "PartMissing(address)": contract_errors.PartMissing,
    "PaymentRefused(address,uint256)": contract_errors.PaymentRefused,
    "RoleMissing(address,uint8)": contract_errors.RoleMissing,
    "SameDigest(bytes32)": contract_errors.SameDigest,
    "SealMismatch(bytes32,bytes32)": contract_errors.SealMismatch,
    "TooLate(uint256)": contract_errors.TooLate,
    "TooSoon(uint256)": contract_errors.TooSoon,
    "UnknownDataset(uint256)": contract_errors.UnknownDataset,
    "UnknownJob(uint256)": contract_errors.UnknownJob,
    "UnknownRoles(uint8)": contract_errors.UnknownRoles,
    "VotedAlready(uint256,uint256)": contract_errors.VotedAlready,
    "WrongDatasetPhase(uint256,uint8)": contract_errors.WrongDatasetPhase,
    "WrongDescription(uint256,uint256,uint256)": contract_errors.WrongDescription,
    "WrongHolders(uint256,uint256)": contract_errors.WrongHolders,
    "WrongJobPhase(uint256,uint8,uint8)": contract_errors.WrongJobPhase,
    "WrongReplicaPhase(uint256,uint256,uint256,uint8)": contract_errors.WrongReplicaPhase,
    "WrongRow(uint256,uint256,uint256)": contract_errors.WrongRow,
    "WrongShares(uint256,bytes32,bytes32)": contract_errors.WrongShares,
    "WrongSignature(address)": contract_errors.WrongSignature,
    "WrongTerms(bytes32)": contract_errors.WrongTerms,
}
"""Every error of the project's contracts, by its Solidity signature."""

_FOREIGN: dict[str, str] = {
    "Error(string)": "{0}",
    "Panic(uint256)": "an internal check failed (panic 0x{0:02x}); please tell the project",
    "ReentrancyGuardReentrantCall()": "it was called again from within its own payment; withdraw to an account that "
    "does not do this",
    "FailedDeployment()": "a new contract could not be created; raise the gas limit",
    "InsufficientBalance(uint256,uint256)": "it holds {0} wei, but {1} wei are needed",
    "SafeCastOverflowedUintDowncast(uint8,uint256)": "the number {1} does not fit into {0} bits",
    "SafeCastOverflowedIntDowncast(uint8,int256)": "the number {1} does not fit into {0} bits",
    "AddressEmptyCode(address)": "there is no contract at {0}",
    "FailedCall()": "a contract that it called failed without a reason; raise the gas limit",
    "CloneArgumentsTooLong()": "the clone's arguments are too long",
    "InvalidShortString()": "its name is not stored as it should be; please tell the project",
    "StringTooLong(string)": "its name {0!r} is too long; please tell the project",
    "ERC721IncorrectOwner(address,uint256,address)": "the token {1} is not of {0}, but of {2}",
    "ERC721InsufficientApproval(address,uint256)": "{0} may not move the token {1}",
    "ERC721InvalidApprover(address)": "{0} may not approve anybody",
    "ERC721InvalidOperator(address)": "{0} cannot be approved",
    "ERC721InvalidOwner(address)": "{0} can own no tokens",
    "ERC721InvalidReceiver(address)": "{0} can receive no tokens",
    "ERC721InvalidSender(address)": "{0} can send no tokens",
    "ERC721NonexistentToken(uint256)": "there is no token {0}",
    "StringsInsufficientHexLength(uint256,uint256)": "the number {0} does not fit into {1} digits",
}
"""Errors that come from the language and the libraries, with words for them."""


def _selector(signature: str) -> bytes:
    return keccak256(signature.encode())[:4]


_BY_SELECTOR = {_selector(signature): (signature, cls) for signature, cls in SIGNATURES.items()}
_FOREIGN_BY_SELECTOR = {_selector(signature): (signature, words) for signature, words in _FOREIGN.items()}


def error_from_revert(data: bytes) -> CommonlearnError:
    """The exception for what a contract returned when it refused.

    Parameters
    ----------
    data : bytes
        Selector and encoded fields; empty when a contract gave no reason.

    Returns
    -------
    CommonlearnError
        Of the error's name, or :class:`UnknownRevert`.

    Examples
    --------
    >>> data = _selector("StakeTooLow(uint256,uint256)") + (5).to_bytes(32, "big") + (7).to_bytes(32, "big")
    >>> error_from_revert(data).values
    (5, 7)
    """
    if data[:4] in _BY_SELECTOR:
        signature, cls = _BY_SELECTOR[data[:4]]
        try:
            return _build(cls, _arguments(signature, data[4:]))
        except Exception:  # a foreign contract may use a known selector with other bytes behind it
            return UnknownRevert(data)
    if data[:4] in _FOREIGN_BY_SELECTOR:
        signature, words = _FOREIGN_BY_SELECTOR[data[:4]]
        try:
            return UnknownRevert(data, words.format(*_arguments(signature, data[4:])))
        except Exception:
            return UnknownRevert(data)
    return UnknownRevert(data)


def revert_data(error: RpcError) -> bytes | None:
    """Revert data in a node's error; None when the node did not execute anything.

    Nodes put them into ``data``, as text or in a structure, and some only into the message.
    """
    data: Any = error.data
    while isinstance(data, dict):
        data = data.get("data", data.get("result"))
    if isinstance(data, str):
        found = re.search(r"0x[0-9a-fA-F]*", data)
        if found and len(found[0]) % 2 == 0:
            return bytes.fromhex(found[0][2:])
    if error.code == 3 or "revert" in error.message.lower():
        found = re.search(r"0x([0-9a-fA-F]{2})+", error.message)
        return bytes.fromhex(found[0][2:]) if found else b""
    return None


def error_from_rpc(error: RpcError) -> CommonlearnError:
    """The contract's error inside a node's error, or the node's error itself."""
    data = revert_data(error)
    return error if data is None else error_from_revert(data)


def _arguments(signature: str, data: bytes) -> tuple[Any, ...]:
    inner = signature[signature.index("(") + 1 : -1]
    types = _split(inner)
    values = decode(types, data)
    return tuple(
        to_checksum_address(value) if kind == "address" else value for kind, value in zip(types, values, strict=True)
    )


def _split(types: str) -> list[str]:
    """Top-level parts of a comma-separated list of types."""
    parts, depth, current = [], 0, ""
    for character in types:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current] if current else parts


def _build(cls: type[CommonlearnError], arguments: tuple[Any, ...]) -> CommonlearnError:
    if cls is contract_errors.InvalidTerms:
        terms = arguments[0]
        return contract_errors.InvalidTerms(Terms(to_checksum_address(terms[0]), *terms[1:]))
    if cls is contract_errors.InvalidPoolTerms:
        return contract_errors.InvalidPoolTerms(PoolTerms(*arguments[0]))
    if cls is contract_errors.InvalidPointsTerms:
        founders, *numbers = arguments[0]
        return contract_errors.InvalidPointsTerms(PointsTerms(tuple(map(to_checksum_address, founders)), *numbers))
    if cls is contract_errors.InvalidMarketTerms:
        return contract_errors.InvalidMarketTerms(MarketTerms(*arguments[0]))
    construct: Callable[..., CommonlearnError] = cls
    return construct(*arguments)
