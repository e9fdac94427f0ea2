// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a naive Bayes class keeps besides its counts: half a word.
/// @dev Layout from the most significant bit: documents 64 | total 64
type ClassTotals is uint128;

using ClassTotalsLibrary for ClassTotals global;

/// @title Getters and changes of {ClassTotals}
library ClassTotalsLibrary {
    /// @notice Number of samples of the class.
    function documents(ClassTotals self) internal pure returns (uint256) {
        return ClassTotals.unwrap(self) >> 64;
    }

    /// @notice Sum of the class's counts.
    function total(ClassTotals self) internal pure returns (uint256) {
        return uint64(ClassTotals.unwrap(self));
    }

    /// @notice One more sample, by which the counts grew so much. Both stay at the end of their range.
    function withDocument(ClassTotals self, uint256 grown) internal pure returns (ClassTotals) {
        uint256 most = type(uint64).max;
        uint256 size = self.documents();
        uint256 sum = self.total() + grown;
        return ClassTotals.wrap(uint128(((size == most ? most : size + 1) << 64) | (sum > most ? most : sum)));
    }
}
