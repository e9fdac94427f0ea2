// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The reporter's part of a forfeited stake
/// @notice Grows from nothing, when reports open, to the full part, when unclaimed stakes can be swept. So whoever is content with least reports first, and who copies a report out of the pool of transactions takes no more than that.
/// @dev Cannot overflow: stake < 2^96, parts ≤ 10,000, times < 2^40. Twin: `commonlearn.incentives.reporter_part`.
library ReporterPart {
    uint256 private constant ONE = 10_000;

    /// @notice The part in wei, rounded down.
    /// @param fullBps The full part, in 1/10,000.
    /// @param sinceOpen Seconds since reports opened.
    /// @param span Seconds from then until the part is full; above 0.
    function ofStake(
        uint256 stakeWei,
        uint256 fullBps,
        uint256 sinceOpen,
        uint256 span
    ) internal pure returns (uint256) {
        unchecked {
            return (stakeWei * fullBps * (sinceOpen < span ? sinceOpen : span)) / (span * ONE);
        }
    }
}
