// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Vectors of small signed integers, unpacked: one lane a word of memory
/// @notice For work on many samples: words are unpacked once, each lane is then one load away, and changed words are packed and stored once. Lane 0 belongs to a model's constant feature, lane `j + 1` to feature `j`;
/// samples are presence samples (see `FeatureCodec`). Fuzzed for equality with {LaneVector}.
/// @dev Lanes are kept *biased* by half their range, `lane + 2^(bits - 1)`: from 0 to 2^bits - 1, so that one comparison finds a lane that has left its range at either end.
library LaneTable {
    /// @dev Sixteen ones: what is added to each index of a word of sixteen.
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;
    /// @dev The odd ones of sixteen indices, and the bit above each.
    uint256 private constant SECOND = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant ABOVE = 0x0001000000010000000100000001000000010000000100000001000000010000;

    /// @notice Unpacks a vector.
    /// @dev Equivalent to, for each lane number j: `memory[table + 32 * j] = uint256(lane(j) + 2 ** (bits - 1))`.
    /// @param slot Storage slot of its first word.
    /// @param bits Width of a lane: 4, 8, 16 or 32.
    /// @param count Number of words.
    /// @return table Address of lane 0; a multiple of 32.
    function load(uint256 slot, uint256 bits, uint256 count) internal view returns (uint256 table) {
        assembly ("memory-safe") {
            table := and(add(mload(0x40), 0x1f), not(0x1f))
            let unused := sub(256, bits)
            let bias := mul(div(not(0), sub(shl(bits, 1), 1)), shl(sub(bits, 1), 1)) // half a range in every lane
            let size := div(0x2000, bits) // of a word, unpacked
            let p := table
            for {
                let end := add(slot, count)
            } lt(slot, end) {
                slot := add(slot, 1)
            } {
                let word := xor(sload(slot), bias)
                for {
                    let next := add(p, size)
                } lt(p, next) {
                    p := add(p, 0x100)
                } {
                    mstore(p, shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0x20), shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0x40), shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0x60), shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0x80), shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0xa0), shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0xc0), shr(unused, word))
                    word := shl(bits, word)
                    mstore(add(p, 0xe0), shr(unused, word))
                    word := shl(bits, word)
                }
            }
            mstore(0x40, p)
        }
        assert(table >> 5 < 1 << 15); // else addresses would outgrow the 16 bits of an index: see `sum`
    }

    /// @notice Packs a table and stores the words that changed.
    /// @dev Equivalent to, for each lane number j: `lane(j) = int256(memory[table + 32 * j]) - 2 ** (bits - 1)`.
    function store(uint256 table, uint256 slot, uint256 bits, uint256 count) internal {
        assembly ("memory-safe") {
            let bias := mul(div(not(0), sub(shl(bits, 1), 1)), shl(sub(bits, 1), 1))
            let size := div(0x2000, bits)
            let p := table
            for {
                let end := add(slot, count)
            } lt(slot, end) {
                slot := add(slot, 1)
            } {
                let word := 0
                for {
                    let next := add(p, size)
                } lt(p, next) {
                    p := add(p, 0x100)
                } {
                    word := or(shl(bits, word), mload(p))
                    word := or(shl(bits, word), mload(add(p, 0x20)))
                    word := or(shl(bits, word), mload(add(p, 0x40)))
                    word := or(shl(bits, word), mload(add(p, 0x60)))
                    word := or(shl(bits, word), mload(add(p, 0x80)))
                    word := or(shl(bits, word), mload(add(p, 0xa0)))
                    word := or(shl(bits, word), mload(add(p, 0xc0)))
                    word := or(shl(bits, word), mload(add(p, 0xe0)))
                }
                word := xor(word, bias)
                if xor(word, sload(slot)) {
                    sstore(slot, word)
                }
            }
        }
    }

    /// @notice Whether a presence sample follows all rules.
    /// @dev Sixteen indices at a time: two neighbours `a`, `b` are in order where `b + 0xffff - a` reaches bit 16. Neighbours at even places are compared in the word itself, the others in the word that begins two bytes before it.
    /// Equivalent to: the length is even and not 0, `index(k) < index(k + 1)` for all k, and the last index is below the dimension.
    function isWellFormed(bytes calldata sample, uint256 dimension) internal pure returns (bool wellFormed) {
        assembly ("memory-safe") {
            let ordered := ABOVE
            let nothing := shl(240, 1) // before the first index there is none to compare with
            let head := sample.offset
            let end := add(head, sample.length)
            for {
                let blocks := add(head, and(sample.length, not(0x1f)))
            } lt(head, blocks) {
                head := add(head, 0x20)
            } {
                let word := calldataload(head)
                ordered := and(ordered, sub(add(and(word, SECOND), SECOND), and(shr(16, word), SECOND)))
                word := calldataload(sub(head, 2))
                ordered := and(ordered, or(nothing, sub(add(and(word, SECOND), SECOND), and(shr(16, word), SECOND))))
                nothing := 0
            }
            wellFormed := eq(ordered, ABOVE)
            for {
                let bound := 0
                if iszero(nothing) {
                    bound := add(shr(240, calldataload(sub(head, 2))), 1)
                }
            } lt(head, end) {
                head := add(head, 2)
            } {
                let index := shr(240, calldataload(head))
                wellFormed := and(wellFormed, iszero(lt(index, bound)))
                bound := add(index, 1)
            }
            wellFormed := and(wellFormed, lt(shr(240, calldataload(sub(end, 2))), dimension))
            wellFormed := and(wellFormed, gt(sample.length, mul(0xffffffff, and(sample.length, 1)))) // even, and not 0
        }
    }

    /// @notice Lane 0, biased.
    function constantLane(uint256 table) internal pure returns (uint256 lane) {
        assembly ("memory-safe") {
            lane := mload(table)
        }
    }

    /// @notice Sum of the lanes of a sample's features, each biased.
    /// @dev Requirement: {isWellFormed}. Equivalent to: `for each index: sum += memory[table + 32 * (index + 1)]`. In a word of sixteen indices the table's address (in words) is added to all at once; a shift by 5 less
    /// than to the end then gives each lane's address in bytes.
    function sum(uint256 table, bytes calldata sample) internal pure returns (uint256 total) {
        assembly ("memory-safe") {
            let ahead := mul(add(shr(5, table), 1), ONES)
            let head := sample.offset
            let end := add(head, sample.length)
            for {
                let blocks := add(head, and(sample.length, not(0x1f)))
            } lt(head, blocks) {
                head := add(head, 0x20)
            } {
                let word := add(calldataload(head), ahead)
                total := add(total, mload(and(shr(235, word), 0x1fffe0)))
                total := add(total, mload(and(shr(219, word), 0x1fffe0)))
                total := add(total, mload(and(shr(203, word), 0x1fffe0)))
                total := add(total, mload(and(shr(187, word), 0x1fffe0)))
                total := add(total, mload(and(shr(171, word), 0x1fffe0)))
                total := add(total, mload(and(shr(155, word), 0x1fffe0)))
                total := add(total, mload(and(shr(139, word), 0x1fffe0)))
                total := add(total, mload(and(shr(123, word), 0x1fffe0)))
                total := add(total, mload(and(shr(107, word), 0x1fffe0)))
                total := add(total, mload(and(shr(91, word), 0x1fffe0)))
                total := add(total, mload(and(shr(75, word), 0x1fffe0)))
                total := add(total, mload(and(shr(59, word), 0x1fffe0)))
                total := add(total, mload(and(shr(43, word), 0x1fffe0)))
                total := add(total, mload(and(shr(27, word), 0x1fffe0)))
                total := add(total, mload(and(shr(11, word), 0x1fffe0)))
                total := add(total, mload(and(shl(5, word), 0x1fffe0)))
            }
            for {} lt(head, end) {
                head := add(head, 2)
            } {
                total := add(total, mload(and(shr(235, add(calldataload(head), ahead)), 0x1fffe0)))
            }
        }
    }

    /// @notice Adds a number to the lanes of a sample's features and another to lane 0, saturating at the ends of the range.
    /// @dev Requirement: {isWellFormed}, so that no lane is met twice: then it makes no difference that lanes are put back into their range only at the end, and only if any has left it.
    /// Equivalent to: `for each index: lane(index + 1) = clamp(lane(index + 1) + change); lane(0) = clamp(lane(0) + constantChange)`.
    function add(
        uint256 table,
        uint256 bits,
        bytes calldata sample,
        int256 change,
        int256 constantChange
    ) internal pure {
        uint256 met; // all values in one: a bit beyond the range in any is one in all
        assembly ("memory-safe") {
            met := add(mload(table), constantChange)
            mstore(table, met)
            let ahead := mul(add(shr(5, table), 1), ONES)
            let head := sample.offset
            let end := add(head, sample.length)
            function move(p, by, seen) -> sight {
                let lane := add(mload(p), by)
                mstore(p, lane)
                sight := or(seen, lane)
            }
            for {
                let blocks := add(head, and(sample.length, not(0x1f)))
            } lt(head, blocks) {
                head := add(head, 0x20)
            } {
                let word := add(calldataload(head), ahead)
                met := move(and(shr(235, word), 0x1fffe0), change, met)
                met := move(and(shr(219, word), 0x1fffe0), change, met)
                met := move(and(shr(203, word), 0x1fffe0), change, met)
                met := move(and(shr(187, word), 0x1fffe0), change, met)
                met := move(and(shr(171, word), 0x1fffe0), change, met)
                met := move(and(shr(155, word), 0x1fffe0), change, met)
                met := move(and(shr(139, word), 0x1fffe0), change, met)
                met := move(and(shr(123, word), 0x1fffe0), change, met)
                met := move(and(shr(107, word), 0x1fffe0), change, met)
                met := move(and(shr(91, word), 0x1fffe0), change, met)
                met := move(and(shr(75, word), 0x1fffe0), change, met)
                met := move(and(shr(59, word), 0x1fffe0), change, met)
                met := move(and(shr(43, word), 0x1fffe0), change, met)
                met := move(and(shr(27, word), 0x1fffe0), change, met)
                met := move(and(shr(11, word), 0x1fffe0), change, met)
                met := move(and(shl(5, word), 0x1fffe0), change, met)
            }
            for {} lt(head, end) {
                head := add(head, 2)
            } {
                met := move(and(shr(235, add(calldataload(head), ahead)), 0x1fffe0), change, met)
            }
        }
        if (met >> bits != 0) _clamp(table, bits, sample);
    }

    /// @notice Puts the lanes of a sample's features, and lane 0, back into their range.
    function _clamp(uint256 table, uint256 bits, bytes calldata sample) private pure {
        assembly ("memory-safe") {
            let most := sub(shl(bits, 1), 1)
            let p := table
            let head := sample.offset
            for {
                let end := add(head, sample.length)
            } 1 {
                head := add(head, 2)
            } {
                let lane := mload(p)
                if gt(lane, most) {
                    // below zero, or too great
                    mstore(p, mul(most, sgt(lane, 0)))
                }
                if iszero(lt(head, end)) {
                    break
                }
                p := add(add(table, 0x20), shl(5, shr(240, calldataload(head))))
            }
        }
    }
}
