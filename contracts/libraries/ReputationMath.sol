// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Log2} from "./Log2.sol";

/// @title Reputation in integers
/// @notice Evidence in units of 2^-32. Twin: `commonlearn.protocol.reputation`, bit by bit.
library ReputationMath {
    /// @notice One, in units of 2^-32: what α and β begin with, and never lose.
    uint256 internal constant ONE = 1 << 32;
    /// @notice How long an epoch is.
    uint256 internal constant EPOCH_SECONDS = 7 days;
    /// @notice `⌊0.98 × 2^64⌋`.
    uint256 internal constant LAMBDA = 18_077_809_192_235_360_583;
    /// @notice After so many epochs nothing is left of any evidence.
    uint256 internal constant FORGOTTEN = 4_096;
    /// @notice A value of this weighs 1.
    uint256 internal constant UNIT_WEI = 0.001 ether;

    /// @notice What an event about a value weighs: `log2(1 + value / unit)`, as a difference of logarithms.
    /// @param valueWei Below 2^96.
    function weight(uint256 valueWei) internal pure returns (uint256) {
        uint256 base = Log2.log2(UNIT_WEI);
        uint256 whole = Log2.log2(UNIT_WEI + valueWei);
        return whole > base ? whole - base : 0;
    }

    /// @notice α or β after so many epochs: what exceeds {ONE} decays.
    function decayed(uint256 evidence, uint256 epochs) internal pure returns (uint256) {
        if (epochs == 0 || evidence <= ONE) return evidence;
        if (epochs >= FORGOTTEN) return ONE;
        uint256 factor = 1 << 64;
        for (uint256 power = LAMBDA; epochs > 0; epochs >>= 1) {
            if (epochs & 1 == 1) factor = (factor * power) >> 64;
            power = (power * power) >> 64;
        }
        return ONE + (((evidence - ONE) * factor) >> 64);
    }

    /// @notice α / (α + β) in units of 2^-32.
    function score(uint256 alpha, uint256 beta) internal pure returns (uint256) {
        return (alpha << 32) / (alpha + beta);
    }
}
