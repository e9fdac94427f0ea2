// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Sharing money by weights, to the wei
/// @notice Each gets the floor of its part; what is left goes, a wei each, to the largest remainders, of equal ones to the first. Twin: `commonlearn.protocol.splitting`.
library EscrowSplit {
    /// @notice The parts of an amount.
    /// @dev Requirements: amount below 2^128, each weight below 2^96, at most 2^32 of them.
    /// @param weights One each; if all are zero, nobody gets anything.
    function share(uint256 amountWei, uint256[] memory weights) internal pure returns (uint256[] memory parts) {
        uint256 count = weights.length;
        parts = new uint256[](count);
        uint256 sum = 0;
        for (uint256 i = 0; i < count; ++i) {
            sum += weights[i];
        }
        if (sum == 0) return parts;
        uint256[] memory rests = new uint256[](count);
        uint256 left = amountWei;
        for (uint256 i = 0; i < count; ++i) {
            uint256 product = amountWei * weights[i];
            (parts[i], rests[i]) = (product / sum, product % sum);
            left -= parts[i];
        }
        for (; left > 0; --left) {
            uint256 best = 0;
            for (uint256 i = 1; i < count; ++i) {
                if (rests[i] > rests[best]) best = i;
            }
            ++parts[best];
            rests[best] = 0;
        }
    }

    /// @notice Which part of an amount a score releases: `⌊amount × clip((baseline − score) / (baseline − target), 0, 1)⌋`.
    /// @dev Baseline and target must differ. The better may be above or below.
    function released(
        uint256 amountWei,
        int256 baseline,
        int256 target,
        int256 score
    ) internal pure returns (uint256 releasedWei) {
        (int256 gained, int256 wanted) = target > baseline
            ? (score - baseline, target - baseline)
            : (baseline - score, baseline - target);
        if (gained <= 0) return 0;
        if (gained >= wanted) return amountWei;
        // Both are positive: the smaller is above zero.
        return (amountWei * uint256(gained)) / uint256(wanted);
    }
}
