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
    /// @return total Sum of the values.
    function accumulateLogarithms(
        uint256 slot,
        uint256 bits,
        uint256 smoothing,
        uint256[] memory entries,
        int256[] memory sums
    ) internal view returns (uint256 total) {
        unchecked {
            uint256 loaded = type(uint256).max; // number of the word at hand; none yet
            // Begins at zero, as Solidity sets it.
            // slither-disable-next-line uninitialized-local
            uint256 word;
            uint256 sumsEnd = _end(_pointer(sums), sums.length);
            uint256 end = _end(_pointer(entries), entries.length);
            for (uint256 p = _pointer(entries); p < end; p += 32) {
                uint256 entry = _read(p);
                uint256 value = uint16(entry);
                total += value;
                for (uint256 s = _pointer(sums); s < sumsEnd; s += 32) {
                    if (entry >> 24 != loaded) {
                        loaded = entry >> 24;
                        word = _load(slot + loaded);
                    }
                    uint256 count = (word << uint8(entry >> 16)) >> (256 - bits);
                    _write(s, _read(s) + value * Log2.log2((count << 8) + smoothing));
                    entry += bits << 16;
                }
            }
        }
    }

    /// @notice Adds every entry's value to its count in one column; a count stops at the end of its lane.
    /// @return grown By how much the counts grew in all.
    function add(
        uint256 slot,
        uint256 bits,
        uint256 column,
        uint256[] memory entries
    ) internal returns (uint256 grown) {
        unchecked {
            uint256 most = (1 << bits) - 1;
            uint256 ahead = (column * bits) << 16;
            uint256 end = _end(_pointer(entries), entries.length);
            uint256 p = _pointer(entries);
            uint256 entry = _read(p) + ahead;
            while (p < end) {
                uint256 index = entry >> 24;
                uint256 word = _load(slot + index);
                // the entry behind the last one belongs to no word
                while (entry >> 24 == index) {
                    uint256 position = 256 - bits - uint8(entry >> 16);
                    uint256 room = most - ((word >> position) & most);
                    uint256 growth = uint16(entry);
                    if (growth > room) growth = room;
                    word += growth << position; // stays inside the lane: growth ≤ room
                    grown += growth;
                    p += 32;
                    entry = _read(p) + ahead;
                }
                _store(slot + index, word);
            }
        }
    }

    function _pointer(uint256[] memory array) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(array, 0x20)
        }
    }

    function _pointer(int256[] memory array) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(array, 0x20)
        }
    }

    function _end(uint256 pointer, uint256 length) private pure returns (uint256) {
        unchecked {
            return pointer + length * 32;
        }
    }

    function _read(uint256 pointer) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(pointer)
        }
    }

    /// @dev Only ever called with a pointer into `sums`; both signs of a sum add alike.
    function _write(uint256 pointer, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(pointer, value)
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
