// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title How much a vote weighs and costs, in checked arithmetic
/// @notice {PointsWeight} is fuzzed against this; where this would overflow, it reverts, so equality shows that nothing does.
library PointsWeightReference {
    /// @notice The least whole number that covers the part.
    function fee(uint256 weight, uint256 feeBps) internal pure returns (uint256) {
        uint256 least = (weight * feeBps) / 10_000;
        return least * 10_000 == weight * feeBps ? least : least + 1;
    }

    /// @notice The part of what was received, rounded down, less what was given, but not below 0.
    function earned(uint256 received, uint256 given, uint256 giveBps) internal pure returns (uint256) {
        uint256 most = (received * giveBps) / 10_000;
        if (given >= most) return 0;
        return most - given;
    }

    /// @notice The greatest weight that the grant pays for with its fee, found by halving.
    function granted(uint256 grantLeft, uint256 feeBps) internal pure returns (uint256) {
        uint256 low = 0;
        uint256 high = grantLeft;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (middle + fee(middle, feeBps) <= grantLeft) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /// @notice What is confirmed beyond what is contested.
    function points(uint256 confirmed, uint256 contested) internal pure returns (uint256) {
        if (contested >= confirmed) return 0;
        return confirmed - contested;
    }
}
