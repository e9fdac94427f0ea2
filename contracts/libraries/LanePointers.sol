// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A vector of lanes taken apart in memory, with a pointer beside each lane
/// @notice For many updates of the same words: nothing is masked or shifted into place until the words are packed again.
/// @dev 8 bytes a lane, from the most significant bit: lane 32 (two's complement) | pointer 32. A lane is at the top of the 32 bytes that begin there, so adding to it in place leaves its neighbours alone.
/// Entries come from {FeatureCodec} with a stride of {STRIDE}, so their position is that of the lane's 8 bytes.
library LanePointers {
    /// @notice Bits of a lane and its pointer.
    uint256 internal constant STRIDE = 64;

    /// @notice Takes a vector apart.
    /// @dev Equivalent to: `for n < count: table[n] = lane(words, n) << 32 | pointer`.
    /// @param words They hold at least `count` lanes.
    /// @param bits Width of a lane: 4, 8, 16 or 32.
    /// @param count Number of lanes.
    /// @param pointer What all lanes get.
    /// @return table Where in memory it begins.
    function unpack(
        uint256[] memory words,
        uint256 bits,
        uint256 count,
        uint256 pointer
    ) internal pure returns (uint256 table) {
        assembly ("memory-safe") {
            let unused := sub(256, bits)
            table := mload(0x40)
            let end := add(table, shl(3, count))
            mstore(0x40, and(add(end, 0x3f), not(0x1f))) // the last lane's 32 bytes lie within too
            let source := add(words, 0x20)
            for {
                let p := table
            } lt(p, end) {
                source := add(source, 0x20)
            } {
                let word := mload(source)
                for {
                    let offset := 0
                } and(lt(offset, 256), lt(p, end)) {
                    offset := add(offset, bits)
                    p := add(p, 8)
                } {
                    mstore(p, or(shl(224, sar(unused, shl(offset, word))), shl(192, pointer)))
                }
            }
        }
    }

    /// @notice Puts the lanes back into their words; bits that belong to no lane stay.
    /// @dev Equivalent to: `for n < count: lane(words, n) = table[n] >> 224`.
    function pack(uint256 table, uint256 bits, uint256 count, uint256[] memory words) internal pure {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let mask := sub(shl(bits, 1), 1)
            let end := add(table, shl(3, count))
            let target := add(words, 0x20)
            for {
                let p := table
            } lt(p, end) {
                target := add(target, 0x20)
            } {
                let offset := 256
                let word := 0
                for {} and(gt(offset, 0), lt(p, end)) {
                    p := add(p, 8)
                } {
                    offset := sub(offset, bits)
                    word := or(word, shl(offset, and(shr(224, mload(p)), mask)))
                }
                // Yul names the shift first and the value second: one bit is moved, as meant.
                // slither-disable-next-line incorrect-shift
                mstore(target, or(word, and(mload(target), sub(shl(offset, 1), 1))))
            }
        }
    }

    /// @notice The first lane.
    function first(uint256 table) internal pure returns (int256 lane) {
        assembly ("memory-safe") {
            lane := sar(224, mload(table))
        }
    }

    /// @notice Adds to the first lane, saturating at the ends of its range.
    /// @dev Equivalent to: `change = clamp(lane + amount) - lane; lane += change`.
    function addToFirst(uint256 table, uint256 bits, int256 amount) internal pure returns (int256 change) {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let half := shl(sub(bits, 1), 1)
            let old := sar(224, mload(table))
            change := amount
            if shr(bits, add(add(old, change), half)) {
                change := sub(xor(sub(half, 1), sub(0, slt(change, 0))), old)
            }
            mstore(table, add(mload(table), shl(224, change)))
        }
    }

    /// @notice Sum of `value * lane` over the entries.
    /// @dev Cannot overflow, as {LaneVector-accumulate}. Equivalent to: `for each entry e: sum += value(e) * lane(e)`.
    function product(uint256 table, uint256[] memory entries) internal pure returns (int256 sum) {
        assembly ("memory-safe") {
            let p := add(entries, 0x20)
            let end := add(p, shl(5, mload(entries)))
            for {} lt(p, end) {
                p := add(p, 0x20)
            } {
                let entry := mload(p)
                sum := add(sum, mul(signextend(1, entry), sar(224, mload(add(table, shr(19, entry))))))
            }
        }
    }

    /// @notice Adds `factor * value` to the lane of every entry, saturating at the ends of the lane's range.
    /// @dev Equivalent to the following Solidity:
    ///   for each entry e: change = clamp(lane(e) + factor * value(e)) - lane(e); lane(e) += change; if (change != 0 && pointer(e) != 0) changes.push(change << 32 | pointer(e));
    /// @param entries Each lane at most once. On return the array holds the `changes` instead.
    function add(uint256 table, uint256 bits, uint256[] memory entries, int256 factor) internal pure {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let half := shl(sub(bits, 1), 1)
            let p := add(entries, 0x20)
            let end := add(p, shl(5, mload(entries)))
            let out := p
            for {} lt(p, end) {
                p := add(p, 0x20)
            } {
                let entry := mload(p)
                let at := add(table, shr(19, entry))
                let item := mload(at)
                let old := sar(224, item)
                let change := mul(factor, signextend(1, entry))
                if shr(bits, add(add(old, change), half)) {
                    // outside [-half, half): stop at the end that the change points to
                    change := sub(xor(sub(half, 1), sub(0, slt(change, 0))), old)
                }
                mstore(at, add(item, shl(224, change)))
                let pointer := and(shr(192, item), 0xffffffff)
                mstore(out, or(shl(32, change), pointer))
                out := add(out, shl(5, iszero(or(iszero(change), iszero(pointer)))))
            }
            mstore(entries, shr(5, sub(out, add(entries, 0x20))))
        }
    }
}
