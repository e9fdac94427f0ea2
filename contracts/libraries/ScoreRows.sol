// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Scores of many samples, four to a word, and for each feature its values in those samples
/// @notice When a weight changes by some amount, the scores of all samples change by that amount times the feature's *row*: one multiplication and one addition a word.
/// @dev Lanes of 64 bits, sample `t` in lane `t % 4` of word `t / 4`, lane 0 at the top. Outside of this library's loops lanes are two's complement. In them a word is the number `Σ lane × 2^position` modulo 2^256,
/// each lane with its sign, which adds and multiplies exactly as long as the lanes at the end fit: a score of at most 65,537 values of 15 bits times weights of 31 bits is below 2^62.
library ScoreRows {
    uint256 private constant ONES = 0x0000000000000001000000000000000100000000000000010000000000000001;
    uint256 private constant TOPS = 0x8000000000000000800000000000000080000000000000008000000000000000;

    /// @notice How many words hold the scores of so many samples.
    function wordsFor(uint256 count) internal pure returns (uint256) {
        return (count + 3) / 4;
    }

    /// @notice Adds a sample's values to the rows of their features; rows that are not there yet are made.
    /// @dev Equivalent to: `for each entry e of a value that is not 0: if (pointer(e) == 0) pointer(e) = new row of zeros; row(e)[sample] += value(e)`.
    /// @param table A {LanePointers}, whose pointers lead to the rows.
    /// @param entries The sample's.
    /// @param sample Its number.
    /// @param width Words of a row.
    /// @param free Where the next row can go.
    /// @return end Behind the last row.
    function index(
        uint256 table,
        uint256[] memory entries,
        uint256 sample,
        uint256 width,
        uint256 free
    ) internal pure returns (uint256 end) {
        assembly ("memory-safe") {
            let ahead := shl(5, shr(2, sample))
            let shift := sub(192, shl(6, and(sample, 3)))
            let p := add(entries, 0x20)
            let last := add(p, shl(5, mload(entries)))
            for {} lt(p, last) {
                p := add(p, 0x20)
            } {
                let entry := mload(p)
                let value := signextend(1, entry)
                if value {
                    let at := add(table, shr(19, entry))
                    let row := and(shr(192, mload(at)), 0xffffffff)
                    if iszero(row) {
                        row := free
                        free := add(free, shl(5, width))
                        calldatacopy(row, calldatasize(), shl(5, width)) // zeros
                        mstore(at, or(mload(at), shl(192, row)))
                    }
                    row := add(row, ahead)
                    mstore(row, add(mload(row), shl(shift, value)))
                }
            }
            end := free
        }
    }

    /// @notice Adds to all scores what a change of weights brings.
    /// @dev Equivalent to: `for each sample t: scores[t] += Σ change × row[t]` over all changes.
    /// @param scores Words of lanes.
    /// @param changes As {LanePointers-add} leaves them: change << 32 | pointer to the row.
    function add(uint256[] memory scores, uint256[] memory changes) internal pure {
        assembly ("memory-safe") {
            let first := add(changes, 0x20)
            let last := add(first, shl(5, mload(changes)))
            let length := shl(5, mload(scores))
            for {
                let ahead := 0
            } lt(ahead, length) {
                ahead := add(ahead, 0x20)
            } {
                let at := add(add(scores, 0x20), ahead)
                let sum := sub(xor(mload(at), TOPS), TOPS)
                for {
                    let p := first
                } lt(p, last) {
                    p := add(p, 0x20)
                } {
                    let change := mload(p)
                    sum := add(sum, mul(sar(32, change), mload(add(and(change, 0xffffffff), ahead))))
                }
                mstore(at, xor(add(sum, TOPS), TOPS))
            }
        }
    }

    /// @notice How many scores are on the wrong side: above 0 for a label of 0, or not above 0 for a label of 1.
    /// @dev Equivalent to: `for each sample t: if ((scores[t] > 0) != labels[t]) ++wrong`. Lanes behind the last sample are 0 in both.
    /// @param labels The top bit of each lane.
    function wrong(uint256[] memory scores, uint256[] memory labels) internal pure returns (uint256 count) {
        assembly ("memory-safe") {
            let end := shl(5, mload(scores))
            for {
                let ahead := 0
            } lt(ahead, end) {} {
                ahead := add(ahead, 0x20)
                // a lane's top bit is set when the score less 1 is not negative
                let above := sub(xor(mload(add(scores, ahead)), TOPS), ONES)
                count := add(count, shr(63, and(xor(above, mload(add(labels, ahead))), TOPS)))
            }
            count := shr(192, mul(count, ONES)) // sum of the lanes
        }
    }

    /// @notice Sets a lane that is zero.
    function put(uint256[] memory lanes, uint256 sample, uint256 lane) internal pure {
        lanes[sample / 4] |= lane << (192 - 64 * (sample % 4));
    }
}
