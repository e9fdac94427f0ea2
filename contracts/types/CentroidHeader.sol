// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a nearest-centroid class keeps besides its sum.
/// @dev Layout from the most significant bit: activeAt 40 | count 32 | norm 184
type CentroidHeader is uint256;

using CentroidHeaderLibrary for CentroidHeader global;

/// @title Getters and changes of {CentroidHeader}
library CentroidHeaderLibrary {
    uint256 private constant MOST_COUNT = type(uint32).max;
    uint256 private constant MOST_NORM = type(uint184).max;

    /// @notice Unix time in seconds from which the class takes part.
    function activeAt(CentroidHeader self) internal pure returns (uint256) {
        return CentroidHeader.unwrap(self) >> 216;
    }

    /// @notice Number of samples in the sum.
    function count(CentroidHeader self) internal pure returns (uint256) {
        return uint32(CentroidHeader.unwrap(self) >> 184);
    }

    /// @notice Squared Euclidean norm of the sum.
    function norm(CentroidHeader self) internal pure returns (uint256) {
        return uint184(CentroidHeader.unwrap(self));
    }

    function withActiveAt(CentroidHeader self, uint256 time) internal pure returns (CentroidHeader) {
        return CentroidHeader.wrap(((CentroidHeader.unwrap(self) << 40) >> 40) | (time << 216));
    }

    /// @notice One more sample, whose sum's squared norm changed by so much. Both stay at the ends of their range.
    /// @dev |normChange| ≤ 2^16 lanes × 2^62, so the sum cannot overflow.
    function withSample(CentroidHeader self, int256 normChange) internal pure returns (CentroidHeader) {
        uint256 size = self.count();
        if (size < MOST_COUNT) ++size;
        int256 squares = int256(self.norm()) + normChange;
        if (squares < 0) squares = 0;
        if (squares > int256(MOST_NORM)) squares = int256(MOST_NORM);
        return CentroidHeader.wrap((self.activeAt() << 216) | (size << 184) | uint256(squares));
    }
}
