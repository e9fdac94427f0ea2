// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title How much a vote weighs and costs
/// @notice Whoever votes gives as much as the account still can, up to a greatest weight: out of a founder's grant while that lasts, else up to a part of the points received. All roundings are against the voter.
/// @dev Cannot overflow: amounts < 2^48, parts ≤ 20,000. Twin: `commonlearn.incentives.points`.
library PointsWeight {
    uint256 internal constant ONE = 10_000;

    /// @notice The fee of a vote, rounded up.
    function fee(uint256 weight, uint256 feeBps) internal pure returns (uint256) {
        unchecked {
            return (weight * feeBps + ONE - 1) / ONE;
        }
    }

    /// @notice What an account can still give out of the points received: their part, less what was given.
    function earned(uint256 received, uint256 given, uint256 giveBps) internal pure returns (uint256) {
        unchecked {
            uint256 most = (received * giveBps) / ONE;
            return most > given ? most - given : 0;
        }
    }

    /// @notice What can be given out of a grant that also has to pay the fee: the greatest weight with `weight + fee(weight) ≤ grantLeft`.
    function granted(uint256 grantLeft, uint256 feeBps) internal pure returns (uint256) {
        unchecked {
            return (grantLeft * ONE) / (ONE + feeBps);
        }
    }

    /// @notice The author's points from a contribution.
    function points(uint256 confirmed, uint256 contested) internal pure returns (uint256) {
        unchecked {
            return confirmed > contested ? confirmed - contested : 0;
        }
    }
}
