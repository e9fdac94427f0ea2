// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice One drawn subset of a round. Maps are of its seats, bit `i` for seat `i`.
/// @param dataset Number of its dataset.
/// @param subset In the dataset.
/// @param assigned Which seats train: verified at the draw, and of compute owners whose price, time and environment suit the job.
/// @param sealed_ Which sealed a result.
/// @param revealed Which revealed it.
/// @param agreed Which revealed what the strict majority of the assigned did.
/// @param judged Which have voted on the disputed average.
struct SubsetRound {
    uint32 dataset;
    uint16 subset;
    uint16 assigned;
    uint16 sealed_;
    uint16 revealed;
    uint16 agreed;
    uint16 judged;
}

/// @title Rounds of training
/// @notice `Armed → (drawn) → Committing → Revealing → Agreed | no quorum (drawn again) → Aggregated → final | Disputed`.
/// Subsets are drawn by a fixed future block. Each assigned replica trains from the model of the round before, seals the digest of its update, and reveals it when all have sealed, or the time is over; so nobody can copy.
/// Per subset, what the **strict majority of the assigned** revealed is agreed. Everyone who revealed something else, or nothing, is slashed: half to those who agreed, half burned; without a majority nobody can be said to be wrong, and
/// those who stayed silent are slashed to the last wei. A round with {JobTerms-minSubsets} agreed subsets is agreed and paid.
/// @dev Positions count the subsets of all the job's datasets, in order. A seed is `keccak256(abi.encode(blockhash(drawBlock), job, round))`. Subsets are drawn by Fisher–Yates from those not yet drawn in the epoch
/// (`contracts/libraries/SubsetDraw.sol`): none is drawn twice before all were drawn once; those that did not agree go back. Twin: `commonlearn.protocol`.
/// A block's proposer can withhold its block for one other draw, at the cost of its reward: a bounded gain.
interface IRounds {
    /// @notice Emitted when a round was drawn.
    event RoundDrawn(uint256 indexed job, uint256 indexed round, uint256 attempt, uint256[] positions);
    /// @notice Emitted when the drawing block's hash was out of reach.
    event DrawMissed(uint256 indexed job, uint256 indexed round, uint256 drawBlock);
    /// @notice Emitted when a result was sealed: training took place.
    event ResultSealed(uint256 indexed job, uint256 indexed round, uint256 slot, uint256 index, bytes32 seal);
    /// @notice Emitted when it was revealed.
    event ResultRevealed(uint256 indexed job, uint256 indexed round, uint256 slot, uint256 index, bytes32 digest);
    /// @notice Emitted for each drawn subset when a round was counted.
    /// @param digest What was agreed; zero for no majority.
    event SubsetCounted(uint256 indexed job, uint256 indexed round, uint256 position, bytes32 digest);
    /// @notice Emitted when too few subsets agreed.
    event NoQuorum(uint256 indexed job, uint256 indexed round, uint256 attempt);
    /// @notice Emitted when the aggregator posted the average.
    event ModelAggregated(uint256 indexed job, uint256 indexed round, bytes32 model, bool isLast);
    /// @notice Emitted when nobody challenged it, or in vain.
    event RoundFinal(uint256 indexed job, uint256 indexed round, bytes32 model);

    /// @notice Thrown when a seat is none of the round's.
    error NotAssigned(uint256 job, uint256 slot, uint256 index);
    /// @notice Thrown when the caller does not hold the seat.
    error NotSeatHolder(uint256 job, uint256 slot, uint256 index, address caller);
    /// @notice Thrown when a seat seals, or reveals, twice.
    error DoneAlready(uint256 job, uint256 slot, uint256 index);
    /// @notice Thrown when the caller neither is the aggregator nor the buyer.
    error NotAggregator(uint256 job, address caller);
    /// @notice Thrown when a digest is zero.
    error EmptyDigest();

    /// @notice Seals a replica's result. Draws first, if the drawing block has passed and nobody has.
    /// @param slot Place of the subset in the round's draw.
    /// @param index The seat.
    /// @param seal {sealOf} with the subset's position.
    function sealResult(uint256 job, uint256 slot, uint256 index, bytes32 seal) external payable;

    /// @notice Reveals it. The last one counts the round.
    function revealResult(uint256 job, uint256 slot, uint256 index, bytes32 digest, bytes32 salt) external payable;

    /// @notice Posts the average of what was agreed.
    /// @param model Digest of the new parameters.
    /// @param isLast Whether the buyer stops here. The last planned round is the last in any case.
    function aggregate(uint256 job, bytes32 model, bool isLast) external payable;

    /// @notice One drawn subset of the present round.
    function subsetRoundOf(uint256 job, uint256 slot) external view returns (SubsetRound memory);

    /// @notice What a seat sealed, or, once it has, revealed; zero before.
    function resultOf(uint256 job, uint256 slot, uint256 index) external view returns (bytes32);

    /// @notice What each agreed seat of a round is paid: the compute part by rounds, subsets a round and most replicas.
    function seatPayOf(uint256 job) external view returns (uint256 seatWei);

    /// @notice The positions that a hash would draw, and the subsets drawn by then in the epoch.
    function drawOf(
        uint256 used,
        uint256 subsets,
        uint256 count,
        bytes32 seed
    ) external pure returns (uint256[] memory positions, uint256 usedAfter);

    /// @notice A seal: `keccak256(abi.encode(chainid, this contract, job, round, subset, sender, digest, salt))`.
    function sealOf(
        uint256 job,
        uint256 round,
        uint256 subset,
        address sender,
        bytes32 digest,
        bytes32 salt
    ) external view returns (bytes32);
}
