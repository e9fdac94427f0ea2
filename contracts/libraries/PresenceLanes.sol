// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A perceptron of two classes on a {LanePointers}, for samples of present features read straight from calldata
/// @notice What {FeatureCodec} and {LanePointers} do with entries, without entries: a feature costs about 40 gas to weigh, and 80 to teach.
/// @dev The constant feature is lane 0, and feature `j` lane `j + 1`. `shr(237, …)` of a word of indices is the first of them times 8, the distance of lanes; the mask cuts off what follows.
library PresenceLanes {
    uint256 private constant LANE_MASK = 0x7fff8;
    // Two indices a field of 32 bits; a comparison leaves its result in bit 16.
    uint256 private constant LOW = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant CARRY = 0x0001000000010000000100000001000000010000000100000001000000010000;
    uint256 private constant ONES = 0x0000000100000001000000010000000100000001000000010000000100000001;

    /// @notice Sum of the lanes of a sample's features.
    /// @dev Equivalent to: `for each index: sum += lane(index + 1); wellFormed = indices strictly increase && last < dimension && there is one && length is even`.
    /// 16 indices are compared with their successors at once: `(2^16 | next) - index - 1` keeps bit 16 exactly if `next > index`. The last 1 to 16 go one by one.
    function sum(
        uint256 table,
        uint256 dimension,
        bytes calldata sample
    ) internal pure returns (int256 total, bool wellFormed) {
        assembly ("memory-safe") {
            let lanes := add(table, 8)
            let head := sample.offset
            let end := add(head, sample.length)
            let carries := CARRY
            for {} lt(add(head, 32), end) {
                head := add(head, 32)
            } {
                let word := calldataload(head)
                let next := calldataload(add(head, 2))
                carries := and(carries, sub(sub(or(CARRY, and(shr(16, next), LOW)), and(shr(16, word), LOW)), ONES))
                carries := and(carries, sub(sub(or(CARRY, and(next, LOW)), and(word, LOW)), ONES))
                total := add(total, sar(224, mload(add(lanes, and(shr(237, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(221, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(205, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(189, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(173, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(157, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(141, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(125, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(109, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(93, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(77, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(61, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(45, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(29, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shr(13, word), LANE_MASK)))))
                total := add(total, sar(224, mload(add(lanes, and(shl(3, word), LANE_MASK)))))
            }
            let previous := not(0) // -1
            for {} lt(head, end) {
                head := add(head, 2)
            } {
                let index := shr(240, calldataload(head))
                carries := mul(carries, sgt(index, previous))
                previous := index
                total := add(total, sar(224, mload(add(lanes, shl(3, index)))))
            }
            wellFormed := and(eq(carries, CARRY), and(iszero(and(sample.length, 1)), lt(previous, dimension)))
        }
    }

    /// @notice Adds to the lanes of a sample's features, saturating at the ends of their range, and lists the pointers beside them.
    /// @dev Equivalent to the following Solidity, `room` having that for one word a feature in each of two lists, whose starts are returned as the lists' ends:
    ///   for each index: change = clamp(lane + factor) - lane; lane += change; if (change == factor) whole.push(pointer); else if (change != 0) lesser.push(change << 32 | pointer);
    /// @param whole Where the list of pointers to whole changes goes.
    /// @param lesser Where the list of lesser changes goes.
    /// @return wholeEnd Behind the last of the first list.
    /// @return lesserEnd Behind the last of the second.
    function add(
        uint256 table,
        uint256 bits,
        bytes calldata sample,
        int256 factor,
        uint256 whole,
        uint256 lesser
    ) internal pure returns (uint256 wholeEnd, uint256 lesserEnd) {
        assembly ("memory-safe") {
            let lanes := add(table, 8)
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
            let half := shl(sub(bits, 1), 1)
            let ahead := add(half, factor)
            let onTop := shl(224, factor)
            wholeEnd := whole
            lesserEnd := lesser
            let end := add(sample.offset, sample.length)
            for {
                let head := sample.offset
            } lt(head, end) {
                head := add(head, 2)
            } {
                let p := add(lanes, and(shr(237, calldataload(head)), LANE_MASK))
                let item := mload(p)
                mstore(wholeEnd, and(shr(192, item), 0xffffffff))
                switch shr(bits, add(sar(224, item), ahead))
                case 0 {
                    mstore(p, add(item, onTop))
                    wholeEnd := add(wholeEnd, 0x20)
                }
                default {
                    // outside [-half, half): stop at the end that the change points to
                    let change := sub(xor(sub(half, 1), sub(0, slt(factor, 0))), sar(224, item))
                    mstore(p, add(item, shl(224, change)))
                    mstore(lesserEnd, or(shl(32, change), mload(wholeEnd)))
                    lesserEnd := add(lesserEnd, shl(5, iszero(iszero(change))))
                }
            }
        }
    }

    /// @notice Reads one of the lesser changes.
    function lesserAt(uint256 list) internal pure returns (int256 change, uint256 pointer) {
        assembly ("memory-safe") {
            change := sar(32, mload(list))
            pointer := and(mload(list), 0xffffffff)
        }
    }
}
