// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The binary logarithm as `docs/ref-models.md` words it
/// @notice The top bit is looked for one by one, and the coefficients are computed rather than listed.
library Log2Reference {
    /// @dev 2^33 / ln 2, in units of 10^-30.
    uint256 private constant SCALE = 10 ** 30;
    uint256 private constant TWICE_OVER_LN2 = 12_392_656_037_438_961_203_903_204_411_852_718_488_734;

    function log2(uint256 value) internal pure returns (uint256) {
        uint256 e = 0;
        for (uint256 rest = value; rest > 1; rest /= 2) ++e;
        uint256 m = e > 31 ? value / 2 ** (e - 31) : value * 2 ** (31 - e);
        uint256 z = ((m - 2 ** 31) * 2 ** 31) / (m + 2 ** 31);
        uint256 q = (z * z) / 2 ** 31;
        uint256 t = 0;
        for (uint256 i = 9; i > 0; --i) {
            t = coefficient(i - 1) + (t * q) / 2 ** 31;
        }
        return e * 2 ** 32 + (t * z) / 2 ** 31;
    }

    /// @notice `2^33 / (ln 2 * (2 i + 1))`, rounded to nearest.
    function coefficient(uint256 i) internal pure returns (uint256) {
        uint256 divisor = (2 * i + 1) * SCALE;
        return (TWICE_OVER_LN2 + divisor / 2) / divisor;
    }
}
