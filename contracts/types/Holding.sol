// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice What is proven and owed, in one word: of an account, or of a pool as a whole.
/// @dev Layout from the most significant bit: amountWei 96 | perGwei 96 | provenGwei 64
type Holding is uint256;

using HoldingLibrary for Holding global;

/// @title Getters and constructor of {Holding}
library HoldingLibrary {
    uint256 internal constant MOST_PROVEN = type(uint64).max;

    /// @notice Packs the three; money is checked to fit.
    /// @dev Requirement: what is proven and the running sum fit their fields.
    function pack(uint256 provenGwei_, uint256 perGwei_, uint256 amountWei_) internal pure returns (Holding) {
        return Holding.wrap((uint256(SafeCast.toUint96(amountWei_)) << 160) | (perGwei_ << 64) | provenGwei_);
    }

    /// @notice Stake proven by data that taught, in gwei: an account's, or the sum of all.
    function provenGwei(Holding self) internal pure returns (uint256) {
        return uint64(Holding.unwrap(self));
    }

    /// @notice The running sum of wei for each proven gwei: the pool's, or that up to which an account's shares are in its credit.
    function perGwei(Holding self) internal pure returns (uint256) {
        return uint96(Holding.unwrap(self) >> 64);
    }

    /// @notice An account's credit but for shares since; or the pool's rest, less than one wei for each proven gwei.
    function amountWei(Holding self) internal pure returns (uint256) {
        return Holding.unwrap(self) >> 160;
    }
}
