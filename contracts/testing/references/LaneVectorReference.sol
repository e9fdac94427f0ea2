// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Vectors of small integers, one storage slot each
/// @notice What {LaneVector} and {CountVector} do many at a time, done one by one. Words are taken apart and put together by
/// division, as `docs/ref-models.md` numbers the lanes.
library LaneVectorReference {
    /// @notice Appends the lanes that a vector of words holds from word `start` on.
    function read(
        int256[] storage lanes,
        uint256[] memory words,
        uint256 start,
        uint256 bits,
        uint256 count,
        bool isSigned
    ) internal {
        for (uint256 n = 0; n < count; ++n) {
            (uint256 word, uint256 weight) = place(start, bits, n);
            int256 lane = int256((words[word] / weight) % 2 ** bits);
            if (isSigned && lane >= int256(2 ** (bits - 1))) lane -= int256(2 ** bits);
            lanes.push(lane);
        }
    }

    /// @notice Puts lanes `first` to `first + count` into words from word `start` on; bits that belong to no lane stay.
    function write(
        int256[] storage lanes,
        uint256 first,
        uint256 count,
        uint256[] memory words,
        uint256 start,
        uint256 bits
    ) internal view {
        for (uint256 n = 0; n < count; ++n) {
            (uint256 word, uint256 weight) = place(start, bits, n);
            int256 lane = lanes[first + n];
            uint256 new_ = lane >= 0 ? uint256(lane) : 2 ** bits - uint256(-lane);
            uint256 old = (words[word] / weight) % 2 ** bits;
            words[word] = words[word] - old * weight + new_ * weight;
        }
    }

    /// @notice For each column, the sum of values times lanes; column `c` of feature `j` is lane `first + j * columns + c`.
    function products(
        int256[] storage lanes,
        uint256 first,
        uint256 columns,
        uint256[] memory features,
        int256[] memory values
    ) internal view returns (int256[] memory sums) {
        sums = new int256[](columns);
        for (uint256 k = 0; k < features.length; ++k) {
            for (uint256 c = 0; c < columns; ++c) {
                sums[c] += values[k] * lanes[first + features[k] * columns + c];
            }
        }
    }

    /// @notice Adds `factor * value` to a lane, which stops at the ends of its range.
    /// @return change By how much it really changed.
    function add(
        int256[] storage lanes,
        uint256 position,
        int256 amount,
        int256 least,
        int256 most
    ) internal returns (int256 change) {
        int256 old = lanes[position];
        int256 new_ = old + amount;
        if (new_ < least) new_ = least;
        if (new_ > most) new_ = most;
        lanes[position] = new_;
        return new_ - old;
    }

    /// @notice Where a lane lies: number of its word, and what its lowest bit counts there.
    function place(uint256 start, uint256 bits, uint256 lane) internal pure returns (uint256 word, uint256 weight) {
        uint256 lanesPerWord = 256 / bits;
        word = start + lane / lanesPerWord;
        weight = 2 ** (256 - bits * ((lane % lanesPerWord) + 1));
    }
}
