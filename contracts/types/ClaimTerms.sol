// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The terms of self-assessment that claims need, in one word: it is handed on where the whole of them would be copied again and again.
/// @dev Layout from the most significant bit: unused 144 | reporterBps 16 | refundWaitSeconds 32 | reportWaitSeconds 32 | sweepWaitSeconds 32
type ClaimTerms is uint256;

using ClaimTermsLibrary for ClaimTerms global;

/// @title Getters of {ClaimTerms}
library ClaimTermsLibrary {
    /// @notice The reporter's full part, in 1/10,000.
    function reporterBps(ClaimTerms self) internal pure returns (uint256) {
        return uint16(ClaimTerms.unwrap(self) >> 96);
    }

    /// @notice From when the author may take the stake back.
    function refundWaitSeconds(ClaimTerms self) internal pure returns (uint256) {
        return uint32(ClaimTerms.unwrap(self) >> 64);
    }

    /// @notice From when others may report.
    function reportWaitSeconds(ClaimTerms self) internal pure returns (uint256) {
        return uint32(ClaimTerms.unwrap(self) >> 32);
    }

    /// @notice From when the beneficiary gets what nobody claimed.
    function sweepWaitSeconds(ClaimTerms self) internal pure returns (uint256) {
        return uint32(ClaimTerms.unwrap(self));
    }
}
