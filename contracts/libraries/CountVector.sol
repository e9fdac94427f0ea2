// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Log2} from "./Log2.sol";

/// @title Vectors of small counts, several to a storage word
/// @notice The unsigned sister of {LaneVector}: same lanes, same entries (values ≥ 0); the counts of one feature in all classes lie side by side.
library CountVector {
    /// @notice Adds `value * log2(256 * count + smoothing)` to `sums[c]` for every entry and every column.
    /// @dev Cannot overflow: at most 2^16 entries, value < 2^15, logarithms < 2^38.
    /// @param slot Storage slot of the vector's first word.
    /// @param bits Width of a lane: 4, 8, 16 or 32.
    function accumulateLogarithms(uint256 slot, uint256 bits, uint256 smoothing, uint256[] memory entries, int256[] memory sums)
        internal
        view
    {
        unchecked {
            uint256 loaded = type(uint256).max; // number of the word at hand; none yet
            uint256 word;
            for (uint256 i = 0; i < entries.length; ++i) {
                uint256 entry = entries[i];
                for (uint256 c = 0; c < sums.length; ++c) {
                    if (entry >> 24 != loaded) {
                        loaded = entry >> 24;
                        word = _load(slot + loaded);
                    }
                    uint256 count = word << uint8(entry >> 16) >> 256 - bits;
                    sums[c] += int256(uint16(entry) * Log2.log2((count << 8) + smoothing));
                    entry += bits << 16;
                }
            }
        }
    }

    /// @notice Adds every entry's value to its count in one column; a count stops at the end of its lane.
    /// @return grown By how much the counts grew in all.
    function add(uint256 slot, uint256 bits, uint256 column, uint256[] memory entries) internal returns (uint256 grown) {
        unchecked {
            uint256 most = (1 << bits) - 1;
            uint256 loaded = type(uint256).max;
            uint256 word;
            for (uint256 i = 0; i < entries.length; ++i) {
                uint256 entry = entries[i] + (column * bits << 16);
                if (entry >> 24 != loaded) {
                    if (loaded != type(uint256).max) _store(slot + loaded, word);
                    loaded = entry >> 24;
                    word = _load(slot + loaded);
                }
                uint256 position = 256 - bits - uint8(entry >> 16);
                uint256 room = most - (word >> position & most);
                uint256 growth = uint16(entry);
                if (growth > room) growth = room;
                word += growth << position; // stays inside the lane: growth ≤ room
                grown += growth;
            }
            if (loaded != type(uint256).max) _store(slot + loaded, word);
        }
    }

    function _load(uint256 slot) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(slot)
        }
    }

    function _store(uint256 slot, uint256 word) private {
        assembly ("memory-safe") {
            sstore(slot, word)
        }
    }
}
