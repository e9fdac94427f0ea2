// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The reporter's part of a forfeited stake, in checked arithmetic
/// @notice {ReporterPart} is fuzzed against this; where this would overflow, it reverts, so equality shows that nothing does.
library ReporterPartReference {
    /// @notice The full part once the span is over; before, as much of it as has passed of the span.
    function ofStake(
        uint256 stakeWei,
        uint256 fullBps,
        uint256 sinceOpen,
        uint256 span
    ) internal pure returns (uint256) {
        if (sinceOpen >= span) return (stakeWei * fullBps) / 10_000;
        return (stakeWei * fullBps * sinceOpen) / (10_000 * span);
    }
}
