// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Strict majorities of those who were asked, not of those who answered
/// @notice Twin: `commonlearn.protocol.agreement`.
library Agreement {
    /// @notice What more than half of the asked answered, and who did.
    /// @param answers Zero for none.
    /// @param asked How many were asked.
    /// @return answer Zero for no majority.
    /// @return who Bit by bit; 0 for no majority.
    function strictMajority(
        bytes32[] memory answers,
        uint256 asked
    ) internal pure returns (bytes32 answer, uint256 who) {
        for (uint256 i = 0; i < answers.length; ++i) {
            bytes32 candidate = answers[i];
            if (candidate == 0) continue;
            uint256 same = 0;
            uint256 votes = 0;
            for (uint256 k = 0; k < answers.length; ++k) {
                if (answers[k] == candidate) (same, votes) = (same | (1 << k), votes + 1);
            }
            if (2 * votes > asked) return (candidate, same);
        }
    }

    /// @notice How many bits are set.
    function count(uint256 bits) internal pure returns (uint256 ones) {
        for (; bits > 0; bits &= bits - 1) {
            ++ones;
        }
    }
}
