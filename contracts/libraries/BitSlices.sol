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
            // Yul names the shift first and the value second: one bit is moved, as meant.
            // slither-disable-next-line incorrect-shift
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

    /// @notice Sets a number that is zero.
    /// @dev Equivalent to: `for z < depth: slices[place / 256 * depth + z] |= (score >> z & 1) << place % 256`.
    /// @param slices Block after block.
    /// @param depth Slices a block.
    function put(uint256[] memory slices, uint256 depth, uint256 place, int256 score) internal pure {
        assembly ("memory-safe") {
            let bit := and(place, 0xff)
            let p := add(add(slices, 0x20), shl(5, mul(shr(8, place), depth)))
            let end := add(p, shl(5, depth))
            for {} lt(p, end) {
                p := add(p, 0x20)
            } {
                mstore(p, or(mload(p), shl(bit, and(score, 1))))
                score := shr(1, score)
            }
        }
    }

    /// @notice Counts in how many rows each sample of a block is, beginning at a number.
    /// @dev Equivalent to: `for each sample t: counts[t] = everyone[t] * first + Σ row[t]`. Eight rows at a time go through seven full adders into ones, twos and fours, and what is carried beyond into the slices above.
    /// @param list Pointers to rows, with seven words of room behind them.
    /// @param end Behind the last pointer.
    /// @param none Pointer to a row of zeros, to fill up the eight.
    /// @param ahead Where the block's word lies in a row, in bytes.
    /// @param first Less than 2^31.
    /// @param everyone The block's samples that there are; all others count nothing.
    /// @param counts Room for 34 slices.
    /// @return depth How many of them are used: all above are zero.
    // One block of assembly, whose loop needs all of its variables at once.
    // solhint-disable-next-line function-max-lines
    function count(
        uint256 list,
        uint256 end,
        uint256 none,
        uint256 ahead,
        uint256 first,
        uint256 everyone,
        uint256 counts
    ) internal pure returns (uint256 depth) {
        assembly ("memory-safe") {
            // the first number, bit by bit the same for everyone
            let used := add(counts, 0x60)
            let rest := shr(3, first)
            for {} rest {
                rest := shr(1, rest)
            } {
                mstore(used, mul(everyone, and(rest, 1)))
                used := add(used, 0x20)
            }
            let ones := mul(everyone, and(first, 1))
            let twos := mul(everyone, and(shr(1, first), 1))
            let fours := mul(everyone, and(shr(2, first), 1))
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
            // The division is exact: it repeats one bit in every lane.
            // slither-disable-next-line divide-before-multiply
            ones = (word * (type(uint256).max / 65_535)) >> 240;
        }
    }
}
