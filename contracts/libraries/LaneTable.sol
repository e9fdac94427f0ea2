// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Address in memory of an unpacked vector: sixteen times where 32 bytes end with the field of lane 1. Never 0.
type LaneTable is uint256;

using LaneTableLibrary for LaneTable global;

/// @title Vectors of small signed integers, unpacked: four lanes a word of memory
/// @notice For work on many samples: words are unpacked once, each lane is then one load away, and changed words are packed and stored once. Lane 0 belongs to a model's constant feature, lane `j + 1` to feature `j`.
/// Samples are presence samples (see `FeatureCodec`). Fuzzed for equality with {LaneVector}.
/// @dev A lane has a *field* of eight bytes, which holds `2^62 + 2^(bits - 1) + lane`. So a sum of fields is a sum of lanes modulo 2^64, a change of a lane cannot reach its neighbour, and one that leaves its range shows in
/// the bits between `bits` and 62, which are zero in all others: they were carried into, or borrowed from. A load of the 32 bytes that end with a field brings its three predecessors along, above; they are stored as they were.
library LaneTableLibrary {
    /// @notice There must not be more lanes.
    uint256 internal constant MOST_LANES = 8_000;

    /// @dev Where a table must have ended, so that two bytes say where any field lies. What a malformed sample says is beyond, wraps: no load is behind 2^16.
    uint256 private constant FIELD_MASK = 0xfff8;
    /// @dev What a field is filled up with, see above.
    uint256 private constant GUARD = 1 << 62;
    /// @dev One in each field.
    uint256 private constant FOUR = 0x0000000000000001000000000000000100000000000000010000000000000001;
    /// @dev Sixteen ones, and the uppermost bit of sixteen indices.
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;
    uint256 private constant TOPS = 0x8000800080008000800080008000800080008000800080008000800080008000;

    /// @notice Unpacks a vector.
    /// @dev Equivalent to, for each lane number j: `field(j) = 2 ** 62 + 2 ** (bits - 1) + lane(j)`. Four lanes at a time: of narrow ones a product holds four copies, each moved by as much as brings one lane to its field, and
    /// nothing overlaps; of wide ones the first two are moved 128 bits away from the others, then one of each two 64 bits from the other.
    /// @param slot Storage slot of its first word.
    /// @param bits Width of a lane: 4, 8, 16 or 32.
    /// @param count Number of words.
    function load(uint256 slot, uint256 bits, uint256 count) internal view returns (LaneTable table) {
        (uint256 flip, uint256 spread) = _constants(bits);
        uint256 end;
        assembly ("memory-safe") {
            let p := and(add(mload(0x40), 0x3f), not(0x1f)) // the word before it is loaded along with the first fields
            table := mul(sub(p, 16), ONES)
            let unused := sub(256, shl(2, bits))
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let lanes := mul(sub(shl(bits, 1), 1), FOUR)
            // The division is exact: a width is a power of two.
            // slither-disable-next-line divide-before-multiply
            let size := div(0x800, bits) // of a word, unpacked
            end := add(p, mul(size, count))
            for {} lt(p, end) {
                slot := add(slot, 1)
            } {
                let word := sload(slot)
                let next := add(p, size)
                switch gt(bits, 8)
                case 0 {
                    for {} lt(p, next) {
                        p := add(p, 0x80)
                    } {
                        mstore(p, xor(and(mul(shr(unused, word), spread), lanes), flip))
                        word := shl(sub(256, unused), word)
                        mstore(add(p, 0x20), xor(and(mul(shr(unused, word), spread), lanes), flip))
                        word := shl(sub(256, unused), word)
                        mstore(add(p, 0x40), xor(and(mul(shr(unused, word), spread), lanes), flip))
                        word := shl(sub(256, unused), word)
                        mstore(add(p, 0x60), xor(and(mul(shr(unused, word), spread), lanes), flip))
                        word := shl(sub(256, unused), word)
                    }
                }
                default {
                    for {} lt(p, next) {
                        p := add(p, 0x20)
                    } {
                        let four := shr(unused, word)
                        // Yul names the shift first and the value second: one bit is moved, as meant.
                        // slither-disable-next-line incorrect-shift
                        four := or(and(four, sub(shl(shl(1, bits), 1), 1)), shl(128, shr(shl(1, bits), four)))
                        mstore(p, xor(and(or(four, shl(sub(64, bits), four)), lanes), flip))
                        word := shl(sub(256, unused), word)
                    }
                }
            }
            mstore(0x40, end)
        }
        assert(end <= FIELD_MASK);
    }

    /// @notice Packs a table and stores all words: storing an unchanged one costs no more than to find out that it is.
    /// @dev The opposite of {load}: in the product the four lanes meet, side by side.
    function store(LaneTable self, uint256 slot, uint256 bits, uint256 count) internal {
        (uint256 flip, uint256 spread) = _constants(bits);
        assembly ("memory-safe") {
            let width := shl(2, bits)
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let four := sub(shl(width, 1), 1)
            let third := mul(3, sub(64, bits))
            // The division is exact: a width is a power of two.
            // slither-disable-next-line divide-before-multiply
            let size := div(0x800, bits)
            let p := add(and(self, 0xffff), 16)
            for {
                let end := add(p, mul(size, count))
            } lt(p, end) {
                slot := add(slot, 1)
            } {
                let word := 0
                let next := add(p, size)
                switch gt(bits, 8)
                case 0 {
                    for {} lt(p, next) {
                        p := add(p, 0x80)
                    } {
                        word := or(shl(width, word), and(shr(third, mul(xor(mload(p), flip), spread)), four))
                        word := or(shl(width, word), and(shr(third, mul(xor(mload(add(p, 0x20)), flip), spread)), four))
                        word := or(shl(width, word), and(shr(third, mul(xor(mload(add(p, 0x40)), flip), spread)), four))
                        word := or(shl(width, word), and(shr(third, mul(xor(mload(add(p, 0x60)), flip), spread)), four))
                    }
                }
                default {
                    for {} lt(p, next) {
                        p := add(p, 0x20)
                    } {
                        let pairs := xor(mload(p), flip)
                        pairs := or(pairs, shr(sub(64, bits), pairs)) // two lanes at the end of each half
                        // Yul names the shift first and the value second: one bit is moved, as meant.
                        // slither-disable-next-line incorrect-shift
                        pairs := and(pairs, mul(sub(shl(shl(1, bits), 1), 1), add(shl(128, 1), 1)))
                        word := or(shl(width, word), and(or(pairs, shr(sub(128, shl(1, bits)), pairs)), four))
                    }
                }
                sstore(slot, word)
            }
        }
    }

    /// @notice Lane 0.
    function constantLane(LaneTable self, uint256 bits) internal pure returns (int256 lane) {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            lane := signextend(7, sub(sub(mload(sub(and(self, 0xffff), 8)), GUARD), shl(sub(bits, 1), 1)))
        }
    }

    /// @notice Checks a presence sample and adds up the lanes of its features.
    /// @dev Sixteen indices at a time; what is left, one by one. The table's address is added to all sixteen at once, a shift and a mask then give that of a field. Indices below 2^15 leave the uppermost bit of their place free:
    /// `2^15 + index - (predecessor + 1)` keeps it exactly if they rise. A malformed sample may add up anything.
    /// Equivalent to: `wellFormed` is that the length is even and not 0, `index(k) < index(k + 1)` for all k, and the last index is below the dimension; `for each index: sum += lane(index + 1)`.
    /// @param dimension At most {MOST_LANES}.
    // One block of assembly, whose loop needs all of its variables at once.
    // solhint-disable-next-line function-max-lines
    function score(
        LaneTable self,
        uint256 bits,
        bytes calldata sample,
        uint256 dimension
    ) internal pure returns (bool wellFormed, int256 sum) {
        assembly ("memory-safe") {
            let ordered := not(0)
            let bound := 0 // one more than the index before, in the lowest place
            let head := sample.offset
            let end := add(head, sample.length)
            let last := add(head, and(sample.length, not(0x1f)))
            for {} lt(head, last) {
                head := add(head, 0x20)
            } {
                let word := calldataload(head)
                let above := add(word, ONES)
                ordered := and(ordered, and(not(word), sub(or(word, TOPS), or(shl(240, bound), shr(16, above)))))
                bound := above
                mstore(0x00, add(shl(3, word), self))
                sum := add(sum, mload(shr(240, mload(0x00))))
                sum := add(sum, mload(shr(240, mload(0x02))))
                sum := add(sum, mload(shr(240, mload(0x04))))
                sum := add(sum, mload(shr(240, mload(0x06))))
                sum := add(sum, mload(shr(240, mload(0x08))))
                sum := add(sum, mload(shr(240, mload(0x0a))))
                sum := add(sum, mload(shr(240, mload(0x0c))))
                sum := add(sum, mload(shr(240, mload(0x0e))))
                sum := add(sum, mload(shr(240, mload(0x10))))
                sum := add(sum, mload(shr(240, mload(0x12))))
                sum := add(sum, mload(shr(240, mload(0x14))))
                sum := add(sum, mload(shr(240, mload(0x16))))
                sum := add(sum, mload(shr(240, mload(0x18))))
                sum := add(sum, mload(shr(240, mload(0x1a))))
                sum := add(sum, mload(shr(240, mload(0x1c))))
                sum := add(sum, mload(shr(240, mload(0x1e))))
            }
            let rest := shr(shl(3, sub(end, head)), not(0)) // what is not the sample's
            let word := and(calldataload(head), not(rest))
            bound := or(shl(240, bound), shr(16, add(word, ONES)))
            ordered := and(ordered, or(rest, and(not(word), sub(or(word, TOPS), bound))))
            mstore(0x00, add(shl(3, word), self))
            for {} lt(head, end) {
                head := add(head, 2)
            } {
                sum := add(sum, mload(shr(240, mload(sub(head, last)))))
            }
            wellFormed := and(iszero(and(not(ordered), TOPS)), lt(shr(240, calldataload(sub(end, 2))), dimension))
            wellFormed := and(wellFormed, gt(sample.length, mul(0xffffffff, and(sample.length, 1)))) // even, and not 0
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            sum := signextend(7, sub(sum, mul(shr(1, sample.length), add(GUARD, shl(sub(bits, 1), 1)))))
        }
    }

    /// @notice Adds a number to the lanes of a sample's features and another to lane 0, saturating at the ends of the range.
    /// @dev Requirement: the sample is well formed, so that no lane is met twice: then it makes no difference that lanes are put back into their range only after eight, and only if any of them has left it.
    /// Equivalent to: `for each index: lane(index + 1) = clamp(lane(index + 1) + change); lane(0) = clamp(lane(0) + constantChange)`.
    /// @param change Below 2^16 on both sides.
    /// @param constantChange Below 2^31 on both sides.
    // One block of assembly, whose loop needs all of its variables at once.
    // solhint-disable-next-line function-max-lines
    function add(
        LaneTable self,
        uint256 bits,
        bytes calldata sample,
        int256 change,
        int256 constantChange
    ) internal pure {
        assembly ("memory-safe") {
            function change_(at, by, outside) {
                let value := add(mload(at), by)
                if and(value, outside) {
                    // to the end that it has passed: below it, the guard is gone
                    let field := and(value, sub(shl(64, 1), 1))
                    value := add(sub(value, field), or(GUARD, mul(sub(sub(GUARD, outside), 1), shr(62, field))))
                }
                mstore(at, value)
            }
            function settle(word, outside) {
                for {
                    let left := 8
                } left {
                    left := sub(left, 1)
                } {
                    change_(shr(240, word), 0, outside)
                    word := shl(16, word)
                }
            }
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let outside := sub(GUARD, shl(bits, 1))
            let base := and(self, 0xffff)
            change_(sub(base, 8), constantChange, outside)
            let head := sample.offset
            let end := add(head, sample.length)
            for {
                let last := add(head, and(sample.length, not(0x1f)))
            } lt(head, last) {
                head := add(head, 0x20)
            } {
                let word := add(shl(3, calldataload(head)), self)
                mstore(0x00, word)
                let p := shr(240, mload(0x00))
                let field := add(mload(p), change)
                let met := field // all fields in one: a bit outside the range of any is one of all
                mstore(p, field)
                p := shr(240, mload(0x02))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x04))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x06))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x08))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x0a))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x0c))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x0e))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                if and(met, outside) {
                    settle(word, outside)
                }
                p := shr(240, mload(0x10))
                field := add(mload(p), change)
                met := field
                mstore(p, field)
                p := shr(240, mload(0x12))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x14))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x16))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x18))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x1a))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x1c))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                p := shr(240, mload(0x1e))
                field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
                if and(met, outside) {
                    settle(shl(128, word), outside)
                }
            }
            let met := 0
            let rest := head
            for {} lt(head, end) {
                head := add(head, 2)
            } {
                let p := add(base, shl(3, shr(240, calldataload(head))))
                let field := add(mload(p), change)
                met := or(met, field)
                mstore(p, field)
            }
            if and(met, outside) {
                for {} lt(rest, end) {
                    rest := add(rest, 2)
                } {
                    change_(add(base, shl(3, shr(240, calldataload(rest)))), 0, outside)
                }
            }
        }
    }

    /// @notice What the four lanes of a word of memory are exchanged by, and the factor that brings narrow ones to their fields and back.
    function _constants(uint256 bits) private pure returns (uint256 flip, uint256 spread) {
        assembly ("memory-safe") {
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            flip := mul(add(GUARD, shl(sub(bits, 1), 1)), FOUR)
            let apart := sub(64, bits)
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            spread := mul(add(1, shl(apart, 1)), add(1, shl(shl(1, apart), 1)))
        }
    }
}
