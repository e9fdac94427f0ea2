// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {StakePrice} from "../../libraries/StakePrice.sol";

/// @title {StakePrice} as a contract
contract StakePriceHarness {
    /// @notice {StakePrice-decayed}.
    function decayed(
        uint256 excessWei,
        uint256 elapsedSeconds,
        uint256 halfLifeSeconds
    ) external pure returns (uint256) {
        return StakePrice.decayed(excessWei, elapsedSeconds, halfLifeSeconds);
    }

    /// @notice {StakePrice-price}.
    function price(uint256 floorWei, uint256 excessWei) external pure returns (uint256) {
        return StakePrice.price(floorWei, excessWei);
    }

    /// @notice {StakePrice-raised}.
    function raised(uint256 stakeWei, uint256 floorWei, uint256 growthBps) external pure returns (uint256) {
        return StakePrice.raised(stakeWei, floorWei, growthBps);
    }

    /// @notice What each of several contributions costs, after so much quiet before each.
    function course(
        uint256 floorWei,
        uint256 growthBps,
        uint256 halfLifeSeconds,
        uint256[] calldata quietSeconds
    ) external pure returns (uint256[] memory stakesWei) {
        stakesWei = new uint256[](quietSeconds.length);
        uint256 excessWei = 0;
        for (uint256 i = 0; i < quietSeconds.length; ++i) {
            excessWei = StakePrice.decayed(excessWei, quietSeconds[i], halfLifeSeconds);
            stakesWei[i] = StakePrice.price(floorWei, excessWei);
            excessWei = StakePrice.raised(stakesWei[i], floorWei, growthBps);
        }
    }
}
