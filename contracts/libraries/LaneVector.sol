// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Vectors of small signed integers, several to a storage word
/// @notice Works a word at a time: loads it once, uses all the lanes it needs, stores it once. Lane 0 of a word is at its most significant end; see `docs/ref-models.md`.
/// @dev Entries come from {FeatureCodec}: positions increase, so each word is met once, and behind the last entry stands one that belongs to no word. Fuzzed for equality with the plain `LaneVectorReference`.
library LaneVector {
    /// @notice Adds `value * lane` to `sums[c]` for every entry and every column `c`; column `c` lies `c` lanes behind the entry's position.
    /// @dev Cannot overflow: at most 2^16 + 1 entries, |value| < 2^15, |lane| ≤ 2^31. Equivalent to the following Solidity, `lane(p)` being read at bit position `p`:
    ///   for each entry e, for c < columns: sums[c] += int256(int16(uint16(e))) * lane((e >> 16) + c * bits);
    /// @param slot Storage slot of the vector's first word.
    /// @param bits Width of a lane: 4, 8, 16 or 32.
    /// @param columns How many lanes belong to one feature; the length of `sums`.
    function accumulate(
        uint256 slot,
        uint256 bits,
        uint256 columns,
        uint256[] memory entries,
        int256[] memory sums
    ) internal view {
        if (columns == 1) {
            int256 product = _product(slot, bits, entries);
            assembly ("memory-safe") {
                let sum := add(sums, 0x20)
                mstore(sum, add(mload(sum), product))
            }
        } else {
            _accumulate(slot, bits, columns, entries, sums);
        }
    }

    /// @dev The same as {_accumulate} for one column, without its inner loop.
    function _product(uint256 slot, uint256 bits, uint256[] memory entries) private view returns (int256 sum) {
        assembly ("memory-safe") {
            let unused := sub(256, bits)
            let p := add(entries, 0x20)
            let end := add(p, shl(5, mload(entries)))
            let entry := mload(p)
            for {} lt(p, end) {} {
                let index := shr(24, entry)
                let word := sload(add(slot, index))
                for {} eq(shr(24, entry), index) {} {
                    sum := add(sum, mul(signextend(1, entry), sar(unused, shl(byte(29, entry), word))))
                    p := add(p, 0x20)
                    entry := mload(p)
                }
            }
        }
    }

    function _accumulate(
        uint256 slot,
        uint256 bits,
        uint256 columns,
        uint256[] memory entries,
        int256[] memory sums
    ) private view {
        assembly ("memory-safe") {
            let unused := sub(256, bits)
            let oneLane := shl(16, bits)
            let loaded := not(0) // number of the word at hand; none yet
            let word := 0
            let end := add(add(entries, 0x20), shl(5, mload(entries)))
            let sumsEnd := add(add(sums, 0x20), shl(5, columns))
            for {
                let p := add(entries, 0x20)
            } lt(p, end) {
                p := add(p, 0x20)
            } {
                let entry := mload(p)
                let value := signextend(1, entry)
                for {
                    let s := add(sums, 0x20)
                } lt(s, sumsEnd) {
                    s := add(s, 0x20)
                } {
                    if xor(shr(24, entry), loaded) {
                        loaded := shr(24, entry)
                        word := sload(add(slot, loaded))
                    }
                    mstore(s, add(mload(s), mul(value, sar(unused, shl(byte(29, entry), word)))))
                    entry := add(entry, oneLane)
                }
            }
        }
    }

    /// @notice Adds `factor * value` to the lane of every entry in one column, saturating at the ends of the lane's range.
    /// @dev Cannot overflow: |factor| < 2^16, |value| < 2^15. Equivalent to the following Solidity:
    ///   for each entry e: p = (e >> 16) + column * bits; lane(p) = clamp(lane(p) + factor * value(e));
    /// @return squaresChange Sum over the entries of (new lane)² − (old lane)².
    function add(
        uint256 slot,
        uint256 bits,
        uint256 column,
        uint256[] memory entries,
        int256 factor
    ) internal returns (int256 squaresChange) {
        assembly ("memory-safe") {
            let unused := sub(256, bits)
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let half := shl(sub(bits, 1), 1)
            let ahead := shl(16, mul(column, bits))
            let p := add(entries, 0x20)
            let end := add(p, shl(5, mload(entries)))
            let entry := add(mload(p), ahead)
            for {} lt(p, end) {} {
                let index := shr(24, entry)
                let word := sload(add(slot, index))
                for {} eq(shr(24, entry), index) {} {
                    let old := sar(unused, shl(byte(29, entry), word))
                    let change := mul(factor, signextend(1, entry))
                    if shr(bits, add(add(old, change), half)) {
                        // outside [-half, half): stop at the end that the change points to
                        change := sub(xor(sub(half, 1), sub(0, slt(change, 0))), old)
                    }
                    squaresChange := add(squaresChange, mul(change, add(add(old, old), change)))
                    // exchange the lane: adding in place would carry into the next one
                    word := xor(word, shr(byte(29, entry), shl(unused, xor(old, add(old, change)))))
                    p := add(p, 0x20)
                    entry := add(mload(p), ahead)
                }
                sstore(add(slot, index), word)
            }
        }
    }

    /// @notice Sum of the squares of all lanes of a word.
    /// @dev Cannot overflow: at most 64 lanes, |lane| ≤ 2^31.
    function squares(uint256 word, uint256 bits) internal pure returns (uint256 sum) {
        unchecked {
            for (uint256 offset = 0; offset < 256; offset += bits) {
                int256 lane = int256(word << offset) >> (256 - bits);
                sum += uint256(lane * lane);
            }
        }
    }
}
