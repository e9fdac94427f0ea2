// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Numbers of many samples as bits: slice `z` of a block holds bit `z` of 256 numbers
/// @notice One logical operation works on 256 samples. A sample that has a feature is one bit of the feature's *row*, so the effect of a contribution on all test samples is the number of its features
/// that each of them shares, counted by full adders, times the learning step.
/// @dev Sample `t` is bit `t % 256` of block `t / 256`. A row has one word a block. Numbers are two's complement of as many bits as there are slices, so additions wrap; they are chosen wide enough for the result.
library BitSlices {
    /// @notice Notes a sample in the rows of its features; rows that are not there yet are made.
    /// @dev Equivalent to: `for each index: if (pointer == none) pointer = new row of zeros; row[place] = 1`. The sample is well formed.
    /// @param table A {LanePointers}, whose pointers lead to the rows.
    /// @param sample Indices of the features, 2 bytes each.
    /// @param place The sample's number.
    /// @param blocks Words of a row.
    /// @param none The pointer of features without a row.
    /// @param free Where the next row can go.
    /// @return end Behind the last row.
    function index(
        uint256 table,
        bytes calldata sample,
        uint256 place,
        uint256 blocks,
        uint256 none,
        uint256 free
    ) internal pure returns (uint256 end) {
        assembly ("memory-safe") {
            let ahead := shl(5, shr(8, place))
            let bit := shl(and(place, 0xff), 1)
            let size := shl(5, blocks)
            let last := add(sample.offset, sample.length)
            end := free
            for {
                let head := sample.offset
            } lt(head, last) {
                head := add(head, 2)
            } {
                let p := add(add(table, 8), and(shr(237, calldataload(head)), 0x7fff8))
                let item := mload(p)
                let row := and(shr(192, item), 0xffffffff)
                if eq(row, none) {
                    row := end
                    end := add(end, size)
                    calldatacopy(row, calldatasize(), size) // zeros
                    mstore(p, add(item, shl(192, sub(row, none))))
                }
                row := add(row, ahead)
                mstore(row, or(mload(row), bit))
            }
        }
    }

    /// @notice Numbers from lanes of 64 bits, four to a word from the top, less 1 each: so the sign tells whether a number is above 0.
    /// @dev Equivalent to: `for t < many, z < depth: slices[t / 256][z] |= ((lane(t) - 1) >> z & 1) << t % 256`.
    /// @param lanes The words.
    /// @param many How many.
    /// @param depth Slices a block.
    /// @return slices Block after block.
    function fromLanes(
        uint256[] memory lanes,
        uint256 many,
        uint256 depth
    ) internal pure returns (uint256[] memory slices) {
        slices = new uint256[](((many + 255) / 256) * depth);
        assembly ("memory-safe") {
            let start := add(slices, 0x20)
            for {
                let t := 0
            } lt(t, many) {
                t := add(t, 1)
            } {
                let word := mload(add(add(lanes, 0x20), shl(5, shr(2, t))))
                let lane := sub(sar(192, shl(shl(6, and(t, 3)), word)), 1)
                let p := add(start, shl(5, mul(shr(8, t), depth)))
                let end := add(p, shl(5, depth))
                for {} lt(p, end) {
                    p := add(p, 0x20)
                } {
                    mstore(p, or(mload(p), shl(and(t, 0xff), and(lane, 1))))
                    lane := shr(1, lane)
                }
            }
        }
    }

    /// @notice The opposite of {fromLanes}.
    /// @dev Equivalent to: `for t < many: lane(t) = 1 + signed number with the bits (slices[t / 256][z] >> t % 256) & 1`.
    function toLanes(uint256[] memory slices, uint256 many, uint256 depth, uint256[] memory lanes) internal pure {
        assembly ("memory-safe") {
            for {
                let t := 0
            } lt(t, many) {
                t := add(t, 1)
            } {
                let start := add(add(slices, 0x20), shl(5, mul(shr(8, t), depth)))
                let value := sub(0, and(shr(and(t, 0xff), mload(add(start, shl(5, sub(depth, 1))))), 1)) // the sign
                for {
                    let p := add(start, shl(5, depth))
                } gt(p, start) {} {
                    p := sub(p, 0x20)
                    value := or(shl(1, value), and(shr(and(t, 0xff), mload(p)), 1))
                }
                let target := add(add(lanes, 0x20), shl(5, shr(2, t)))
                let shift := sub(192, shl(6, and(t, 3)))
                let cleared := and(mload(target), not(shl(shift, 0xffffffffffffffff)))
                mstore(target, or(cleared, shl(shift, and(add(value, 1), 0xffffffffffffffff))))
            }
        }
    }

    /// @notice Counts in how many rows each sample of a block is, beginning at a number.
    /// @dev Equivalent to: `for each sample t: counts[t] = first + Σ row[t]`. Eight rows at a time go through seven full adders into ones, twos and fours, and what is carried beyond into the slices above.
    /// @param list Pointers to rows, with seven words of room behind them.
    /// @param end Behind the last pointer.
    /// @param none Pointer to a row of zeros, to fill up the eight.
    /// @param ahead Where the block's word lies in a row, in bytes.
    /// @param first Less than 2^31.
    /// @param counts Room for 34 slices.
    /// @return depth How many of them are used: all above are zero.
    function count(
        uint256 list,
        uint256 end,
        uint256 none,
        uint256 ahead,
        uint256 first,
        uint256 counts
    ) internal pure returns (uint256 depth) {
        assembly ("memory-safe") {
            // the first number, bit by bit the same for all samples
            let used := add(counts, 0x60)
            let rest := shr(3, first)
            for {} rest {
                rest := shr(1, rest)
            } {
                mstore(used, sub(0, and(rest, 1)))
                used := add(used, 0x20)
            }
            let ones := sub(0, and(first, 1))
            let twos := sub(0, and(shr(1, first), 1))
            let fours := sub(0, and(shr(2, first), 1))
            for {
                let p := end
            } and(sub(p, list), 0xe0) {
                p := add(p, 0x20)
            } {
                mstore(p, none)
            }
            for {
                let p := list
            } lt(p, end) {
                p := add(p, 0x100)
            } {
                let a := mload(add(mload(p), ahead))
                let b := mload(add(mload(add(p, 0x20)), ahead))
                let either := xor(ones, a)
                let two := or(and(ones, a), and(either, b))
                ones := xor(either, b)
                a := mload(add(mload(add(p, 0x40)), ahead))
                b := mload(add(mload(add(p, 0x60)), ahead))
                either := xor(ones, a)
                a := or(and(ones, a), and(either, b))
                ones := xor(either, b)
                either := xor(twos, two)
                let four := or(and(twos, two), and(either, a))
                twos := xor(either, a)

                a := mload(add(mload(add(p, 0x80)), ahead))
                b := mload(add(mload(add(p, 0xa0)), ahead))
                either := xor(ones, a)
                two := or(and(ones, a), and(either, b))
                ones := xor(either, b)
                a := mload(add(mload(add(p, 0xc0)), ahead))
                b := mload(add(mload(add(p, 0xe0)), ahead))
                either := xor(ones, a)
                a := or(and(ones, a), and(either, b))
                ones := xor(either, b)
                either := xor(twos, two)
                b := or(and(twos, two), and(either, a))
                twos := xor(either, a)

                either := xor(fours, four)
                let carry := or(and(fours, four), and(either, b))
                fours := xor(either, b)
                for {
                    let q := add(counts, 0x60)
                } carry {
                    q := add(q, 0x20)
                } {
                    if eq(q, used) {
                        mstore(q, 0)
                        used := add(used, 0x20)
                    }
                    let slice := mload(q)
                    mstore(q, xor(slice, carry))
                    carry := and(slice, carry)
                }
            }
            mstore(counts, ones)
            mstore(add(counts, 0x20), twos)
            mstore(add(counts, 0x40), fours)
            depth := shr(5, sub(used, counts))
        }
    }

    /// @notice Adds a multiple of the counts to the numbers of a block.
    /// @dev Equivalent to: `for each sample t: numbers[t] += factor * counts[t]`, modulo 2^depth. For each bit of the factor the counts are added that much higher, by a full adder a slice;
    /// to subtract, numbers are inverted before and after, as `x - y = ~(~x + y)`.
    /// @param slices Where the block's first slice lies.
    /// @param depth Its number of slices.
    /// @param counts Slices of the counts.
    /// @param countsDepth How many.
    function addMultiple(
        uint256 slices,
        uint256 depth,
        uint256 counts,
        uint256 countsDepth,
        int256 factor
    ) internal pure {
        assembly ("memory-safe") {
            let inverted := sub(0, slt(factor, 0))
            factor := sub(xor(factor, inverted), inverted) // its absolute value
            let end := add(slices, shl(5, depth))
            let countsEnd := add(counts, shl(5, countsDepth))
            for {
                let bottom := slices
            } and(gt(factor, 0), lt(bottom, end)) {
                bottom := add(bottom, 0x20)
                factor := shr(1, factor)
            } {
                if iszero(and(factor, 1)) {
                    continue
                }
                let carry := 0
                let p := bottom
                for {
                    let q := counts
                } and(lt(q, countsEnd), lt(p, end)) {
                    q := add(q, 0x20)
                    p := add(p, 0x20)
                } {
                    let slice := xor(mload(p), inverted)
                    let addend := mload(q)
                    let either := xor(slice, addend)
                    mstore(p, xor(xor(either, carry), inverted))
                    carry := or(and(slice, addend), and(either, carry))
                }
                for {} and(iszero(iszero(carry)), lt(p, end)) {
                    p := add(p, 0x20)
                } {
                    let slice := xor(mload(p), inverted)
                    mstore(p, xor(xor(slice, carry), inverted))
                    carry := and(slice, carry)
                }
            }
        }
    }

    /// @notice How many bits are set.
    /// @dev Equivalent to: `for i < 256: ones += word >> i & 1`, by fields of 2, 4, 8 and 16 bits.
    function population(uint256 word) internal pure returns (uint256 ones) {
        unchecked {
            word -= (word >> 1) & (type(uint256).max / 3);
            word = (word & (type(uint256).max / 5)) + ((word >> 2) & (type(uint256).max / 5));
            word = (word + (word >> 4)) & (type(uint256).max / 17);
            // at most 8 a byte; two bytes are added before the sum could exceed one
            word = (word + (word >> 8)) & (type(uint256).max / 257);
            ones = (word * (type(uint256).max / 65_535)) >> 240;
        }
    }
}
