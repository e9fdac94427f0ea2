// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Contribution} from "./IDataHandler.sol";

/// @notice A contribution as claimed in a batch, with what proves that it was recorded.
/// @param id Number of the contribution.
/// @param contribution As in the event.
/// @param sample As in the event.
/// @param payee Zero, or who gets the stake back of a sponsored contribution, as in its event.
/// @param batch Number of the first contribution of the call that it came in; `id` if it came alone.
/// @param proof Merkle path from the contribution's leaf to the root of its batch; empty if it came alone. Behind claims of the same batch in the same call it may end
/// as soon as its climb gives a sibling that the claim before it used, or that has waited since an earlier one: see {SharedPaths}. The full path does always.
struct Claim {
    uint256 id;
    Contribution contribution;
    bytes sample;
    address payee;
    uint256 batch;
    bytes32[] proof;
}

/// @title Many contributions, refunds, reports or sweeps in one transaction
/// @notice The same numbers, stakes, events, rights and refusals as of single calls one after another in the same second. One that is refused does not sink the others, unless the caller asks for it (*strict*).
/// Sponsored contributions are claimed here too, one or many: their stake goes to the payee, and what is proven to the author.
/// @dev A batch has one record, the root of a Merkle tree. Its leaf is `keccak256(abi.encode(id, contribution, sampleHash))`, its nodes are OpenZeppelin's (`MerkleProof`): neighbours in pairs, each pair in
/// ascending order, an odd last one carried up. A batch of one is recorded as a single contribution. Statuses of batched contributions share words, 128 numbers each.
interface IBatch {
    /// @notice Emitted once for a batch of two or more, after its {IDataHandler-Contributed} events.
    /// @param first Number of its first contribution.
    /// @param count How many contributions it has; their numbers follow one another.
    /// @param root Root of its Merkle tree.
    event BatchRecorded(uint256 indexed first, uint256 count, bytes32 root);

    /// @notice Emitted for a sample that was refused while others were accepted.
    /// @param position Which of the samples, from 0.
    /// @param reason Exactly what the single call would have thrown.
    event SampleRefused(uint256 position, bytes reason);

    /// @notice Emitted for a claim that was refused while others were accepted.
    /// @param id Number of the contribution, as claimed.
    /// @param reason Exactly what the single call would have thrown.
    event ClaimRefused(uint256 indexed id, bytes reason);

    /// @notice Thrown by a strict batch at the first sample or claim that is refused.
    /// @param position Which of them, from 0.
    /// @param reason Exactly what the single call would have thrown.
    error BatchRefused(uint256 position, bytes reason);

    /// @notice Thrown when there are not as many labels (or answers of the model) as samples.
    error BatchLength(uint256 samples, uint256 labels);

    /// @notice Thrown when there is nothing in the batch.
    error EmptyBatch();

    /// @notice Gives many labelled samples.
    /// @dev Notes: accepted samples are numbered in order, without gaps, and each costs what it would in a call of its own: the stake rises within the batch. What is sent beyond
    /// their sum is credited back, once. Emits {IDataHandler-Contributed} for each accepted sample and {SampleRefused} for each other, then {BatchRecorded} if two or more were accepted.
    /// Requirements: open; as many labels as samples, one at least; value ≥ the sum of the stakes of the accepted samples, or nothing is accepted.
    /// @param samples Encoded features of each.
    /// @param labels Class number of each.
    /// @param strict Whether one refused sample refuses all.
    /// @return first Number of the first accepted contribution.
    /// @return accepted How many were accepted.
    function contributeMany(
        bytes[] calldata samples,
        uint16[] calldata labels,
        bool strict
    ) external payable returns (uint256 first, uint256 accepted);

    /// @notice Takes back the stakes of data that the model agrees with: own data, or data whose payee one is.
    /// @dev Notes: as {ISelfAssessment-refund} for each. Emits {ISelfAssessment-Refunded} or {ClaimRefused} for each.
    /// Requirements: one claim at least; nobody contributed in this second, or all are refused.
    /// @param claims What is claimed; one twice is refused the second time.
    /// @param strict Whether one refused claim refuses all.
    /// @return done How many came through.
    function refundMany(Claim[] calldata claims, bool strict) external returns (uint256 done);

    /// @notice Forfeits the stakes of others' data that the model disagrees with.
    /// @dev Notes: as {ISelfAssessment-report} for each; a payee too cannot report. Emits {ISelfAssessment-Forfeited} or {ClaimRefused} for each. Requirements: as {refundMany}.
    function reportMany(Claim[] calldata claims, bool strict) external returns (uint256 done);

    /// @notice Credits stakes that nobody claimed in time to the beneficiary. Anyone may call.
    /// @dev Notes: as {ISelfAssessment-sweep} for each. Emits {ISelfAssessment-Swept} or {ClaimRefused} for each. Requirements: one claim at least.
    function sweepMany(Claim[] calldata claims, bool strict) external returns (uint256 done);
}
