// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Addresses of an unpacked vector in memory: 32 bits of its first spare lane | 32 bits of lane 0. Never 0.
type LaneTable is uint256;

using LaneTableLibrary for LaneTable global;

/// @title Vectors of small signed integers, unpacked: one lane a word of memory
/// @notice For work on many samples: words are unpacked once, each lane is then one load away, and changed words are packed and stored once. Lane 0 belongs to a model's constant feature, lane `j + 1` to feature `j`;
/// behind the last lane are sixteen spare ones, which are zero. Samples are presence samples (see `FeatureCodec`). Fuzzed for equality with {LaneVector}.
/// @dev Lanes are kept *biased* by half their range, `lane + 2^(bits - 1)`: from 0 to 2^bits - 1, so that one comparison finds a lane that has left its range at either end.
library LaneTableLibrary {
    /// @dev Sixteen ones: what is added to each index of a word of sixteen.
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;
    /// @dev The numbers from 0 to 15.
    uint256 private constant RISING = 0x0000000100020003000400050006000700080009000a000b000c000d000e000f;
    /// @dev The odd ones of sixteen indices, and the bit above each.
    uint256 private constant SECOND = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant ABOVE = 0x0001000000010000000100000001000000010000000100000001000000010000;

    /// @notice Unpacks a vector.
    /// @dev Equivalent to, for each lane number j: `memory[table + 32 * j] = uint256(lane(j) + 2 ** (bits - 1))`.
    /// @param slot Storage slot of its first word.
    /// @param bits Width of a lane: 4, 8, 16 or 32.
    /// @param count Number of words.
    function load(uint256 slot, uint256 bits, uint256 count) internal view returns (LaneTable table) {
        uint256 first;
        uint256 spare;
        assembly ("memory-safe") {
            first := and(add(mload(0x40), 0x1f), not(0x1f))
            let unused := sub(256, bits)
            // Yul names the shift first and the value second: one bit is moved, as meant. The division is exact: it repeats one bit in every lane.
            // slither-disable-next-line incorrect-shift,divide-before-multiply
            let bias := mul(div(not(0), sub(shl(bits, 1), 1)), shl(sub(bits, 1), 1)) // half a range in every lane
            let size := div(0x2000, bits) // of a word, unpacked
            let p := first
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
            spare := p
            mstore(0x40, add(p, 0x200))
        }
        assert(spare < (1 << 18) - 0x200); // see `score`
        table = LaneTable.wrap((spare << 32) | first);
        _resetSpare(table, bits);
    }

    /// @notice Packs a table and stores all words: storing an unchanged one costs no more than to find out that it is.
    /// @dev Equivalent to, for each lane number j: `lane(j) = int256(memory[table + 32 * j]) - 2 ** (bits - 1)`.
    function store(LaneTable self, uint256 slot, uint256 bits, uint256 count) internal {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant. The division is exact: it repeats one bit in every lane.
            // slither-disable-next-line incorrect-shift,divide-before-multiply
            let bias := mul(div(not(0), sub(shl(bits, 1), 1)), shl(sub(bits, 1), 1))
            let size := div(0x2000, bits)
            let p := and(self, 0xffffffff)
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
                sstore(slot, xor(word, bias))
            }
        }
    }

    /// @notice Lane 0, biased.
    function constantLane(LaneTable self) internal pure returns (uint256 lane) {
        assembly ("memory-safe") {
            lane := mload(and(self, 0xffffffff))
        }
    }

    /// @notice Checks a presence sample and adds up the lanes of its features, each biased, and as many spare lanes as fill the last sixteen.
    /// @dev Sixteen indices at a time. The table's address (in words) is added to all of them at once; a shift by 5 less than to the end then gives each lane's address in bytes. Two neighbours `a`, `b` are in order where
    /// `b + 0xffff - a` reaches bit 16; those at even places are compared in the word itself, the others in the word moved by one place. An index that outgrows its 16 bits by the addition comes out
    /// below its predecessor (or below lane 0, with which the first is compared), so it is found too. A malformed sample may add up anything, but no address is beyond 2^18.
    /// Equivalent to: `wellFormed` is that the length is even and not 0, `index(k) < index(k + 1)` for all k, and the last index is below the dimension;
    ///   `for each index: total += memory[table + 32 * (index + 1)]`, then `total += 2 ** (bits - 1)` until the number of lanes is a multiple of 16.
    function score(
        LaneTable self,
        bytes calldata sample,
        uint256 dimension
    ) internal pure returns (bool wellFormed, uint256 total) {
        (uint256 ahead, uint256 filler) = _places(self);
        assembly ("memory-safe") {
            let ordered := ABOVE
            let previous := shr(5, and(self, 0xffffffff))
            let head := sample.offset
            let end := add(head, sample.length)
            for {} lt(head, end) {
                head := add(head, 0x20)
            } {
                let word := calldataload(head)
                if lt(sub(end, head), 0x20) {
                    let rest := shr(shl(3, sub(end, head)), not(0))
                    word := or(and(word, not(rest)), and(filler, rest))
                }
                word := add(word, ahead)
                ordered := and(ordered, sub(add(and(word, SECOND), SECOND), and(shr(16, word), SECOND)))
                previous := or(shl(240, previous), shr(16, word))
                ordered := and(ordered, sub(add(and(previous, SECOND), SECOND), and(shr(16, previous), SECOND)))
                previous := word
                total := add(total, mload(and(shr(235, word), 0x3ffe0)))
                total := add(total, mload(and(shr(219, word), 0x3ffe0)))
                total := add(total, mload(and(shr(203, word), 0x3ffe0)))
                total := add(total, mload(and(shr(187, word), 0x3ffe0)))
                total := add(total, mload(and(shr(171, word), 0x3ffe0)))
                total := add(total, mload(and(shr(155, word), 0x3ffe0)))
                total := add(total, mload(and(shr(139, word), 0x3ffe0)))
                total := add(total, mload(and(shr(123, word), 0x3ffe0)))
                total := add(total, mload(and(shr(107, word), 0x3ffe0)))
                total := add(total, mload(and(shr(91, word), 0x3ffe0)))
                total := add(total, mload(and(shr(75, word), 0x3ffe0)))
                total := add(total, mload(and(shr(59, word), 0x3ffe0)))
                total := add(total, mload(and(shr(43, word), 0x3ffe0)))
                total := add(total, mload(and(shr(27, word), 0x3ffe0)))
                total := add(total, mload(and(shr(11, word), 0x3ffe0)))
                total := add(total, mload(and(shl(5, word), 0x3ffe0)))
            }
            wellFormed := and(eq(ordered, ABOVE), lt(shr(240, calldataload(sub(end, 2))), dimension))
            wellFormed := and(wellFormed, gt(sample.length, mul(0xffffffff, and(sample.length, 1)))) // even, and not 0
        }
    }

    /// @notice Adds a number to the lanes of a sample's features and another to lane 0, saturating at the ends of the range.
    /// @dev Requirement: the sample is well formed, so that no lane is met twice: then it makes no difference that lanes are put back into their range only after sixteen, and only if any of them has left it.
    /// Equivalent to: `for each index: lane(index + 1) = clamp(lane(index + 1) + change); lane(0) = clamp(lane(0) + constantChange)`.
    // One block of assembly, whose loop needs all of its variables at once.
    // solhint-disable-next-line function-max-lines
    function add(
        LaneTable self,
        uint256 bits,
        bytes calldata sample,
        int256 change,
        int256 constantChange
    ) internal pure {
        (uint256 ahead, uint256 filler) = _places(self);
        assembly ("memory-safe") {
            function clamp(at, greatest) {
                let value := mload(at)
                // below zero, or too great
                if gt(value, greatest) {
                    mstore(at, mul(greatest, sgt(value, 0)))
                }
            }
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let most := sub(shl(bits, 1), 1)
            let p := and(self, 0xffffffff)
            let lane := add(mload(p), constantChange)
            mstore(p, lane)
            clamp(p, most)
            let head := sample.offset
            let end := add(head, sample.length)
            for {} lt(head, end) {
                head := add(head, 0x20)
            } {
                let word := calldataload(head)
                if lt(sub(end, head), 0x20) {
                    let rest := shr(shl(3, sub(end, head)), not(0))
                    word := or(and(word, not(rest)), and(filler, rest))
                }
                word := add(word, ahead)
                let met := 0 // all values in one: a bit beyond the range in any is one in all
                p := and(shr(235, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(219, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(203, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(187, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(171, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(155, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(139, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(123, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(107, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(91, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(75, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(59, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(43, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(27, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shr(11, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                p := and(shl(5, word), 0x3ffe0)
                lane := add(mload(p), change)
                mstore(p, lane)
                met := or(met, lane)
                if shr(bits, met) {
                    for {
                        let left := 16
                    } left {
                        left := sub(left, 1)
                    } {
                        clamp(and(shr(235, word), 0x3ffe0), most)
                        word := shl(16, word)
                    }
                }
            }
        }
        _resetSpare(self, bits);
    }

    /// @notice What is added to sixteen indices to make addresses (in words) of them, and the sixteen indices of the spare lanes.
    function _places(LaneTable self) private pure returns (uint256 ahead, uint256 filler) {
        assembly ("memory-safe") {
            ahead := mul(add(shr(5, and(self, 0xffffffff)), 1), ONES)
            filler := add(sub(mul(shr(37, self), ONES), ahead), RISING)
        }
    }

    /// @notice Sets the spare lanes to zero, biased.
    function _resetSpare(LaneTable self, uint256 bits) private pure {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let half := shl(sub(bits, 1), 1)
            let p := shr(32, self)
            for {
                let end := add(p, 0x200)
            } lt(p, end) {
                p := add(p, 0x80)
            } {
                mstore(p, half)
                mstore(add(p, 0x20), half)
                mstore(add(p, 0x40), half)
                mstore(add(p, 0x60), half)
            }
        }
    }
}
