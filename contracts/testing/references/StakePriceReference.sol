// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a contribution costs in stake, in checked arithmetic
/// @notice {StakePrice} is fuzzed against this; where this would overflow, it reverts, so equality shows that nothing does.
library StakePriceReference {
    /// @notice Halves the excess once for each whole half-life, then takes off `x (11 - 3 x) / 16` of it, `x` being the part of the next half-life that has passed.
    function decayed(
        uint256 excessWei,
        uint256 elapsedSeconds,
        uint256 halfLifeSeconds
    ) internal pure returns (uint256) {
        uint256 left = excessWei;
        uint256 rest = elapsedSeconds;
        while (rest >= halfLifeSeconds && left > 0) {
            left = left / 2;
            rest = rest - halfLifeSeconds;
        }
        if (left == 0) return 0;
        uint256 sixteenths = rest * (11 * halfLifeSeconds - 3 * rest); // times the squared half-life
        return left - (left * sixteenths) / (16 * halfLifeSeconds * halfLifeSeconds);
    }

    /// @notice The least whole number of gwei that covers floor and excess.
    function price(uint256 floorWei, uint256 excessWei) internal pure returns (uint256) {
        uint256 sum = floorWei + excessWei;
        uint256 rest = sum % 1 gwei;
        return rest == 0 ? sum : sum - rest + 1 gwei;
    }

    /// @notice What the stake is above its floor after it was raised by its fixed part, rounded down.
    function raised(uint256 stakeWei, uint256 floorWei, uint256 growthBps) internal pure returns (uint256) {
        uint256 growthWei = (stakeWei * growthBps) / 10_000;
        return stakeWei + growthWei - floorWei;
    }
}
