// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PointsWeight} from "../../libraries/PointsWeight.sol";

/// @title {PointsWeight} as a contract
contract PointsWeightHarness {
    /// @notice {PointsWeight-fee}.
    function fee(uint256 weight, uint256 feeBps) external pure returns (uint256) {
        return PointsWeight.fee(weight, feeBps);
    }

    /// @notice {PointsWeight-earned}.
    function earned(uint256 received, uint256 given, uint256 giveBps) external pure returns (uint256) {
        return PointsWeight.earned(received, given, giveBps);
    }

    /// @notice {PointsWeight-granted}.
    function granted(uint256 grantLeft, uint256 feeBps) external pure returns (uint256) {
        return PointsWeight.granted(grantLeft, feeBps);
    }

    /// @notice {PointsWeight-points}.
    function points(uint256 confirmed, uint256 contested) external pure returns (uint256) {
        return PointsWeight.points(confirmed, contested);
    }
}
