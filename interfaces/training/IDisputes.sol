// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The average of a round that is not final yet, and its dispute.
/// @param challenger Who says that it is wrong; zero for nobody.
/// @param electors Seats whose result was agreed; each has a vote.
/// @param claimed Digest that the challenger computed.
/// @param aggregator Who posted the average.
/// @param posted Its digest.
struct Dispute {
    address challenger;
    uint16 electors;
    bytes32 claimed;
    address aggregator;
    bytes32 posted;
}

/// @title Disputes of a wrong average
/// @notice Within {JobTerms-challengeSeconds} anyone can challenge a round's average, with a bond and the right digest. The replicas whose results were agreed compute it again and vote with what they found. What a strict majority of them found is final.
/// - **The aggregator's**, or no majority in time: the challenger's bond goes half to the aggregator, half is burned.
/// - **The challenger's**: the aggregator's bond goes half to the challenger, half is burned; the challenger is paid for the average.
/// - **Another**: both bonds are burned, and nobody is paid. So a wrong average cannot be shielded by an accomplice's wrong challenge.
/// @dev Honest limits: votes are open, so a lazy replica can follow others; and the chain cannot average vectors, so a majority of a round's replicas in league with a challenger can cost an honest aggregator its bond and put another model in its place. The jury then scores that model, so owners are paid more only if it is better.
interface IDisputes {
    /// @notice Emitted when an average was challenged.
    event AverageChallenged(uint256 indexed job, uint256 indexed round, address indexed challenger, bytes32 claimed);
    /// @notice Emitted for each vote on it.
    event AverageJudged(uint256 indexed job, uint256 indexed round, address indexed holder, bytes32 digest);
    /// @notice Emitted when it was decided.
    /// @param digest The average that stands.
    event DisputeDecided(uint256 indexed job, uint256 indexed round, bytes32 digest);

    /// @notice Thrown when a challenger claims the very digest that was posted.
    error SameDigest(bytes32 digest);
    /// @notice Thrown when the caller posted the average itself.
    error OwnAverage(address caller);

    /// @notice Challenges the average of the round that was just aggregated. Locks the bond.
    function challenge(uint256 job, bytes32 claimed) external payable;

    /// @notice Votes for a seat whose result was agreed. The vote that makes a majority decides.
    /// @param digest The average that its holder found.
    function judge(uint256 job, uint256 slot, uint256 index, bytes32 digest) external payable;

    /// @notice The average, and the dispute, of a job's present round.
    function disputeOf(uint256 job) external view returns (Dispute memory);
}
