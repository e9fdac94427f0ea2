// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a contribution costs in stake
/// @notice A floor plus an excess. Each contribution raises the stake by a fixed part; the excess halves with each half-life of quiet. So a burst pays more and more, one contribution changes little for the
/// next, and to hold the stake up one has to go on staking at that height.
/// @dev Cannot overflow: floor and excess < 2^80, times < 2^40, growth ≤ 10,000; and a stake is never below its floor. Twin: `commonlearn.incentives.stake_price`.
library StakePrice {
    uint256 private constant GWEI = 1 gwei;
    uint256 private constant ONE = 10_000;

    /// @notice The excess after some quiet: halved for each whole half-life; in between 2^-x is taken as 1 - x (11 - 3 x) / 16, right within 1 % and rounded up.
    /// @dev A straight line would do between two contributions an hour apart, but many small steps along it fall by a quarter too slowly.
    function decayed(
        uint256 excessWei,
        uint256 elapsedSeconds,
        uint256 halfLifeSeconds
    ) internal pure returns (uint256) {
        unchecked {
            uint256 left = excessWei >> (elapsedSeconds / halfLifeSeconds);
            uint256 rest = elapsedSeconds % halfLifeSeconds;
            return left - (left * rest * (11 * halfLifeSeconds - 3 * rest)) / (16 * halfLifeSeconds * halfLifeSeconds);
        }
    }

    /// @notice The stake, rounded up to a whole gwei so that what is proven counts in gwei without rests.
    function price(uint256 floorWei, uint256 excessWei) internal pure returns (uint256) {
        unchecked {
            // Rounds up to whole gwei on purpose.
            // slither-disable-next-line divide-before-multiply
            return ((floorWei + excessWei + GWEI - 1) / GWEI) * GWEI;
        }
    }

    /// @notice The excess just after a contribution at `stakeWei`.
    function raised(uint256 stakeWei, uint256 floorWei, uint256 growthBps) internal pure returns (uint256) {
        unchecked {
            return stakeWei + (stakeWei * growthBps) / ONE - floorWei;
        }
    }
}
