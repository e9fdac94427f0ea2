// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice What every contribution reads and writes, in one word: its number, the stake's clock and the sum of stakes.
/// @dev Layout from the most significant bit: count 48 | lastTime 40 | excessWei 80 | lockedWei 88
type LedgerState is uint256;

using LedgerStateLibrary for LedgerState global;

/// @title Getters and constructor of {LedgerState}
library LedgerStateLibrary {
    uint256 internal constant MOST_EXCESS = type(uint80).max;

    /// @notice Packs the four; what could outgrow its field is checked: the stakes, which are ether, and nothing else
    /// (2^48 contributions and 2^40 seconds are out of reach, and callers bound the excess).
    function pack(
        uint256 count_,
        uint256 lastTime_,
        uint256 excessWei_,
        uint256 lockedWei_
    ) internal pure returns (LedgerState) {
        return
            LedgerState.wrap((count_ << 208) | (lastTime_ << 168) | (excessWei_ << 88) | SafeCast.toUint88(lockedWei_));
    }

    /// @notice Number of contributions.
    function count(LedgerState self) internal pure returns (uint256) {
        return LedgerState.unwrap(self) >> 208;
    }

    /// @notice Time of the last contribution; before the first that of the opening; 0 before the opening.
    function lastTime(LedgerState self) internal pure returns (uint256) {
        return uint40(LedgerState.unwrap(self) >> 168);
    }

    /// @notice How far the stake was above its floor just after that.
    function excessWei(LedgerState self) internal pure returns (uint256) {
        return uint80(LedgerState.unwrap(self) >> 88);
    }

    /// @notice Sum of the stakes of open contributions.
    function lockedWei(LedgerState self) internal pure returns (uint256) {
        return uint88(LedgerState.unwrap(self));
    }

    /// @notice A stake was released; it was locked, so this cannot underflow.
    function withReleased(LedgerState self, uint256 stakeWei) internal pure returns (LedgerState) {
        return pack(self.count(), self.lastTime(), self.excessWei(), self.lockedWei() - stakeWei);
    }
}
